"""What the network holds of each action in the state that is seen: asked of the network that trains, or of weights that a run has kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from visualnet.app.services.background_task import TaskQueue
from visualnet.app.state.studio import Studio
from visualnet.data.environments.environment import OBSERVATION
from visualnet.pytorch import import_failure
from visualnet.training.control import OwnSample, ProbeRequest
from visualnet.training.idle_probe import IdleProbe, ProbeQuestion, ProbeResult, torch_is_ready

WHO = "play"
POLL_MS = 250
ANSWER_MS = 4


class QValues(QObject):
    """Answers with ``found`` (a number for each action) or ``refused`` (words), for the observation that was asked for last.

    The observation becomes the sample that all panels look at. Of kept weights it is asked beside them.
    """

    found = Signal(object)
    refused = Signal(str)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self.studio, self.probes = studio, studio.runner.probes
        self.kept: Path | None = None
        """The file of weights that answers; None: the network as it is now."""
        self._own: OwnSample | None = None
        self._queue, self._idle, self._asked = TaskQueue(self), IdleProbe(), 0
        self._waiting = QTimer(self, singleShot=True, interval=POLL_MS)
        self._waiting.timeout.connect(self._ask_kept)
        self.probes.changed.connect(self._take)

    @property
    def trained(self) -> bool:
        """Whether the weights that answer were trained."""
        return self.kept is not None or self.probes.trained

    def ask(self, observation: NDArray[Any]) -> None:
        """What is each action worth here?"""
        self._own = OwnSample({OBSERVATION: np.array(observation)})
        self.probes.set_own(self._own)
        if self.kept is not None:
            self._ask_kept()
            return
        self.studio.runner.request_probes(WHO, self._inputs())

    def rest(self) -> None:
        """Nobody asks any more: panels look at samples of the data again."""
        self.studio.runner.request_probes(WHO)
        if self._own is not None and self.probes.own is self._own:
            self.probes.set_own(None)
        self._own = None
        self._waiting.stop()
        self._idle.forget()

    def _take(self) -> None:
        seen = self.probes.seen
        if self._own is None or self.kept is not None or self.probes.own is not self._own:
            return
        if seen is None:
            if self.probes.words:
                self.refused.emit(self.probes.words)
        elif seen.own and seen.asked is not None and seen.asked.own is self._own:
            self._tell(seen)

    def _tell(self, seen: Any) -> None:
        answer = next(iter(seen.outputs.values()), None)
        if answer is None:
            self.refused.emit("The network has no output: nothing says what an action is worth.")
        else:
            self.found.emit(np.asarray(answer, np.float64).reshape(-1))

    # --- kept weights ------------------------------------------------------------------------------------------------

    def _ask_kept(self) -> None:
        own, path = self._own, self.kept
        if own is None or path is None:
            return
        if not torch_is_ready() and not import_failure():
            self._waiting.start()
            return
        self._asked += 1
        request = ProbeRequest(self._inputs(), own=own, budget=1.0)
        question = ProbeQuestion(self._asked, self.studio.project, self.studio.analysis, request, kept=path)
        self._queue.submit(
            "play",
            lambda: self._idle(question),
            self._take_kept,
            self.refused.emit,
            words="The weights cannot be used",
            look_ms=ANSWER_MS,
        )

    def _inputs(self) -> Any:
        inputs = self.studio.analysis.main.sinks("input")[:1]
        return tuple(((facts.node.id,), port) for facts in inputs for port in list(facts.outputs)[:1])

    def _take_kept(self, result: ProbeResult) -> None:
        if result.number != self._asked or self._own is None or self.kept is None:
            return
        if result.seen is None or not result.trained:
            self.refused.emit(result.words or "These weights are not of this network.")
        else:
            self._tell(result.seen)
