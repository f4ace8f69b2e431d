"""The line at the foot of the window: how the run goes, or what the network and its data are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from visualnet.app.plots.colours import text_font
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import IconLabel, label
from visualnet.app.widgets.layouts import row
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core.text.format import format_duration, format_number, format_percent
from visualnet.data import registry
from visualnet.training.events import Started
from visualnet.training.runs.run_model import RunModel
from visualnet.training.runs.run_status import describe_position, format_value, share_done

EVERY_MS = 250
GAPS_PX = 80
"""Between the fields and at the sides."""
FIELDS = {
    "where": "epoch 100 of 100 · step 100,000",
    "loss": "loss 0.00000",
    "metric": "validation accuracy 100.0 %",
    "speed": "1,000,000 samples/s",
    "left": "100 min 00 s left",
}


class StatusLine(QStatusBar):
    """Fields of fixed width in figures of equal width, so that nothing dances while the numbers run."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio, self.runner = studio, studio.runner
        self.setSizeGripEnabled(False)
        self.setContentsMargins(12, 0, 8, 0)
        self.bar = ShareBar("Progress of the training")
        self.bar.setFixedWidth(150)
        self._samples: dict[QLabel, str] = {}
        self.totals = self._field("")
        self.fields = {name: self._field(sample) for name, sample in FIELDS.items()}
        self.cost = self._field("watching costs 10.0 % of 10 %", right=True)
        self.cost.setToolTip("What looking into the network takes of the training time, and what it may take")
        self.unkept = _Unkept()
        self.place = self._field("", right=True)
        for left in (self.bar, self.totals, *self.fields.values()):
            self.addWidget(left)
        for right in (self.unkept, self.place, self.cost):
            self.addPermanentWidget(right)
        self.runner.updated.connect(self.refresh)
        self.runner.state_changed.connect(self._arrange)
        self.runner.attached_changed.connect(self._arrange)
        studio.analysed.connect(lambda _: self._arrange())
        self._arrange()

    def _field(self, sample: str, right: bool = False) -> QLabel:
        made = label("")
        self._samples[made] = sample
        self._size_field(made)
        if right:
            made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return made

    def _size_field(self, field: QLabel) -> None:
        field.setFont(text_font(self.font(), 12))
        if sample := self._samples[field]:
            field.setFixedWidth(round(QFontMetricsF(field.font()).horizontalAdvance(sample)) + 16)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_samples"):  # Qt asks before there are fields
            for field in self._samples:
                self._size_field(field)

    def show_unkept(self, why: str) -> None:
        """Say, for as long as it is so, why what is not saved would be lost in a crash; nothing takes it back."""
        self.unkept.show_trouble(why)
        self._make_room()

    @property
    def _seldom(self) -> tuple[QWidget, ...]:
        return self.fields["speed"], self.fields["left"], self.place, self.cost

    def refresh(self) -> None:
        """Show the newest figures, when there is time."""
        self.runner.redraws.ask("status", self, self._draw, EVERY_MS)

    def _arrange(self) -> None:
        """Which fields there are: those of a run, or the totals."""
        running = self.runner.busy
        self.bar.setVisible(running)
        self.totals.setVisible(not running)
        for field in self.fields.values():
            field.setVisible(running)
        self._make_room()
        if self.runner.state == "starting":
            for field in self.fields.values():
                field.setText("")
            self.fields["where"].setText("starting …")
            self.cost.setText("")
        self._draw()

    def _make_room(self) -> None:
        """What watching costs is told during a run, unless the sign needs its place in a narrow window."""
        running = self.runner.busy
        # Whole fields give way, the least wanted first: a figure that is cut off is none.
        taken = GAPS_PX + self.unkept.sizeHint().width() * (not self.unkept.isHidden())
        for field in (self.fields["where"], self.fields["loss"], self.fields["metric"], self.bar, *self._seldom):
            wide = field.sizeHint().width() if field is self.place else field.width()
            fits = taken + wide <= self.width()
            taken += wide if fits else 0
            field.setVisible((fits and running) or (field is self.place and not running))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _draw(self) -> None:
        model = self.runner.model
        if not self.runner.busy:
            self.totals.setText(self._totals())
            self.place.setText(self._last())
            return
        if model is None or model.started is None or self.runner.state == "starting":
            if self.runner.state == "starting":
                self.bar.show_busy()
            else:
                self.bar.show_share(0.0)
            self.place.setText("")
            return
        self.bar.show_share(share_done(model))
        paused = self.runner.state == "paused"
        progress = model.progress
        self._show_figures("where", describe_position(model))
        self._show_figures("loss", _loss(model))
        self._show_figures("metric", _validation(self.studio, model))
        self.fields["speed"].setText(
            "paused"
            if paused
            else "compiling the network …"
            if model.compiling
            else f"{progress.samples_per_s:,.0f} samples/s"
            if progress
            else ""
        )
        self.fields["left"].setText("" if progress is None or paused else f"{format_duration(progress.eta_s)} left")
        self.place.setText(_place(model.started))
        share = progress.watching if progress is not None else 0.0
        self.cost.setText(f"watching costs {format_percent(share)} of {format_percent(self.runner.probes.budget, 0)}")
        self._make_room()

    def _show_figures(self, name: str, words: str) -> None:
        """What is longer than the sample of its field makes it wider; it stays so, that nothing dances."""
        field = self.fields[name]
        field.setText(words)
        if (wanted := field.sizeHint().width()) > field.width():
            field.setFixedWidth(wanted)

    def _totals(self) -> str:
        """The data; what the network comes to stands on the canvas."""
        data = self.studio.project.data
        kind = registry.find_kind(data.name)
        try:
            return f"{kind.title}: {registry.make_data_set(data).size:,} samples" if kind is not None else ""
        except ValueError as error:
            return str(error)

    def _last(self) -> str:
        """How the run that is shown ended."""
        model = self.runner.model
        if model is None or model.started is None:
            return ""
        parts = (f"last run: {model.state}", _validation(self.studio, model), _place(model.started))
        return " · ".join(filter(None, parts))


