"""The panel *Evaluate*: the run in front, judged on a part of its data."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QDockWidget, QMessageBox, QWidget

from visualnet.app.features.evaluation.charts_view import ChartsView
from visualnet.app.features.evaluation.evaluator import EvaluationQuestion, Evaluator
from visualnet.app.features.evaluation.figures_view import FiguresView
from visualnet.app.features.evaluation.pairing_row import PairingRow
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import ElidedLabel, EmptyState, button, describe, icon_button, label
from visualnet.app.widgets.dialogs.modal import answer_of, message_box
from visualnet.app.widgets.dialogs.save_dialog import ask_target
from visualnet.app.widgets.layouts import column, row, split, stack
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core.document import Document
from visualnet.core.errors import FileError
from visualnet.core.project import RunRef
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_quantity
from visualnet.training.evaluation.episodes.judging import EPISODES, learns_by_play
from visualnet.training.evaluation.evaluation import Evaluation
from visualnet.training.evaluation.uses_of_test_part import WHAT_IT_MEANS, count_uses, describe_uses
from visualnet.training.runs import run_history as history

PARTS = (("validation", "Validation part"), ("test", "Test part…"), ("training", "Training part"))
WEIGHTS = (("best", "Best weights"), ("last", "Last weights"))
NO_RUN = (
    "Nothing to judge yet: press Train. A run can be judged as soon as its first epoch is done, also while it goes on."
)
READY = "Press Evaluate: how good is the network on samples that it was not trained on, and where is it wrong?"
READY_TO_PLAY = (
    f"Press Evaluate: how much reward does the network get in {EPISODES} other episodes than those of its training?"
)
WIDE = 640
"""From so many px on the figures stand beside the charts, else above them."""


class EvaluationPanel(QWidget):
    """Says how good the run in front is. Nothing is computed before somebody asks."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.evaluation: Evaluation | None = None
        self.evaluator = Evaluator(self)
        self.title = ElidedLabel("", "muted")
        self.part = describe(
            QComboBox(), "Part", "Which part of the data it is judged on; the test part is opened deliberately"
        )
        self.part.addItems([words for _, words in PARTS])
        self.weights = describe(
            QComboBox(), "Weights", "Those of the best epoch, or those after the last step that was saved"
        )
        self.weights.addItems([words for _, words in WEIGHTS])
        self.answer = describe(QComboBox(), "Answer", "Which of the network's answers")
        self.answer.activated.connect(lambda _: self._show_answer())
        self.go = button("Evaluate", "primary", "metric", self.toggle)
        self.report = button("Report…", "", "export", self.save_report)
        self.report.setToolTip("Save all of it as one page (HTML) that needs nothing else")
        self.bar = ShareBar("Progress of the evaluation")
        self.bar.setMaximumWidth(fonts.px(120))
        self.note = label("", "warning", wrap=True)
        self.note.setContentsMargins(14, 0, 10, 0)
        self.openings = label("", "small", wrap=True)
        self.figures, self.charts = FiguresView(), ChartsView()
        self.charts.chart_chosen.connect(lambda name: studio.did("chart", name))
        self.charts.threshold_moved.connect(lambda: studio.did("threshold"))
        self.pairing = PairingRow(studio)
        self.pairing.asked.connect(self.compare)
        self.figures.add(self.openings)
        self.figures.add(self.pairing)
        self.split = split((self.figures, 1), (self.charts, 3), sizes=(fonts.px(310), fonts.px(900)))
        self.empty = EmptyState("metric", NO_RUN)
        self.stack = stack(self.empty, self.split)
        self.enlarge = icon_button("fit", "Enlarge", done=self.toggle_size)
        self.enlarge.setToolTip("Give the evaluation a window of its own, or put it back below the canvas")
        parts = ((self.title, 1), self.bar, self.answer, self.part, self.weights, self.report, self.enlarge, self.go)
        column(row(*parts, margins=(14, 4, 8, 2), spacing=6), self.note, (self.stack, 1), spacing=2, parent=self)
        self.evaluator.changed.connect(self.refresh)
        self.evaluator.progress.connect(self.bar.show_share)
        self.part.activated.connect(lambda _: self.refresh())
        self.weights.activated.connect(lambda _: self.refresh())
        due = DeferredRefresh(self, self.refresh)
        for changed in (self.runner.state_changed, self.runner.attached_changed, studio.document_changed):
            changed.connect(due.ask)
        studio.document_closed.connect(self._forget)
        studio.document_closed.connect(due.ask)
        studio.theme_changed.connect(self.charts.set_theme)
        self.charts.set_theme(studio.theme)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(900), fonts.px(340))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width() >= fonts.px(WIDE)
        self.split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def toggle_size(self) -> None:
        """Give it a window of its own with room for charts, or put it back."""
        dock: QWidget | None = self
        while dock is not None and not isinstance(dock, QDockWidget):
            dock = dock.parentWidget()
        if dock is not None:
            dock.setFloating(not dock.isFloating())
            if dock.isFloating():
                room = self.screen().availableGeometry()
                size = QSize(fonts.px(1100), fonts.px(760)).boundedTo(room.size() * 0.9)
                dock.resize(size)
                dock.move(room.center() - QPoint(size.width() // 2, size.height() // 2))

    # --- what is asked -------------------------------------------------------------------------------------------------------------

    @property
    def folder(self) -> Path | None:
        """The folder of the run in front."""
        return history.folder_of(self.runner.run) if self.runner.run is not None else None

    @property
    def question(self) -> EvaluationQuestion | None:
        """What would be judged now."""
        folder = self.folder
        if folder is None:
            return None
        return EvaluationQuestion(folder, PARTS[self.part.currentIndex()][0], WEIGHTS[self.weights.currentIndex()][0])

    def toggle(self) -> None:
        """Judge, or judge no further."""
        if self.evaluator.running:
            self.evaluator.cancel()
        else:
            self.evaluate()

    def evaluate(self) -> None:
        """Judge the run in front on the chosen part; about the test part the person is asked first."""
        question = self.question
        if question is None or self.evaluator.running:
            return
        if question.part == "test" and not self._may_open_test(question.folder):
            return
        self.evaluator.ask(question, partial(self._take, question))

    def _may_open_test(self, folder: Path) -> bool:
        buttons = QMessageBox.StandardButton
        more = f"{WHAT_IT_MEANS}\n\n{describe_uses(count_uses(folder))}"
        box = message_box(self, "Open the test part?", "Open the test part?", more, buttons.Cancel, "lock", "warning")
        opened = box.addButton("Open it, and count it", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(buttons.Cancel)
        answer_of(box)
        return box.clickedButton() is opened

    def compare(self, run: RunRef) -> None:
        """Hold another run against the one that is shown, on the same part."""
        folder, first = history.folder_of(run), self.evaluation
        if folder is None or first is None or self.evaluator.running:
            return
        question = EvaluationQuestion(folder, first.part, first.weights)
        if (known := self.evaluator.found.get(question)) is not None:
            self.pairing.compare(first, known, run)
            return
        self.evaluator.ask(question, lambda found: self.pairing.compare(first, found, run))

    def save_report(self) -> None:
        """Save the page."""
        evaluation = self.evaluation
        if evaluation is None:
            return
        name = f"{evaluation.project.name} {evaluation.part}.html"
        path = ask_target(self, "Save the report", name, "HTML (*.html)")
        if path is None:
            return
        from visualnet.training.evaluation.report import write_report

        pairings = [(self.pairing.name, self.pairing.pairing)] if self.pairing.pairing is not None else []
        try:
            project_file.write(path, write_report(evaluation, pairings).encode())
        except (FileError, OSError, ValueError) as error:
            self.studio.message.emit("error", f"The report is not saved: {error}")
            return
        self.studio.message.emit("ok", f"The report is saved as {path.name}.")

    # --- what is shown -------------------------------------------------------------------------------------------------------------

    def _forget(self, document: Document) -> None:
        self.evaluator.forget(
            {folder for run in document.project.runs if (folder := history.folder_of(run)) is not None}
        )

    def _take(self, question: EvaluationQuestion, found: Evaluation) -> None:
        self.studio.did("evaluate")
        if self.folder == question.folder:
            self._show(found)

    def refresh(self) -> None:
        """Show what is known of the run in front, as it was asked for."""
        question, running = self.question, self.evaluator.running
        self.bar.setVisible(running)
        if running:
            self.bar.show_share(0.0)
        self.go.setText("Cancel" if running else "Evaluate")
        self.go.setEnabled(question is not None)
        for chooser in (self.part, self.weights):
            chooser.setEnabled(question is not None and not running)
        known = self.evaluator.found.get(question) if question is not None else None
        if known is not None and known is not self.evaluation:
            self._show(known)
        elif known is None:
            if self.evaluation is not None:
                self.evaluation = None
                self.charts.clear()
                self.pairing.clear()
            self._show_empty(question)
        elif self.evaluator.fault:
            self.pairing.tell(f"{self.evaluator.fault}.")
        self.report.setVisible(self.evaluation is not None)
        self.answer.setVisible(self.evaluation is not None and len(self.evaluation.predictions) > 1)

    def _show_empty(self, question: EvaluationQuestion | None) -> None:
        ready = READY_TO_PLAY if learns_by_play(self.studio.project) else READY
        words = ready if question is not None else NO_RUN
        if question is not None and question.part == "test":
            words = f"{WHAT_IT_MEANS}\n\n{describe_uses(count_uses(question.folder))}\n\nPress Evaluate to open it."
        if self.evaluator.running:
            answers = "Computing what the network answers to every sample of this part …"
            words = f"The network plays {EPISODES} episodes …" if learns_by_play(self.studio.project) else answers
        elif self.evaluator.fault:
            words = f"{self.evaluator.fault}."
        self.empty.sentence.setText(words)
        self.title.setText(self._name_run())
        self.note.hide()
        self.stack.setCurrentWidget(self.empty)

    def _name_run(self) -> str:
        run = self.runner.run
        if run is None:
            return ""
        going_on = " · goes on: its last checkpoint is judged" if self.runner.busy else ""
        return f"Run {history.titles(self.studio.project.runs).get(run.id, run.id)}{going_on}"

    def _show(self, found: Evaluation) -> None:
        same_run = self.evaluation is not None and self.evaluation.folder == found.folder
        chosen = self.answer.currentIndex() if same_run else 0
        self.evaluation = found
        self.answer.clear()
        self.answer.addItems([predictions.name for predictions in found.predictions])
        self.answer.setCurrentIndex(min(max(chosen, 0), len(found.predictions) - 1))
        after = f"after {format_quantity(found.epoch, 'epoch')}" if found.weights == "last" and found.epoch else ""
        parts = (
            self._name_run(),
            f"{found.part} part",
            format_quantity(found.size, found.unit),
            f"{found.weights} weights {after}",
        )
        self.title.setText(" · ".join(part.strip() for part in parts))
        self.note.setText(found.note)
        self.note.setVisible(bool(found.note))
        self.openings.setText(describe_uses(count_uses(found.folder)))
        self.pairing.show_runs(found.folder.name)
        self.pairing.clear()
        self._show_answer()
        self.stack.setCurrentWidget(self.split)

    def _show_answer(self) -> None:
        if self.evaluation is not None:
            number = max(self.answer.currentIndex(), 0)
            self.figures.show_figures(self.evaluation, number)
            self.charts.show_answer(self.evaluation, number)
