"""Type a text, and read what the network makes of it: its translation at once, or how it goes on, word by word."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from visualnet.app.features.start_from.trained_button import TrainedButton
from visualnet.app.features.writing.settings import ChoosingRow
from visualnet.app.features.writing.state import WritingState
from visualnet.app.plots.attention_lines import AttentionLinesView
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import EmptyState, button, describe, label
from visualnet.app.widgets.layouts import STRETCH, FlowLayout, column, row, scroll_area, stack
from visualnet.figures.sequences.word_lines import WordLines
from visualnet.figures.sequences.written_words import PLACE, TEXT, TOKEN, RankedTexts, WordChoices, WrittenWords
from visualnet.training.decoding.scores import NO_TEXT
from visualnet.training.observations.observation import Result
from visualnet.training.prediction.written_text import count_texts

WHO = "writing"
PACE_MS = 120
"""A word is written no oftener than this while it goes on by itself: one wants to read."""
MOST_BY_ITSELF = 120
"""So many words are written on before it stops by itself."""
MOST_LINES = 16
"""So many words stand under each other where what each looks at is drawn; more are scrolled."""
FRESH = "These are fresh weights: what is written is chance. Press Train, and see it become a language."
SAMPLE = "Nothing is typed: this is the chosen sample of the data."
NO_ATTENTION = "No attention here: all that the network keeps of a text passes through its state."


class WritingPanel(QWidget):
    """A field to type in over what the network writes, the words that were possible, and what each place looks at."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.probes = studio, studio.runner.probes
        self.state = WritingState(False)
        self.shown: Result | None = None
        self.place = -1
        """The place whose alternatives are shown; -1: where the network was least sure, or what comes next."""
        self._kept: list[WritingState] = []
        self._runs = self._answered = False
        self._build()
        self._refit = QTimer(self, singleShot=True, interval=0)
        self._refit.timeout.connect(self._draw)
        self._pace = QTimer(self, singleShot=True, interval=PACE_MS)
        self._pace.timeout.connect(self.step)
        self._due = DeferredRefresh(self, self.follow)
        studio.analysed.connect(self._due.ask)
        studio.document_changed.connect(self._forget)
        studio.theme_changed.connect(self._set_theme)
        self.probes.observed.changed.connect(self.refresh)
        self.probes.changed.connect(self.refresh)
        self._set_theme(studio.theme)
        self.follow()

    def _build(self) -> None:
        self.text = describe(QPlainTextEdit(), "Text", "The text that the network translates, or goes on from")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(fonts.px(58))
        self.text.textChanged.connect(self._retype)
        self.note, self.hint = label("", "warning", wrap=True), label("", "small", wrap=True)
        self.trained = TrainedButton(self.studio, self)
        self._build_deeds()
        self._build_pictures()
        self._lay_out()

    def _build_deeds(self) -> None:
        self.choosing = ChoosingRow()
        self.choosing.changed.connect(self._choose)
        self.next = button("Step", "", "chevron-right", self.step)
        self.next.setToolTip("Write the next word")
        self.run = button("Write on", "primary", "play", self._toggle_run)
        self.run.setToolTip("Write word after word, until it is stopped (Esc)")
        self.back = button("Take back", "", "reset", self.take_back)
        self.back.setToolTip("Undo the last word that was written or chosen")

    def _build_pictures(self) -> None:
        self.words, self.choices, self.texts = ChartView(), ChartView(), ChartView()
        self.words.options_chosen.connect(self._pick)
        self.choices.options_chosen.connect(self._pick)
        self.texts.options_chosen.connect(self._pick)
        self.choices_title, self.texts_title = (
            label("", "section", wrap=True),
            label("Texts that were followed", "section"),
        )
        self.texts_title.setToolTip(
            "What the beam search is left with: the best first, with the logarithms of their probabilities"
        )
        self.layer = describe(QComboBox(), "Attention layer", "Which attention layer is drawn")
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.layer.setMinimumContentsLength(12)
        self.layer.activated.connect(lambda _: self._draw_attention())
        self.lines, self.lines_title = AttentionLinesView(), label("", "section")
        self.no_attention = label(NO_ATTENTION, "small", wrap=True)

    def _lay_out(self) -> None:
        deeds, inside = QWidget(), QWidget()
        flow = FlowLayout(deeds, 6)
        for part in (self.next, self.run, self.back):
            flow.addWidget(part)
        column(
            self.text,
            self.note,
            self.hint,
            row(self.trained, STRETCH),
            self.choosing,
            deeds,
            self.words,
            self.choices_title,
            self.choices,
            self.texts_title,
            self.texts,
            self.lines_title,
            self.layer,
            self.no_attention,
            (self.lines, 1),
            margins=10,
            spacing=6,
            parent=inside,
        )
        self.area = scroll_area(inside, upright=True)
        self.empty = EmptyState("rename", NO_TEXT)
        self.stack = stack(self.empty, self.area)
        column((self.stack, 1), parent=self)

    # --- what is asked -----------------------------------------------------------------------------------------------------------------

    def follow(self, *_: object) -> None:
        """The network is another one, or its data are."""
        texts = count_texts(self.studio.analysis)
        self.stack.setCurrentWidget(self.area if texts else self.empty)
        translates = texts > 1
        if translates != self.state.translates or not texts:
            self._stop()
            self.state = WritingState(translates, self.state.typed, self.state.choosing)
            self._kept, self.shown = [], None
        self.text.setPlaceholderText("Type a sentence to be translated" if translates else "Type how the text begins")
        for part in (self.next, self.run):
            part.setVisible(not translates)
        self._ask()

    def _forget(self, *_: object) -> None:
        """Another document: nothing is typed for it yet."""
        with QSignalBlocker(self.text):
            self.text.clear()
        self._stop()
        self.state = WritingState(self.state.translates, "", self.state.choosing)
        self._kept, self.shown, self.place = [], None, -1
        self._due.ask()

    def _ask(self) -> None:
        """Ask for what the network writes now, while this is on the screen."""
        wanted = self.isVisible() and self.stack.currentWidget() is self.area
        self.probes.set_request(WHO, observations=(self.state.request,) if wanted else ())
        self._answered = False
        self.refresh()

    def _change(self, state: WritingState, keep: bool = True) -> None:
        if state == self.state:
            return
        if keep:
            self._kept.append(self.state)
        self.state = state
        self._ask()

    def _retype(self) -> None:
        self._stop()
        self._kept, self.place = [], -1
        self._change(self.state.retyped(self.text.toPlainText()), keep=False)

    def _choose(self) -> None:
        self.studio.did("choose", self.choosing.way)
        self._change(self.state.chosen(self.choosing.values()), keep=False)

    def _pick(self, options: Any) -> None:
        """A word, an alternative or a text was clicked."""
        ((name, number),) = options
        if self.shown is None:
            return
        if name == PLACE:
            self.place = int(number) - self._before
            self._draw()
            return
        self._stop()
        if name == TOKEN:
            place = self._chosen_place(self.shown)
            self.place = place if self.state.translates else -1
            self._change(self.state.with_word(self.shown, place, int(number)))
        elif name == TEXT:
            self._change(self.state.with_text(self.shown.words["tokens"][int(number)]))

    def step(self) -> None:
        """Write the next word."""
        if self.shown is None or not self._answered:
            return
        after = self.state.stepped(self.shown)
        if after == self.state or len(after.taken) >= MOST_BY_ITSELF * (len(self.state.taken) // MOST_BY_ITSELF + 1):
            self._stop()
        self.place = -1
        self._change(after)

    def take_back(self) -> None:
        """Undo the last word that was written or chosen."""
        self._stop()
        if self._kept:
            self.place = -1
            self._change(self._kept.pop(), keep=False)

    def _toggle_run(self) -> None:
        if self._runs:
            self._stop()
            return
        self._runs = True
        self._show_run()
        self.step()

    def _stop(self) -> None:
        self._runs = False
        self._pace.stop()
        self._show_run()

    def _show_run(self) -> None:
        self.run.setText("Stop" if self._runs else "Write on")

    # --- what is seen ------------------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what was written last."""
        if not self.isVisible() or self.stack.currentWidget() is not self.area:
            return
        observed, request = self.probes.observed, self.state.request
        seen = observed.last(request)
        if seen is not None and seen[1] is not self.shown:
            self._answered, self.shown = True, seen[1]
            self._draw()
            if self._runs and not self._pace.isActive():
                self._pace.start()
        elif seen is not None:
            self._answered = True
        words = observed.words(request) if seen is None else seen[1].note
        if seen is None and words:
            self._stop()  # there is nothing to go on with
        self._say(words)
        self.next.setEnabled(self.shown is not None)
        self.back.setEnabled(bool(self._kept))

    def _say(self, words: str) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))
        hint = "" if self.state.typed.strip() else SAMPLE
        if self.shown is None:
            hint = self.probes.words
        elif not self.probes.trained:
            hint = FRESH
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.trained.refresh()

    @property
    def _before(self) -> int:
        """How many words stand before the first one that is written."""
        return len(self.shown.words["source"]) if self.shown is not None and not self.state.translates else 0

    def _chosen_place(self, result: Result) -> int:
        """The place whose alternatives are shown."""
        places = len(result.arrays["options"])
        if 0 <= self.place < places:
            return self.place
        if not self.state.translates:
            return min(len(self.state.taken), places - 1)
        each = result.arrays["each"]
        return int(each.argmin()) if len(each) else 0

    def _draw(self) -> None:
        result = self.shown
        if result is None:
            return
        written, shares = result.words["written"], np.exp(result.arrays["each"]).tolist()
        start, before = (result.words["source"], self._before) if not self.state.translates else ((), 0)
        place = self._chosen_place(result)
        chart = WrittenWords(
            (*start, *written),
            (*[None] * before, *shares),
            before + place,
            0 if self.state.translates else max(len(written) - len(self.state.taken), 0),
            frozenset(before + at for at in self.state.by_hand),
        )
        self._show_fixed(self.words, chart, "written")
        self._draw_choices(result, place)
        several = len(result.words["texts"]) > 1
        self.texts_title.setVisible(several)
        self.texts.setVisible(several)
        self._show_fixed(
            self.texts, RankedTexts(result.words["texts"], tuple(result.arrays["scores"].tolist())), "texts"
        )
        layers = result.words.get("layers", ())
        if [self.layer.itemText(at) for at in range(self.layer.count())] != list(layers):
            self.layer.clear()
            self.layer.addItems(list(layers))
        self._draw_attention()

    def _draw_choices(self, result: Result, place: int) -> None:
        tokens, shares = result.arrays["options"][place], result.arrays["shares"][place]
        names = result.words["options"][place * len(tokens) : (place + 1) * len(tokens)]
        written = result.arrays["tokens"].tolist()
        taken = written[place] if place < len(written) else -1
        is_next = not self.state.translates and place >= len(self.state.taken)
        if is_next:
            title = "What may come next"
        elif self.place < 0:
            title = f"Word {place + 1}, where it was least sure: what else might stand there"
        else:
            title = f"Word {place + 1}: what else might stand there"
        self.choices_title.setText(title)
        self._show_fixed(
            self.choices, WordChoices(names, tuple(tokens.tolist()), tuple(shares.tolist()), taken), "choices"
        )

    def _draw_attention(self) -> None:
        result = self.shown
        layers = result.words.get("layers", ()) if result is not None else ()
        for part in (self.lines, self.layer):
            part.setVisible(bool(layers))
        self.no_attention.setVisible(not layers)
        self.lines_title.setText("What each word looks at" if layers else "")
        if result is None or not layers:
            return
        weights = result.arrays[f"weights {max(self.layer.currentIndex(), 0)}"]
        queries = result.words["queries"]
        sources = result.words["source"] if self.state.translates else queries
        if weights.shape[1:] == (len(queries), len(sources)):
            self.lines.setMinimumHeight(fonts.px(58 + 20 * min(max(weights.shape[1:]), MOST_LINES)))
            self.lines.show_lines(WordLines(weights, queries, sources))
            self.lines.pin(self._asking(result, len(queries)))

    def _asking(self, result: Result, rows: int) -> int:
        """The row of attention that the chosen word was answered from; −1 for all of them."""
        if self.state.translates:
            return self.place if 0 <= self.place < rows else -1
        # A word follows from the place of the one before it; the last row is that of the last word.
        return max(rows - 1 - (len(result.arrays["tokens"]) - self._chosen_place(result)), 0)

    def _show_fixed(self, view: ChartView, chart: WrittenWords | WordChoices | RankedTexts, name: str) -> None:
        """Paint a chart as high as it is in the width there is."""
        scale = fonts.px(100) / 100
        view.show_chart(chart, name)
        view.setFixedHeight(round(chart.height_in(max(view.width(), 200) / scale) * scale))

    def _set_theme(self, theme: Theme) -> None:
        for view in (self.words, self.choices, self.texts, self.lines):
            view.set_theme(theme)

    # --- Qt --------------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop()
        self.probes.set_request(WHO)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._runs:
            self._stop()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(400, 620)
