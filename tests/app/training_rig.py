"""A studio with a runner, small networks and the time to wait: what the tests of runner and panels share."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from visualnet.app.services.runner import Runner
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core.document import Document
from visualnet.core.process.mailbox import Mailbox
from visualnet.core.project import DataChoice, Project
from visualnet.core.storage import project_file
from visualnet.core.user.settings import Settings
from visualnet.resources import resource


def template(name: str, **recipe: object) -> Project:
    """A template, with another recipe."""
    project = project_file.load(resource("templates", f"{name}.vnet"))
    return replace(project, recipe=replace(project.recipe, **recipe))


def small(epochs: int = 2, **recipe: object) -> Project:
    """The perceptron on few points: a run of a blink."""
    project = template("perceptron-points", epochs=epochs, **recipe)
    return replace(project, data=DataChoice(name="points", options={"n": 120}))


class Rig:
    """One studio and its runner; `said` collects what the person is told."""

    def __init__(self, project: Project) -> None:
        self.studio = Studio(Document(project), DARK)
        self.runner = Runner(self.studio, Mailbox(), Settings())
        self.studio.runner = self.runner
        self.said: list[tuple[str, str]] = []
        self.failures: list[tuple[str, object]] = []
        self.states: list[str] = []
        self.studio.message.connect(lambda severity, words: self.said.append((severity, words)))
        self.runner.failed.connect(lambda words, path: self.failures.append((words, path)))
        self.runner.state_changed.connect(lambda: self.states.append(self.runner.state))

    def train(self, qtbot: QtBot) -> None:
        """Train to the end."""
        assert self.runner.start()
        self.until(qtbot, lambda: not self.runner.busy)

    def until(self, qtbot: QtBot, true: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for something to become true."""
        qtbot.waitUntil(true, timeout=int(seconds * 1000))
