"""Samples made of numbers that are drawn by chance: by a decoder from the prior of its code, by a generator from noise, and by a plain
autoencoder from codes that are spread as those of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts
from visualnet.core.graph import Value
from visualnet.training.generating.at_outputs import all_reaching, compute, made_at, name_of, outputs, usual_count
from visualnet.training.generating.method import (
    Check,
    GenerationMethod,
    GenerationPlace,
    generation_method,
    how_many,
    how_warm,
)
from visualnet.training.observations.answers.codes import code_port
from visualnet.training.observations.probe_targets import ProbePort
from visualnet.training.observations.subjects import output_ports

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from visualnet.training.generating.results import GeneratedResult
    from visualnet.training.observations.context import ObservationContext

MEASURED = 512
"""Over the codes of so many samples their mean and spread are taken."""
WARMTH = (
    "What the drawn numbers are multiplied by: below 1 what is made is more usual and less varied, 0 makes all alike."
)


def draws_from_prior(facts: NodeFacts) -> bool:
    """Whether a node draws its numbers from a prior, once for each sample."""
    return facts.layer is not None and bool(facts.layer.prior())


def is_noise(facts: NodeFacts) -> bool:
    """Whether what a node draws says nothing of the sample that went in."""
    return facts.layer is not None and (facts.layer.detaches or not facts.inputs)


def places_of(analysis: Analysis, is_generator: bool) -> list[GenerationPlace]:
    """The outputs that rest on drawn numbers: on those of nodes that read no more of a sample than that there is one (noise), or of one
    that reads what was made of it (a code). Behind the output each place holds the ports at which numbers are drawn."""
    drawn = output_ports(analysis, lambda facts, port: draws_from_prior(facts) and facts.leaving[port].batched)
    found = []
    for port in outputs(analysis):
        above = all_reaching(analysis, port, drawn)
        if above and is_generator == all(is_noise(analysis.at(one[0])) for one in above):
            found.append(GenerationPlace(name_of(analysis, port), (port, *above)))
    return found


def draw(generator: Generator, prior: str, count: int, shape: tuple[int, ...]) -> Tensor:
    """Numbers from a prior, (count, *shape): each sample by itself, so that the first of many are those of few."""
    import torch

    rows = [torch.empty(shape) for _ in range(count)]
    for row in rows:
        row.normal_(generator=generator) if prior == "normal" else row.uniform_(-1.0, 1.0, generator=generator)
    return torch.stack(rows)


class _FromPrior(GenerationMethod):
    """Feed drawn numbers, and take what follows."""

    count: int = how_many(36)
    temperature: float = how_warm(WARMTH)

    @classmethod
    def usual(cls, analysis: Analysis, place: GenerationPlace) -> dict[str, Value]:
        return usual_count(analysis, place.ports[0])

    def make(self, context: ObservationContext, place: GenerationPlace, check: Check) -> GeneratedResult:
        wanted, *drawn = place.ports
        analysis, generator = context.model.analysis, context.generator(self.seed)
        fed, names = {}, []
        for port in drawn:
            facts = analysis.at(port[0])
            assert facts.layer is not None
            shape = tuple(map(int, facts.leaving[port[1]].shape))
            fed[port] = self.temperature * draw(generator, facts.layer.prior(), self.count, shape)
            names.append(f"the {fed[port][0].numel():,} numbers that leave “{analysis.name_of(port[0])}”")
        return made_at(
            context, wanted, compute(context, wanted, fed, check), f"Drawn by chance: {' and '.join(names)}."
        )


@generation_method(
    "prior",
    "Decoder from the prior",
    "a code that is drawn, as “Gaussian sample” draws it in a variational autoencoder",
)
class DecodePrior(_FromPrior):
    """Draw codes from the distribution that the training kept them close to, and decode them: nothing goes in.

    If what comes out looks like the data, the prior and the codes of the data agree. The encoder is not computed.
    """

    @classmethod
    def find(cls, analysis: Analysis) -> list[GenerationPlace]:
        return places_of(analysis, False)


@generation_method("noise", "Generator from noise", "a generator that begins with a noise node")
class FromNoise(_FromPrior):
    """Draw noise, and have the generator make samples of it: the discriminator is not computed."""

    @classmethod
    def find(cls, analysis: Analysis) -> list[GenerationPlace]:
        return places_of(analysis, True)


@generation_method(
    "codes", "Decoder from codes like those of the data", "a narrow code between input and output, as in an autoencoder"
)
class DecodeCodes(GenerationMethod):
    """Draw codes that are spread as the codes of the data are, and decode them: what a plain autoencoder can make.

    Mean and covariance are taken over the codes of samples; the codes are drawn from the normal distribution that has them.
    """

    count: int = how_many(36)
    temperature: float = how_warm("How far the codes are drawn from their mean: 1 as far as those of the data.")

    @classmethod
    def find(cls, analysis: Analysis) -> list[GenerationPlace]:
        found: list[GenerationPlace] = []
        for port in outputs(analysis):
            code: ProbePort | None = code_port(analysis, port)
            if code is not None and not is_noise(analysis.at(code[0])):
                found.append(GenerationPlace(name_of(analysis, port), (port, code)))
        return found

    def make(self, context: ObservationContext, place: GenerationPlace, check: Check) -> GeneratedResult:
        import torch

        wanted, code = place.ports
        codes = context.values([code], context.batch(context.places(MEASURED)))[code].double().cpu()
        mean = codes.mean(0)
        # The root of the covariance by its eigenvectors: codes of few samples, or with dead units, have no Cholesky root.
        sizes, ways = torch.linalg.eigh((codes - mean).T @ (codes - mean) / max(len(codes) - 1, 1))
        standard = draw(context.generator(self.seed), "normal", self.count, tuple(mean.shape)).double()
        drawn = (mean + self.temperature * (standard * sizes.clamp(min=0).sqrt()) @ ways.T).float()
        name = context.model.analysis.name_of(code[0])
        note = f"Drawn by chance: the {len(mean):,} numbers that leave “{name}”, spread as those of {len(codes):,} samples."
        return made_at(context, wanted, compute(context, wanted, {code: drawn}, check), note)
