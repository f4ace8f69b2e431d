"""A drawing into a file, onto a page or onto the clipboard: PNG, SVG, PDF, with the project inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from visualnet.app.figures.picture import Drawing
from visualnet.core.project import Project
from visualnet.core.storage import embedded_project, project_file

FORMATS = ("svg", "png", "pdf")
PAGES = {"a4": QPageSize.PageSizeId.A4, "a3": QPageSize.PageSizeId.A3, "letter": QPageSize.PageSizeId.Letter}
SCALES = (1, 2, 3, 4)
LARGEST_PX, MOST_PX = 16_000, 64_000_000
BAND_PX = 4_000_000
MARGIN_MM = 15.0
POINTS = 0.75
"""Points on paper for one px of the drawing, where there is room."""

Step = Callable[[float], bool]
"""Told the share that is done; answers whether to go on."""


class Cancelled(Exception):
    """The person has had enough; nothing was written."""


class Print(NamedTuple):
    """How a drawing becomes a file. ``scale`` is pixels of a PNG for one px; ``page`` the paper of a PDF, nothing for one that fits."""

    form: str = "svg"
    scale: float = 2.0
    page: str = ""
    transparent: bool = False
    carry: bool = True

    def check(self, path: Path) -> None:
        """Refuse what cannot be made.

        Raises:
            ValueError: the ending or the page is unknown.
        """
        if self.form not in FORMATS:
            raise ValueError(f"a picture ends in .svg, .png or .pdf, not in “{path.suffix}”")
        if self.page and self.page.lower() not in PAGES:
            raise ValueError(f"there is no page “{self.page}”; there are {', '.join(PAGES)}")


def write(drawing: Drawing, path: Path, how: Print, project: Project, step: Step | None = None) -> None:
    """Write the file, whole or not at all.

    Raises:
        FileError: it cannot be written.
        Cancelled: ``step`` said so.
    """
    project_file.write(path, render_bytes(drawing, how, project, step))


def render_bytes(drawing: Drawing, how: Print, project: Project, step: Step | None = None) -> bytes:
    """The bytes of the picture."""
    step = step or (lambda _: True)
    text = project_file.dumps(embedded_project.shared(project)) if how.carry else b""
    if how.form == "png":
        data = _png(image_of(drawing, how.scale, how.transparent, step))
        return embedded_project.into_png(data, text) if text else data
    if how.form == "svg":
        data = _svg(drawing, how, project.name, step)
        return embedded_project.into_svg(data, text) if text else data
    return _pdf(drawing, how, project.name, text, step)


def image_of(drawing: Drawing, scale: float, transparent: bool = False, step: Step | None = None) -> QImage:
    """The drawing in pixels, made in bands so that a large one can be stopped."""
    area = drawing.area
    scale = fitting(drawing, scale)
    size = QSize(max(1, round(area.width() * scale)), max(1, round(area.height() * scale)))
    image = QImage(size, QImage.Format.Format_ARGB32 if transparent else QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0, 0) if transparent else QColor(drawing.ground))
    image.setDotsPerMeterX(round(96 * scale / 0.0254))
    image.setDotsPerMeterY(round(96 * scale / 0.0254))
    band = max(1, BAND_PX // size.width())
    bands = range(0, size.height(), band)
    for number, top in enumerate(bands):
        painter = QPainter(image)
        painter.setClipRect(0, top, size.width(), band)
        within = step and (lambda share, n=number: step((n + share) / len(bands)))
        _paint(drawing, painter, scale, None, within)
    return image


def fitting(drawing: Drawing, scale: float) -> float:
    """The scale, or the largest one that memory allows."""
    area = drawing.area
    return min(scale, LARGEST_PX / max(area.width(), area.height()), (MOST_PX / (area.width() * area.height())) ** 0.5)


def to_page(drawing: Drawing, device: QPagedPaintDevice, step: Step | None = None) -> None:
    """Paint it in the middle of the device's page, within the margins, no larger than on the screen."""
    painter = QPainter(device)
    if not painter.isActive():
        raise ValueError("the printer cannot be reached")
    room = QRectF(painter.viewport())
    most = POINTS * device.logicalDpiX() / 72
    scale = min(most, room.width() / drawing.area.width(), room.height() / drawing.area.height())
    rest = (room.width() - drawing.area.width() * scale, room.height() - drawing.area.height() * scale)
    painter.translate(rest[0] / 2, rest[1] / 2)
    _paint(drawing, painter, scale, None, step)


def turned(drawing: Drawing) -> QPageLayout.Orientation:
    """How a page lies on which the drawing is largest."""
    wide = drawing.area.width() > drawing.area.height()
    return QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait


def for_clipboard(drawing: Drawing, how: Print, project: Project) -> QMimeData:
    """The picture for other programs, and with the project for this one."""
    image = image_of(drawing, how.scale, how.transparent)
    data = _png(image)
    mime = QMimeData()
    mime.setImageData(image)
    if how.carry:
        mime.setData(
            "image/png",
            QByteArray(embedded_project.into_png(data, project_file.dumps(embedded_project.shared(project)))),
        )
    return mime


def _paint(drawing: Drawing, painter: QPainter, scale: float, ground: str | None, step: Step | None) -> None:
    try:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        painter.translate(-drawing.area.topLeft())
        if ground:
            painter.fillRect(drawing.area, QColor(ground))
        painter.setPen(Qt.PenStyle.NoPen)
        for share in drawing.paint(painter):
            if step is not None and not step(share):
                raise Cancelled
    finally:
        painter.end()


def _png(image: QImage) -> bytes:
    buffer = _buffer()
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise ValueError("there is too little memory for so large a picture")
    return bytes(buffer.data().data())


def _svg(drawing: Drawing, how: Print, title: str, step: Step) -> bytes:
    buffer = _buffer()
    writer = QSvgGenerator()
    writer.setOutputDevice(buffer)
    writer.setTitle(title)
    writer.setSize(drawing.area.size().toSize())
    writer.setViewBox(QRectF(0, 0, drawing.area.width(), drawing.area.height()))
    _paint(drawing, QPainter(writer), 1.0, None if how.transparent else drawing.ground, step)
    return bytes(buffer.data().data())


def _pdf(drawing: Drawing, how: Print, title: str, text: bytes, step: Step) -> bytes:
    buffer = _buffer()
    pdf = QPdfWriter(buffer)
    pdf.setTitle(title)
    pdf.setCreator("VisualNet")
    pdf.setResolution(144)
    if text:
        pdf.addFileAttachment("network.vnet", QByteArray(text), "application/json")
    ground = None if how.transparent else drawing.ground
    if how.page:
        page = QPageSize(PAGES[how.page.lower()])
        sides = QMarginsF(*[MARGIN_MM] * 4)
        pdf.setPageLayout(QPageLayout(page, turned(drawing), sides, QPageLayout.Unit.Millimeter))
        to_page(_Grounded(drawing, ground), pdf, step)
    else:
        size = QSizeF(drawing.area.width() * POINTS, drawing.area.height() * POINTS)
        page = QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        pdf.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
        _paint(drawing, QPainter(pdf), pdf.width() / drawing.area.width(), ground, step)
    return bytes(buffer.data().data())


class _Grounded:
    """A drawing that paints its ground first: paper has none of its own."""

    def __init__(self, drawing: Drawing, ground: str | None) -> None:
        self.drawing, self.area, self.ground = drawing, drawing.area, ground or ""

    def paint(self, painter: QPainter) -> Iterator[float]:
        """The ground, then what stands on it."""
        if self.ground:
            painter.fillRect(self.area, QColor(self.ground))
        yield from self.drawing.paint(painter)


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
