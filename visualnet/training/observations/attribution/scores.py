"""The number that is explained: the score of one class, as a function of the tensors at the entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from visualnet.training.observations.attribution.entries import AttributedInput, find_entries
from visualnet.training.observations.observation import CannotObserve

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext


class ExplainedScore(NamedTuple):
    """What is explained: the class (None where the network answers one number), its name, and whether the score is a probability."""

    target: int | None
    name: str
    is_share: bool


class Scorer:
    """The score of a class for tensors at the entries; other inputs stay those of the chosen sample."""

    def __init__(self, context: ObservationContext, target: str = "predicted", number: int = 0) -> None:
        self.context = context
        self.entries = find_entries(context.model.analysis)
        if not self.entries:
            raise CannotObserve(
                "Nothing that this network is shown becomes real numbers: there is nothing to attribute an answer to."
            )
        self.batch = {name: tensor.detach() for name, tensor in context.batch().items() if name in context.input_fields}
        answer = context.scores(self.batch)
        if answer.dim() < 1 or not answer.is_floating_point():
            raise CannotObserve(
                "The first answer of this network is no number for each sample, so that there is no score to explain."
            )
        self.explained = self._choose(answer, target, number)
        self.score = float(self.pick(answer)[0])

    def field(self, entry: AttributedInput) -> str:
        """The field of the data that the entry's input is given."""
        return self.context.model.plan.fields[entry.source]

    def samples(self, batch: dict[str, Tensor] | None = None) -> list[Tensor]:
        """What stands at the entries for a batch; for the chosen sample, if there is none."""
        fields = self.batch if batch is None else batch
        values = self.context.values([entry.port for entry in self.entries], fields)
        return [values[entry.port] for entry in self.entries]

    def __call__(self, *tensors: Tensor) -> Tensor:
        """The score (sample,) for tensors (sample, …), one for each entry."""
        return self.scores_with(dict(zip((entry.port for entry in self.entries), tensors, strict=True)))

    def values(
        self, ports: Sequence[tuple[tuple[str, ...], str]], tensors: Sequence[Tensor], gradients: bool = True
    ) -> dict[tuple[tuple[str, ...], str], Tensor]:
        """What flows at ports for tensors at the entries."""
        count = len(tensors[0])
        batch = {name: tensor.expand(count, *tensor.shape[1:]) for name, tensor in self.batch.items()}
        replace = dict(zip((entry.port for entry in self.entries), tensors, strict=True))
        return self.context.values(ports, batch, replace=replace, gradients=gradients)

    def scores_with(self, replace: dict[tuple[tuple[str, ...], str], Tensor]) -> Tensor:
        """The score of the class, where the tensors stand in for the values of their ports."""
        count = max((len(tensor) for tensor in replace.values()), default=1)
        batch = {name: tensor.expand(count, *tensor.shape[1:]) for name, tensor in self.batch.items()}
        return self.pick(self.context.scores(batch, replace=replace, gradients=torch.is_grad_enabled()))

    def pick(self, answer: Tensor) -> Tensor:
        """The score of the class in an answer (sample, class, …): its mean where it stands at several places. Where the network answers one
        number, that one; for the first of two classes what is left of 1, or the score with the other sign."""
        if answer.dim() == 1:
            return answer
        if answer.shape[1] == 1 or self.explained.target is None:
            value = answer.flatten(1).mean(1)
            if self.explained.target != 0:
                return value
            return 1 - value if self.explained.is_share else -value
        chosen = answer[:, self.explained.target]
        return chosen.flatten(1).mean(1) if chosen.dim() > 1 else chosen

    def _choose(self, answer: Tensor, target: str, number: int) -> ExplainedScore:
        names = self.context.class_names
        port = self.context.scores_port
        spec = self.context.model.analysis.at(port[0]).leaving[port[1]]
        is_share = spec.holds in ("probabilities", "fractions")
        width = answer.shape[1] if answer.dim() > 1 else 1
        if width == 1:
            if len(names) != 2:
                return ExplainedScore(None, "the answer", False)
            threshold = 0.5 if is_share else 0.0
            chosen = self._wanted(target, number, int(float(answer[0].float().mean()) > threshold), 2)
        else:
            best = int(answer[0].flatten(1).mean(1).argmax()) if answer.dim() > 2 else int(answer[0].argmax())
            chosen = self._wanted(target, number, best, width)
        name = f"“{names[chosen]}”" if chosen < len(names) and width in (1, len(names)) else f"number {chosen}"
        return ExplainedScore(chosen, name, is_share)

    def _wanted(self, target: str, number: int, predicted: int, count: int) -> int:
        if target == "predicted":
            return predicted
        if target == "chosen":
            if number >= count:
                raise CannotObserve(f"The network has {count} answers, numbered from 0: there is no number {number}.")
            return number
        if self.context.own:
            raise CannotObserve("A sample of your own has no true class: explain the predicted class or a chosen one.")
        fields = self.context.model.analysis.target_fields()
        for name in fields:
            spec = self.context.data.fields.get(name)
            if spec is not None and spec.dtype == "int" and not spec.shape:
                true = int(self.context.raw(name))
                if 0 <= true < count:
                    return true
        raise CannotObserve("These data say no class for a sample: explain the predicted class or a chosen one.")
