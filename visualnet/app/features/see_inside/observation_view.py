"""One observation with its head: what is looked at where, its settings, how it is read, and the way to save it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QMenu, QSlider

from visualnet.analysis import Analysis
from visualnet.app.features.see_inside import saving
from visualnet.app.features.see_inside.chooser import describe_subject, subject_for
from visualnet.app.features.see_inside.path_slider import PathSlider
from visualnet.app.features.see_inside.tiles_observation import TilesObservation
from visualnet.app.features.see_inside.views import make_widget
from visualnet.app.forms.form import Form
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import ElidedLabel, EmptyState, button, describe, icon_button, label
from visualnet.app.widgets.layouts import column, row, stack, widget_of
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core.graph import Value
from visualnet.core.text.format import format_percent
from visualnet.training.observations.observation import (
    History,
    Observation,
    ObservationRequest,
    Result,
    Subject,
    find_observations,
)

EVERY_MS = 150
"""A picture is drawn anew at most so often."""


class ObservationView(QFrame):
    """Watches while it is on the screen. ``changed`` tells that another observation, subject or setting was chosen."""

    changed = Signal()
    closed = Signal()
    enlarged = Signal(bool)
    options_chosen = Signal(object)
    """Settings (pairs of name and value) were chosen by a click in the picture: others that look at the same may take them too."""

    def __init__(self, studio: Studio, name: str, options: Mapping[str, Value], number: int) -> None:
        super().__init__()
        self.studio, self.probes = studio, studio.runner.probes
        self.kind: type[Observation] = find_observations()[name]
        self.options: dict[str, Value] = dict(options)
        self.who = f"see-inside-{number}"
        self.subject: Subject | None = None
        self._subjects: list[Subject] = []
        self._until: int | None = None
        """The step that the picture is from, where somebody went back to it; else it is live."""
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.widget, self.shows = make_widget(self.kind.view, studio)
        self._build_head()
        self._build_body()
        self.shows.set_theme(studio.theme)
        self.shows.sample_chosen.connect(self._look_at)
        if isinstance(self.widget, ChartView | TilesObservation):
            self.widget.options_chosen.connect(self._take_click)
        self._connect()
        self.follow()
        self._show_words(self._why_empty(self.request, False))

    def _build_head(self) -> None:
        self.title = ElidedLabel(self.kind.title, "strong")
        self.title.setToolTip(self.kind.summary())
        self.where = describe(
            QComboBox(), "What is looked at", "Follows what is selected on the canvas, unless it is pinned"
        )
        self.where.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.where.setMinimumContentsLength(8)
        self.where.activated.connect(self._choose_subject)
        self.pin = icon_button("pin", "Pin", "Keep this, whatever is selected", size=14)
        self.pin.setCheckable(True)
        self.pin.toggled.connect(lambda _: self.follow())
        self.pin.toggled.connect(lambda _: self.changed.emit())
        self.settings_button = icon_button(
            "settings", "Settings", "Settings of this picture", self._toggle_form, size=14
        )
        self.settings_button.setCheckable(True)
        self.settings_button.setVisible(bool(self.kind.params.keys() - {self.kind.slides}))
        self.help = icon_button("help", "How to read this", "How to read this", self._toggle_reading, size=14)
        self.help.setCheckable(True)
        self.save = icon_button("export", "Save", "Copy or save the picture, or its numbers", self._show_menu, size=14)
        self.enlarge = icon_button("fit", "Enlarge", "Show this picture alone, or all again", size=14)
        self.enlarge.setCheckable(True)
        self.enlarge.toggled.connect(self.enlarged)
        self.close_button = icon_button("close", "Remove this picture", done=self.closed.emit, size=14)

    def _build_body(self) -> None:
        self.empty = EmptyState("eye", "")
        self.go = button("Compute", "primary", "play", self.compute)
        self.bar = ShareBar("Progress")
        self.stop = button("Cancel", "", "stop", self.cancel)
        nothing = widget_of(column((self.empty, 1), row(self.bar, self.stop, self.go, margins=(12, 0, 12, 8))))
        self.stack = stack(nothing, self.widget)
        self.again = button("Compute again", "quiet", "reset", self.compute)
        self.time = describe(
            QSlider(Qt.Orientation.Horizontal), "Time", "Earlier looks; at the right end the picture is live"
        )
        self.time.valueChanged.connect(self._go_back)
        self.when = label("", "small")
        self.note = label("", "small", wrap=True)
        self.reading = label(self.kind.reading, "muted", wrap=True)
        self.reading.hide()
        self.way = self._make_way()
        shown = [param for name, param in self.kind.params.items() if name != self.kind.slides]
        self.form = Form(shown) if shown else None
        if self.form is not None:
            self.form.changed.connect(self._set_option)
            self.form.show_values(self.options, {})
            self.form.hide()
        buttons = (self.settings_button, self.help, self.save, self.enlarge, self.close_button)
        head = column(
            row((self.title, 1), *buttons, spacing=2),
            row((self.where, 1), self.pin, spacing=2),
            margins=(10, 4, 6, 2),
            spacing=2,
        )
        below = row((self.time, 1), self.when, self.again, margins=(10, 0, 10, 4), spacing=6)
        words = column(self.note, self.reading, margins=(10, 0, 10, 6), spacing=2)
        parts: list[Any] = [
            head,
            *([self.form] if self.form is not None else []),
            (self.stack, 1),
            *([self.way] if self.way is not None else []),
            below,
            words,
        ]
        column(*parts, spacing=0, parent=self)
        if self.form is not None:
            self.form.setContentsMargins(12, 2, 12, 6)

    def _make_way(self) -> PathSlider | None:
        """The slider of an observation that is drawn along a way."""
        param = self.kind.params.get(self.kind.slides)
        if param is None:
            return None
        made = PathSlider("Along the way", param.doc)
        made.show_share(float(getattr(self.kind(self.options), param.name)))
        made.moved.connect(self._move_along)
        made.settled.connect(self.changed)
        return made

    def _move_along(self, share: float) -> None:
        self.options = {**self.options, self.kind.slides: share}
        self.draw()

    def _connect(self) -> None:
        studio = self.studio
        # Methods, no lambdas: those would keep a picture that was removed, and be called for it.
        studio.selection_changed.connect(self.follow)
        studio.analysed.connect(self.follow)
        studio.theme_changed.connect(self.shows.set_theme)
        self.probes.observed.changed.connect(self.refresh)
        self.probes.slow_observations.changed.connect(self._show_progress)
        self.probes.changed.connect(self.refresh)
        studio.runner.state_changed.connect(self.refresh)

    # --- what is looked at -------------------------------------------------------------------------------------------

    @property
    def request(self) -> ObservationRequest | None:
        """What is asked for; None where the network has nothing of the kind."""
        if self.subject is None:
            return None
        return self.kind.request(self.subject, self.options)

    def follow(self) -> None:
        """Look at what is selected, unless it is pinned."""
        analysis = self.studio.analysis
        self._subjects = self.kind.subjects(analysis)
        if not (self.pin.isChecked() and self.subject in self._subjects):
            before, self.subject = self.subject, subject_for(self.kind, analysis, self.studio, self.subject)
            self._until = self._until if self.subject == before else None
        self._show_subjects(analysis)
        self._request()
        self.refresh()

    def _show_subjects(self, analysis: Analysis) -> None:
        parts: dict[Any, int] = {}
        for path, _ in self._subjects:
            parts[path] = parts.get(path, 0) + 1
        names = [describe_subject(one, analysis, parts[one[0]] == 1) for one in self._subjects]
        if names != [self.where.itemText(at) for at in range(self.where.count())]:
            self.where.clear()
            self.where.addItems(names)
        if self.subject is not None:
            self.where.setCurrentIndex(self._subjects.index(self.subject))
        several = self.kind.about != "network" and bool(self._subjects)
        self.where.setVisible(several)
        self.pin.setVisible(several)

    @property
    def pinned(self) -> Subject | None:
        """What it keeps looking at, whatever is selected."""
        return self.subject if self.pin.isChecked() else None

    def keep(self, subject: Subject) -> None:
        """Look at this, whatever is selected, as long as the network has it."""
        self.subject = subject
        self.pin.setChecked(True)

    def _choose_subject(self, at: int) -> None:
        self.subject, self._until = self._subjects[at], None
        if self.pin.isChecked():
            self._request()
            self.refresh()
        else:
            self.pin.setChecked(True)  # who chooses wants to keep it

    def _take_click(self, options: Iterable[tuple[str, Value]]) -> None:
        self.take_options(options)
        self.options_chosen.emit(options)

    def take_options(self, options: Iterable[tuple[str, Value]]) -> None:
        """Change these settings, if the observation has all of them."""
        changed = dict(options)
        if all(name in self.kind.params for name in changed):
            self._set_options(changed)

    def _set_option(self, name: str, value: Value) -> None:
        self._set_options({name: value})

    def _set_options(self, changed: Mapping[str, Value]) -> None:
        kept = {**self.options, **changed}
        try:
            self.kind(kept)
        except ValueError:
            return  # the row says what is wrong
        self.options = kept
        if self.form is not None:
            self.form.show_values(self.options, {})
        self._request()
        self.refresh()
        self.changed.emit()

    def _request(self) -> None:
        request = self.request if self.isVisible() and self.kind.live else None
        self.probes.set_request(self.who, observations=() if request is None else (request,))

    def _look_at(self, place: int) -> None:
        data = self.probes.data
        if data is not None:
            found = [at for at, one in enumerate(data.shown) if int(one) == place]
            if found:
                self.probes.set_sample(found[0])

    # --- computing aside ----------------------------------------------------------------------------------------------

    def compute(self) -> None:
        """Compute an observation that is not live."""
        if self.request is not None:
            self._until = None
            self.probes.ask(self.request)

    def cancel(self) -> None:
        """Compute it no further."""
        if self.request is not None:
            self.probes.slow_observations.cancel(self.request)

    def _show_progress(self) -> None:
        share = self.probes.slow_observations.share(self.request) if self.request is not None else None
        busy = share is not None
        self.bar.setVisible(busy)
        self.stop.setVisible(busy)
        self.bar.show_share(share or 0.0)
        waits = not self.kind.live and self.subject is not None
        self.go.setVisible(waits and not busy)
        self.again.setVisible(waits and self.stack.currentWidget() is self.widget)
        self.again.setEnabled(not busy)
        if busy:
            self.again.setText(f"{format_percent(share or 0.0, 0)} …")
        else:
            self.again.setText("Compute again")

    # --- showing ----------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what was observed last, when there is time."""
        if self.isVisible():
            self.studio.runner.redraws.ask(self.who, self, self.draw, self.probes.redraw_ms(EVERY_MS))

    def shown_history(self) -> History:
        """The looks up to the one that is shown."""
        history = self.probes.observed.history(self.request) if self.request is not None else ()
        if self._until is not None and not (history and history[0][0] <= self._until <= history[-1][0]):
            self._until = None  # those looks are gone: another run, sample or layer
        if self._until is None:
            return history
        return tuple(look for look in history if look[0] <= self._until) or history[:1]

    def draw(self) -> None:
        """Show it now."""
        request = self.request
        history = self.shown_history()
        words = self._why_empty(request, bool(history))
        if not words:
            step, result = history[-1]
            self._show(step, result, history)
        self._show_words(words)
        self._show_time(len(self.probes.observed.history(request)) if request is not None else 0, len(history))

    def _show_words(self, words: str) -> None:
        """Say why nothing is drawn, or show the picture where there are no words; what belongs to a picture goes with it."""
        self.empty.sentence.setText(words)
        self.stack.setCurrentIndex(0 if words else 1)
        if self.way is not None:
            self.way.setVisible(not words)
        if words:
            self.note.hide()
            self._show_time(0, 0)
        self._show_progress()

    def _show(self, step: int, result: Result, history: History) -> None:
        assert self.subject is not None
        made = self.kind(self.options)
        self.shows.show_result(made, self.subject, result, history)
        self.when.setText(f"step {step:,}" if step else "")
        notes = [result.note, "" if self.probes.trained else "The weights are fresh: not trained yet."]
        self.note.setText(" ".join(filter(None, notes)))
        self.note.setVisible(bool(self.note.text()))

    def _show_time(self, count: int, shown: int) -> None:
        self.time.setVisible(count > 1)
        self.when.setVisible(bool(self.when.text()) and self.stack.currentIndex() == 1)
        with QSignalBlocker(self.time):
            self.time.setRange(0, max(count - 1, 0))
            self.time.setValue(shown - 1)

    def _go_back(self, at: int) -> None:
        history = self.probes.observed.history(self.request) if self.request is not None else ()
        self._until = history[at][0] if at < min(self.time.maximum(), len(history)) else None
        self.draw()

    def _why_empty(self, request: ObservationRequest | None, has_results: bool) -> str:
        if request is None:
            return self.kind.why_none
        if words := self.probes.observed.words(request):
            return words
        if has_results:
            return ""
        if not self.kind.live:
            return f"{self.kind.summary()} Press Compute: it takes a while, and the training goes on meanwhile."
        if self.studio.runner.state == "starting":
            return "The training is starting …"
        return self.probes.words or "Looking …"

    def _toggle_reading(self) -> None:
        self.reading.setVisible(self.help.isChecked())

    def _toggle_form(self) -> None:
        if self.form is not None:
            self.form.setVisible(self.settings_button.isChecked())

    def _show_menu(self) -> None:
        menu = self.menu()
        menu.popup(self.save.mapToGlobal(QPoint(0, self.save.height())))

    def menu(self) -> QMenu:
        """Copy and save, as picture and as numbers."""
        return saving.make_menu(self, self.widget, self.kind, self.options, self.shown_history())

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(360), fonts.px(300))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.probes.set_request(self.who)
