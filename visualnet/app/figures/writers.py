"""A drawing into a file, onto a page or onto the clipboard: PNG, SVG, PDF, with the project inside."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from visualnet.app.figures.picture import StepwiseDrawing
from visualnet.core.errors import Cancelled
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


def never_cancel(share: float) -> bool:
    """The step of one who never stops."""
    return True


class Output(NamedTuple):
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


def write(drawing: StepwiseDrawing, path: Path, output: Output, project: Project, step: Step = never_cancel) -> None:
    """Write the file, whole or not at all.

    Raises:
        FileError: it cannot be written.
        Cancelled: ``step`` said so.
    """
    project_file.write(path, render_bytes(drawing, output, project, step))


def render_bytes(drawing: StepwiseDrawing, output: Output, project: Project, step: Step = never_cancel) -> bytes:
    """The bytes of the picture."""
    text = _project_text(project) if output.carry else b""
    if output.form == "png":
        data = _png(render_image(drawing, output.scale, output.transparent, step))
        return embedded_project.into_png(data, text) if text else data
    if output.form == "svg":
        data = _svg(drawing, output, project.name, step)
        return embedded_project.into_svg(data, text) if text else data
    return _pdf(drawing, output, project.name, text, step)


def render_image(
    drawing: StepwiseDrawing, scale: float, transparent: bool = False, step: Step = never_cancel
) -> QImage:
    """The drawing in pixels, made in bands so that a large one can be stopped."""
    area = drawing.area
    scale = largest_scale(drawing, scale)
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
        _paint(drawing, painter, scale, None, _step_of_band(step, number, len(bands)))
    return image


def _step_of_band(step: Step, number: int, count: int) -> Step:
    return lambda share: step((number + share) / count)


def largest_scale(drawing: StepwiseDrawing, scale: float) -> float:
    """The scale, or the largest one that memory allows."""
    width, height = drawing.area.width(), drawing.area.height()
    return min(scale, LARGEST_PX / max(width, height), math.sqrt(MOST_PX / (width * height)))


def paint_page(
    drawing: StepwiseDrawing, device: QPagedPaintDevice, step: Step = never_cancel, ground: str | None = None
) -> None:
    """Paint it in the middle of the device's page, within the margins, no larger than on the screen.

    Raises:
        ValueError: the printer cannot be reached.
        Cancelled: ``step`` said so.
    """
    painter = QPainter(device)
    if not painter.isActive():
        raise ValueError("the printer cannot be reached")
    room = QRectF(painter.viewport())
    most = POINTS * device.logicalDpiX() / 72
    scale = min(most, room.width() / drawing.area.width(), room.height() / drawing.area.height())
    rest = (room.width() - drawing.area.width() * scale, room.height() - drawing.area.height() * scale)
    painter.translate(rest[0] / 2, rest[1] / 2)
    _paint(drawing, painter, scale, ground, step)


def page_orientation(drawing: StepwiseDrawing) -> QPageLayout.Orientation:
    """How a page lies on which the drawing is largest."""
    wide = drawing.area.width() > drawing.area.height()
    return QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait


def mime_data(drawing: StepwiseDrawing, output: Output, project: Project) -> QMimeData:
    """The picture for other programs, and with the project for this one."""
    image = render_image(drawing, output.scale, output.transparent)
    mime = QMimeData()
    mime.setImageData(image)
    if output.carry:
        mime.setData("image/png", QByteArray(embedded_project.into_png(_png(image), _project_text(project))))
    return mime


def _project_text(project: Project) -> bytes:
    return project_file.dumps(embedded_project.strip_local_paths(project))


def _paint(drawing: StepwiseDrawing, painter: QPainter, scale: float, ground: str | None, step: Step) -> None:
    try:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        painter.translate(-drawing.area.topLeft())
        if ground:
            painter.fillRect(drawing.area, QColor(ground))
        painter.setPen(Qt.PenStyle.NoPen)
        for share in drawing.paint(painter):
            if not step(share):
                raise Cancelled
    finally:
        painter.end()


def _png(image: QImage) -> bytes:
    buffer = _buffer()
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]  # the stub wants bytes, PySide a str
        raise ValueError("there is too little memory for so large a picture")
    return bytes(buffer.data().data())


def _svg(drawing: StepwiseDrawing, output: Output, title: str, step: Step) -> bytes:
    buffer = _buffer()
    writer = QSvgGenerator()
    writer.setOutputDevice(buffer)
    writer.setTitle(title)
    writer.setSize(drawing.area.size().toSize())
    writer.setViewBox(QRectF(0, 0, drawing.area.width(), drawing.area.height()))
    _paint(drawing, QPainter(writer), 1.0, None if output.transparent else drawing.ground, step)
    return bytes(buffer.data().data())


def _pdf(drawing: StepwiseDrawing, output: Output, title: str, text: bytes, step: Step) -> bytes:
    buffer = _buffer()
    pdf = QPdfWriter(buffer)
    pdf.setTitle(title)
    pdf.setCreator("VisualNet")
    pdf.setResolution(144)
    if text:
        pdf.addFileAttachment("network.vnet", QByteArray(text), "application/json")
    ground = None if output.transparent else drawing.ground
    if output.page:
        page = QPageSize(PAGES[output.page.lower()])
        sides = QMarginsF(*[MARGIN_MM] * 4)
        pdf.setPageLayout(QPageLayout(page, page_orientation(drawing), sides, QPageLayout.Unit.Millimeter))
        paint_page(drawing, pdf, step, ground)
    else:
        size = QSizeF(drawing.area.width() * POINTS, drawing.area.height() * POINTS)
        page = QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        pdf.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
        _paint(drawing, QPainter(pdf), pdf.width() / drawing.area.width(), ground, step)
    return bytes(buffer.data().data())


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
