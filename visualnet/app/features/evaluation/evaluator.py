"""Evaluates runs in the background, one at a time, and caches the results."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.training.evaluation.evaluation import Evaluation

KEPT = 6
"""So many evaluations are kept; an older one is had again from the run's folder in a moment."""


class EvaluationQuestion(NamedTuple):
    """What is to be judged."""

    folder: Path
    part: str
    weights: str


class Evaluator(QObject):
    """Answers questions in a thread. The answer to one that was asked before is there at once."""

    changed = Signal()
    progress = Signal(float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.found: dict[EvaluationQuestion, Evaluation] = {}
        self.fault = ""
        self._task: BackgroundTask | None = None
        self._asked: EvaluationQuestion | None = None
        """What is being judged."""

    @property
    def running(self) -> bool:
        """Whether something is being judged."""
        return self._task is not None and self._task.running

    def ask(self, question: EvaluationQuestion, done: Callable[[Evaluation], object] | None = None) -> None:
        """Judge this, unless something else is being judged."""
        if self.running:
            return
        self.fault, self._asked = "", question
        self._task = BackgroundTask(
            partial(_evaluate, question),
            lambda found: self._take(question, found, done),
            self.progress.emit,
            self._refuse,
            name="evaluate",
            words="It cannot be judged",
            parent=self,
        )
        self._task.finished.connect(self._end)
        self.changed.emit()

    def forget(self, folders: Collection[Path]) -> None:
        """Hold nothing of these runs any longer: their project is closed."""
        self.found = {question: found for question, found in self.found.items() if question.folder not in folders}
        if self._asked is not None and self._asked.folder in folders:
            self.cancel()

    def cancel(self) -> None:
        """Judge no further."""
        if self._task is not None:
            self._task.cancel()

    def _take(
        self, question: EvaluationQuestion, found: Evaluation, done: Callable[[Evaluation], object] | None
    ) -> None:
        self.found.pop(question, None)
        self.found[question] = found
        while len(self.found) > KEPT:
            del self.found[next(iter(self.found))]
        if done is not None:
            done(found)

    def _refuse(self, words: str) -> None:
        self.fault = words

    def _end(self) -> None:
        self._task = self._asked = None
        self.changed.emit()


def _evaluate(question: EvaluationQuestion, job: Job) -> Evaluation:
    from visualnet.training.evaluation.evaluation import evaluate

    return evaluate(question.folder, question.part, question.weights, check=job)
