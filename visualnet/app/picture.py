"""Write the whole graph as a picture, SVG, PNG or PDF, with its words as in the window."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from visualnet.analysis import infer
from visualnet.analysis.tidy import tidy
from visualnet.app.canvas.node_item import offsets, sizes
from visualnet.app.canvas.scene import CanvasScene
from visualnet.app.theme import icons
from visualnet.app.theme.fonts import load_fonts
from visualnet.app.theme.tokens import THEMES, Theme
from visualnet.core import edits
from visualnet.core.project import MAIN, Project
from visualnet.data import catalogue

MARGIN = 32.0
SHARP = 2.0
"""Pixels of a PNG for one px of the canvas."""
LARGEST_PX = 16_000
FORMATS = (".svg", ".png", ".pdf")


def save_picture(project: Project, path: Path | str, theme: str = "light", sheet: str = MAIN) -> None:
    """Write one sheet of the project to ``path``; the ending says how. A graph whose cards have no places is laid out first.

    Raises:
        ValueError: the ending, the theme or the sheet is unknown, or the sheet is empty.
        OSError: the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise ValueError(f"a picture ends in .svg, .png or .pdf, not in “{path.suffix}”")
    if theme not in THEMES:
        raise ValueError(f"there is no theme “{theme}”; there are {', '.join(THEMES)}")
    if sheet != MAIN and sheet not in project.blocks:
        raise ValueError(f"there is no block “{sheet}” in this project")
    if not project.sheet(sheet).nodes:
        raise ValueError("there is nothing on this sheet to make a picture of")
    kept = _application()
    worn = icons.current_theme()
    try:
        _write(_scene(project, sheet, THEMES[theme]), path, project.name)
    finally:
        icons.wear(worn)
    del kept


def _application() -> object:
    """The application that fonts and painting need; one without a screen if there is none."""
    running = QGuiApplication.instance()
    if running is None:
        if sys.platform.startswith("linux"):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        running = QApplication([])
    load_fonts()
    return running


def _scene(project: Project, sheet: str, theme: Theme) -> CanvasScene:
    icons.wear(theme)
    scene = CanvasScene(theme)
    analysis = infer(project, None, catalogue.fields_or_none(project.data))
    scene.show_sheet(project, sheet)
    scene.show_facts(analysis.sheet(sheet), analysis.problems)
    graph = project.sheet(sheet)
    if len(graph.nodes) > 1 and len({graph.places.get(i, (0.0, 0.0)) for i in graph.nodes}) == 1:
        found = sizes(scene.cards, graph.direction)
        room = {i: size[:2] for i, size in found.items()}
        places = tidy(graph, room, graph.direction, wrap_width=1600, offsets=offsets(found))
        after = edits.move(project, sheet, places)
        scene.apply(project, after)
    return scene


def _write(scene: CanvasScene, path: Path, title: str) -> None:
    area = scene.picture_area().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    ending = path.suffix.lower()
    # Qt's writers only warn when a file cannot be written; this raises first.
    with path.open("wb"):
        pass
    if ending == ".png":
        scale = min(SHARP, LARGEST_PX / max(area.width(), area.height()))
        image = QImage(
            QSize(max(1, round(area.width() * scale)), max(1, round(area.height() * scale))), QImage.Format.Format_RGB32
        )
        image.fill(QColor(scene.theme.canvas))
        _paint(scene, QPainter(image), area, scale)
        if not image.save(str(path), "PNG"):
            raise OSError(f"“{path.name}” cannot be written")
    elif ending == ".svg":
        writer = QSvgGenerator()
        writer.setFileName(str(path))
        writer.setTitle(title)
        writer.setSize(area.size().toSize())
        writer.setViewBox(QRectF(0, 0, area.width(), area.height()))
        _paint(scene, QPainter(writer), area, 1.0)
    else:
        pdf = QPdfWriter(str(path))
        pdf.setTitle(title)
        pdf.setCreator("VisualNet")
        pdf.setResolution(144)
        size = QSizeF(area.width() * 0.5, area.height() * 0.5)
        page = QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        pdf.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
        _paint(scene, QPainter(pdf), area, pdf.width() / area.width())


def _paint(scene: CanvasScene, painter: QPainter, area: QRectF, scale: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    painter.translate(-area.topLeft())
    painter.fillRect(area, QColor(scene.theme.canvas))
    painter.setPen(Qt.PenStyle.NoPen)
    scene.remark_layer.draw(painter, area, 1.0)
    scene.wire_layer.draw(painter, area, 1.0, cosmetic=False)
    scene.card_layer.draw_sharp(painter, area)
    painter.end()
