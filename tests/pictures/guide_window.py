"""A window that is worked by hand for the pictures of the guide: ``tests/pictures/guide.py`` says which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QWidget

    from tests.flows.hands import Hands

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs" / "guide" / "pictures"
SIZE = (1280, 720)


class Guide:
    """A window that is worked by hand, and the folder that its pictures go to."""

    def __init__(self, hands: Hands, folder: Path = FOLDER) -> None:
        self.window, self.hands, self.folder = hands.window, hands, folder
        self.kept: list[str] = []
        """The pictures that were made, by name."""

    def open(self, template: str, selected: str = "", space: str = "build", panels: bool = False) -> None:
        """Open a template; without `panels` the list of problems makes room for the canvas."""
        self.window.project_files.open_template(template)
        self.hands.rest(0.5)
        self.window.canvas.view.fit_at_once()
        self.window.show_space(space)
        if not panels and self.window.actions_["view.problems"].isChecked():
            self.window.actions_.trigger("view.problems")
        self.hands.rest(0.3)
        self.window.canvas.view.fit_at_once()
        if selected:
            self.select(selected)
        self.hands.rest(0.3)

    def select(self, name: str) -> None:
        """Select a node of the open sheet."""
        self.window.studio.select([self.hands.node(name).id])

    def add(self, *words: str) -> None:
        """Quick add: Space, some letters, Return, for each."""
        for each in words:
            self.quick_add(each)
            self.press_key(self.window.canvas.view.quick_add_popup.field, "Return")

    def quick_add(self, words: str) -> None:
        """Open quick add and type, without taking anything."""
        from PySide6.QtTest import QTest

        view = self.window.canvas.view
        view.setFocus()
        self.press_key(view, "Space")
        QTest.keyClicks(view.quick_add_popup.field, words)
        self.hands.rest(0.3)

    def press_key(self, widget: QWidget, key: str) -> None:
        """Press one key."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyClick(widget, getattr(Qt.Key, f"Key_{key}"))
        self.hands.rest(0.2)

    def train(self, enough: Callable[[Any], bool], epochs: int = 0) -> None:
        """Press F5 and wait until the run has come so far."""
        from visualnet.core import edits

        if epochs:
            self.window.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=epochs))
        runner = self.window.runner
        self.hands.until(self.window.actions_["train.start"].isEnabled)
        self.hands.keys("F5")
        self.hands.until(lambda: runner.model is not None and enough(runner), 300)
        self.hands.rest(0.8)

    def train_to_end(self, epochs: int) -> None:
        """Press F5 and wait until the run is over."""
        from visualnet.core import edits

        studio, runner = self.window.studio, self.window.runner
        studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=epochs))
        before = len(studio.project.runs)
        self.hands.until(self.window.actions_["train.start"].isEnabled)
        self.hands.keys("F5")
        self.hands.until(lambda: len(studio.project.runs) > before and runner.state == "idle", 300)
        self.hands.rest(0.8)

    def stop(self) -> None:
        """End the training."""
        runner = self.window.runner
        if runner.state != "idle":
            self.hands.keys("Shift+F5")
        self.hands.until(lambda: runner.state == "idle")
        self.hands.rest(0.3)

    def tall(self, panel: str, pixels: int, wide: bool = False) -> None:
        """Drag the border of a panel until it is so high, or so wide."""
        from PySide6.QtCore import Qt

        way = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        self.window.resizeDocks([self.window.spaces.docks[panel]], [pixels], way)
        self.hands.rest(0.5)

    def area(self, *widgets: QWidget) -> QRect:
        """What these widgets cover of the window."""
        from PySide6.QtCore import QPoint, QRect

        found = QRect()
        for widget in widgets:
            found |= QRect(widget.mapTo(self.window, QPoint(0, 0)), widget.size())
        return found & self.window.rect()

    def cards(self, *names: str, wide: int = 0, high: int = 0) -> QRect:
        """What these cards cover of the window, with so much room around them."""
        from PySide6.QtCore import QPoint, QRect

        view = self.window.canvas.view
        found = QRect()
        for name in names:
            card = view.canvas.cards[self.hands.node(name).id]
            found |= view.mapFromScene(card.rect).boundingRect()
        found.translate(view.viewport().mapTo(self.window, QPoint(0, 0)))
        return found.adjusted(-wide, -high, wide, high)

    def keep(self, name: str, area: QRect | None = None, of: QWidget | None = None) -> None:
        """Write a picture of the window, of a part of it, or of a dialog."""
        from PIL import Image

        self.hands.rest(0.4)
        widget = of or self.window
        taken = widget.grab(area & widget.rect()) if area is not None else widget.grab()
        path = self.folder / f"{name}.png"
        self.kept.append(name)
        taken.save(str(path))
        with Image.open(path) as image:
            # This way of choosing 256 colours keeps those that few pixels have; a third of the bytes.
            small = image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, 3, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
