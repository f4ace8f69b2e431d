"""Take a picture away: to the clipboard, to PNG, to SVG, or its numbers to CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from visualnet.app.widgets.dialogs.modal import answer_of, message_box
from visualnet.app.widgets.dialogs.save_dialog import ask_target
from visualnet.core.errors import FileError
from visualnet.core.storage import project_file
from visualnet.core.text.hidden_characters import visible
from visualnet.core.text.tables import csv_of

PICTURES, TABLES = "PNG (*.png);;SVG (*.svg)", "CSV (*.csv)"
SHARPNESS = 2
"""Pixels of a PNG per pixel of the window."""


def picture_of(widget: QWidget) -> QPixmap:
    """The widget as it stands, at twice the window's resolution."""
    pixmap = QPixmap(widget.size() * SHARPNESS)
    pixmap.setDevicePixelRatio(SHARPNESS)
    pixmap.fill(widget.palette().window().color())
    widget.render(pixmap, QPoint())
    return pixmap


def save_picture(widget: QWidget, path: Path) -> None:
    """Write the picture as PNG or SVG, by the name's ending.

    Raises:
        FileError: the place refuses it.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if path.suffix.lower() == ".svg":
        _draw_svg(widget, buffer)
    else:
        picture_of(widget).save(buffer, "PNG")
    project_file.write(path, bytes(buffer.data().data()))


def _draw_svg(widget: QWidget, buffer: QBuffer) -> None:
    from PySide6.QtSvg import QSvgGenerator

    drawing = QSvgGenerator()
    drawing.setOutputDevice(buffer)
    drawing.setSize(widget.size())
    drawing.setViewBox(widget.rect())
    drawing.setTitle("VisualNet")
    painter = QPainter(drawing)
    widget.render(painter, QPoint())
    painter.end()


def save_rows(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    """Write a table as CSV.

    Raises:
        FileError: the place refuses it.
    """
    project_file.write(path, csv_of(rows).encode())


def picture_menu(widget: QWidget, name: str, rows: Callable[[], Iterable[Iterable[Any]]] | None = None) -> QMenu:
    """Copy picture, Save picture…, and Save data… where there are rows. The caller shows it."""
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    clipboard = QGuiApplication.clipboard()
    menu.addAction("Copy picture", lambda: clipboard.setPixmap(picture_of(widget)))
    menu.addAction("Save picture…", lambda: ask_and_write(widget, name, PICTURES, partial(save_picture, widget)))
    if rows is not None:
        menu.addAction("Save data…", lambda: ask_and_write(widget, name, TABLES, lambda path: save_rows(path, rows())))
    return menu


def ask_and_write(widget: QWidget, name: str, kinds: str, write: Callable[[Path], None]) -> None:
    """Ask for a place and write there; what goes wrong is told."""
    path = ask_target(widget, "Save", name, kinds)
    if path is None:
        return
    try:
        write(path)
    except (FileError, OSError) as error:
        more = "Choose another folder, or free some space."
        answer_of(message_box(widget, "Not saved", visible(error), more, icon="warning", role="warning"))
