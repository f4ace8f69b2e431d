"""How soon the window answers what sets much of it going: another theme, another text size, another document, the start page.

Each is the window's thread's own work (processor time) until it could handle another event. Beside each stands the same with nothing put
off: hidden widgets styled with the visible ones, panels refreshed while the document comes.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

Row = tuple[str, float, str, str]
ROUNDS = 6
REST_MS = 900


@contextmanager
def nothing_put_off() -> Iterator[None]:
    """Style and refresh everything at once, as before."""
    from visualnet.app.state import deferred_refresh
    from visualnet.app.theme import icons
    from visualnet.app.theme.hidden_widgets import HiddenWidgets

    repaint_all, held = icons.set_theme, deferred_refresh.RefreshQueue.add
    with (
        patch.object(HiddenWidgets, "leave_out", lambda _self: None),
        patch.object(icons, "set_theme", lambda theme, only_seen=False: repaint_all(theme)),
        patch.object(deferred_refresh.RefreshQueue, "add", lambda self, refresh: refresh.do()),
    ):
        yield
    assert deferred_refresh.RefreshQueue.add is held


def own_work_ms(act: Callable[[], Any]) -> float:
    """What the act keeps this thread at work for, in ms; then the window comes to rest."""
    from PySide6.QtTest import QTest

    began = time.thread_time()
    act()
    taken = (time.thread_time() - began) * 1e3
    QTest.qWait(REST_MS)
    return taken


def run() -> list[Row]:
    """The rows."""
    os.environ["VISUALNET_HOME"] = tempfile.mkdtemp(prefix="visualnet-bench-")
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv[:1])
    from visualnet.app.shell.window import Window
    from visualnet.app.theme.apply import ThemeKeeper
    from visualnet.core.user.settings import Settings

    window = Window(Settings(Path(os.environ["VISUALNET_HOME"]) / "s.json"), ThemeKeeper(app, "dark"))
    window.resize(1440, 900)
    window.show()
    for name in ("lenet5", "resnet-small"):
        window.pages["start_page"].template_chosen.emit(name)
        QTest.qWait(REST_MS)
    for space in window.spaces.spaces:
        window.show_space(space)
        QTest.qWait(REST_MS)
    window.show_space("inspect")
    everything = QApplication.allWidgets()
    seen = sum(widget.isVisible() for widget in everything)
    modes, steps = ("light", "dark"), (1, -1)
    acts: dict[str, Callable[[int], Any]] = {
        "another theme": lambda turn: window.keeper.set_mode(modes[turn % 2]),
        "another text size": lambda turn: window.keeper.step_text_size(steps[turn % 2]),
        "another open project": lambda _: window.actions_.trigger("view.next_tab"),
    }
    rows: list[Row] = []
    for words, act in acts.items():
        now, before = [], []
        for turn in range(ROUNDS):
            now.append(own_work_ms(lambda act=act, turn=turn: act(turn)))  # type: ignore[misc]
        with nothing_put_off():
            for turn in range(ROUNDS):
                before.append(own_work_ms(lambda act=act, turn=turn: act(turn)))  # type: ignore[misc]
        rows.append(
            (words, statistics.median(now), "ms", f"{len(everything):,} widgets, {seen} of them seen; promise ≤ 100")
        )
        rows.append(
            (f"{words}, nothing put off", statistics.median(before), "ms", "hidden widgets and panels with the rest")
        )
        rows.append((f"{words}, ratio", statistics.median(now) / statistics.median(before), "×", ""))
    window.project_files.close()
    window.runner.close()
    window.deleteLater()
    return rows


if __name__ == "__main__":
    for row in run():
        print(*row, sep="  ")
