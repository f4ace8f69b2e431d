"""Quick add: what one key costs, over all layers, a project's blocks and a full library."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from typing import NamedTuple

TYPED = ("conv 5x5 16 s2", "residual", "attention heads=8", "fully connected", "batch", "squeeze", "zzz")
KEPT = 100
"""Blocks in the person's own library."""


class Row(NamedTuple):
    """One measured figure."""

    name: str
    value: float
    unit: str
    note: str


def run() -> list[Row]:
    """Type every query letter by letter with real key events; a key's time ends when the list is painted."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VISUALNET_HOME"] = folder
        return _measured()


def _measured() -> list[Row]:
    from PySide6.QtCore import QPoint
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget

    from visualnet.app.canvas.editors.quick_add import QuickAdd
    from visualnet.core.edits import definitions
    from visualnet.core.storage import project_file
    from visualnet.core.user import block_library

    app = QApplication.instance() or QApplication([])
    shipped = block_library.find("residual_bottleneck")
    for number in range(KEPT):
        called = f"kept_{number}"
        project = definitions.rename_block(shipped.project, shipped.name, called)
        project_file.save(block_library.library_dir() / f"{called}{project_file.SUFFIX}", project)
    holder = QWidget()
    holder.resize(1000, 800)
    holder.show()
    popup = QuickAdd(holder)
    opened, keys = [], []
    for text in TYPED:
        began = time.perf_counter()
        popup.open(QPoint(20, 20), shipped.project, "", None, lambda *_: None)
        app.processEvents()
        opened.append((time.perf_counter() - began) * 1e3)
        for letter in text:
            began = time.perf_counter()
            QTest.keyClick(popup.field, letter)
            app.processEvents()
            keys.append((time.perf_counter() - began) * 1e3)
        popup.close_()
    listed = len(popup._found)
    keys.sort()
    note = f"{listed} entries, {len(keys)} keys, painting included"
    return [
        Row("a key in quick add, median", statistics.median(keys), "ms", f"≤ 5 wanted; {note}"),
        Row("a key in quick add, 95th percentile", keys[int(0.95 * len(keys))], "ms", note),
        Row(
            "quick add opens",
            statistics.median(opened),
            "ms",
            f"the first time {opened[0]:.0f} ms: the library is read",
        ),
    ]
