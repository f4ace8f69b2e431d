"""Parameter groups as a script makes them: weights by the beginning of their names, and what is said of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from torch import nn

from visualnet.analysis.facts import NodePath
from visualnet.compiling.module import Model
from visualnet.compiling.param_groups import param_groups
from visualnet.compiling.source_code.code_layout import write_literal
from visualnet.core.project import Recipe
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.technique import Values
from visualnet.training import optimizers
from visualnet.training.script.lines.round_lines import CannotPrint
from visualnet.training.script.printed_numbers import NamedFloat, spell_figure


class GroupLines:
    """What a script says of the groups of a model beyond the first, in which nothing is said; nothing where there are no others."""

    def __init__(
        self, model: Model, recipe: Recipe, values: Values, layers: Collection[NodePath] | None = None
    ) -> None:
        """``layers``: of these alone."""
        plain, *self.others = param_groups(model, layers)
        trained = [*plain.parameters, *(p for group in self.others for p in group.parameters)]
        optimizers.check_trained(recipe, trained)
        named = {id(p): name for name, p in model.net.named_parameters()}
        self._all = list(named.values())
        self._modules = {id(module): name for name, module in model.net.named_modules()}
        self._trained = [named[id(p)] for p in trained]
        self._names = [[named[id(p)] for p in group.parameters] for group in self.others]
        self.kind, self.values = OPTIMIZERS[recipe.optimizer], {**values, "lr": NamedFloat(values["lr"], "LR")}
        self.factors = [float(group.training.get("lr_factor", 1.0)) for group in self.others]

    @property
    def freezes(self) -> bool:
        """Whether weights rest in the first epochs."""
        return any(group.training.get("unfreeze_at") for group in self.others)

    @property
    def scales(self) -> bool:
        """Whether a group has a rate of its own."""
        return any(factor != 1 for factor in self.factors)

    def dicts(self) -> str:
        """One dict for each group, as torch takes it."""
        lines = []
        for group, names in zip(self.others, self._names, strict=True):
            own = optimizers.make_group(self.kind, self.values, group.training, group.parameters)
            taken = ", ".join(write_literal(prefix) for prefix in self._prefixes(names))
            words = [
                f'"params": take({taken})',
                *(f'"{n}": {spell_figure(v)}' for n, v in own.items() if n != "params"),
            ]
            lines.append("{" + ", ".join(words) + "}")
        return ", ".join(lines)

    def all_prefixes(self) -> str:
        """How the names of all these weights begin."""
        found = self._prefixes(self._trained)
        return write_literal(tuple(found) if len(found) > 1 else found[0])

    def frozen_epochs(self) -> dict[str, int]:
        """How many epochs the weights whose names begin so rest."""
        return {
            prefix: group.training["unfreeze_at"]
            for group, names in zip(self.others, self._names, strict=True)
            if group.training.get("unfreeze_at")
            for prefix in self._prefixes(names)
        }

    def frozen_statistics(self) -> dict[str, int]:
        """How many epochs the running statistics of these modules rest."""
        return {
            self._modules[id(module)]: group.training["unfreeze_at"]
            for group in self.others
            if group.training.get("unfreeze_at")
            for module in group.resting
            if _has_statistics(module)
        }

    def _prefixes(self, names: Sequence[str]) -> list[str]:
        """The shortest beginnings that these weights have and no others."""
        own, found = set(names), list[str]()
        left = list(names)
        while left:
            parts = left[0].split(".")
            wishes = [".".join(parts[: n + 1]) + "." for n in range(len(parts) - 1)] + [left[0]]
            prefix = next((w for w in wishes if all(n in own for n in self._all if n.startswith(w))), "")
            if not prefix:
                raise CannotPrint(
                    f"a training script cannot yet say how “{left[0]}” is trained: other names begin so, too"
                )
            found.append(prefix)
            left = [name for name in left if not name.startswith(prefix)]
        return found


def _has_statistics(module: nn.Module) -> bool:
    return any(getattr(part, "running_mean", None) is not None for part in module.modules())
