"""How a step of preparation is declared: what it does to fields and to samples, and what of the training part it is fitted on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from visualnet.core.graph import Value
from visualnet.layers.configurable import Configured
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    import torch

    from visualnet.data.samples import Array, Batch

Specs = Mapping[str, Spec]
Fitted = Mapping[str, Any]
"""What a step learned from the training part: plain JSON values, so that it can be kept beside a run."""


class Step(Configured):
    """Base of every step. An instance has its settings, read; it holds nothing that it learned."""

    name: ClassVar[str]
    called = "the step “{}”"
    group: ClassVar[str]
    """Where it is offered: ``image``, ``table``, ``text``, ``sound``, ``series`` or ``any``."""
    fits: ClassVar[bool] = False
    """Whether it learns something from the training part."""
    augments: ClassVar[bool] = False
    """Whether it is drawn anew for each batch of training, on the device, and rests in validation."""

    def specs(self, fields: Specs) -> dict[str, Spec]:
        """The fields behind the step, by formula; nothing is read.

        Raises:
            ValueError: the step does not fit these fields; the words say which, and what to do.
        """
        return dict(fields)

    def learn(self, batches: Iterable[Batch], fields: Specs) -> Fitted:
        """Learn from the samples of the training part, which come in batches and once."""
        return {}

    def apply(self, batch: Batch, fitted: Fitted) -> Batch:
        """The fields of some samples behind the step. Values are arrays (sample, …), or lists of arrays of different sizes.

        A sample's result depends on that sample and on ``fitted`` alone.
        """
        return batch

    def augment(
        self, batch: dict[str, torch.Tensor], fields: Specs, generator: torch.Generator
    ) -> dict[str, torch.Tensor]:
        """A batch of training, changed at random, on its device; all chance is drawn from the generator (on the CPU)."""
        return batch

    @classmethod
    def suggest(cls, spec: Spec) -> dict[str, Value]:
        """Settings that fit a field, where the defaults may not."""
        return {}

    def spell(self, name: str, values: Array, fitted: Fitted) -> str:
        """A sample of a field as words, where this step has made numbers of words; else nothing."""
        return ""

    def token_names(self, name: str, fitted: Fitted) -> tuple[str, ...]:
        """What the numbers of a field stand for, in their order, where this step has made numbers of words; else nothing."""
        return ()

    def told(self) -> Mapping[str, str]:
        """Fields that hold what another field asks for, one place earlier, where this step makes them (see ``DataSet.told``)."""
        return {}

    def encode_text(self, name: str, text: str, fitted: Fitted) -> Array | None:
        """The numbers of a text that a person typed, of any length, where this step has made numbers of words of this field; else None."""
        return None

    @classmethod
    def summary(cls) -> str:
        """What it does, in a few sentences for people: the docstring's first paragraph."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0].split())


STEPS: dict[str, type[Step]] = {}
"""Every step by the name that files use, in the order in which they are offered."""


def step(name: str, title: str, group: str, *, fits: bool = False, augments: bool = False) -> Callable[[type], type]:
    """Register a step."""

    def register(cls: type[Step]) -> type[Step]:
        assert name.isidentifier(), name
        assert name not in STEPS, name
        cls.name, cls.title, cls.group, cls.fits, cls.augments = name, title, group, fits, augments
        STEPS[name] = cls
        return cls

    return register
