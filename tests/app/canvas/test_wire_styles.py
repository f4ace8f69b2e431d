"""Wires drawn by a figure: near and from far, with what is pointed at still on top."""

from __future__ import annotations

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from tests.app.canvas.conftest import Hands
from visualnet.app.canvas.scene.wire_item import WireStyle


def colours_along(hands: Hands, at: float) -> set[str]:
    """The colours of the pixels about a place of the first wire, from 0 to 1."""
    view = hands.view
    wire = next(iter(view.canvas.wires.values()))
    shot = view.viewport().grab().toImage()
    place = view.mapFromScene(wire.path.pointAtPercent(at)) * shot.devicePixelRatio()
    return {shot.pixelColor(place.x() + dx, place.y() + dy).name() for dx in (-1, 0, 1) for dy in (-2, -1, 0, 1, 2)}


def test_wires_have_the_ink_of_their_figure_until_they_are_pointed_at(hands: Hands) -> None:
    view, canvas = hands.view, hands.view.canvas
    target = next(iter(canvas.wires))
    style = WireStyle("#12a0c8", 5.0)
    QApplication.processEvents()
    assert style.colour not in colours_along(hands, 0.4)
    canvas.set_wire_styles({target: style})
    assert style.colour in colours_along(hands, 0.4)
    canvas.marks.hover_wire = target
    canvas.update()
    seen = colours_along(hands, 0.4)
    assert QColor(view.canvas.theme.accent).name() in seen and style.colour not in seen
    canvas.marks.hover_wire = None
    view.look(view.pose()._replace(zoom=0.2))
    assert style.colour in colours_along(hands, 0.4), "from far too"
    generation = canvas.generation
    canvas.set_wire_styles({target: style})
    assert canvas.generation == generation, "the same figures paint nothing anew"
    canvas.set_wire_styles({})
    assert style.colour not in colours_along(hands, 0.4)
