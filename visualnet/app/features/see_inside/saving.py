"""An observation taken away: as a picture, as a table, or as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from visualnet.app.plots.export import PICTURES, TABLES, ask_and_write, picture_of, save_picture, save_rows
from visualnet.core.graph import Value
from visualnet.core.storage import project_file
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.svg import svg_of
from visualnet.training.observations.array_files import npz_of
from visualnet.training.observations.observation import History, Observation

ARRAYS = "NumPy arrays (*.npz)"


def make_menu(
    owner: QWidget, widget: QWidget, kind: type[Observation], options: Mapping[str, Value], history: History
) -> QMenu:
    """What can be done with the picture; nothing of it where nothing was observed yet."""
    menu = QMenu(owner)
    name = kind.name.replace("_", "-")
    clipboard = QGuiApplication.clipboard()

    def add(words: str, what: Callable[[], object]) -> None:
        menu.addAction(words, what).setEnabled(bool(history))

    def rows() -> Iterable[Sequence[object]]:
        return _chart(kind, options, history).rows()

    write = partial(_save_picture, widget, kind, options, history)
    add("Copy picture", lambda: clipboard.setPixmap(picture_of(widget)))
    add("Save picture…", lambda: ask_and_write(owner, name, PICTURES, write))
    add("Save numbers (CSV)…", lambda: ask_and_write(owner, name, TABLES, lambda path: save_rows(path, rows())))
    add("Save arrays over time (NPZ)…", lambda: ask_and_write(owner, name, ARRAYS, partial(save_arrays, history)))
    return menu


def save_arrays(history: History, path: Path) -> None:
    """Write all looks as NumPy arrays, with their steps.

    Raises:
        FileError: the place refuses it.
    """
    project_file.write(path, npz_of(history))


def _save_picture(
    widget: QWidget, kind: type[Observation], options: Mapping[str, Value], history: History, path: Path
) -> None:
    if path.suffix.lower() == ".svg":
        chart = _chart(kind, options, history)
        project_file.write(path, svg_of(chart, widget.width(), widget.height()).encode())
    else:
        save_picture(widget, path)


def _chart(kind: type[Observation], options: Mapping[str, Value], history: History) -> Chart:
    return kind(options).draw(history[-1][1], history)
