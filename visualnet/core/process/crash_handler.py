"""Nothing fails silently: every unexpected error is logged and put into a mailbox; a crash is told at the next start.

The hooks only log and leave an `ErrorReport` in the mailbox. They never open a dialog: they may run in any thread, in the
middle of a paint or of a garbage collection.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal

from visualnet.core.process.mailbox import Mailbox
from visualnet.core.storage.locks import try_lock
from visualnet.core.storage.paths import log_dir
from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.hidden_characters import visible

Origin = Literal["window", "thread", "cleanup", "qt"]

log = logging.getLogger("visualnet")

_LOG_BYTES = 1_000_000
_LONGEST_REPORT = 100_000
_previous: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """Something went wrong that nobody had foreseen; text only, so that it keeps nothing alive."""

    origin: Origin
    words: str
    trace: str
    thread: str


def install(mailbox: Mailbox, folder: Path | None = None) -> Callable[[], None]:
    """Watch over the process from here on. Answers the function that undoes it."""
    place = folder or log_dir()
    handler = open_log(place)
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    watched_before = faulthandler.is_enabled()
    report = _watch_for_crashes(place)
    reporter = _Reporter(mailbox)
    sys.excepthook = reporter.on_exception
    threading.excepthook = reporter.on_thread
    sys.unraisablehook = reporter.on_unraisable

    def uninstall() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
        faulthandler.disable()
        if watched_before and sys.__stderr__ is not None:
            faulthandler.enable(sys.__stderr__)
        if report is not None:
            report.close()
            Path(report.name).unlink(missing_ok=True)
        log.removeHandler(handler)
        handler.close()

    return uninstall


def report(words: str, error: Exception) -> None:
    """Tell of an error that work in this thread ended with, as if nobody had caught it; ``words`` say what could not be done."""
    thread = threading.current_thread()
    hook = getattr(threading.excepthook, "__self__", None)
    if isinstance(hook, _Reporter):
        hook.on_work(words, error, thread.name)
    else:
        threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, thread)))


def previous_crash() -> str | None:
    """What the crash handler wrote when an earlier start of the program died, or None."""
    return _previous


class _Reporter:
    """The hooks. A hook that fails would hide the fault that it was called for, so each does as little as can be."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._tell("window", kind, error, trace, threading.current_thread().name)

    def on_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            name = args.thread.name if args.thread else "a thread"
            self._tell("thread", args.exc_type, args.exc_value, args.exc_traceback, name)

    def on_work(self, words: str, error: Exception, thread: str) -> None:
        self._tell("thread", type(error), error, error.__traceback__, thread, f"{words}: ")

    def on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        self._tell("cleanup", args.exc_type, args.exc_value, args.exc_traceback, threading.current_thread().name)

    def _tell(
        self,
        origin: Origin,
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
        thread: str,
        before: str = "",
    ) -> None:
        words = before + (f"{kind.__name__}: {error}" if str(error or "") else kind.__name__)
        text = "".join(traceback.format_exception(kind, error, trace))
        log.error("unexpected error in %s (%s)\n%s", thread, origin, text)
        self._mailbox.put(ErrorReport(origin, words, text, thread))


class _RegularLog(RotatingFileHandler):
    """A log that keeps silent where it cannot be written: a pipe in its place would hold up whoever has something to tell."""

    def _open(self) -> Any:
        return open_regular(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging calls it so
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


class _VisibleFormatter(logging.Formatter):
    """Spells out what is hidden: a log is read in terminals too."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record), lines=True)


def open_log(place: Path) -> logging.Handler:
    """Write the program's log to a file in this folder."""
    handler = _RegularLog(place / "visualnet.log", maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8", delay=True)
    handler.setFormatter(_VisibleFormatter("%(asctime)s %(levelname)s %(threadName)s: %(message)s"))
    log.addHandler(handler)
    if log.level == logging.NOTSET:
        log.setLevel(logging.INFO)
    return handler


def _watch_for_crashes(place: Path) -> IO[str] | None:
    """Let a hard crash write its stacks to a file of this process, and pick up what an earlier one wrote. None: there can be no file."""
    global _previous
    _previous = _collect(place)
    try:
        report = open_regular(place / f"crash-{os.getpid()}.txt", "w", encoding="utf-8")
    except OSError as error:
        log.info("a crash could leave no report: %s", error)
        return None
    _hold(report)
    faulthandler.enable(report, all_threads=True)
    return report


def _collect(place: Path) -> str | None:
    found = []
    for path in sorted(place.glob("crash-*.txt")):
        try:
            with open_regular(path, "r+", encoding="utf-8", errors="replace") as report:
                if not _hold(report):
                    continue
                text = report.read(_LONGEST_REPORT)
            path.unlink()
        except OSError:
            continue  # another window of the program still has it
        if text.strip():
            found.append(text)
    return "\n".join(found) or None


def _hold(report: IO[str]) -> bool:
    """Take the file for this process; False when a living one has it. Windows refuses the removal instead."""
    return sys.platform == "win32" or try_lock(report.fileno())
