"""Layers that hold a sample against points of its own space: radial basis functions, and Kohonen's map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule
from visualnet.layers.declaration.layer import Fault, Layer, Shape, Sized, layer, sized
from visualnet.layers.declaration.params import count, real


@layer(
    "rbf",
    family="dense",
    label="Radial basis",
    ports="x: * D -> y: * D",
    holds="fractions",
    rare=True,
    keywords="rbf kernel gaussian bump centre distance network svm broomhead",
)
class RadialBasis(Layer):
    """Answer how near the input is to each of some points: 1 at a centre, 0 far away.

    y_j = exp(−‖x − c_j‖² / 2σ_j²). Centres c and widths σ = e^log_width are learned; where they are frozen, they are features drawn by
    chance, as a kernel machine has them. Parameters: out_features·D + out_features.
    """

    paper = "Broomhead and Lowe, Multivariable functional interpolation and adaptive networks, 1988"
    out_features: int = count(32, "How many centres.", card=True, fit=True)
    spread: float = real(
        1.0, "Standard deviation of the first centres.", low=1e-6, high=1e6, more=True, phrase="spread {}"
    )
    width: float = real(1.0, "First width σ of every bump.", low=1e-6, high=1e6, card=True, phrase="σ {}")

    def shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0][:-1], self.out_features)

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {
            "weight": sized(out_features=self.out_features, in_features=shapes[0][-1]),
            "log_width": sized(out_features=self.out_features),
        }

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.RadialBasis", int(shapes[0][-1]), self.out_features, self.spread, self.width)


@layer(
    "kohonen",
    family="dense",
    label="Kohonen map",
    ports="x: D -> place: P, distance:, stress:",
    rare=True,
    keywords="som self organizing organising map topology unsupervised winner cluster",
)
class Kohonen(Layer):
    """Find the unit of a map that is most like the input. Neighbours on the map learn together, so that like comes to lie beside like.

    place is the row and the column of the best unit b, distance is ‖x − w_b‖. stress = ½·Σ h_j·‖x − w_j‖² with
    h_j = exp(−d(j, b)² / 2r²) over distances d on the map: lead it into Value as loss, and a step of SGD is Kohonen's rule
    w_j ← w_j + lr·h_j·(x − w_j). While training the radius r shrinks from radius to last_radius.
    """

    paper = "Kohonen, Self-organized formation of topologically correct feature maps, 1982"
    rows: int = count(8, "Height of the map.", high=1000, card=True, phrase="{} rows")
    columns: int = count(8, "Width of the map.", high=1000, card=True, phrase="{} columns")
    radius: float = real(3.0, "How far, in units, neighbours learn along at first.", low=0.01, high=1000)
    last_radius: float = real(0.5, "How far at last.", low=0.01, high=1000)
    shrinking: int = count(1000, "Within so many steps of training the radius shrinks.", high=10_000_000, unit="steps")

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if self.last_radius > self.radius:
            words = f"the radius shrinks, but the last one ({self.last_radius:g}) is larger than the first ({self.radius:g})"
            yield Fault(words, "last_radius", "warning")

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        return {"place": (2,), "distance": (), "stress": ()}

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {"weight": sized(units=self.rows * self.columns, in_features=shapes[0][0])}

    def buffers(self, *shapes: Shape) -> dict[str, Sized]:
        return {"steps": sized()}

    def module(self, *shapes: Shape) -> ModuleCall:
        radii = (self.radius, self.last_radius, self.shrinking)
        return ModuleCall("extra_modules.KohonenMap", int(shapes[0][0]), self.rows, self.columns, *radii)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        made = m(*refs)
        return {"place": made[0], "distance": made[1], "stress": made[2]}
