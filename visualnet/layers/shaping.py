"""Layers that move numbers about and do arithmetic between tensors; nothing is learned."""

from __future__ import annotations

from collections.abc import Iterator

from visualnet.core.expressions import Derived, parse
from visualnet.core.graph import Value
from visualnet.layers.calls import Make
from visualnet.layers.declare import Layer, Misfit, Pattern, Shape, Spec, layer
from visualnet.layers.params import index


@layer("flatten", family="shape", ports="x: * @any -> y: * @same", adapter=True, keywords="vector reshape ravel", holds="same")
class Flatten(Layer):
    """Lay the axes from start_dim to end_dim out in one row, so that dense layers can read an image.

    64×7×7 becomes 3136 = 64·7·7. The batch is axis 0 and is kept.
    """

    start_dim: int = index(1, "First axis to merge; 0 is the batch.", low=1, more=True)
    end_dim: int = index(-1, "Last axis to merge; −1 is the last.", more=True)

    def shape(self, *shapes: Shape) -> Shape:
        rank = len(shapes[0]) + 1
        end = self.end_dim % rank if -rank <= self.end_dim < rank else rank
        if rank == 1:
            return ()
        if end >= rank or self.start_dim > end:
            raise Misfit(f"axes {self.start_dim} to {self.end_dim} do not exist in a tensor of {rank} axes (batch included)", "start_dim")
        before, merged, after = shapes[0][: self.start_dim - 1], shapes[0][self.start_dim - 1 : end], shapes[0][end:]
        names = [f"n{i}" for i in range(len(merged))]
        return (*before, Derived.of(parse("*".join(names)), dict(zip(names, merged, strict=True))), *after)

    def module(self, *shapes: Shape) -> Make:
        return Make("nn.Flatten", self.start_dim, self.end_dim)

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        if len(have.shape) > 1:
            yield {}
