"""The watch in conftest.py finds what it is there for, and lets clean tests pass."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent

CASES = """
import logging, threading, time, warnings
import pytest
from PySide6.QtCore import QObject, QThread, QTimer, qWarning
from PySide6.QtWidgets import QApplication, QLabel, QWidget

kept = []
stop = threading.Event()

def test_bad_thread():
    threading.Thread(target=stop.wait, name="left-behind").start()

def test_bad_timer(qapp):
    timer = QTimer()
    timer.start(1000)
    kept.append(timer)

class Idle(QThread):
    def run(self):
        stop.wait()

def test_bad_qt_thread(qapp):
    kept.append(Idle())
    kept[-1].start()

def test_bad_window(qapp):
    kept.append(QLabel())
    kept[-1].setObjectName("forgotten")
    kept[-1].show()

def test_bad_log():
    logging.getLogger("visualnet.some").warning("unasked %d", 7)

def test_bad_warning():
    warnings.warn("old", DeprecationWarning)

def test_bad_qt_message(qapp):
    qWarning("a Qt message")

def test_good_thread():
    threading.Thread(target=time.sleep, args=(0.05,)).start()

def test_good_timer_of_a_closed_window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.timer = QTimer(window)
    window.timer.start(10)
    window.show()

def test_good_cycle(qapp):
    window = QWidget()
    window.me = window
    window.timer = QTimer()
    window.timer.start(10)

def test_good_stopped_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(10)
    kept[-1].stop()

@pytest.mark.expects_log
def test_good_log():
    logging.getLogger("visualnet").error("asked for")

def test_good_information():
    logging.getLogger("visualnet").info("all is well")

def test_zz_end(qapp):
    stop.set()
    assert [thing.wait(60_000) for thing in kept if isinstance(thing, QThread)] == [True]
"""

SETTINGS = """
[pytest]
filterwarnings = error
qt_api = pyside6
qt_log_level_fail = WARNING
markers = expects_log: x
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("watched")
    conftest, found = re.subn(r"^GRACE_S = .*", "GRACE_S = 0.3", (HERE / "conftest.py").read_text("utf-8"), flags=re.M)
    assert found == 1
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    (folder / "test_cases.py").write_text(CASES, encoding="utf-8")
    (folder / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", str(folder)]
    plain = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return subprocess.run(command, cwd=folder, env=plain, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("thread", "thread 'left-behind' still runs; started at"),
        ("timer", "QTimer still runs; started at"),
        ("qt_thread", "Idle still runs; started at"),
        ("window", "window QLabel 'forgotten'"),
        ("log", "it logged, unasked: WARNING visualnet.some: unasked 7"),
        ("warning", "DeprecationWarning: old"),
        ("qt_message", "a Qt message"),
    ],
)
def test_each_thing_left_or_said_fails_its_test(outcome: str, case: str, words: str) -> None:
    lines = outcome.splitlines()
    summary = [line for line in lines if line.startswith(("FAILED", "ERROR")) and f"::test_bad_{case} " in line + " "]
    assert summary, outcome
    assert words in outcome
    if "started at" in words:
        place = next(line for line in lines if words in line).split("started at ")[1]
        assert "test_cases.py:" in place
        assert place.endswith(f"in test_bad_{case}")


def test_clean_tests_pass(outcome: str) -> None:
    good = [line for line in outcome.splitlines() if "::test_good_" in line or "::test_zz_" in line]
    assert len(good) == 7
    assert all("PASSED" in line for line in good), outcome
