"""A layer of one's own, from Python source that the project holds. The source is text here; only ``compiling.custom`` ever runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visualnet.core.expressions import parse
from visualnet.layers.custom import shape_language
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Layer, Pattern, Shape, ShapeError, Sized, layer
from visualnet.layers.declaration.params import Ints, code, text

_OURS = '''class ScaleChannels(nn.Module):
    """Multiply each channel by a number that is learned."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale.reshape(-1, *[1] * (x.dim() - 2))
'''
"""What a new node holds: the program's own, so that it needs nobody's trust."""


@layer(
    "python",
    family="shape",
    label="Custom Python",
    ports="x: C * -> y: C *",
    keywords="own code source module class script program custom",
)
class CustomPython(Layer):
    """Run a module of your own, written in Python with torch.

    The source defines a class with forward; the last class in it is taken. Sizes, arguments and tensors are told beside it, in
    arithmetic, so that shapes and counts are known without running anything. Code that came with a file is shown but inert until
    you trust it on this machine; one changed letter, and it must be trusted anew.
    """

    source: str = code(
        _OURS,
        "The class. torch, nn, F, math, operator and Tensor are there; other modules can be imported.",
        shape_language.read_source,
    )
    sizes: str = text(
        "x: C * -> y: C *",
        "What comes in and goes out, such as C H W -> C H//2 W//2; ! is one number for the batch, as a loss is.",
        shape_language.read_rule,
    )
    arguments: str = text(
        "channels=C", "What the class is made with, in the names of axes and numbers.", shape_language.read_arguments
    )
    tensors: str = text(
        "scale: C", "What it learns, by name and size; @buffer for what is only saved.", shape_language.read_tensors
    )
    numbers: tuple[int, ...] | None = Ints(
        None,
        "Called p1, p2, … in the lines above; here the project's constants and a block's parameters may be named.",
        none="none",
    )  # type: ignore[assignment]
    mac_count: str = text("0", "Its multiplications for one sample.", parse, more=True)

    @property
    def rule(self) -> shape_language.ShapeRule:
        return shape_language.read_rule(self.sizes)

    def inputs(self) -> Mapping[str, Pattern]:
        return self.rule.inputs

    def outputs(self) -> Mapping[str, Pattern]:
        return self.rule.outputs

    def code(self) -> str:
        return "" if self.source == _OURS else self.source

    def card(self) -> str:
        return shape_language.class_name(self.source)[:28]

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        return shape_language.output_sizes(self.rule, shapes, self.numbers or ())

    def _names(self, shapes: tuple[Shape, ...]) -> dict[str, int]:
        return shape_language.scope(self.rule, shapes, self.numbers or ())[0]

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return shape_language.tensors(self.tensors, self._names(shapes), True)

    def buffers(self, *shapes: Shape) -> dict[str, Sized]:
        return shape_language.tensors(self.tensors, self._names(shapes), False)

    def macs(self, *shapes: Shape) -> int:
        return derive(parse(self.mac_count), self._names(shapes))

    def module(self, *shapes: Shape) -> ModuleCall:
        names = self._names(shapes)
        try:
            values = [
                (name, shape_language.number(expr.compute(names)))
                for name, expr in shape_language.read_arguments(self.arguments)
            ]
        except ValueError as error:
            raise ShapeError(str(error), "arguments") from None
        args = [value for name, value in values if not name]
        return ModuleCall.of_source(
            self.source, shape_language.class_name(self.source), args, {n: v for n, v in values if n}
        )

    def check(self, *shapes: Shape) -> Any:
        self.module(*shapes)  # the arguments can be computed
        return ()

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr | Mapping[str, Expr]:
        ports = list(self.outputs())
        made = m(*refs)
        return made if len(ports) == 1 else {port: made[i] for i, port in enumerate(ports)}
