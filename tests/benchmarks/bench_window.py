"""The window while it trains: how late its timers are, how soon Stop is obeyed, what the window and watching cost the training."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from msgspec.structs import replace

Row = tuple[str, float, str, str]
EPOCHS, ROUNDS, STOPS = 6, 7, 5
TICK_MS = 10
WAYS = (
    ("nothing watched", "window", False, "in the window, curves live, nothing watched", "0.97"),
    ("all watched", "window", True, "in the window, every card, the maps and the prediction watched", "0.90"),
    ("own process", "process", False, "in a process of its own, curves live, nothing watched", "0.99"),
    ("own process, all watched", "process", True, "in a process of its own, all of that watched", "0.99"),
)
"""Name, where it is trained, whether everything is watched, what the row says, what is promised."""


class Lateness:
    """A timer of 10 ms that notes how late each of its ticks is."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.late_ms: list[float] = []
        self._due = 0.0
        self.timer = QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.setInterval(TICK_MS)
        self.timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to note."""
        self._due = time.perf_counter() + TICK_MS / 1000
        self.timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(now - self._due, 0.0) * 1000)
        self._due = now + TICK_MS / 1000

    def share(self, part: float) -> float:
        """A quantile in ms."""
        return sorted(self.late_ms)[min(int(part * len(self.late_ms)), len(self.late_ms) - 1)]


def headless(project: Any) -> float:
    """Training steps a second of a session alone, in a thread as in the window."""
    from visualnet.data.loading import load
    from visualnet.training import events
    from visualnet.training.loop.session import Session
    from visualnet.training.runs.run_model import create_run

    ends: list[events.Finished] = []

    def emit(event: Any) -> None:
        if isinstance(event, events.Finished):
            ends.append(event)

    session = Session(project, load(project.data), emit, folder=create_run(project))
    thread = threading.Thread(target=session.run)
    thread.start()
    thread.join()
    return ends[0].step / ends[0].seconds


def wait(true: Callable[[], bool], seconds: float = 300) -> None:
    """Let the window live until something is true."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, poll, end = QEventLoop(), QTimer(), time.monotonic() + seconds
    poll.timeout.connect(lambda: loop.quit() if true() or time.monotonic() > end else None)
    poll.start(20)
    if not true():
        loop.exec()
    poll.stop()
    assert true(), "the window did not get there"


def in_window(window: Any, late: Lateness | None = None) -> float:
    """Training steps a second of a whole run in the window."""
    assert window.runner.start()
    wait(lambda: window.runner.state == "running")
    if late is not None:
        late.start()
    wait(lambda: not window.runner.busy)
    if late is not None:
        late.timer.stop()
    return window.runner.model.finished.step / window.runner.model.finished.seconds


def stop_ms(window: Any) -> float:
    """From the press of Stop until the training thread has ended."""
    assert window.runner.start()
    wait(lambda: window.runner.state == "running" and window.runner.model.step > 20)
    begin = time.perf_counter()
    window.runner.stop()
    window.runner.finish()
    taken = (time.perf_counter() - begin) * 1000
    wait(lambda: not window.runner.busy)
    return taken


def run() -> list[Row]:
    """The rows."""
    os.environ["VISUALNET_HOME"] = tempfile.mkdtemp(prefix="visualnet-bench-")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv[:1])
    from visualnet.app.shell.window import Window
    from visualnet.app.state.frame_settings import TRAIN_IN
    from visualnet.app.theme.apply import ThemeKeeper
    from visualnet.core.document import Document
    from visualnet.core.storage.project_file import load
    from visualnet.core.user.settings import Settings
    from visualnet.resources import resource

    project = load(resource("templates", "lenet5.vnet"))
    project = replace(project, recipe=replace(project.recipe, epochs=EPOCHS, device="cpu"))
    window = Window(Settings(Path(os.environ["VISUALNET_HOME"]) / "s.json"), ThemeKeeper(app, "dark"))
    window.resize(1440, 900)
    window.show()
    window.project_files.adopt(Document(project))
    window._show_opened()
    window.show_space("train")
    window.spaces.reveal("maps")
    window.studio.select([window.studio.graph.named("conv1").id])
    wait(lambda: window.runner.probes.samples > 0)
    late = {name: Lateness() for name, *_ in WAYS}
    headless(project)
    bases: list[float] = []
    ratios: dict[str, list[float]] = {name: [] for name in late}
    want, cost = window.runner.probes.set_request, 0.0
    for _ in range(ROUNDS):
        before = headless(project)
        for name, place, watched, *_ in WAYS:
            window.settings[TRAIN_IN] = place
            if watched:
                window.runner.probes.set_request = want
                window.panel("maps").follow()
                window.panel("training").prediction._watch_input()
            else:
                window.runner.probes._requests.clear()
                window.runner.probes.set_request = lambda *_args, **_more: None
            speed, after = in_window(window, late[name]), headless(project)
            # The machine's own speed wanders by more than what is measured: each run is held against those on both sides of it.
            ratios[name].append(2 * speed / (before + after))
            bases.append(after)
            before = after
            if name == "all watched":
                cost = window.runner.model.progress.watching
            window.runner.probes.set_request = want
    window.settings[TRAIN_IN] = "window"
    stops = [stop_ms(window) for _ in range(STOPS)]
    window.runner.close()
    window.project_files.close()
    window.deleteLater()
    base = statistics.median(bases)
    rows = [("LeNet, headless session", base, "steps/s", f"median of {len(bases)} runs of {EPOCHS} epochs")]
    for name, _, _, words, wanted in WAYS:
        low, ratio, high = statistics.quantiles(ratios[name], n=4)
        words_of_spread = f"promise ≥ {wanted}; half of {ROUNDS} runs between {low:.3f} and {high:.3f}"
        rows.append((words, ratio, "× headless", words_of_spread))
    for name, one in late.items():
        rows.append((f"lateness of a 10 ms timer, {name}, p99", one.share(0.99), "ms", "promise ≤ 16"))
        rows.append((f"lateness of a 10 ms timer, {name}, greatest", max(one.late_ms), "ms", "promise ≤ 100"))
    rows.append(("Stop until the thread has ended, greatest of 5", max(stops), "ms", "promise ≤ 200"))
    rows.append(("watching, as the program counts it", 100 * cost, "% of the time", "budget 5"))
    return rows


if __name__ == "__main__":
    for row in run():
        print(*row, sep="  ")
