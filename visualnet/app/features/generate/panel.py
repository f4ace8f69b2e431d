"""The panel *Generate*: a method to make something, its settings, and what was made."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QMenu, QSlider, QWidget

from visualnet import pytorch
from visualnet.app.features.generate.maker import GenerateRequest, Maker
from visualnet.app.features.generate.saving import fill_menu
from visualnet.app.forms.form import Form
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import EmptyState, button, describe, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, column, row, scroll_area, stack, widget_of
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core.graph import Value
from visualnet.training.generating.generate import Generated
from visualnet.training.generating.method import GenerationMethod, GenerationPlace, choices, why_none
from visualnet.training.generating.results import GeneratedResult
from visualnet.training.run_records.kept_weights import kept_weights
from visualnet.training.runs.run_history import folder_of

AFTER_EDIT_MS = 200
FRAME_MS = 250
LOW = 460
"""Below so many px the words above the settings are left out."""
METHODS = "How something is made: only what this network can do is offered"
NOW = "As it is now"
FRESH = "Fresh weights"
MEND = "Mend the errors in the network: then it can make something."


class GeneratePanel(QWidget):
    """Nothing is computed before somebody asks. What was made stays until something else is."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.maker = Maker(studio, self)
        self.generated: Generated | None = None
        self.methods: dict[type[GenerationMethod], list[GenerationPlace]] = {}
        self.settings: dict[str, dict[str, Value]] = {}
        """What was set, by method."""
        self.form: Form | None = None
        self._formed: type[GenerationMethod] | None = None
        self._timer = QTimer(self, singleShot=True, interval=AFTER_EDIT_MS)
        self._timer.timeout.connect(self.refresh)
        self._player = QTimer(self, interval=FRAME_MS)
        self._player.timeout.connect(self._play_on)
        self._build_head()
        self._build_body()
        studio.analysed.connect(lambda _: self._timer.start())
        self._due = DeferredRefresh(self, self.refresh)
        studio.document_changed.connect(self._leave)
        studio.theme_changed.connect(self.chart.set_theme)
        for changed in (self.runner.state_changed, self.runner.attached_changed):
            changed.connect(lambda *_: self._timer.start())
        self.maker.changed.connect(self._show_state)
        self.maker.progress.connect(lambda share: self.bar.show_share(share))
        self.chart.set_theme(studio.theme)
        self.refresh()

    # --- what it consists of -------------------------------------------------------------------------------------------------------

    def _build_head(self) -> None:
        self.method = describe(QComboBox(), "Method", METHODS)
        self.place = describe(QComboBox(), "Where", "Which of the network's answers")
        self.weights = describe(
            QComboBox(), "Weights", "With which weights: as they are trained now, or those that the run has kept"
        )
        for box in (self.method, self.place, self.weights):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(9)
        self.method.activated.connect(lambda _: self._show_method())
        self.about = label("", "muted", wrap=True)
        self.go = button("Generate", "primary", "play", self.make)
        self.again = button("Another seed", "", "repeat", self.make_another)
        self.again.setToolTip("Make it again with the next seed")
        self.stop = button("Cancel", "", "stop", self.maker.cancel)
        self.save = icon_button(
            "export", "Save", "Save what was made, as a picture, numbers, a table or text", self.show_menu
        )
        self.bar = ShareBar("Progress")

    def _build_body(self) -> None:
        self.chart = ChartView()
        self.scrolled = scroll_area(self.chart, focus=False)
        self.empty = EmptyState("picture", "")
        self.stack = stack(self.empty, self.scrolled)
        self.play = icon_button("play", "Play", "Play what happens, moment by moment", self.toggle_play, size=14)
        self.time = describe(QSlider(Qt.Orientation.Horizontal), "Moment", "Which moment is shown")
        self.time.valueChanged.connect(lambda _: self._draw())
        self.when = label("", "small")
        self.what, self.note = label("", "small", wrap=True), label("", "warning", wrap=True)
        self.form_room = column(margins=(12, 0, 12, 0), spacing=0)
        self.controls = widget_of(
            column(
                row((self.method, 3), (self.place, 2), (self.weights, 2), margins=(12, 6, 8, 2), spacing=6),
                row((self.about, 1), margins=(12, 0, 12, 2)),
                self.form_room,
                row(self.go, self.again, self.bar, self.stop, STRETCH, self.save, margins=(12, 4, 8, 4), spacing=6),
                spacing=2,
            )
        )
        self.moments = widget_of(column(row(self.play, (self.time, 1), self.when, margins=(8, 0, 12, 2), spacing=6)))
        words = column(self.note, self.what, margins=(12, 2, 12, 6), spacing=2)
        column(self.controls, (self.stack, 1), self.moments, words, spacing=0, parent=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In a low panel what was made is given the room; what a method does is told at its name.
        self.about.setVisible(event.size().height() >= fonts.px(LOW))

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(420), fonts.px(600))

    # --- what can be made ----------------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> type[GenerationMethod] | None:
        """The method that is chosen."""
        at = self.method.currentIndex()
        return list(self.methods)[at] if 0 <= at < len(self.methods) else None

    @property
    def folder(self) -> Path | None:
        """The folder of the run in front."""
        return folder_of(self.runner.run) if self.runner.run is not None else None

    def refresh(self) -> None:
        """Offer what the network can make now, and the weights that there are."""
        if not self.isVisible():
            return
        chosen = self.kind
        self.methods = choices(self.studio.analysis)
        if [self.method.itemText(at) for at in range(self.method.count())] != [kind.title for kind in self.methods]:
            self.method.clear()
            self.method.addItems([kind.title for kind in self.methods])
            if chosen in self.methods:
                self.method.setCurrentIndex(list(self.methods).index(chosen))
        self._show_weights()
        self._show_method()

    def _show_weights(self) -> None:
        there = kept_weights(self.folder)
        offers = [("", NOW)] if self.runner.busy else []
        offers += [(kept.name, kept.title) for kept in there]
        offers = offers or [("", FRESH)]
        if [self.weights.itemData(at) for at in range(self.weights.count())] != [name for name, _ in offers]:
            wish = self.weights.currentData()
            self.weights.clear()
            for name, title in offers:
                self.weights.addItem(title, name)
            self.weights.setCurrentIndex(max(self.weights.findData(wish), 0) if wish else 0)
        elif self.weights.itemText(0) != offers[0][1]:
            self.weights.setItemText(0, offers[0][1])

    def _show_method(self) -> None:
        kind = self.kind
        places = [place.name for place in self.methods[kind]] if kind is not None else []
        if [self.place.itemText(at) for at in range(self.place.count())] != places:
            wish = self.place.currentText()
            self.place.clear()
            self.place.addItems(places)
            self.place.setCurrentIndex(max(self.place.findText(wish), 0))
        self.place.setVisible(len(places) > 1)
        self.about.setText(kind.about() if kind is not None else "")
        self.method.setToolTip(self.about.text() or METHODS)
        if kind is not self._formed:
            self._make_form(kind)
        elif kind is not None:
            self._show_settings(kind)
        self._show_state()

    def _make_form(self, kind: type[GenerationMethod] | None) -> None:
        self._formed = kind
        if self.form is not None:
            self.form_room.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if kind is not None:
            self.form = Form(list(kind.params.values()))
            self.form.changed.connect(self._set)
            self.form_room.addWidget(self.form)
            self._show_settings(kind)

    def _show_settings(self, kind: type[GenerationMethod]) -> None:
        """What is set, and what is usual at the place that is chosen."""
        if self.form is not None:
            usual = kind.usual(self.studio.analysis, self.methods[kind][max(self.place.currentIndex(), 0)])
            self.form.show_values({**usual, **self.settings.get(kind.name, {})}, {})

    def _set(self, name: str, value: Value) -> None:
        kind = self.kind
        if kind is None:
            return
        kept = {**self.settings.get(kind.name, {}), name: value}
        try:
            kind(kept)
        except ValueError:
            return  # the row says what is wrong
        self.settings[kind.name] = kept
        self._show_settings(kind)

    # --- making --------------------------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Make it."""
        kind = self.kind
        if kind is None or self.maker.running:
            return
        place = self.methods[kind][max(self.place.currentIndex(), 0)]
        wish = GenerateRequest(
            kind.name, place, dict(self.settings.get(kind.name, {})), self.folder, self.weights.currentData() or ""
        )
        self.maker.ask(wish, self._take, self.runner.busy and not wish.weights)

    def make_another(self) -> None:
        """Make it with the next seed."""
        kind = self.kind
        if kind is not None:
            self._set("seed", int(kind(self.settings.get(kind.name, {})).seed) + 1)
            self.make()

    def _take(self, wish: GenerateRequest, generated: Generated) -> None:
        numbers = {name: value for name, value in wish.settings.items() if isinstance(value, int | float)}
        self.studio.did("generate", f"method={wish.method}", *(f"{name}={value}" for name, value in numbers.items()))
        self.generated = generated
        self._player.stop()
        with QSignalBlocker(self.time):
            self.time.setRange(0, generated.made.moments - 1)
            self.time.setValue(generated.made.moments - 1)
        self._draw()
        after = f"After step {generated.step:,}." if generated.step else ""
        fresh = "" if generated.trained else "The weights are fresh: not trained yet."
        self.what.setText(" ".join(filter(None, (generated.made.note, after, fresh))))

    def _draw(self) -> None:
        made = self.made
        if made is None:
            return
        moment = self.time.value()
        self.chart.show_chart(made.chart(moment), "generated")
        self.when.setText(made.moment_words(moment) if made.moments > 1 else "")

    @property
    def made(self) -> GeneratedResult | None:
        """What was made last."""
        return self.generated.made if self.generated is not None else None

    def toggle_play(self) -> None:
        """Play what was made from its first moment, or stop."""
        if self._player.isActive():
            self._player.stop()
        elif self.made is not None:
            if self.time.value() == self.time.maximum():
                self.time.setValue(0)
            self._player.start()

    def _play_on(self) -> None:
        if self.time.value() >= self.time.maximum():
            self._player.stop()
        else:
            self.time.setValue(self.time.value() + 1)

    # --- what is shown -------------------------------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        kind, running = self.kind, self.maker.running
        torch_trouble = pytorch.import_failure()
        for widget in (self.bar, self.stop):
            widget.setVisible(running)
        for widget in (self.go, self.again):
            widget.setVisible(not running)
        self.go.setEnabled(not torch_trouble)
        self.again.setEnabled(self.made is not None and not torch_trouble)
        self.save.setEnabled(self.made is not None)
        self.controls.setVisible(kind is not None)
        self.note.setText(self.maker.fault)
        self.note.setVisible(bool(self.maker.fault))
        shown = self.made is not None and kind is not None
        if not shown:
            self.empty.sentence.setText(self._why_empty(kind))
        self.stack.setCurrentIndex(1 if shown else 0)
        self.what.setVisible(shown and bool(self.what.text()))
        self.moments.setVisible(shown and self.made is not None and self.made.moments > 1)
        if not running:
            self.bar.show_share(0.0)

    def _why_empty(self, kind: type[GenerationMethod] | None) -> str:
        if words := pytorch.import_failure():
            return words
        if self.studio.analysis.errors():
            return MEND
        if kind is None:
            return why_none()
        fresh = (
            ""
            if self.folder is not None
            else " The weights are fresh: what is made will look like nothing yet; press Train first."
        )
        return f"Press Generate.{fresh}"

    def show_menu(self) -> None:
        """Offer the files that what was made can be kept as."""
        if self.made is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fill_menu(menu, self.chart, self.made, f"{self.studio.project.name} generated")
        menu.popup(self.save.mapToGlobal(self.save.rect().bottomLeft()))

    def _leave(self) -> None:
        """Another document is open: what was made is of the one before."""
        self.maker.cancel()
        self.generated = None
        self._player.stop()
        self.what.setText("")
        self.chart.show_chart(None)
        self._due.ask()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self._player.stop()
        super().hideEvent(event)
