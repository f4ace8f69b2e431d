"""Names in a node's expressions replaced by what they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from visualnet.core import expressions
from visualnet.core.graph import LEARNER, Node, Value

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9']*")


def substitute_names(node: Node, values: Mapping[str, Value]) -> Node:
    """The node with these names replaced in its parameters, in how its weights start and are trained, and in its repetition."""
    if not values:
        return node
    params = {k: _value(v, values) for k, v in node.params.items()}
    start = {k: _value(v, values) for k, v in node.init.params.items()}
    training = {k: v if k == LEARNER else _value(v, values) for k, v in node.training.items()}
    filled = replace(
        node,
        params=params,
        init=replace(node.init, params=start),
        training=training,
        repeat=_value(node.repeat, values),
    )
    return node if filled == node else filled


def _value(raw: Any, values: Mapping[str, Value]) -> Any:
    if isinstance(raw, tuple):
        return tuple(_value(part, values) for part in raw)
    if not isinstance(raw, str):
        return raw
    try:
        used = expressions.parse(raw).names() & values.keys()
    except ValueError:
        return raw  # a word, not an expression
    if not used:
        return raw
    if raw.strip() in used:
        return values[raw.strip()]
    text = _NAME.sub(lambda m: _spelled(values[m[0]]) if m[0] in used else m[0], raw)
    return _computed(text)


def _spelled(value: Value) -> str:
    """A number or an expression as it stands inside a longer one."""
    if isinstance(value, str):
        return value if _NAME.fullmatch(value) else f"({value})"
    text = f"{Decimal(repr(value)):f}"
    return text if isinstance(value, int | float) and value >= 0 else f"({text})"


def _computed(text: str) -> Value:
    """The number, where no name is left to be known."""
    try:
        result = expressions.parse(text).compute({})
    except ValueError:
        return text
    return float(result) if isinstance(result, Fraction) else result
