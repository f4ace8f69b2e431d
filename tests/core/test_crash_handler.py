"""What nobody foresaw is logged and told; a crash is told by the next start."""

from __future__ import annotations

import faulthandler
import gc
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from visualnet.core.process import crash_handler
from visualnet.core.process.mailbox import Mailbox

ROOT = Path(__file__).resolve().parents[2]

CRASH = """
import sys, faulthandler
from pathlib import Path
from visualnet.core.process import crash_handler
from visualnet.core.process.mailbox import Mailbox
crash_handler.install(Mailbox(), Path(sys.argv[1]))
if sys.argv[2] == "crash":
    faulthandler._sigsegv()
"""


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    made = Mailbox()
    # What is logged here is wanted, so it must not reach the watch that fails tests for stray logs.
    crash_handler.log.propagate = False
    uninstall = crash_handler.install(made, tmp_path)
    yield made
    uninstall()
    crash_handler.log.propagate = True


def test_an_exception_in_the_window_is_logged_and_told(box: Mailbox, tmp_path: Path) -> None:
    try:
        raise ValueError("out of cheese")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    (fault,) = box.drain()
    assert fault.origin == "window" and fault.words == "ValueError: out of cheese"
    assert "test_crash_handler.py" in fault.trace
    assert "out of cheese" in (tmp_path / "visualnet.log").read_text(encoding="utf-8")


def test_an_exception_in_a_thread_is_told_with_its_name(box: Mailbox) -> None:
    failing = threading.Thread(target=lambda: 1 // 0, name="worker 7")
    failing.start()
    failing.join()
    (fault,) = box.drain()
    assert (fault.origin, fault.thread) == ("thread", "worker 7") and "ZeroDivisionError" in fault.words


def test_a_failing_finalizer_is_told(box: Mailbox) -> None:
    class Bad:
        def __del__(self) -> None:
            raise RuntimeError("in cleanup")

    Bad()
    gc.collect()
    assert [fault.origin for fault in box.drain()] == ["cleanup"]


def test_uninstalling_leaves_all_as_it_was(tmp_path: Path) -> None:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook, list(logging.getLogger("visualnet").handlers)
    watched = faulthandler.is_enabled()
    crash_handler.install(Mailbox(), tmp_path)()
    after = sys.excepthook, threading.excepthook, sys.unraisablehook, list(logging.getLogger("visualnet").handlers)
    assert before == after and faulthandler.is_enabled() == watched
    assert list(tmp_path.glob("crash-*.txt")) == []


def test_a_crash_is_offered_once(tmp_path: Path) -> None:
    assert _start(tmp_path, "crash") != 0
    crash_handler.install(Mailbox(), tmp_path)()
    told = crash_handler.previous_crash()
    assert told is not None and "Segmentation fault" in told
    crash_handler.install(Mailbox(), tmp_path)()
    assert crash_handler.previous_crash() is None


def test_a_quiet_end_is_no_crash(tmp_path: Path) -> None:
    assert _start(tmp_path, "end") == 0
    crash_handler.install(Mailbox(), tmp_path)()
    assert crash_handler.previous_crash() is None and list(tmp_path.glob("crash-*.txt")) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there an open file cannot be removed at all")
def test_the_report_of_a_living_window_is_left_alone(tmp_path: Path) -> None:
    with (tmp_path / "crash-1.txt").open("w", encoding="utf-8") as living:
        assert crash_handler._hold(living)
        living.write("still running")
        living.flush()
        crash_handler.install(Mailbox(), tmp_path)()
        assert crash_handler.previous_crash() is None
    assert (tmp_path / "crash-1.txt").exists()


def _start(place: Path, what: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(place), what], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    return done.returncode
