"""Layers that move numbers about; nothing is learned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from math import prod
from typing import Any

from visualnet.core.expressions import chain, parse
from visualnet.core.graph import Value
from visualnet.layers.declaration.axes import place, text
from visualnet.layers.declaration.calls import UNARY, Expr, InverseRule, Known, ModuleCall, OwnModule, fn
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Layer, Pattern, Shape, ShapeError, Spec, default_axes, layer
from visualnet.layers.declaration.params import BIG, Ints, axes, index

_ANY = "x: * @any -> y: * @same"
_REST = parse("total / given")


@layer("flatten", family="shape", ports=_ANY, adapter=True, keywords="vector reshape ravel", holds="same")
class Flatten(Layer):
    """Lay the axes from start_dim to end_dim out in one row, so that dense layers can read an image.

    64×7×7 becomes 3136 = 64·7·7. The batch is axis 0 and is kept.
    """

    start_dim: int = index(1, "First axis to merge; 0 is the batch.", low=1, more=True, phrase="from axis {}")
    end_dim: int = index(-1, "Last axis to merge; −1 is the last.", more=True, phrase="to axis {}")

    def shape(self, *shapes: Shape) -> Shape:
        start, end = place(self.start_dim, shapes[0], "start_dim"), place(self.end_dim, shapes[0], "end_dim") + 1
        if start >= end:
            raise ShapeError(f"start_dim {self.start_dim} comes after end_dim {self.end_dim}", "start_dim")
        before, merged, after = shapes[0][:start], shapes[0][start:end], shapes[0][end:]
        names = default_axes(len(shapes[0]))[start:end]
        return (*before, derive(chain("*", tuple(names)), dict(zip(names, merged, strict=True))), *after)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("torch.flatten", *refs, self.start_dim, **self.given("end_dim"))

    def undoing(self) -> InverseRule:
        return UNARY

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": known["y"].reshape(-1, *map(int, shapes[0]))}

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        if len(have.shape) > 1:
            yield {}
        if len(have.shape) > 2 and want.fits_rank(2):
            yield {"start_dim": 2}


@layer("reshape", family="shape", ports=_ANY, adapter=True, keywords="view resize unflatten", holds="same")
class Reshape(Layer):
    """Read the same numbers, in the same order, as a tensor of another size.

    The batch is kept and not given. One entry may be −1: it becomes what is left, total / (product of the others).
    """

    size: tuple[int, ...] = Ints((-1,), "New size without the batch; one entry may be −1.", low=-1, card=True)  # type: ignore[assignment]

    def shape(self, *shapes: Shape) -> Shape:
        total, given = prod(shapes[0]), prod(n for n in self.size if n != -1)
        if self.size.count(-1) > 1 or 0 in self.size:
            raise ShapeError(
                f"the size is {self.param_text()}; one entry may be −1, all others must be at least 1", "size"
            )
        if -1 in self.size and total % given == 0:
            rest = derive(_REST, {"total": total, "given": given})
            return tuple(rest if n == -1 else n for n in self.size)
        if given != total:
            sign = "is no multiple of" if -1 in self.size else "is not"
            words = f"{text(shapes[0])} holds {total:,} numbers, which {sign} the {given:,} of {self.param_text()}"
            raise ShapeError(
                words,
                "size",
                f"{total:,} ≠ {given:,}" if -1 not in self.size else f"{total:,} / {given:,} = {total / given:.2f}",
            )
        return self.size

    def param_text(self) -> str:
        return "×".join("−1" if n == -1 else str(n) for n in self.size) or "1"

    def card(self) -> str:
        return self.param_text()

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        (x,) = refs
        # With every extent known, the batch can be the one that torch finds by itself.
        lead = x.size(0) if -1 in self.size else -1
        result: Expr = x.reshape(lead, *self.size)
        return result

    def undoing(self) -> InverseRule:
        return UNARY

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": known["y"].reshape(-1, *map(int, shapes[0]))}

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        if target and len(target) <= 8 and prod(target) == have.size and tuple(target) != tuple(have.shape):
            yield {"size": tuple(int(n) for n in target)}


@layer("permute", family="shape", ports=_ANY, adapter=True, keywords="transpose swap axes rearrange", holds="same")
class Permute(Layer):
    """Put the axes in another order: (2, 1) turns C×L into L×C.

    Axes are numbered as in torch: 0 is the batch and stays first, so the order names 1, 2, ….
    """

    dims: tuple[int, ...] = axes((2, 1), "The old axes (1, 2, …) in their new order.", card=True, phrase="({})")

    def shape(self, *shapes: Shape) -> Shape:
        places = tuple(place(d, shapes[0], "dims") for d in self.dims)
        if sorted(places) != list(range(len(shapes[0]))):
            wanted = ", ".join(str(i + 1) for i in range(len(shapes[0])))
            raise ShapeError(f"{text(shapes[0])} wants an order of the axes {wanted}, each once", "dims")
        return tuple(shapes[0][i] for i in places)

    def card(self) -> str:
        return "axes " + ", ".join(map(str, self.dims))

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = refs[0].permute(0, *self.dims)
        return result

    def undoing(self) -> InverseRule:
        return UNARY

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        order = [place(d, shapes[0], "dims") for d in self.dims]
        back = [order.index(at) + 1 for at in range(len(order))]
        return {"x": known["y"].permute(0, *back)}

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        rank = len(have.shape)
        if target is None or rank != len(target) or not 2 <= rank <= 5 or have.shape == tuple(target):
            return
        for order in permutations(range(rank)):
            if order != tuple(range(rank)) and tuple(have.shape[i] for i in order) == tuple(target):
                yield {"dims": tuple(i + 1 for i in order)}


@layer("select", family="shape", ports=_ANY, keywords="index last time step class token take slice", holds="same")
class Select(Layer):
    """Take one entry along an axis: the last time step (−1), the class token (0).

    T×D becomes D with axis 1.
    """

    dim: int = index(1, "Axis to take from (1 is the first after the batch).", more=True, phrase="axis {}")
    index: int = index(
        -1, "Which entry; 0 is the first, −1 the last.", low=-BIG, high=BIG, card=True, phrase="entry {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        at = place(self.dim, shapes[0])
        extent = shapes[0][at]
        if not -extent <= self.index < extent:
            raise ShapeError(f"there is no entry {self.index}: the axis has {extent}, 0 to {extent - 1}", "index")
        return (*shapes[0][:at], *shapes[0][at + 1 :])

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = refs[0].select(self.dim, self.index)
        return result


@layer(
    "detach",
    family="shape",
    ports="x: * -> y: *",
    keywords="stop gradient backward cut adversarial gan freeze",
    holds="same",
    rare=True,
)
class Detach(Layer):
    """Pass everything on unchanged, but let no gradient back: what stands before it does not learn by what stands behind it.

    y = x, and ∂y/∂x counts as 0.
    """

    pointwise = True
    detaches = True
    takes_numbers = True

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("torch.detach", refs[0])


@layer("identity", family="shape", ports=_ANY, keywords="pass through nothing shortcut skip", holds="same")
class Identity(Layer):
    """Pass everything on unchanged: a place for a name, a watch point, or the straight way of a shortcut."""

    pointwise = True

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.Identity")
