"""The small picture beside a repair: the few nodes around it as they would be, with their shapes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from visualnet.analysis.families import family_of
from visualnet.analysis.repair.preview import Change, EditPreview, shape
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import Theme, mix
from visualnet.core.graph import Topology
from visualnet.core.text.format import format_quantity

WIDTH = 392
MOST = 6
"""More nodes than this are not told apart in so small a picture."""
CARD = 40.0
GAP = 18.0


class RepairPicture(QWidget):
    """Floats over the window, beside what it explains; neither takes clicks nor the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.seen: EditPreview | None = None
        self.change: Change | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("After the repair")
        self.setFixedWidth(WIDTH)
        self.hide()

    def show_foresight(self, seen: EditPreview, sheet: str, path: tuple[str, ...]) -> None:
        """Draw what would be on this sheet."""
        self.seen, self.change = seen, seen.on(sheet, path)
        self.setAccessibleDescription(self.words())
        rows = max((len(column) for column in self.layout_()), default=1)
        self.setFixedHeight(round(46 + min(rows, 3) * (CARD + 6)))
        self.setVisible(self.change is not None)
        self.raise_()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen = self.change = None  # they hold the whole project

    def words(self) -> str:
        """``After it: no error (now 2)``, then what is told of each node."""
        if self.seen is None:
            return ""
        now, then = self.seen.errors
        left = format_quantity(then, "error") if then else "no error"
        return f"After it: {left} (now {now:,})"

    def layout_(self) -> list[list[str]]:
        """The nodes shown, in columns from left to right: what is touched, and what it is wired to."""
        change = self.change
        if change is None:
            return []
        topology = Topology(change.after)
        wanted = [i for i in dict.fromkeys([*change.touched, *change.mended]) if i in change.after.nodes][:MOST]
        for node_id in tuple(wanted):
            near = [w.source.node for w in topology.into[node_id]] + [w.target.node for w in topology.out_of[node_id]]
            wanted += [i for i in near if i not in wanted and len(wanted) < MOST]
        depth: dict[str, int] = {}
        for node_id in [*(i for i in topology.order if i in wanted), *wanted]:
            if node_id not in depth:
                before = [depth[w.source.node] for w in topology.into[node_id] if w.source.node in depth]
                depth[node_id] = max(before, default=-1) + 1
        columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
        for node_id, at in depth.items():
            columns[at].append(node_id)
        return columns

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = icons.current_theme()
        painter.setPen(QPen(QColor(theme.outline), 1.0))
        painter.setBrush(QColor(theme.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setFont(fonts.sans(12))
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(12, 8, self.width() - 24, 18), Qt.AlignmentFlag.AlignLeft, self.words())
        if self.change is not None:
            self._graph(painter, QRectF(14, 34, self.width() - 28, self.height() - 46), theme)
        painter.end()

    def _graph(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        change, columns = self.change, self.layout_()
        if change is None or not columns:
            return
        width = min(112.0, (area.width() - GAP * (len(columns) - 1)) / len(columns))
        left = area.center().x() - (width * len(columns) + GAP * (len(columns) - 1)) / 2
        boxes: dict[str, QRectF] = {}
        for at, ids in enumerate(columns):
            high = min(CARD, (area.height() - 6 * (len(ids) - 1)) / len(ids))
            top = area.center().y() - (high * len(ids) + 6 * (len(ids) - 1)) / 2
            for row, node_id in enumerate(ids):
                boxes[node_id] = QRectF(left + at * (width + GAP), top + row * (high + 6), width, high)
        fresh = {w.target for w in change.diff.wires_added}
        for target, source in change.after.wires.items():
            if target.node in boxes and source.node in boxes:
                _wire(painter, boxes[source.node], boxes[target.node], theme, target in fresh)
        for node_id, box in boxes.items():
            self._card(painter, box, node_id, theme)

    def _card(self, painter: QPainter, box: QRectF, node_id: str, theme: Theme) -> None:
        change, seen = self.change, self.seen
        assert change is not None and seen is not None
        node = change.after.nodes[node_id]
        facts = change.facts.nodes.get(node_id) if change.facts is not None else None
        family = theme.family(family_of(node, seen.then.project))
        ghost = node_id in change.diff.added or node_id in change.diff.changed
        wrong = facts is not None and any(p.severity == "error" for p in facts.problems)
        edge = QPen(QColor(theme.accent if ghost else theme.error if wrong else theme.line), 1.6 if ghost else 1.0)
        if ghost:
            edge.setDashPattern([3, 2])
        painter.setPen(edge)
        painter.setBrush(QColor(mix(theme.raised, theme.accent, 0.1) if ghost else theme.raised))
        painter.drawRoundedRect(box, 5, 5)
        painter.fillRect(QRectF(box.left() + 1, box.top() + 4, 3, box.height() - 8), QColor(family))
        inner = box.adjusted(9, 3, -5, -3)
        tall = inner.height() >= 28
        name = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2 if tall else inner.height())
        _line(painter, name, node.name, fonts.sans(11), theme.text)
        text = shape(facts) if facts is not None else "?"
        if not text and facts is not None and facts.arriving and facts.arriving[0] is not None:
            text = facts.arriving[0].text
        if tall:
            colour = theme.accent if node_id in change.reshaped or node_id in change.diff.added else theme.muted
            row = QRectF(inner.left(), inner.center().y(), inner.width(), inner.height() / 2)
            _line(painter, row, text, fonts.mono(11), theme.error if text == "?" else colour)


def _line(painter: QPainter, area: QRectF, text: str, font: object, colour: str) -> None:
    painter.setFont(font)  # type: ignore[arg-type]
    painter.setPen(QColor(colour))
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _wire(painter: QPainter, source: QRectF, target: QRectF, theme: Theme, fresh: bool) -> None:
    pen = QPen(QColor(theme.accent if fresh else theme.wire), 1.6)
    if fresh:
        pen.setDashPattern([3, 2])
    start, end = QPointF(source.right(), source.center().y()), QPointF(target.left(), target.center().y())
    bend = max(8.0, (end.x() - start.x()) / 2)
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
