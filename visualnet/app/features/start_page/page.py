"""The first thing one sees: templates with pictures of their graphs, lessons, and the files opened lately."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QHideEvent,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QPushButton, QWidget

from visualnet.app.features.start_page.cards import (
    PICTURE_HIGH,
    PICTURE_LOW,
    ChoiceCard,
    LessonCard,
    TemplateCard,
    TemplateRow,
    page_colour,
)
from visualnet.app.features.start_page.further_templates import CAPTION_GAP, FurtherTemplates
from visualnet.app.features.start_page.lesson_list import LessonList
from visualnet.app.features.start_page.recent import RecentList, RecentRow
from visualnet.app.features.start_page.template_chips import TemplateActions
from visualnet.app.features.start_page.template_search import contains_words, show_only, words_of
from visualnet.app.state.dropped_files import droppable
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import RADIUS
from visualnet.app.widgets.basic import IconLabel, button, label
from visualnet.app.widgets.dialogs.modal import answer_of
from visualnet.app.widgets.layouts import STRETCH, FlowLayout, add, column, row, scroll_area
from visualnet.app.widgets.painting import painting
from visualnet.app.widgets.search_field import SearchField
from visualnet.core.errors import FileError
from visualnet.core.storage.project_file import load
from visualnet.core.user.settings import Settings
from visualnet.templates.index import Template, template_list

SENTENCE = "Draw a neural network, see at once whether it fits and why, and watch it learn."
WIDEST, SIDE, SIDE_GAP = 1232, 320, 40
BESIDE = 1080
"""From this width on lessons and files stand beside the templates; below, under them."""
GAP, HEAD_GAP, FOOT = 16, 24, 28
PEEK = 44
"""So much of what lies below the first templates is seen without scrolling, that one knows of it."""


class StartPage(QWidget):
    """Templates, lessons, recent files; a file may be dropped anywhere."""

    template_chosen = Signal(str)
    file_chosen = Signal(str)
    open_asked = Signal()
    empty_chosen = Signal()
    lesson_chosen = Signal(str)

    def __init__(
        self, studio: Studio, settings: Settings, lesson_names: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.studio, self.settings, self._lesson_names = studio, settings, lesson_names
        self.setAccessibleName("Start page")
        self.setAcceptDrops(True)
        self.cards: list[TemplateCard] = []
        self.further = FurtherTemplates(self._make_row)
        self._stamps: list[tuple[Template, int]] = []
        self._words: dict[ChoiceCard, str] = {}
        """What the search looks at, of each template."""
        self._dropping = False
        self._arranged: QSize | None = None
        """The room that all was fitted to last; nothing before the page has a size."""
        self._build()
        self._scroll.viewport().installEventFilter(self)
        self._pauses = QTimer(self, singleShot=True, interval=0)
        self._pauses.timeout.connect(self._do_next)
        studio.theme_changed.connect(lambda _: self._arrange_anew())
        self._styled_later = True
        """Words have got their size while nobody saw them, or have none yet."""
        self.refresh()

    def _build(self) -> None:
        self._page = QWidget()
        self._scroll = scroll_area(self._page, upright=True, focus=False)
        column(self._scroll, parent=self)
        self._top = self._head()
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        add(self._body, (self._templates(), 1), self._side())
        page = column(self._top, spacing=0, parent=self._page)
        page.addSpacing(HEAD_GAP)
        add(page, self._body, self.further, STRETCH)

    def _head(self) -> QWidget:
        head = QWidget()
        words = column(label("VisualNet", "title"), label(SENTENCE, "muted", wrap=True), spacing=2)
        self.empty_button = self._key_button("Empty network", "new", "file.empty", self.empty_chosen.emit)
        self.open_button = self._key_button("Open…", "open", "file.open", self.open_asked.emit)
        middle = Qt.AlignmentFlag.AlignVCenter
        line = row((IconLabel("visualnet", 36, "accent"), 0, middle), spacing=10, parent=head)
        line.addSpacing(4)
        add(line, (words, 1))
        line.addSpacing(16)
        add(line, (self.empty_button, 0, middle), (self.open_button, 0, middle))
        return head

    def _key_button(self, words: str, icon: str, action_id: str, done: Callable[[], object]) -> QPushButton:
        """A button that tells the keys of the action that does the same."""
        keys = self.studio.shell.keys_text(action_id)
        made = button(f" {words}   {keys}".rstrip(), icon=icon, done=done)
        icons.resize(made, 16)
        made.setMinimumHeight(fonts.px(34))
        made.setAccessibleName(words.rstrip("…"))
        made.setAccessibleDescription(keys)
        return made

    def _templates(self) -> QWidget:
        holder = QWidget()
        self._caption = label("Begin with a template", "section")
        self._grid = QWidget()
        self._flow = FlowLayout(self._grid, GAP)
        self.search = SearchField("Search the templates…")
        self.search.setFixedWidth(fonts.px(240))
        self.search.changed.connect(lambda _: self._filter())
        self.search.accepted.connect(self._open_found)
        self.search.moved.connect(
            lambda _: [each.setFocus(Qt.FocusReason.OtherFocusReason) for each in self.found()[:1]]
        )
        self.nothing_found = label("No template is called that. Esc clears the search.", "muted")
        self.nothing_found.hide()
        middle = Qt.AlignmentFlag.AlignVCenter
        head = row((self._caption, 1, middle), (self.search, 0, middle), spacing=12)
        column(head, self.nothing_found, self._grid, STRETCH, spacing=CAPTION_GAP, parent=holder)
        return holder

    def _side(self) -> QWidget:
        holder = self._aside = QWidget()
        self._beside = QWidget()
        title, self.lesson_list = label("Short lessons", "section"), LessonList(self._follow, self._lesson_names)
        self.lesson_list.chosen.connect(self.lesson_chosen)
        self.recent = RecentList(self.settings, self._follow)
        self.recent.chosen.connect(self.file_chosen)
        self.recent.emptied.connect(lambda: (self.lessons or self.cards)[0].setFocus(Qt.FocusReason.OtherFocusReason))
        column(self._beside, STRETCH, parent=holder)
        side = column(title, self.lesson_list, spacing=8, parent=self._beside)
        if self.lesson_list.cards:
            side.addSpacing(16)
        else:
            title.hide()
            self.lesson_list.hide()
        add(side, label("Opened lately", "section"), self.recent, STRETCH)
        return holder

    @property
    def lessons(self) -> list[LessonCard]:
        """The cards of the lessons that are shown."""
        return self.lesson_list.cards

    def refresh(self) -> None:
        """Look again for templates and recent files."""
        self._show_templates()
        self.recent.refresh()
        self.lesson_list.set_finished(self.settings.finished_lessons())
        self.recent.show_last(self.studio.shell.files_to_reopen())
        self._arrange()

    def _arrange_anew(self) -> None:
        """Fit all to the width again, though that is the same: text may have another size."""
        self._arranged = None
        if self.isVisible():
            self._arrange()
        else:
            self._styled_later = True

    def _show_templates(self) -> None:
        """The first group with pictures; of the others only what the index tells, so that forty files need not be read."""
        found = [(template, template.path.stat().st_mtime_ns) for template in template_list()]
        if found == self._stamps:
            return
        self._stamps, self._arranged = found, None
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.cards, self._words = [], {}
        groups: dict[str, list[Template]] = {}
        for template, _ in found:
            if not template.of:  # a small version is opened from the card of what it is one of
                groups.setdefault(template.group or "Others", []).append(template)
        first, *further = groups.items()
        self._show_first(first[1])
        self.further.set_groups(further)
        if self.isVisible():
            self._pauses.start()

    def _show_first(self, members: Iterable[Template]) -> None:
        for template in members:
            try:
                card = TemplateCard(template.name, load(template.path), self._acts(template))
            except FileError:
                continue  # A damaged file among ours keeps nobody from the others; the tests hold them all.
            self._offer(card, template)
            self._words[card] = words_of(template)
            self.cards.append(card)
            self._flow.addWidget(card)

    def _make_row(self, template: Template) -> TemplateRow:
        line = TemplateRow(template, self._acts(template))
        self._offer(line, template)
        self._words[line] = words_of(template)
        return line

    def _offer(self, choice: ChoiceCard, template: Template) -> None:
        choice.chosen.connect(partial(self.template_chosen.emit, template.name))
        self._follow(choice)

    def _acts(self, template: Template) -> TemplateActions:
        return TemplateActions(template, self.template_chosen.emit, self.read_about)

    def read_about(self, template: Template) -> None:
        """Show the note of a template; it can be opened from there."""
        from visualnet.app.features.about_network.panel import AboutDialog

        answer_of(AboutDialog(template, self.template_chosen.emit, self))

    @property
    def rows(self) -> list[RecentRow]:
        """The files opened lately."""
        return self.recent.rows

    @property
    def more(self) -> list[TemplateRow]:
        """The rows of the further templates."""
        return self.further.rows

    def _do_next(self) -> None:
        """Count one template's figures, or make one group of rows, and go on after the window has had its turn."""
        card = next((card for card in self.cards if not card.counted), None)
        if card is not None:
            card.count()
        if card is not None or self.further.make_next():
            self._pauses.start()

    def found(self) -> list[ChoiceCard]:
        """The templates that hold every word of the search, in their order; all where nothing is searched."""
        return [
            choice for choice in (*self.cards, *self.more) if contains_words(self._words[choice], self.search.text())
        ]

    def _filter(self) -> None:
        found = self.found()
        show_only(found, [(self._grid, self._flow), *self.further.sections], self.further.heads)
        self.nothing_found.setVisible(not found)
        self._beside.setVisible(not self.search.text().strip())  # what is found stands first
        self._arrange_anew()

    def _open_found(self) -> None:
        if self.search.text().strip() and (found := self.found()):
            found[0].chosen.emit()

    def _arrange(self) -> None:
        """Fit margins, columns and the place of the side to the width."""
        self.update()
        if self._arranged == self._scroll.viewport().size():
            return  # A window tells of its size several times while it opens.
        self._arranged = self._scroll.viewport().size()
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
        self.lesson_list.set_stacked(stacked, GAP)
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
        self.further.arrange(inner)

    def _picture_height(self, width: int, columns: int, top: int) -> int:
        """As high as lets all templates be seen without scrolling, within reason."""
        rows = -(-len(self.cards) // columns) or 1
        words = max((card.words_height(width) for card in self.cards), default=0)
        above = top + self._top.sizeHint().height() + HEAD_GAP + self.search.sizeHint().height() + CAPTION_GAP
        room = self._scroll.viewport().height() - above - (FOOT if self.further.is_empty else PEEK) - GAP * (rows - 1)
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
        if self._styled_later:
            self._styled_later = False
            self._arranged = None
        self.refresh()
        self._pauses.start()
        if self.cards:
            self.cards[0].setFocus(Qt.FocusReason.NoFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pauses.stop()  # what nobody sees need not be made

    def _follow(self, choice: ChoiceCard) -> None:
        choice.arrow.connect(lambda dx, dy: self._move_focus(choice, dx, dy))
        choice.focused.connect(lambda: self._scroll.ensureWidgetVisible(choice, 0, 24))

    def choices(self) -> Iterable[ChoiceCard]:
        """All that the arrow keys can reach."""
        return [*self.cards, *self.lessons, *self.rows, *self.more]

    def _move_focus(self, start: ChoiceCard, dx: int, dy: int) -> None:
        """Move the focus to the nearest choice in a direction; what lies straight ahead comes first."""
        here = _centre(start, self._page)
        best: tuple[float, ChoiceCard] | None = None
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

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._dropping = bool(droppable(event.mimeData()))
        if self._dropping:
            event.acceptProposedAction()
        self.update()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._dropping = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._dropping = False
        self.update()
        if name := droppable(event.mimeData()):
            event.acceptProposedAction()
            self.file_chosen.emit(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        with painting(self) as painter:
            painter.fillRect(self.rect(), QColor(page_colour(theme)))
            if self._dropping:
                painter.setPen(QPen(QColor(theme.accent), 2.0, Qt.PenStyle.DashLine))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(8, 8, -8, -8), RADIUS, RADIUS)


def _centre(widget: QWidget, page: QWidget) -> QPoint:
    return widget.mapTo(page, widget.rect().center())
