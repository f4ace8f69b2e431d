"""The first thing one sees: templates with pictures of their graphs, lessons, and the files opened lately."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from visualnet.app.actions.table import ACTIONS
from visualnet.app.features.start_page.cards import (
    PICTURE_HIGH,
    PICTURE_LOW,
    Choice,
    LessonCard,
    TemplateCard,
    TemplateRow,
    page_colour,
)
from visualnet.app.features.start_page.recent import RecentList, RecentRow
from visualnet.app.features.start_page.template_chips import TemplateActs
from visualnet.app.state.dropped_files import openable
from visualnet.app.state.settings import Settings
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import RADIUS
from visualnet.app.widgets.basic import IconLabel, button, label
from visualnet.app.widgets.flow_layout import FlowLayout
from visualnet.app.widgets.modal import answer_of
from visualnet.core.errors import FileError
from visualnet.core.storage.project_file import load
from visualnet.templates.index import Template, template_list
from visualnet.templates.lessons import lessons

SENTENCE = "Draw a neural network, see at once whether it fits and why, and watch it learn."
WIDEST = 1232
SIDE, SIDE_GAP = 320, 40
BESIDE = 1080
"""From this width on lessons and files stand beside the templates; below, under them."""
GAP, HEAD_GAP, CAPTION_GAP, ROW_GAP, FOOT = 16, 24, 10, 8, 28
PEEK = 44
"""So much of what lies below the first templates is seen without scrolling, that one knows of it."""


class StartPage(QWidget):
    """Templates, lessons, recent files; a file may be dropped anywhere."""

    template_chosen = Signal(str)
    file_chosen = Signal(str)
    open_asked = Signal()
    empty_chosen = Signal()
    lesson_chosen = Signal(str)

    def __init__(self, studio: Studio, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.settings = studio, settings
        self.setAccessibleName("Start page")
        self.setAcceptDrops(True)
        self.cards: list[TemplateCard] = []
        self.more: list[TemplateRow] = []
        self._stamps: list[tuple[Template, int]] = []
        self._sections: list[tuple[QWidget, FlowLayout]] = []
        self._dropping = False
        self._build()
        self._scroll.viewport().installEventFilter(self)
        self._counter = QTimer(self)
        self._counter.setSingleShot(True)
        self._counter.timeout.connect(self._count_one)
        studio.theme_changed.connect(lambda _: self.update())
        studio.theme_changed.connect(lambda _: self._arrange())
        self.refresh()

    # --- building ------------------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._page = QWidget()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)
        column = QVBoxLayout(self._page)
        column.setSpacing(0)
        self._top = self._head()
        column.addWidget(self._top)
        column.addSpacing(HEAD_GAP)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(SIDE_GAP)
        self._body.addWidget(self._templates(), 1)
        self._body.addWidget(self._side())
        column.addLayout(self._body)
        self._more = QVBoxLayout()
        self._more.setSpacing(CAPTION_GAP)
        column.addLayout(self._more)
        column.addStretch(1)

    def _head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(IconLabel("visualnet", 36, "accent"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(4)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label("VisualNet", "title"))
        words.addWidget(label(SENTENCE, "muted", wrap=True))
        row.addLayout(words, 1)
        row.addSpacing(16)
        self.empty_button = self._key_button("Empty network", "new", self._keys("file.empty"), self.empty_chosen.emit)
        self.open_button = self._key_button("Open…", "open", self._keys("file.open"), self.open_asked.emit)
        row.addWidget(self.empty_button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _key_button(self, words: str, icon: str, keys: str, done: object) -> QPushButton:
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        made = button(f" {words}   {shown}".rstrip(), icon=icon, done=done)  # type: ignore[arg-type]
        made.setIconSize(QSize(16, 16))
        made.setMinimumHeight(fonts.px(34))
        made.setAccessibleName(words.rstrip("…"))
        made.setAccessibleDescription(shown)
        return made

    def _keys(self, action_id: str) -> str:
        """The keys of an action, as the person has set them."""
        kept = self.settings.section("shortcuts").get(action_id)
        if isinstance(kept, list | tuple):
            return str(kept[0]) if kept else ""
        spec = next(a for a in ACTIONS if a.id == action_id)
        return spec.shortcuts[0] if spec.shortcuts else ""

    def _templates(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(CAPTION_GAP)
        self._caption = label("Begin with a template", "section")
        column.addWidget(self._caption)
        self._grid = QWidget()
        self._flow = FlowLayout(self._grid, GAP)
        column.addWidget(self._grid)
        column.addStretch(1)
        return holder

    def _side(self) -> QWidget:
        holder = self._aside = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Short lessons", "section"))
        self.lessons: list[LessonCard] = []
        self._lessons = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._lessons.setSpacing(8)
        column.addLayout(self._lessons)
        for name, lesson in lessons().items():
            card = LessonCard(name, lesson.title, lesson.summary, lesson.icon, lesson.minutes)
            card.chosen.connect(lambda n=name: self.lesson_chosen.emit(n))
            self._join(card)
            self.lessons.append(card)
            self._lessons.addWidget(card, 1)
        column.addSpacing(16)
        column.addWidget(label("Opened lately", "section"))
        self.recent = RecentList(self.settings, self._join)
        self.recent.chosen.connect(self.file_chosen)
        self.recent.emptied.connect(lambda: self.lessons[0].setFocus(Qt.FocusReason.OtherFocusReason))
        column.addWidget(self.recent)
        column.addStretch(1)
        return holder

    # --- what is shown -------------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look again for templates and recent files."""
        self._show_templates()
        self.recent.refresh()
        self._arrange()

    def _show_templates(self) -> None:
        """The first group with pictures; of the others only what the index tells, so that forty files need not be read."""
        found = [(template, template.path.stat().st_mtime_ns) for template in template_list()]
        if found == self._stamps:
            return
        self._stamps = found
        for layout in (self._flow, self._more):
            while (item := layout.takeAt(0)) is not None:
                _drop(item.widget())
        self.cards, self.more, self._sections = [], [], []
        groups: dict[str, list[Template]] = {}
        for template, _ in found:
            if template.of:
                continue  # a small version is opened from the card of what it is one of
            groups.setdefault(template.group or "Others", []).append(template)
        for at, (group, members) in enumerate(groups.items()):
            if at == 0:
                self._show_first(members)
            else:
                self._show_group(group, members)
        if self.isVisible():
            self._counter.start(0)

    def _show_first(self, members: Iterable[Template]) -> None:
        for template in members:
            try:
                card = TemplateCard(template.name, load(template.path), self._acts(template))
            except FileError:
                continue  # A damaged file among ours keeps nobody from the others; the tests hold them all.
            card.chosen.connect(lambda n=template.name: self.template_chosen.emit(n))
            self._join(card)
            self.cards.append(card)
            self._flow.addWidget(card)

    def _show_group(self, group: str, members: Iterable[Template]) -> None:
        self._more.addSpacing(FOOT - CAPTION_GAP)
        self._more.addWidget(_group_head(group))
        grid = QWidget()
        flow = FlowLayout(grid, ROW_GAP)
        self._more.addWidget(grid)
        self._sections.append((grid, flow))
        for template in members:
            row = TemplateRow(template, self._acts(template))
            row.chosen.connect(lambda n=template.name: self.template_chosen.emit(n))
            self._join(row)
            self.more.append(row)
            flow.addWidget(row)

    def _acts(self, template: Template) -> TemplateActs:
        return TemplateActs(template, self.template_chosen.emit, self.read_about)

    def read_about(self, template: Template) -> None:
        """Show the note of a template; it can be opened from there."""
        from visualnet.app.features.about_network.panel import AboutDialog

        answer_of(AboutDialog(template, self.template_chosen.emit, self))

    @property
    def rows(self) -> list[RecentRow]:
        """The files opened lately."""
        return self.recent.rows

    def _count_one(self) -> None:
        """Count one template's figures, and the next after the window has had its turn."""
        waiting = [card for card in self.cards if not card.counted]
        if waiting:
            waiting[0].count()
        if len(waiting) > 1:
            self._counter.start(0)

    # --- arranging -----------------------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Fit margins, columns and the place of the side to the width."""
        room = self._scroll.viewport().width()
        margin = max(32 if room < BESIDE else 48, (room - WIDEST) // 2)
        top = 48 if self._scroll.viewport().height() >= 760 else 28
        layout = self._page.layout()
        assert layout is not None
        layout.setContentsMargins(margin, top, margin, FOOT)
        inner = room - 2 * margin
        beside = room >= BESIDE
        directions = QBoxLayout.Direction
        self._body.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._body.setSpacing(SIDE_GAP if beside else 28)
        stacked = beside or inner < 640
        self._lessons.setDirection(directions.TopToBottom if stacked else directions.LeftToRight)
        self._lessons.setSpacing(8 if stacked else GAP)
        self._aside.setMinimumWidth(SIDE if beside else 0)
        self._aside.setMaximumWidth(SIDE if beside else 16777215)
        width = inner - SIDE - SIDE_GAP if beside else inner
        columns = 3 if width >= fonts.px(720) else 2 if width >= fonts.px(480) else 1
        each = (width - GAP * (columns - 1)) // columns
        picture = self._picture_height(each, columns, top) if beside else PICTURE_LOW + 20
        for card in self.cards:
            card.set_size(each, picture)
        self._flow.invalidate()
        self._grid.setFixedHeight(max(self._flow.heightForWidth(width), 1))
        self._arrange_rows(inner)

    def _arrange_rows(self, width: int) -> None:
        """The further templates, in as many columns as the whole width has room for."""
        columns = max(1, min(4, width // fonts.px(260)))
        each = (width - ROW_GAP * (columns - 1)) // columns
        for row in self.more:
            row.setFixedSize(each, fonts.px(TemplateRow.HEIGHT))
        for grid, flow in self._sections:
            flow.invalidate()
            grid.setFixedHeight(max(flow.heightForWidth(width), 1))

    def _picture_height(self, width: int, columns: int, top: int) -> int:
        """As high as lets all templates be seen without scrolling, within reason."""
        rows = -(-len(self.cards) // columns) or 1
        words = max((card.words_height(width) for card in self.cards), default=0)
        above = top + self._top.sizeHint().height() + HEAD_GAP + self._caption.sizeHint().height() + CAPTION_GAP
        room = self._scroll.viewport().height() - above - (PEEK if self.more else FOOT) - GAP * (rows - 1)
        return min(max(room // rows - words, PICTURE_LOW), PICTURE_HIGH)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A scroll bar that comes or goes changes the room without a resize of the page.
        if event.type() == QEvent.Type.Resize and watched is self._scroll.viewport():
            self._arrange()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()
        self._counter.start(0)
        if self.cards:
            self.cards[0].setFocus(Qt.FocusReason.OtherFocusReason)

    # --- keys ----------------------------------------------------------------------------------------------------------------------

    def _join(self, choice: Choice) -> None:
        choice.arrow.connect(lambda dx, dy: self._go(choice, dx, dy))
        choice.focused.connect(lambda: self._scroll.ensureWidgetVisible(choice, 0, 24))

    def choices(self) -> Iterable[Choice]:
        """All that the arrow keys can reach."""
        return [*self.cards, *self.lessons, *self.rows, *self.more]

    def _go(self, start: Choice, dx: int, dy: int) -> None:
        """Move the focus to the nearest choice in a direction; what lies straight ahead comes first."""
        here = _centre(start, self._page)
        best: tuple[float, Choice] | None = None
        for other in self.choices():
            if other is start or not other.isVisible():
                continue
            way = _centre(other, self._page) - here
            ahead = way.x() * dx + way.y() * dy
            aside = abs(way.x() * dy) + abs(way.y() * dx)
            half = (start.height() + other.height() if dy else start.width() + other.width()) / 2
            if ahead < half * 0.8:
                continue
            far = ahead + 3.0 * aside
            if best is None or far < best[0]:
                best = (far, other)
        if best is not None:
            best[1].setFocus(Qt.FocusReason.OtherFocusReason)

    # --- dropping a file -----------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._dropping = bool(dropped_file(event))
        if self._dropping:
            event.acceptProposedAction()
        self.update()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._dropping = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._dropping = False
        self.update()
        if name := dropped_file(event):
            event.acceptProposedAction()
            self.file_chosen.emit(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = icons.current_theme()
        painter.fillRect(self.rect(), QColor(page_colour(theme)))
        if self._dropping:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.accent), 2.0, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(8, 8, -8, -8), RADIUS, RADIUS)
        painter.end()


def dropped_file(event: QDropEvent) -> str:
    """The one local project, or picture that may carry one, that is being dragged, or nothing."""
    return openable(event.mimeData())


def _group_head(group: str) -> QWidget:
    """The group's name, and at the right end what the numbers on its rows count."""
    head = QWidget()
    row = QHBoxLayout(head)
    row.setContentsMargins(0, 0, 13, 0)
    row.addWidget(label(group, "section"), 1)
    row.addWidget(label("parameters", "small"))
    return head


def _centre(widget: QWidget, page: QWidget) -> QPoint:
    return widget.mapTo(page, widget.rect().center())


def _drop(widget: QWidget | None) -> None:
    if widget is not None:
        widget.hide()
        widget.deleteLater()
