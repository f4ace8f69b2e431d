"""Quiet or red: what a test leaves behind, or says unasked, fails it and names where it began.

Watched: threads, Qt timers and threads, top-level windows, log records of level WARNING or above. Warnings and Qt's own
messages fail through pytest's and pytest-qt's settings in pyproject.toml.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Protocol

# A hundred processes are started by the tests: each would compile the program anew (0.4 s), and each run rewrite every
# assertion (9 s for each process of pytest), were nothing kept in __pycache__.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Before anything imports Qt or torch.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
HOMES = Path(tempfile.mkdtemp(prefix="visualnet-tests-"))
os.environ["VISUALNET_HOME"] = str(HOMES / "collection")

import pytest  # noqa: E402

GRACE_S = 30.0
"""How long a thread that was told to stop may take to end after its test."""

UNANSWERED_MS = 60_000
"""A dialog that stands from one look to the next, so much later, is answered by nobody."""

_GC_FREEZE, _GC_UNFREEZE = gc.freeze, gc.unfreeze

_places: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
_homes = count(1)


# --- options and settings -------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--wide", action="store_true", help="what CI draws besides: 500 random graphs, every small network, …"
    )
    parser.addoption(
        "--thorough", action="store_true", help="5,000 random graphs, 10,000 mutants, every large figure, …"
    )


def pytest_configure(config: pytest.Config) -> None:
    from hypothesis import HealthCheck, settings

    # Two shared cores make examples slow now and then; that is no fault of the code. The suite draws the same examples
    # each time, so that red means changed; the thorough run looks for new ones.
    calm: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("suite", max_examples=20, derandomize=True, database=None, **calm)
    settings.register_profile("wide", max_examples=100, derandomize=True, database=None, **calm)
    settings.register_profile("thorough", max_examples=1000, print_blob=True, **calm)
    settings.load_profile(next((name for name in ("thorough", "wide") if config.getoption(f"--{name}")), "suite"))
    _give_patience()
    _hear_signals()
    threading.Thread.start = _noting_place(threading.Thread.start)  # type: ignore[method-assign]
    logging.getLogger().addHandler(_log)
    gc.disable()  # while tests are collected there is nothing to free: 2 s for each process of pytest


def _give_patience() -> None:
    """Let pytest-qt wait as long as `tests.waiting` does; five seconds are not enough on a machine with other things to do."""
    from pytestqt.qtbot import QtBot

    for wait in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive", "waitCallback"):
        getattr(QtBot, wait).__kwdefaults__["timeout"] = 60_000


def _hear_signals() -> None:
    """Under nohup, or in the background of a script, SIGHUP and SIGINT are ignored, here and in every child; tests send them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_unconfigure() -> None:
    logging.getLogger().removeHandler(_log)
    shutil.rmtree(HOMES, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes begins first, so that the other processes work beside it to the end; what is wide waits for its option."""
    items.sort(key=lambda item: item.get_closest_marker("first") is None)
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("more")
    from tests.sampling import mark_wide

    mark_wide(items)
    if not (config.getoption("--wide") or config.getoption("--thorough")):
        waiting = [item for item in items if item.get_closest_marker("wide") is not None]
        config.hook.pytest_deselected(items=waiting)
        items[:] = [item for item in items if item.get_closest_marker("wide") is None]


def pytest_collection_finish() -> None:
    gc.enable()
    _hide_from_collector()


def _hide_from_collector() -> None:
    """Keep all that is there now from the garbage collector: modules and the tests themselves stay.

    A full collection would walk over their 750,000 objects (0.4 s), and each window that a test closes takes one or more. The program's
    own freezing must not bring them back in sight, nor take away what tests have made; a test of just that uses `program_freezes`.
    """
    gc.collect()
    _GC_FREEZE()
    gc.freeze = gc.unfreeze = lambda: None


@pytest.fixture
def program_freezes() -> Iterator[None]:
    """The garbage collector as the program has it: everything is in sight, until the program freezes it."""
    gc.freeze, gc.unfreeze = _GC_FREEZE, _GC_UNFREEZE
    gc.unfreeze()
    yield
    gc.unfreeze()
    _hide_from_collector()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What a test has to tell even when it passes: the seed that it drew. Also from the processes of a run side by side."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            told = [words for name, words in getattr(report, "user_properties", ()) if name == "told"]
            if told and getattr(report, "when", "") == "teardown":
                terminalreporter.write_line(told[-1])


@pytest.fixture(scope="session")
def thorough(pytestconfig: pytest.Config) -> bool:
    """True under --thorough: draw ten times as many examples."""
    return bool(pytestconfig.getoption("--thorough"))


class Amount(Protocol):
    """How much a test draws: a sample in the suite, more under --wide (CI), all that is sensible under --thorough."""

    def __call__(self, suite: int, *, wide: int, thorough: int) -> int: ...


@pytest.fixture(scope="session")
def amount(pytestconfig: pytest.Config) -> Amount:
    """Chooses the figure of the run that is going on. A test that uses it is marked ``more``, so that CI finds it."""

    def choose(suite: int, *, wide: int, thorough: int) -> int:
        return thorough if pytestconfig.getoption("--thorough") else wide if pytestconfig.getoption("--wide") else suite

    return choose


# --- one check around each test -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def quiet_or_red(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the test a data folder of its own and fail it for all that it leaves running, open or said."""
    os.environ["VISUALNET_HOME"] = str(HOMES / str(next(_homes)))
    _one_torch_thread()
    _text_size_as_drawn()
    _release_mouse_and_keys()
    _watch_qt()
    asked: list[str] = []
    watchdog = _reject_dialogs(asked)
    threads, objects, windows = set(threading.enumerate()), set(_running_qt()), set(_windows())
    _log.records.clear()
    yield
    if watchdog is not None:
        watchdog.stop()
    faults = _left_threads(threads) + _left_in_qt(objects, windows) + asked
    if request.node.get_closest_marker("expects_log") is None:
        faults += [f"it logged, unasked: {words}" for words in _log.records]
    if faults:
        pytest.fail("This test is not quiet:\n- " + "\n- ".join(faults), pytrace=False)


def _one_torch_thread() -> None:
    if (torch := sys.modules.get("torch")) is not None and hasattr(torch, "set_num_threads"):
        torch.set_num_threads(1)


def _text_size_as_drawn() -> None:
    # The text size is one for the process; a window of an earlier test may have left it larger.
    fonts = sys.modules.get("visualnet.app.theme.fonts")
    if fonts is not None and fonts.factor() != 1.0 and (app := _application()) is not None:
        fonts.choose_size(app, 100)


def _release_mouse_and_keys() -> None:
    # Mouse and keyboard are one for the process; a test that ends in the middle of a drag would leave the button down for all
    # that come after it, and a window holds still under a hand that drags.
    gui = sys.modules.get("PySide6.QtGui")
    if gui is None or _application() is None:
        return
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QWidget

    down, modifiers = gui.QGuiApplication.mouseButtons(), gui.QGuiApplication.keyboardModifiers()
    buttons = [button for button in Qt.MouseButton if button in down and button != Qt.MouseButton.NoButton]
    if buttons or modifiers:
        nowhere = QWidget()
        for button in buttons or [Qt.MouseButton.LeftButton]:
            QTest.mouseRelease(nowhere, button)
        nowhere.deleteLater()


def _reject_dialogs(asked: list[str]) -> Any:
    """Give up dialogs that nobody answers, and tell of them: in Qt's own loop no time limit of pytest is heard.

    One that was there a look ago is still unanswered; one that came since may be about to be answered, in a test of many dialogs.
    """
    if _application() is None:
        return None
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QDialog

    def reject() -> None:
        while isinstance(dialog := QApplication.activeModalWidget(), QDialog):
            if not dialog.property("seen_unanswered"):
                dialog.setProperty("seen_unanswered", True)
                return
            asked.append(f"{type(dialog).__name__} {dialog.windowTitle()!r} was not answered")
            dialog.reject()

    timer = QTimer(interval=UNANSWERED_MS)
    timer.timeout.connect(reject)
    timer.start()
    return timer


class _Log(logging.Handler):
    """Keep the words of each warning and error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        place = f"{record.pathname}:{record.lineno}"
        self.records.append(f"{record.levelname} {record.name}: {record.getMessage()} ({place})")


_log = _Log()


# --- where things were started --------------------------------------------------------------------------------------


def _place(depth: int = 6) -> str:
    """Tell the callers' places, the nearest first; much cheaper than a formatted stack."""
    frame, places = sys._getframe(2), []
    while frame is not None and len(places) < depth and "_pytest" not in frame.f_code.co_filename:
        if not frame.f_code.co_filename.endswith(("threading.py", "conftest.py")):
            places.append(f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}")
        frame = frame.f_back  # type: ignore[assignment]
    return "\n    from ".join(places)


def _noting_place(start: Callable[..., Any]) -> Callable[..., Any]:
    def noting(self: Any, *args: Any, **kwargs: Any) -> Any:
        _places[self] = _place()
        return start(self, *args, **kwargs)

    return noting


# --- threads --------------------------------------------------------------------------------------------------------


def _left_threads(before: set[threading.Thread]) -> list[str]:
    deadline = time.monotonic() + GRACE_S
    while (left := _new_threads(before)) and time.monotonic() < deadline:
        time.sleep(0.005)
    return [f"thread {t.name!r} still runs; started at {_places.get(t, 'an unknown place')}" for t in left]


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    # A dummy stands for a foreign (C++) thread that once ran Python; it stays listed after that thread is gone.
    return [t for t in threading.enumerate() if t not in before and not isinstance(t, threading._DummyThread)]


# --- Qt: only what a test that made an application can leave ---------------------------------------------------------


def _watch_qt() -> None:
    """Note where timers and Qt threads are started, once Qt is there."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None or hasattr(core.QTimer, "_noted"):
        return
    for kind in (core.QTimer, core.QThread):
        kind.start = _noting_place(kind.start)
        kind._noted = True


def _application() -> Any:
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets is not None else None


def _running_qt() -> list[Any]:
    """List the timers and Qt threads that run now."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return []
    from shiboken6 import isValid

    found = [t for ref in _places.keyrefs() if isinstance(t := ref(), core.QObject) and isValid(t)]
    return [thing for thing in found if (thing.isActive() if isinstance(thing, core.QTimer) else thing.isRunning())]


def _windows() -> dict[int, Any]:
    """Address → widget, for each top-level widget that no other widget owns."""
    application = _application()
    if application is None or not hasattr(application, "topLevelWidgets"):
        return {}
    from shiboken6 import getCppPointer

    tops = [widget for widget in application.topLevelWidgets() if widget.parent() is None]
    return {getCppPointer(widget)[0]: widget for widget in tops if widget.metaObject().className() != "QTipLabel"}


def _left_in_qt(objects_before: set[Any], windows_before: set[int]) -> list[str]:
    if _application() is None:
        return []
    _let_go()
    objects = [thing for thing in _running_qt() if thing not in objects_before]
    windows = [widget for address, widget in _windows().items() if address not in windows_before]
    if not objects and not windows:
        return []
    del objects, windows  # or these lists would keep alive what only waits for the collector
    _finish_what_waits_for_a_pause()
    gc.collect()
    _let_go()
    objects = [thing for thing in _running_qt() if thing not in objects_before]
    windows = [widget for address, widget in _windows().items() if address not in windows_before]
    faults = [f"{type(t).__name__} still runs; started at {_places.get(t, 'an unknown place')}" for t in objects]
    faults += [f"window {type(w).__name__} {w.objectName()!r} {w.windowTitle()!r} is still there" for w in windows]
    for widget in windows:  # the next test starts clean
        widget.close()
        widget.deleteLater()
    return faults


def _finish_what_waits_for_a_pause(seconds: float = 2.0) -> None:
    """Let timers without an interval do the rest of their work (styling what is hidden): one that goes on for ever is left running."""
    core = sys.modules["PySide6.QtCore"]
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(isinstance(t, core.QTimer) and not t.interval() for t in _running_qt()):
        _application().processEvents()


def _let_go() -> None:
    """Carry out the deletions that Qt has put off."""
    core = sys.modules["PySide6.QtCore"]
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