def _place(started: Started) -> str:
    """Where a run is computed, and what of the machine is switched on."""
    return ", ".join(filter(None, (started.device, started.machine)))


class _Unkept(QWidget):
    """A sign that stays while the recovery copy cannot be written: an icon, two words, and the whole of it as tip and to be read out."""

    def __init__(self) -> None:
        super().__init__()
        self.words = label("No recovery copy", "small")
        row(IconLabel("warning", 14, "warning"), self.words, margins=(8, 0, 8, 0), spacing=6, parent=self)
        self.hide()

    def show_trouble(self, why: str) -> None:
        """Say why, or that all is well again."""
        tip = (
            f"The recovery copy cannot be written ({why}): what is not saved would be lost if the program ended now. "
            "Save your work. This sign goes when the copy can be written again."
        )
        self.setToolTip(tip if why else "")
        self.setAccessibleName(f"{self.words.text()}. {tip}" if why else "")
        self.setVisible(bool(why))


def _loss(model: RunModel) -> str:
    series = model.steps.get("loss")
    # The mean of the last steps: single batches jump too much to be read.
    if series is None or not len(series):
        return ""
    last = series.smoothed(0.9).last
    return f"loss {format_number(last[1])}" if last is not None and last[1] == last[1] else "loss not finite"


def _validation(studio: Studio, model: RunModel) -> str:
    """The newest value on the validation set of what the best epoch is chosen by, or of the first metric."""
    if model.started is None or not model.epochs:
        return ""
    names = [*model.started.metrics, model.started.best_by]
    values = model.epochs[-1].validation or model.epochs[-1].train
    name = next((n for n in names if values.get(n) is not None), None)
    if name is None:
        return ""
    value = values[name]
    assert value is not None
    of = "validation " if model.epochs[-1].validation else ""
    return f"{of}{name} {format_value(studio.analysis, name, value)}"
