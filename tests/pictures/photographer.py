"""Leads a window through its states and saves a picture of each; ``python -m tests.pictures`` calls `main`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["VISUALNET_HOME"] = tempfile.mkdtemp(prefix="visualnet-pictures-")

from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QScrollArea, QWidget

from tests.pictures.window_states import FURTHER
from visualnet.app.shell.closing_dialog import ClosingDialog
from visualnet.app.shell.window import Window
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import MODES, ThemeKeeper
from visualnet.core import edits
from visualnet.core.user.settings import Settings


class Photographer:
    """One window, led through its states; a picture of each."""

    def __init__(self, app: QApplication, folder: Path, theme: str, size: tuple[int, int]) -> None:
        self.app, self.folder, self.theme = app, folder, theme
        self.window = Window(Settings(Path(os.environ["VISUALNET_HOME"]) / f"{theme}.json"), ThemeKeeper(app, theme))  # type: ignore[arg-type]
        self.window.resize(*size)
        self.window.show()
        self.rest(0.4)

    def rest(self, seconds: float = 0.3) -> None:
        """Let the window live."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.005)

    def until(self, true: Callable[[], bool], seconds: float = 120) -> None:
        """Let it live until something is so."""
        end = time.monotonic() + seconds
        while not true() and time.monotonic() < end:
            self.rest(0.05)

    def shot(self, name: str) -> None:
        """Take a picture."""
        self.rest(0.35)
        self.picture(self.window, name)

    def picture(self, widget: QWidget, name: str) -> None:
        """Take a picture of anything."""
        widget.grab().save(str(self.folder / f"{name}-{self.theme}.png"))

    def dialog(self, dialog: QDialog, name: str, close: bool = True) -> None:
        """Show a dialog, take its picture, put it away."""
        dialog.show()
        self.rest(0.4)
        self.picture(dialog, name)
        if close:
            dialog.close()
            dialog.deleteLater()

    def dialogs(self, name: str) -> None:
        """Take a picture of the dialog that is open, and put it away."""
        for dialog in self.window.findChildren(QDialog):
            if dialog.isVisible():
                self.dialog(dialog, name)

    def below(self, page: QWidget) -> None:
        """Scroll down to the end of what a page holds."""
        self.rest()
        area = page.findChild(QScrollArea) or page.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            bar = area.verticalScrollBar()
            bar.setValue(bar.maximum() // 2)

    def select(self, name: str) -> None:
        """Select a node of the open sheet."""
        self.window.studio.select([self.window.studio.graph.named(name).id])

    def open(self, template: str) -> Studio:
        """Open a template."""
        self.window.project_files.open_template(template)
        self.rest(0.5)
        self.window.canvas.view.fit_at_once()
        return self.window.studio

    def further(self, names: list[str]) -> None:
        """What is shown more seldom, each in a window of its own tabs."""
        for name in names:
            FURTHER[name](self)
            for tab in list(self.window.project_files.tabs):
                self.window.project_files.tabs.remove(tab)
            self.window.show_space("build")
            self.window.spaces.reset()
            self.window.show_page("start_page")

    def train(self, epochs: int, shots: Callable[[], None]) -> None:
        """Train for real, take pictures on the way, wait for the end."""
        runner = self.window.runner
        self.window.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=epochs))
        self.window.train()
        self.until(lambda: runner.state == "running")
        self.until(lambda: runner.model is not None and len(runner.model.epochs) >= 3)
        shots()
        runner.stop()
        self.until(lambda: runner.state == "idle")

    def states(self) -> None:
        """Every main state."""
        window, studio = self.window, self.window.studio
        self.shot("start")
        window.project_files.new()
        self.shot("empty")
        self.open("lenet5")
        self.shot("build")
        self.select("conv1")
        self.shot("build-selected")
        conv = studio.graph.named("conv1").id
        studio.do("Stride", lambda p: edits.set_params(p, "", [conv], {"stride": 3}))
        window.actions_.trigger("graph.next_problem")
        self.rest(0.8)
        self.shot("problems")
        studio.document.undo()
        window.canvas.view.quick_add()
        self.shot("quick-add")
        window.canvas.view.quick_add_popup.close_()
        window.actions_.trigger("help.command_palette")
        self.shot("commands")
        window.palette_popup.close_panel()
        window.show_space("train")
        self.shot("train-before")
        self.select("conv2")

        def lenet() -> None:
            self.shot("train")
            window.show_space("inspect")
            self.rest(0.8)
            self.shot("inspect")

        self.train(30, lenet)
        self.open("vit-small")
        window.show_space("inspect")
        node = studio.graph.named("encoder")
        studio.open_sheet("encoder", (node.id,))
        self.select("attention")
        window.spaces.reveal("attention")

        def vit() -> None:
            self.rest(1.0)
            self.shot("attention")

        self.train(30, vit)
        self.open("perceptron-points")
        window.show_space("train")
        self.train(60, lambda: self.shot("points"))
        self.open("resnet-small")
        window.show_space("build")
        self.shot("resnet")
        studio.select([])
        window.show_page("start_page")
        self.shot("start-recent")

    def close(self) -> None:
        """Leave without asking."""
        QMessageBox.exec = lambda self: QMessageBox.StandardButton.Discard  # type: ignore[method-assign,assignment]
        ClosingDialog.exec = ClosingDialog.discard_all  # type: ignore[method-assign,assignment]
        self.window.runner.finish()
        self.window.close()


def main() -> None:
    """Both themes, every state."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--theme", choices=MODES[1:])
    parser.add_argument("--only", default="", help=f"main, {', '.join(FURTHER)}")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    width, height = map(int, options.size.split("x"))
    qInstallMessageHandler(
        lambda kind, context, words: None if "propagateSizeHints" in words else print(words, file=sys.stderr)
    )
    QMessageBox.exec = lambda self: QMessageBox.StandardButton.Discard  # type: ignore[method-assign,assignment]
    ClosingDialog.exec = ClosingDialog.discard_all  # type: ignore[method-assign,assignment]
    app = QApplication([])
    for theme in [options.theme] if options.theme else ["dark", "light"]:
        photographer = Photographer(app, options.out, theme, (width, height))
        names = options.only.split(",") if options.only else ["main", *FURTHER]
        if "main" in names:
            photographer.states()
        photographer.further([name for name in names if name != "main"])
        photographer.close()
