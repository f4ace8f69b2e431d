"""What can be chosen on the start page: a template with its picture, a lesson, a file opened lately."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QFrame, QWidget

from visualnet.analysis.inference.infer import infer
from visualnet.app.features.start_page.emblems import Emblem, emblem_of, paint_emblem
from visualnet.app.features.start_page.template_chips import TemplateActions
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import RADIUS, Theme, mix
from visualnet.app.widgets.basic import ElidedLabel, IconLabel, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.painting import painting
from visualnet.core.project import Project
from visualnet.core.text.format import format_duration, format_quantity, shorten_count
from visualnet.data import registry
from visualnet.templates.index import Template

PICTURE_LOW, PICTURE_HIGH = 128, 208
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


def page_colour(theme: Theme) -> str:
    """The ground on which the choices lie."""
    return theme.surface if theme.dark else theme.ground


def what_it_is(note: str) -> str:
    """The first sentence of a note, without the names and years of the papers."""
    words = re.sub(r"\s*\([^()]*\b(?:19|20)\d\d\b[^()]*\)", "", note)
    return re.split(r"(?<=[.!?])\s+(?=[A-Z0-9“])", words, maxsplit=1)[0].strip()


def format_age(then: datetime, now: datetime) -> str:
    """How long ago, as people say it."""
    days = (now.date() - then.date()).days
    if days <= 0:
        return f"today {then:%H:%M}"
    if days == 1:
        return f"yesterday {then:%H:%M}"
    if days < 7:
        return f"{days} days ago"
    return f"{then.day} {then:%b}" if then.year == now.year else f"{then.day} {then:%b %Y}"


class ChoiceCard(QFrame):
    """Something that a click, Enter or Space chooses, and from which the arrow keys lead to its neighbours."""

    chosen = Signal()
    arrow = Signal(int, int)
    focused = Signal()

    template_actions: TemplateActions | None = None
    """What else can be done with it."""

    def __init__(self, accessible: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hovered = self._pressed = self._by_keys = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(accessible)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        self._by_keys = True
        self.update()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        elif key in _ARROWS:
            self.arrow.emit(*_ARROWS[key])
        elif self.template_actions is None or not self.template_actions.key(key):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.template_actions is not None:
            menu = self.template_actions.menu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = True
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, False
        self.update()
        if pressed and event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # A frame that nobody's key has put there looks like a choice that was made.
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._by_keys = event.reason() not in (Qt.FocusReason.NoFocusReason, Qt.FocusReason.MouseFocusReason)
        self.update()
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        shape = QPainterPath()
        with painting(self) as painter:
            shape.addRoundedRect(area, RADIUS, RADIUS)
            face = theme.pressed if self._pressed else theme.hover if self._hovered else self.face(theme)
            painter.fillPath(shape, QColor(face))
            painter.save()
            painter.setClipPath(shape)
            self.paint_inside(painter, theme)
            painter.restore()
            focus = self.framed
            edge = theme.accent if focus else theme.outline if self._hovered else self.edge(theme)
            painter.setPen(QPen(QColor(edge), 2.0 if focus else 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(shape)

    @property
    def framed(self) -> bool:
        """Whether it has the frame of the keyboard."""
        return self.hasFocus() and self._by_keys

    def face(self, theme: Theme) -> str:
        """The colour of the ground."""
        return theme.raised

    def edge(self, theme: Theme) -> str:
        """The colour of the edge."""
        return theme.line

    def paint_inside(self, painter: QPainter, theme: Theme) -> None:
        """What lies on the ground, under the words."""


class TemplateCard(ChoiceCard):
    """A template: a picture of what is special in it, its name, what it is, and its figures once they are counted."""

    def __init__(
        self,
        name: str,
        project: Project,
        template_actions: TemplateActions | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"Template {project.name}: {what_it_is(project.note)}", parent)
        self.name, self.project, self.template_actions = name, project, template_actions
        self._pictures: dict[tuple[str, int, int, float], QPixmap] = {}
        self.title = label(project.name, "heading")
        self.about = label(what_it_is(project.note), "muted", wrap=True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.figures = ElidedLabel("", "small")
        self._picture_height = PICTURE_LOW
        chips = template_actions.chips if template_actions is not None else ()
        self._column = column(row((self.title, 1), *chips), (self.about, 1), spacing=3, parent=self)
        self._column.addSpacing(2)
        self._column.addWidget(self.figures)

    def words_height(self, width: int) -> int:
        """The room for the words of a card of this width: two lines say what it is, three where it is narrow."""
        self.about.ensurePolished()
        line = QFontMetrics(self.about.font()).lineSpacing()
        return 32 + self.title.sizeHint().height() + (3 if width >= fonts.px(270) else 4) * line

    def set_size(self, width: int, picture: int) -> None:
        """Take this width, with a picture of this height."""
        self._picture_height = picture
        self._column.setContentsMargins(14, picture + 11, 14, 11)
        self.setFixedSize(width, picture + self.words_height(width))

    @property
    def counted(self) -> bool:
        """Whether the figures are shown."""
        return bool(self.figures.full_text)

    def count(self) -> None:
        """Find out the figures and show them."""
        project = self.project
        facts = infer(project, None, registry.fields_or_none(project.data)).main
        data = registry.find_kind(project.data.name)
        source = data.title if data else project.data.name
        self.figures.setText(f"{format_quantity(facts.parameters, 'parameter')} · {source}")
        self.setAccessibleDescription(self.figures.full_text)

    def paint_inside(self, painter: QPainter, theme: Theme) -> None:
        ratio = self.devicePixelRatioF()
        key = (theme.name, self.width(), self.height(), ratio)
        picture = self._pictures.get(key)
        if picture is None:
            # Two themes and one size at a time are worth keeping.
            self._pictures = {k: p for k, p in self._pictures.items() if k[1:] == key[1:]}
            picture = self._pictures[key] = self._draw(theme, ratio)
        painter.drawPixmap(0, 0, picture)
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.drawLine(0, self._picture_height, self.width(), self._picture_height)

    def _draw(self, theme: Theme, ratio: float) -> QPixmap:
        """What is special in it, on a piece of canvas."""
        size = QSize(self.width(), self._picture_height)
        drawn = QPixmap(size * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(theme.canvas))
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(theme.canvas, theme.grid, 0.8)))
        for x in range(8, size.width(), 16):
            for y in range(10, size.height(), 16):
                painter.drawEllipse(QRectF(x - 0.7, y - 0.7, 1.4, 1.4))
        paint_emblem(painter, QRectF(14, 12, size.width() - 28, size.height() - 24), emblem_of(self.name), theme)
        painter.end()
        return drawn


class EmblemPicture(QWidget):
    """A small picture of what is special in a network."""

    def __init__(self, draw: Emblem) -> None:
        super().__init__()
        self._draw = draw
        self.setFixedSize(fonts.px(46), fonts.px(30))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            paint_emblem(painter, QRectF(self.rect()), self._draw, icons.current_theme())


class TemplateRow(ChoiceCard):
    """A template further down the page: its name, its size, and what it is in one line. It is not loaded until it is chosen."""

    HEIGHT = 60

    def __init__(
        self, template: Template, template_actions: TemplateActions | None = None, parent: QWidget | None = None
    ) -> None:
        what = template.line or what_it_is(template.note)
        super().__init__(f"Template {template.title}: {what}", parent)
        self.name, self.template_actions = template.name, template_actions
        self.setToolTip(f"<qt>{escape(template.note)}</qt>" if template.note else "")
        size = label(shorten_count(template.parameters), "small")
        head = row((ElidedLabel(template.title, "strong"), 1), size, spacing=8)
        chips = template_actions.chips if template_actions is not None else ()
        foot = row((ElidedLabel(what, "muted"), 1), *chips, spacing=4)
        self._emblem = EmblemPicture(emblem_of(template.name))
        row(self._emblem, (column(head, foot, spacing=1), 1), margins=(8, 8, 12, 9), spacing=8, parent=self)
        self.setAccessibleDescription(f"{template.parameters:,} parameters")


class LessonCard(ChoiceCard):
    """A lesson: its title, what one learns, and how long it takes."""

    def __init__(
        self, name: str, title: str, summary: str, icon: str, minutes: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(f"Lesson “{title}”: {summary}", parent)
        self.name, self.done = name, False
        self._tick = IconLabel("ok", 14, "ok")
        self._tick.hide()
        middle = Qt.AlignmentFlag.AlignVCenter
        length = label(format_duration(60 * minutes), "small")
        head = row((label(title, "strong", wrap=True), 1), (self._tick, 0, middle), length, spacing=6)
        words = column(head, label(summary, "muted", wrap=True), STRETCH, spacing=2)
        sign = IconLabel(icon, 20, "accent")
        row((sign, 0, Qt.AlignmentFlag.AlignTop), (words, 1), margins=(12, 9, 12, 10), spacing=11, parent=self)

    def set_done(self, done: bool) -> None:
        """Tick a lesson that was gone through, or take the tick away."""
        self.done = done
        self._tick.setVisible(done)
        self.setAccessibleDescription("done" if done else "")
        self.setToolTip("You have gone through this lesson" if done else "")
