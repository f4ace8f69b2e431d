"""What a procedure adds to a training script: the base of it, and the refusal of what a script cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from visualnet.layers.recipe.technique import Values

if TYPE_CHECKING:
    from visualnet.compiling.module import Model
    from visualnet.data.loading import Loaded


class CannotPrint(ValueError):
    """A training that a script cannot say; the words name the setting."""


class RoundLines:
    """What a script says of its rounds beside the template: here nothing, for the template draws batches from the data."""

    names: frozenset[str] = frozenset()
    """Names that its definitions take in the script."""
    imports: Mapping[str, str] = {}
    """The imports that its definitions need, by the name that each gives."""

    def order(self, values: Values) -> str:
        """The numbers of the samples of an epoch, as an expression of ``train`` and ``generator``; where it draws from the data."""
        return "torch.randperm(len(train[0]), generator=generator)"

    def check(self, model: Model, values: Values) -> None:
        """Refuse what its lines cannot say.

        Raises:
            CannotPrint: the words name it.
        """

    def fill(self, data: Loaded, model: Model, values: Values, network: str) -> tuple[str, str]:
        """Its definitions, and its constants; ``network`` is what the script calls the class of the network."""
        return "", ""
