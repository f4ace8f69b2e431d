"""Where tensors come in and go out: fields of the data set, and what the network answers."""

from __future__ import annotations

from collections.abc import Sequence

from visualnet.layers.declaration.calls import ModuleCall
from visualnet.layers.declaration.initial_moments import InitialState, Moments
from visualnet.layers.declaration.layer import Layer, Pattern, Shape, Spec, layer, read_ports
from visualnet.layers.declaration.params import choice, field, shape

DTYPES = {"float": "real numbers", "int": "whole numbers: classes, words"}
DISTRIBUTIONS = {"normal": "mean 0, deviation 1", "uniform": "each number from −1 to 1 alike"}


class Source(Layer):
    """Base of the nodes that bring a field of the data set onto the canvas."""

    size: tuple[int, ...]
    dtype: str

    def outputs(self) -> dict[str, Pattern]:
        (name,) = read_ports(self.ports.partition("->")[2])
        return {name: Pattern(("*",), self.dtype)}

    def shape(self, *shapes: Shape) -> Shape:
        return tuple(self.size)


@layer("input", family="data", ports="-> x: *", role="input", keywords="data image source start placeholder")
class Input(Source):
    """What the network is shown: one field of the data set. Inside a block, one of the block's input ports.

    The size is given without the batch; the batch axis is always there and always first.
    """

    field: str = field("image", "Which field of the data set.")
    size: tuple[int, ...] = shape((1, 28, 28), "Size of one sample, without the batch.", card=True)
    dtype: str = choice("float", "What the numbers are.", DTYPES, more=True)


@layer("target", family="data", ports="-> y: *", role="target", keywords="label class truth data answer")
class Target(Source):
    """What the network should answer: the label that a loss compares with. Not part of the exported model."""

    field: str = field("label", "Which field of the data set.", card=True)
    size: tuple[int, ...] = shape(
        (), "Size of one target, without the batch; empty for one class number per sample.", more=True
    )
    dtype: str = choice("int", "What the numbers are.", DTYPES, more=True)


@layer("output", family="data", ports="x: * @any ->", role="output", keywords="result prediction answer end")
class Output(Layer):
    """What the network answers. Inside a block, one of the block's output ports."""

    def shape(self, *shapes: Shape) -> dict[str, Shape]:
        return {}


@layer(
    "noise",
    family="data",
    ports="like: * @any -> z: *",
    random=True,
    detaches=True,
    keywords="random numbers latent code gan generator sample normal uniform z prior",
)
class Noise(Layer):
    """Draw random numbers: what a generator makes its samples of.

    z ~ N(0, 1), or each number from −1 to 1 alike. Of like only the number of samples counts. While training they are drawn anew for
    every batch; afterwards the first sample of a batch has the same numbers each time, the second has its own, and so on, so that what
    is made of them can be compared over time.
    """

    paper = "Goodfellow et al., Generative adversarial nets, 2014"
    size: tuple[int, ...] = shape((64,), "How many numbers for each sample, without the batch.", card=True)
    distribution: str = choice("normal", "How they are spread.", DISTRIBUTIONS, phrase="{}")

    def shape(self, *shapes: Shape) -> Shape:
        return tuple(self.size)

    def infer(self, specs: Sequence[Spec | None]) -> dict[str, Spec]:
        return super().infer(())  # nothing of what arrives is passed on, the names of its axes neither

    def begins(self, start: InitialState) -> Moments | None:
        return Moments(0.0, 1.0 if self.distribution == "normal" else 1 / 3)

    def prior(self) -> str:
        return self.distribution

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.Noise", tuple(self.size), self.distribution)
