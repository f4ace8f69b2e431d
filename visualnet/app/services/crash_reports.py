"""The crash handler of the window: Python's unexpected errors (`core/process/crash_handler.py`), and what Qt itself complains of."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from visualnet.core.process import crash_handler
from visualnet.core.process.crash_handler import ErrorReport, log
from visualnet.core.process.mailbox import Mailbox

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def install(mailbox: Mailbox, folder: Path | None = None) -> Callable[[], None]:
    """Watch over the process from here on; call it before QApplication. Answers the function that undoes it."""

    def on_message(kind: QtMsgType, context: QMessageLogContext, words: str) -> None:
        level = _LEVELS.get(kind, logging.WARNING)
        log.log(level, "Qt: %s", words)
        if level >= logging.ERROR:
            place = f"{context.file}:{context.line}" if context.file else ""
            mailbox.put(ErrorReport("qt", words, place, threading.current_thread().name))

    uninstall_handler = crash_handler.install(mailbox, folder)
    before = qInstallMessageHandler(on_message)

    def uninstall() -> None:
        qInstallMessageHandler(before)
        uninstall_handler()

    return uninstall
