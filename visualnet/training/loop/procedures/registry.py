"""Each procedure by the name that recipes give it. Its file is imported when it is first asked for."""

from __future__ import annotations

from importlib import import_module

from visualnet.layers.recipe.procedures import PROCEDURES
from visualnet.training.loop.procedures.procedure import Procedure

_FOLDER = __name__.rpartition(".")[0]


def procedure_kind(name: str) -> type[Procedure]:
    """The procedure of this name: the class of that name, without underscores, in the file of that name.

    Raises:
        ValueError: there is none.
    """
    if name not in PROCEDURES:
        raise ValueError(f"there is no procedure “{name}” (there are {', '.join(PROCEDURES)})")
    found: type[Procedure] = getattr(import_module(f"{_FOLDER}.{name}"), name.title().replace("_", ""))
    return found
