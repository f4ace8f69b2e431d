"""The panel *Feeds*: everything that is fed by hand, and what the network answers to it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QWidget

from visualnet.analysis.facts import NodePath
from visualnet.app.features.feeds.answer import AnswerPane
from visualnet.app.features.feeds.commands import can_feed_selected, feed_selected, show_knock_out
from visualnet.app.features.feeds.feed_card import FeedCard
from visualnet.app.services.live_probes import LiveProbes
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import EmptyState, button, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, column, row, scroll_area, split, stack
from visualnet.training.observations.feeds.feed import Feed

WHO = "feeds"
EMPTY = (
    "Nothing is fed by hand. Select a node and press “Feed selected”: zeros, noise, another sample's value, sliders or a drawing then "
    "stand in the place of what leaves it, and all that is downstream follows."
)
SAFE = "Only what you look at changes: training, weights and the file stay as they are."


class FeedsPanel(QWidget):
    """A card for each feed, over the network's answer. Steps are taken back with Ctrl+Z while the keyboard is in the panel."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        probes = studio.runner.probes
        assert isinstance(probes, LiveProbes)
        self.studio, self.probes, self.feeds = studio, probes, probes.feeds
        self.cards: list[FeedCard] = []
        self.feed_button = button("Feed selected", icon="feed", done=lambda: feed_selected(studio))
        self.feed_button.setToolTip("Feed the node that is selected on the canvas (Ctrl+Alt+F)")
        self.undo = icon_button(
            "undo", "Undo feeding", "Take the last change here back (Ctrl+Z in this panel)", self.feeds.undo
        )
        self.redo = icon_button("redo", "Redo feeding", "Make it again (Ctrl+Shift+Z in this panel)", self.feeds.redo)
        self.clear = button("Remove all", "quiet", done=self.feeds.clear)
        self.clear.setToolTip("Feed nothing any more: the network computes as it is")
        self.safe = label(SAFE, "small", wrap=True)
        self.empty, inner = EmptyState("feed", EMPTY), QWidget()
        self.room = column(STRETCH, margins=(0, 0, 6, 0), spacing=8, parent=inner)
        self.area = scroll_area(inner, upright=True)
        self.stack = stack(self.empty, self.area)
        upper = QWidget()
        head = row(self.feed_button, STRETCH, self.undo, self.redo, self.clear, spacing=4)
        column(head, self.safe, (self.stack, 1), margins=8, spacing=6, parent=upper)
        self.answer = AnswerPane(studio)
        parts = split((upper, 3), (self.answer, 2), sizes=(360, 220), upright=True)
        column((parts, 1), parent=self)
        self._asking = QTimer(self, singleShot=True, interval=0)
        self._asking.timeout.connect(self._ask)
        self.feeds.changed.connect(self.refresh)
        studio.analysed.connect(lambda _: self.refresh())
        studio.selection_changed.connect(lambda _: self._show_buttons())
        probes.changed.connect(self._show_sliders)
        probes.observed.changed.connect(self._show_sliders)
        self.refresh()

    def refresh(self) -> None:
        """Show what is fed now."""
        every = self.feeds.every
        while len(self.cards) > len(every):
            card = self.cards.pop()
            self.room.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(self.cards) < len(every):
            self._add_card()
        for card, feed in zip(self.cards, every, strict=True):
            card.show_feed(feed, self.studio.analysis)
        self.stack.setCurrentWidget(self.area if every else self.empty)
        self._show_buttons()
        self._asking.start()

    def _add_card(self) -> None:
        at = len(self.cards)
        card = FeedCard(self.probes, self.area.widget())
        card.edited.connect(lambda feed, merge: self.feeds.change(at, feed, merge))
        card.removed.connect(lambda: self.feeds.remove(at))
        card.measure_asked.connect(lambda: show_knock_out(self.studio, card.feed.port[0]))
        self.cards.append(card)
        self.room.insertWidget(at, card)

    def show_feed(self, path: NodePath) -> None:
        """Bring the card of a node into view."""
        self.refresh()
        for card in self.cards:
            if card.feed.port[0] == path:
                self.area.ensureWidgetVisible(card)
                card.kind.setFocus()
                return

    def _show_buttons(self) -> None:
        self.undo.setEnabled(self.feeds.can_undo)
        self.redo.setEnabled(self.feeds.can_redo)
        self.clear.setEnabled(bool(self.feeds.every))
        self.feed_button.setEnabled(can_feed_selected(self.studio))

    def _show_sliders(self) -> None:
        for card in self.cards if self.isVisible() else ():
            card.show_sliders()

    def _ask(self) -> None:
        """Look at the fed ports, and once at the ranges of units that have sliders."""
        fed: tuple[Feed, ...] = self.feeds.every if self.isVisible() else ()
        self.probes.set_request(WHO, tuple(dict.fromkeys(feed.port for feed in fed)))
        for card in self.cards if self.isVisible() else ():
            request = card.range_request()
            store = self.probes.observed
            known = request is None or store.last(request) or store.words(request)
            if request is not None and not known and self.probes.slow_observations.share(request) is None:
                self.probes.ask(request)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.probes.need_data()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ask()

    def event(self, event: QEvent) -> bool:
        # Ctrl+Z is the window's; in this panel it takes back what was fed, as long as there is a step.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._step_of(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = self._step_of(event)
        if step == "undo":
            self.feeds.undo()
        elif step == "redo":
            self.feeds.redo()
        else:
            super().keyPressEvent(event)

    def _step_of(self, event: QKeyEvent) -> str:
        """Which step a key asks for, if there is one."""
        if event.matches(QKeySequence.StandardKey.Undo) and self.feeds.can_undo:
            return "undo"
        return "redo" if event.matches(QKeySequence.StandardKey.Redo) and self.feeds.can_redo else ""

    def sizeHint(self) -> QSize:
        return QSize(360, 580)
