"""What a procedure adds to a training script: the base of it, and how it is found."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from visualnet.compiling.module import Model
from visualnet.data.loading import Loaded
from visualnet.layers.recipe.procedures import PROCEDURES
from visualnet.layers.recipe.technique import Values
from visualnet.training.loop.procedures.registry import procedure_kind


class CannotPrint(ValueError):
    """A training that a script cannot say; the words name the setting."""


class RoundLines:
    """What a script says of its rounds beside the template: here nothing, for the template draws batches from the data."""

    names: frozenset[str] = frozenset()
    """Names that its definitions take in the script."""
    imports: Mapping[str, str] = {}
    """The imports that its definitions need, by the name that each gives."""

    def check(self, model: Model, values: Values) -> None:
        """Refuse what its lines cannot say.

        Raises:
            CannotPrint: the words name it.
        """

    def fill(self, data: Loaded, model: Model, values: Values, network: str) -> tuple[str, str]:
        """Its definitions, and its constants; ``network`` is what the script calls the class of the network."""
        return "", ""


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
