"""From the command to a painted window, and what is not loaded on the way."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

_START = """
import time
began = time.perf_counter()
import os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from visualnet.core.user.settings import Settings
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.shell.window import Window
app = QApplication([])
window = Window(Settings(), ThemeKeeper(app, "dark"))
window.show()
app.processEvents()
window.grab()
print(time.perf_counter() - began, int("torch" in sys.modules))
os._exit(0)
"""
_BARE = """
import time
began = time.perf_counter()
import os
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.show()
app.processEvents()
window.grab()
print(time.perf_counter() - began, 0)
os._exit(0)
"""
ROUNDS = 7


def run() -> list[tuple[str, float, str, str]]:
    """Start the window in fresh processes, in turn with an empty Qt window (the floor)."""
    times: dict[str, list[float]] = {"window": [], "bare": []}
    torch_loaded = 0.0
    for _ in range(ROUNDS):
        for name, code in (("window", _START), ("bare", _BARE)):
            seconds, torch = _once(code)
            times[name].append(seconds)
            torch_loaded += torch
    full, bare = (statistics.median(times[n]) for n in ("window", "bare"))
    return [
        ("start to a painted window, warm", full, "s", "promise: at most 1.0 s"),
        ("an empty Qt window, same run", bare, "s", "the floor"),
        ("torch loaded at start-up", torch_loaded, "", "must be 0"),
    ]


def _once(code: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "VISUALNET_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=60
        )
    seconds, torch = done.stdout.split()[-2:]
    return float(seconds), float(torch)
