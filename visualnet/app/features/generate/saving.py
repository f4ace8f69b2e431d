"""What was made, taken away: as the files that it can be kept as, or as the picture that is seen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.plots.export import PICTURES, ask_and_write, picture_of, save_picture
from visualnet.core.storage import project_file
from visualnet.training.generating.results import GeneratedResult, Writer

KINDS = {
    ".png": "picture",
    ".gif": "animated picture",
    ".csv": "table",
    ".npy": "numbers",
    ".txt": "text",
}
"""What a file of an ending is called."""


def fill_menu(menu: QMenu, chart: ChartView, made: GeneratedResult, name: str) -> None:
    """An entry for each file that it can be kept as, and for the picture that is seen."""
    for ending, write in made.files().items():
        short = ending[1:].upper()
        menu.addAction(
            f"Save {KINDS.get(ending, 'as')} ({short})…",
            partial(ask_and_write, chart, name, f"{short} (*{ending})", partial(write_file, write)),
        )
    menu.addSeparator()
    menu.addAction("Copy what is seen", lambda: QGuiApplication.clipboard().setPixmap(picture_of(chart)))
    menu.addAction("Save what is seen…", lambda: ask_and_write(chart, name, PICTURES, partial(save_picture, chart)))


def write_file(write: Writer, path: Path) -> None:
    """Write a file.

    Raises:
        FileError: the place refuses it.
    """
    project_file.write(path, write())
