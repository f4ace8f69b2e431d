"""What a round of training can do, by the name that recipes give it: what the files of `training/loop/procedures/kinds` declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from visualnet.layers.recipe.procedure_declaration import ProcedureDeclaration, ReportedValue

_FOUND_IN = "visualnet.training.loop.procedures.registry"
"""Named, not imported: a procedure reads its settings by the declarations, so its file is looked for when the first is asked for."""


class _Procedures(Mapping[str, ProcedureDeclaration]):
    """The declarations, found when one is first asked for."""

    def _found(self) -> Mapping[str, ProcedureDeclaration]:
        found: Mapping[str, ProcedureDeclaration] = import_module(_FOUND_IN).find_declarations()
        return found

    def __getitem__(self, name: str) -> ProcedureDeclaration:
        return self._found()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())


PROCEDURES: Mapping[str, ProcedureDeclaration] = _Procedures()


def told_values(name: str) -> Mapping[str, ReportedValue]:
    """What the procedure of this name tells beside losses and metrics; nothing where there is none of this name."""
    return PROCEDURES[name].tells if name in PROCEDURES else {}
