"""The lines that a procedure adds to a training script, found by its name."""

from __future__ import annotations

from importlib import import_module

from visualnet.training.loop.procedures.registry import procedure_kind
from visualnet.training.loop.procedures.round_lines import CannotPrint as CannotPrint
from visualnet.training.loop.procedures.round_lines import RoundLines as RoundLines
from visualnet.training.recipe.procedures import PROCEDURES


def find_round_lines(procedure: str) -> RoundLines | None:
    """The lines of a procedure; None where it has none of its own, or there is no procedure of this name.

    What a class takes over from another procedure does not count: its rounds are others, and a script of that one would not say them.
    """
    if procedure not in PROCEDURES:
        return None
    module = vars(procedure_kind(procedure)).get("script_lines")
    found: RoundLines | None = import_module(module).LINES if module else None
    return found


def printed_procedures() -> frozenset[str]:
    """What a round does, of all that a script can say."""
    return frozenset(name for name in PROCEDURES if find_round_lines(name) is not None)
