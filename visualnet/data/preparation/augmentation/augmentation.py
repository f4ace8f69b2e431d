"""What every step of augmentation is: a function of a batch, with the settings of the step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from visualnet.data.preparation.step import Specs, Step

if TYPE_CHECKING:
    import torch


class Augmentation(Step):
    """Base of the steps that change batches at random: each is a function of ``augmentation/functions.py``, so that a training script can
    have its text."""

    function: ClassVar[str] = ""
    """The function's name, where it is not that of the step."""

    def arguments(self, fields: Specs) -> dict[str, Any]:
        """What the function is given beside the batch and the generator: the settings, unless the step says otherwise."""
        return {name: getattr(self, name) for name in self.params}

    def augment(
        self, batch: dict[str, torch.Tensor], fields: Specs, generator: torch.Generator
    ) -> dict[str, torch.Tensor]:
        from visualnet.data.preparation.augmentation import functions  # not at start-up: it computes

        found: dict[str, torch.Tensor] = getattr(functions, self.function or self.name)(
            batch, **self.arguments(fields), generator=generator
        )
        return found
