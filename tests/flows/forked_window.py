"""A process that has imported the window and forks windows, so that many of them can be killed, each wherever it is.

``python -m tests.flows.forked_window`` reads a line ``start WORK TIMES CALLS FOLDER`` and forks a process that opens ``FOLDER/net.vnet``
and changes it again and again (WORK edit, journal or save), or trains it (step, checkpoint). When it does this work for the so manieth
time, it kills itself (kill −9) at the call of a function that has this number from there on, in any thread (TIMES 0: counted from its
start). Where it stood then is in ``FOLDER/killed``. In ``FOLDER/kept`` it writes what is sure by then: the number of the change that is
saved or stands in the journal. It prints how the process ended.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tests.training.kill_points import Calls
from visualnet.core.project import Project
from visualnet.training.loop import checkpointer, session
from visualnet.training.loop.metrics import Tally
from visualnet.training.process import child

if TYPE_CHECKING:
    from tests.flows.hands import Hands
    from visualnet.app.shell.window import Window

TRAINING_WORK = {"step": Tally.before_step, "checkpoint": checkpointer.Checkpointer.save}
"""From what on the calls of a window that trains are counted: a step's own, and the writing of a checkpoint."""


def use(folder: Path, work: str, times: int, calls: int) -> None:
    """Be a window in which somebody works without end."""
    from PySide6.QtWidgets import QApplication

    from tests.flows.hands import Hands
    from visualnet.app.shell.project_files import ProjectFiles
    from visualnet.app.shell.window import Window
    from visualnet.app.theme.apply import ThemeKeeper
    from visualnet.core.process.autosave import Journal
    from visualnet.core.user.settings import Settings

    app = QApplication([])
    works = {"edit": noted, "journal": Journal._write, "save": ProjectFiles.save, **TRAINING_WORK}
    Calls(calls, (works[work], times), folder / "killed").start()
    window = Window(Settings(folder / "settings.json"), ThemeKeeper(app, "dark"))
    window.show()
    window.begin(folder / "net.vnet")
    hands = Hands(window)
    if work in TRAINING_WORK:
        train(window, hands)
    kept, told = os.open(folder / "kept", os.O_WRONLY | os.O_CREAT, 0o600), folder / "kept"
    value = int(told.read_text() or 0) if told.stat().st_size else 0
    while True:
        value += 1
        hands.set_param("fc1", "out_features", str(value % 900 + 10))
        window.studio.do("Note", lambda project, value=value: noted(project, value))  # type: ignore[misc]
        if value % 5:
            window.project_files.journal.flush()
        else:
            window.project_files.save()
        os.pwrite(kept, f"{value:9d}".encode(), 0)


def train(window: Window, hands: Hands) -> None:
    """Train what is open in the window's own process, with a checkpoint whenever it looks up from its steps, until the end."""
    checkpointer.CHECKPOINT_S, checkpointer.CHECKPOINT_SHARE, session.FLUSH_S = 0.0, 1e9, 0.0
    hands.until(lambda: window.actions_["train.start"].isEnabled(), what="Train")
    window.run_action("train.start")
    hands.until(lambda: window.runner.busy, what="a run")
    hands.until(lambda: not window.runner.busy, what="its end")
    os._exit(0)


def noted(project: Project, value: int) -> Project:
    """With the number in its note."""
    return replace(project, note=f"{value}")


def main() -> None:
    """Serve until the input ends."""
    import visualnet.app.shell.window  # noqa: F401

    child._import_all()
    print("ready", flush=True)
    for line in sys.stdin:
        _, work, times, calls, folder = line.strip().split(" ", 4)
        pid = os.fork()
        if not pid:
            try:
                os.dup2(os.open(Path(folder) / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
                use(Path(folder), work, int(times), int(calls))
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                os._exit(1)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
