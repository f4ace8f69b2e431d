"""Declares the panel *Back-propagation* and what it marks on the canvas."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy, lazy_overlay

FEATURE = Feature(
    "backprop",
    "A forward and a backward pass of one sample, operation by operation, with the chain rule and the optimizer's step in figures. The "
    "arrow keys go on and back. It works on a copy: nothing is trained.",
    dock=Dock(
        "Back-propagation",
        lazy("visualnet.app.features.backprop.panel:BackpropPanel"),
        "Step through a forward and a backward pass by hand: values, gradients and the chain rule in figures",
        "arrow-previous",
        submenu="Inside the network",
    ),
    overlay=lazy_overlay("visualnet.app.features.backprop.canvas_marks:CanvasMarks"),
)
