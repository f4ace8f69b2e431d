"""What is painted when: nothing that changed stays as it was on the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, QRectF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.app.canvas.conftest import Hands
from visualnet.app.canvas.scene.layers.sheet_layer import SheetLayer
from visualnet.core.document import Document
from visualnet.core.project import Project


class Painting(QObject):
    """Notes which parts of a widget are painted."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.parts: list[QRect] = []
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.parts.append(event.rect())
        return False


def test_what_changed_is_painted_though_a_part_is_painted_before(hands: Hands) -> None:
    view = hands.view
    QApplication.processEvents()
    painting = Painting(view.viewport())
    view.canvas.update()
    view.viewport().repaint(0, 0, 40, 10)  # as a label on the view does that has other words
    QApplication.processEvents()
    assert painting.parts[-1].contains(view.viewport().rect()), painting.parts


def test_two_layers_that_cannot_be_painted_are_told_and_no_crash(
    hands: Hands, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PySide 6.11 ends the process when two items raise in one paint event."""
    canvas = hands.scene

    def fail(*_: object) -> None:
        raise IndexError("no such card")

    QApplication.processEvents()
    canvas.hurry = False  # the view rests: no picture of the frame before is kept
    with monkeypatch.context() as patch, qtbot.captureExceptions() as errors:
        for layer in canvas.layers[:2]:
            patch.setattr(layer, "draw", fail)
        canvas.update()
        hands.view.viewport().grab()
    assert [kind for kind, _, _ in errors] == [IndexError, IndexError]


def test_no_layer_paints_past_what_catches_its_errors() -> None:
    """Layers of features too: they say `draw`, and `SheetLayer.paint` lets no error out."""
    from visualnet.app.canvas.overlays import card_tints
    from visualnet.app.features.differences import overlay as differences

    kinds = descendants(SheetLayer)
    assert {differences.DifferenceLayer, card_tints.TintLayer} <= kinds
    assert {kind.__name__ for kind in kinds if "paint" in vars(kind)} == set()


def descendants(kind: type) -> set[type]:
    return {each for child in kind.__subclasses__() for each in (child, *descendants(child))}


def test_an_empty_document_in_place_of_another_is_painted_as_empty(hands: Hands) -> None:
    hands.scene.ids_in(hands.scene.contents())
    hands.studio.open(Document(Project()))
    assert hands.scene.ids_in(QRectF(-1e6, -1e6, 2e6, 2e6)) == [] and hands.scene.contents().isNull()
