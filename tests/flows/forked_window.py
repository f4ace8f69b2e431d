"""A process that has imported the window and forks windows, so that many of them can be killed, each wherever it is.

``python -m tests.flows.forked_window`` reads a line ``start WORK TIMES CALLS FOLDER`` and forks a process that opens ``FOLDER/net.vnet``
and changes it again and again. When it does this work (edit, journal or save) for the so manieth time, it kills itself (kill −9) at the
call of a function that has this number from there on, in any thread (TIMES 0: counted from its start). Where it stood then is in
``FOLDER/killed``. In ``FOLDER/kept`` it writes what is sure by then: the number of the change that is saved or stands in the journal. It
prints how the process ended.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from msgspec.structs import replace

from tests.training.kill_points import Calls
from visualnet.core.project import Project


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
    works = {"edit": noted, "journal": Journal._write, "save": ProjectFiles.save}
    Calls(calls, (works[work], times), folder / "killed").start()
    window = Window(Settings(folder / "settings.json"), ThemeKeeper(app, "dark"))
    window.show()
    window.begin(folder / "net.vnet")
    hands = Hands(window)
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


def noted(project: Project, value: int) -> Project:
    """With the number in its note."""
    return replace(project, note=f"{value}")


def main() -> None:
    """Serve until the input ends."""
    import visualnet.app.shell.window  # noqa: F401

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
