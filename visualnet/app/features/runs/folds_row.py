"""The folds of a cross-validation: how far their training is, and what they reached."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.layouts import row
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core.project import RunRef
from visualnet.core.text.format import capitalize_first, format_quantity, format_spread
from visualnet.training.folds.cross_validation import CrossValidation
from visualnet.training.folds.fold_runs import find_series, fold_of, summarize_runs


class FoldsRow(QWidget):
    """Seen while folds are trained, and where the chosen run is one of several folds."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.words = label("", wrap=True)
        self.bar = ShareBar("Progress of all folds")
        self.bar.setMaximumWidth(fonts.px(160))
        self.stop = button("Stop all folds", icon="stop", done=self.runner.folds.stop)
        self.stop.setToolTip("End the run that goes on, and begin no other; the folds that are done stay")
        row((self.words, 1), self.bar, self.stop, margins=(12, 6, 12, 6), spacing=10, parent=self)
        self._run: RunRef | None = None
        self.runner.folds.changed.connect(self.refresh)
        self.runner.updated.connect(self._show_progress)
        self.hide()

    def show_run(self, run: RunRef | None) -> None:
        """Tell of the folds that this run is one of."""
        self._run = run
        self.refresh()

    def refresh(self) -> None:
        """Say how the folds stand."""
        folds = self.runner.folds
        words, tip = self._describe_series()
        if folds.active:
            words = f"Fold {folds.number} of {folds.folds} is trained: a run for each, and none sees the fold it is judged on."
        self.words.setText(words)
        self.words.setToolTip(tip)
        for part in (self.bar, self.stop):
            part.setVisible(folds.active)
        self._show_progress()
        self.setVisible(bool(words))

    def _show_progress(self) -> None:
        if self.runner.folds.active:
            self.bar.show_share(self.runner.folds.share)

    def _describe_series(self) -> tuple[str, str]:
        fold = fold_of(self._run) if self._run is not None else None
        if fold is None or self._run is None:
            return "", ""
        series = find_series(self.studio.project.runs, self._run)
        found = summarize_runs(series)
        if found is not None:
            return describe_spread(found), found.describe()
        done = sum(run.state == "done" for run in series.values())
        return f"{done} of {format_quantity(fold.of, 'fold')} are done: train all of them for a mean and a spread.", ""


def describe_spread(found: CrossValidation) -> str:
    """What all folds reached on the samples that they did not see: “5 folds: accuracy 0.93 ± 0.01 · loss 0.21 ± 0.03”."""
    spread = found.spread
    values = (f"{capitalize_first(name)} {format_spread(mean, spread[name])}" for name, mean in found.mean.items())
    return f"{format_quantity(len(found.folds), 'fold')}, mean ± spread: {' · '.join(values)}"
