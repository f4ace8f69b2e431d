"""What is judged for a project that is closed meanwhile is ended, and not kept."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from visualnet.app.features.evaluation import evaluator as module
from visualnet.app.features.evaluation.evaluator import EvaluationQuestion, Evaluator
from visualnet.app.services.background_task import Job


def test_judging_ends_when_the_project_of_its_run_is_closed(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = Event(), Event()

    def evaluate(question: EvaluationQuestion, job: Job) -> Any:
        begun.set()
        go_on.wait(60)
        job()
        return f"what was found for {question.folder}"

    monkeypatch.setattr(module, "_evaluate", evaluate)
    parent = QObject()
    made, closed, other = (
        Evaluator(parent),
        EvaluationQuestion(Path("a"), "test", "best"),
        EvaluationQuestion(Path("b"), "test", "best"),
    )
    made.ask(closed)
    begun.wait(60)
    made.forget({closed.folder})
    go_on.set()
    qtbot.waitUntil(lambda: not made.running)
    assert not made.found and not made.fault
    made.ask(other)
    made.forget({closed.folder})
    qtbot.waitUntil(lambda: not made.running)
    assert list(made.found) == [other], "another run is judged to its end"
