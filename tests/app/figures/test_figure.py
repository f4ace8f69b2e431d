"""Figures for papers, painted: there is ink where a piece stands. What stands where is held in `tests/figures`."""

from __future__ import annotations

from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from visualnet.analysis import infer
from visualnet.app.figures.paper_figure import Figure
from visualnet.cli.common import open_project
from visualnet.data.registry import fields_or_none
from visualnet.figures.paper_content import content


def test_it_paints_ink(qapp: QApplication) -> None:
    project = open_project("lenet5-32")
    drawn = Figure(content(project, infer(project, fields=fields_or_none(project.data)).main))
    image = QImage(drawn.area.size().toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.translate(-drawn.area.topLeft())
    shares = list(drawn.paint(painter))
    painter.end()
    assert shares == sorted(shares) and shares[-1] == 1.0
    for spot in drawn.layout.spots.values():
        at = spot.x + spot.body.full - spot.body.wide / 2 - drawn.area.x(), spot.y - drawn.area.y()
        assert image.pixelColor(int(at[0]), int(at[1])) != QColor("white"), spot.piece.size
