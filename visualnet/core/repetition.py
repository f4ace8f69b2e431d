"""A block behind itself: which of its ports hand on from one repetition to the next.

The one output feeds the first input; every other input is the same for each repetition (a decoder's memory, a mask).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from visualnet.core import expressions
from visualnet.core.expressions import Scope

T = TypeVar("T")


def fault(inputs: Collection[str], outputs: Collection[str]) -> str:
    """Why a block with these ports cannot be repeated; empty when it can."""
    if not inputs:
        return "only a block with an input can be repeated"
    if len(outputs) != 1:
        return f"only a block with one output can be repeated, which feeds its first input; this one has {len(outputs)}"
    return ""


def describe_repetition(inputs: Collection[str], outputs: Collection[str]) -> str:
    """What a repetition hands on, told to the user; empty where nothing is to be told."""
    if len(inputs) < 2 or fault(inputs, outputs):
        return ""
    first, *rest = inputs
    return f"“{next(iter(outputs))}” feeds “{first}” of the next; {', '.join(f'“{r}”' for r in rest)} the same for each"


def next_inputs(inputs: Iterable[str], given: Mapping[str, T], answer: T) -> dict[str, T]:
    """What the next repetition is given: the answer at the first input, all else as before. Without an input nothing is handed on."""
    first = next(iter(inputs), None)
    return {**given} if first is None else {**given, first: answer}


def fault_in_times(times: Any, scope: Scope) -> str:
    """Why a block cannot be repeated so often; empty if it can."""
    try:
        count = expressions.read_whole(times, scope)
    except ValueError as error:
        return str(error)
    return "" if 1 <= count <= 1000 else "1 to 1,000 times"
