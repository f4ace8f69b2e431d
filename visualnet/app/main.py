"""Start the window: hooks first, then the application, then torch in the background once the first frame is on the screen."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from visualnet.app.services import crash_reports
from visualnet.app.services.background_task import close_tasks
from visualnet.app.services.exit_signals import end_on_signal
from visualnet.app.services.startup_tasks import import_torch, tell_of_trainings, tidy_up
from visualnet.app.shell.window import Window
from visualnet.app.state.frame_settings import TEXT_SIZE, THEME
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.core.process.mailbox import Mailbox
from visualnet.core.user.settings import Settings
from visualnet.resources import resource

TIDY_MS = 1500
FRAME_PX = 32
"""About so much a window manager puts around a window."""


def fit_to_screen(window: QWidget, room: QSize) -> None:
    """Fill the screen where the window, with its frame, would reach beyond it."""
    if window.width() > room.width() or window.height() + FRAME_PX > room.height():
        window.resize(window.size().boundedTo(room * 0.9))  # what it has when it is no longer maximized
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def main(argv: list[str] | None = None) -> int:
    """Open the window, with the given file or template if there is one, and stay until it is closed."""
    # Read by torch's thread pools when they start; one core stays with the window.
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 2) - 1)))
    mailbox = Mailbox()
    uninstall = crash_reports.install(mailbox)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("VisualNet")
    app.setDesktopFileName("visualnet")
    app.setWindowIcon(QIcon(str(resource("app.svg"))))
    settings = Settings()
    keeper = ThemeKeeper(app, settings[THEME], text_size=settings[TEXT_SIZE])
    window = Window(settings, keeper, mailbox)
    with end_on_signal(window.end):
        fit_to_screen(window, app.primaryScreen().availableSize())
        window.show()
        files = [a for a in (argv or []) if not a.startswith("-")]
        QTimer.singleShot(0, lambda: window.begin(files[0] if files else ""))
        QTimer.singleShot(300, lambda: import_torch(app))
        QTimer.singleShot(TIDY_MS, lambda: tidy_up(settings, app))
        QTimer.singleShot(TIDY_MS, lambda: tell_of_trainings(window.studio, app))
        try:
            return app.exec()
        finally:
            # A thread that still imports when Python ends would abort the process.
            close_tasks(app)
            uninstall()
