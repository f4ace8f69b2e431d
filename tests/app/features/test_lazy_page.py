"""A page is imported when it is first shown, and what is imported holds nothing of who showed it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from visualnet.app.features.lazy_page import LazyPage
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core.document import Document
from visualnet.core.project import Project

VIEW = """
from visualnet.app.features.lazy_page import PageView

try:
    import no_such_library
except ImportError as error:
    kept = error

class View(PageView):
    def __init__(self, studio):
        super().__init__()
        self.shown = 0

    def page_shown(self):
        self.shown += 1
"""


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    (tmp_path / "page_of_a_test.py").write_text(VIEW)
    (tmp_path / "faulty_page_of_a_test.py").write_text("raise ValueError('it cannot be read')")
    monkeypatch.syspath_prepend(tmp_path)
    return Studio(Document(Project()), DARK)


def test_an_exception_that_an_import_keeps_holds_no_call_of_who_opened_the_page(studio: Studio, qtbot: QtBot) -> None:
    page = LazyPage("A page", "page_of_a_test:View", studio)
    qtbot.addWidget(page)
    assert "page_of_a_test" not in sys.modules
    page.show()
    assert page.view.shown == 1  # type: ignore[attr-defined]
    error = sys.modules.pop("page_of_a_test").kept
    calls = []
    frame = error.__traceback__.tb_frame
    while frame is not None:
        calls.append(frame.f_code.co_name)
        frame = frame.f_back
    assert "<module>" in calls and not {"view", "showEvent"} & set(calls)


def test_a_page_that_cannot_be_imported_says_so_to_who_asks(studio: Studio, qtbot: QtBot) -> None:
    page = LazyPage("A page", "faulty_page_of_a_test:View", studio)
    qtbot.addWidget(page)
    assert not page.findChildren(QLabel)
    with pytest.raises(ValueError, match="it cannot be read"):
        _ = page.view
