"""The small picture beside a repair: the few nodes around it as they would be, with their shapes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from visualnet.analysis.families import family_of
from visualnet.analysis.repair.preview import EditPreview, SheetChange, column_boxes
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import Theme, mix
from visualnet.app.widgets.painting import draw_line
from visualnet.core.text.format import format_quantity

WIDTH = 392
MOST = 6
"""More nodes than this are not told apart in so small a picture."""
CARD, CARD_WIDTH = 40.0, 112.0
GAP, ROW_GAP = 18.0, 6.0


class RepairPicture(QWidget):
    """Floats over the window, beside what it explains; neither takes clicks nor the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, accessibleName="After the repair")
        self.seen: EditPreview | None = None
        self.change: SheetChange | None = None
        self.columns: list[list[str]] = []
        """The nodes shown, from left to right."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(WIDTH)
        self.hide()

    def show_preview(self, seen: EditPreview, sheet: str, path: tuple[str, ...]) -> None:
        """Draw what would be on this sheet."""
        self.seen, self.change = seen, seen.on(sheet, path)
        self.columns = self.change.columns(MOST) if self.change is not None else []
        self.setAccessibleDescription(self.words())
        rows = max(map(len, self.columns), default=1)
        self.setFixedHeight(round(46 + min(rows, 3) * (CARD + ROW_GAP)))
        self.setVisible(self.change is not None)
        self.raise_()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen = self.change = None  # they hold the whole project

    def words(self) -> str:
        """``After it: no error (now 2)``."""
        if self.seen is None:
            return ""
        now, then = self.seen.errors
        return f"After it: {format_quantity(then, 'error') if then else 'no error'} (now {now:,})"

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = icons.current_theme()
        painter.setPen(QPen(QColor(theme.outline), 1.0))
        painter.setBrush(QColor(theme.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        draw_line(painter, QRectF(12, 8, self.width() - 24, 15), self.words(), fonts.sans(12), theme.muted)
        if self.change is not None and self.seen is not None and self.columns:
            self._draw_graph(painter, self.change, self.seen, theme)
        painter.end()

    def _draw_graph(self, painter: QPainter, change: SheetChange, seen: EditPreview, theme: Theme) -> None:
        area = 14.0, 34.0, self.width() - 28.0, self.height() - 46.0
        places = column_boxes(self.columns, area, (CARD_WIDTH, CARD), (GAP, ROW_GAP))
        boxes, fresh = {i: QRectF(*box) for i, box in places.items()}, {w.target for w in change.diff.wires_added}
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for target, source in change.after.wires.items():
            if target.node in boxes and source.node in boxes:
                new = target in fresh
                painter.setPen(_pen(theme.accent if new else theme.wire, 1.6, new))
                painter.drawPath(_wire(boxes[source.node], boxes[target.node]))
        for node_id, box in boxes.items():
            _draw_card(painter, box, node_id, change, seen, theme)


def _draw_card(
    painter: QPainter, box: QRectF, node_id: str, change: SheetChange, seen: EditPreview, theme: Theme
) -> None:
    node = change.after.nodes[node_id]
    facts = change.facts.nodes.get(node_id) if change.facts is not None else None
    ghost = node_id in change.diff.added or node_id in change.diff.changed
    wrong = facts is not None and any(p.severity == "error" for p in facts.problems)
    edge = theme.accent if ghost else theme.error if wrong else theme.line
    painter.setPen(_pen(edge, 1.6 if ghost else 1.0, ghost))
    painter.setBrush(QColor(mix(theme.raised, theme.accent, 0.1) if ghost else theme.raised))
    painter.drawRoundedRect(box, 5, 5)
    family = QColor(theme.family(family_of(node, seen.then.project)))
    painter.fillRect(QRectF(box.left() + 1, box.top() + 4, 3, box.height() - 8), family)
    inner, middle = box.adjusted(9, 3, -5, -3), Qt.TextElideMode.ElideMiddle
    if inner.height() < 28:
        draw_line(painter, inner, node.name, fonts.sans(11), theme.text, middle)
        return
    upper, lower = QRectF(inner), QRectF(inner)
    upper.setBottom(inner.center().y())
    lower.setTop(inner.center().y())
    draw_line(painter, upper, node.name, fonts.sans(11), theme.text, middle)
    text = change.shape_of(node_id)
    colour = theme.accent if node_id in change.reshaped or node_id in change.diff.added else theme.muted
    draw_line(painter, lower, text, fonts.figures(11), theme.error if text == "?" else colour, middle)


def _pen(colour: str, width: float, dashed: bool) -> QPen:
    pen = QPen(QColor(colour), width)
    if dashed:
        pen.setDashPattern([3, 2])
    return pen


def _wire(source: QRectF, target: QRectF) -> QPainterPath:
    start, end = QPointF(source.right(), source.center().y()), QPointF(target.left(), target.center().y())
    bend = QPointF(max(8.0, (end.x() - start.x()) / 2), 0)
    path = QPainterPath(start)
    path.cubicTo(start + bend, end - bend, end)
    return path
