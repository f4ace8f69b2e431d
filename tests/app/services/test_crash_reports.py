"""What Qt complains of is told as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import qCritical

from visualnet.app.services import crash_reports
from visualnet.core.process.crash_handler import ErrorReport, log
from visualnet.core.process.mailbox import Mailbox


def test_what_qt_calls_critical_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox()
    monkeypatch.setattr(log, "propagate", False)  # what is logged here is wanted
    uninstall = crash_reports.install(box, tmp_path)
    qCritical("paint device gone")
    uninstall()
    (fault,) = box.drain()
    assert isinstance(fault, ErrorReport) and fault.origin == "qt" and fault.words == "paint device gone"
