"""Each procedure by the name that recipes give it: every file of `kinds` is one. A file is imported when the first is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from visualnet.layers.recipe.procedure_declaration import SUPERVISED, ProcedureDeclaration
from visualnet.training.loop.procedures import kinds
from visualnet.training.loop.procedures.procedure import Procedure


@cache
def find_procedures() -> Mapping[str, type[Procedure]]:
    """Every procedure by its name, the usual one first."""
    found = sorted(_classes(), key=lambda kind: (kind.declaration.name != SUPERVISED, kind.declaration.name))
    by_name = {kind.declaration.name: kind for kind in found}
    assert len(by_name) == len(found), f"two procedures share a name: {[kind.declaration.name for kind in found]}"
    return by_name


def _classes() -> Iterator[type[Procedure]]:
    """Those classes in the files of `kinds` that declare a procedure."""
    for module in iter_modules(kinds.__path__, f"{kinds.__name__}."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, type) and value.__module__ == module.name and "declaration" in vars(value):
                assert issubclass(value, Procedure), value
                yield value


@cache
def find_declarations() -> Mapping[str, ProcedureDeclaration]:
    """What every procedure declares, by its name."""
    return {name: kind.declaration for name, kind in find_procedures().items()}


def procedure_kind(name: str) -> type[Procedure]:
    """The procedure of this name.

    Raises:
        ValueError: there is none.
    """
    if name not in find_procedures():
        raise ValueError(f"there is no procedure “{name}” (there are {', '.join(find_procedures())})")
    return find_procedures()[name]
