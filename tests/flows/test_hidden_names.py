"""A file whose name holds hidden characters: no word of the window lets them through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QMenu, QTabBar, QWidget

from tests.contract.test_hidden_characters import hidden
from tests.flows.hands import Hands
from visualnet.app.shell.project_files import templates
from visualnet.app.shell.window import Window

NAME = "net\u202e\u2066\x1b[31m\u200bfdp"


def told() -> dict[str, str]:
    """All words of all widgets, by where they stand, that hold a hidden character."""
    found = {}
    for widget in (w for top in QApplication.topLevelWidgets() for w in (top, *top.findChildren(QWidget))):
        getters: list[Any] = [widget.windowTitle, widget.toolTip, widget.accessibleName, widget.accessibleDescription]
        getters += [
            getattr(widget, name) for name in ("text", "title", "toPlainText") if callable(getattr(widget, name, None))
        ]
        texts = [str(get()) for get in getters if callable(get)]
        if isinstance(widget, QTabBar):
            texts += [get(at) for at in range(widget.count()) for get in (widget.tabText, widget.tabToolTip)]
        if isinstance(widget, QMenu):
            texts += [action.text() for action in widget.actions()]
        found.update({f"{type(widget).__name__} {text[:80]!a}": "" for text in texts if hidden(text)})
    return found


def test_no_word_of_the_window_holds_a_hidden_character(window: Window, hands: Hands, tmp_path: Path) -> None:
    folder = tmp_path / "of\u2067lder"
    folder.mkdir()
    for name in (NAME, "other"):
        path = folder / f"{name}.vnet"
        path.write_bytes(templates()["perceptron-points"].read_bytes())
        assert window.project_files.open(path)
    window.project_files.tabs.show(window.project_files.tabs.all[0])
    hands.rest(0.05)
    (folder / f"{NAME}.vnet").write_bytes(templates()["mlp-mnist"].read_bytes())
    window.project_files.tick()
    broken = folder / f"{NAME}-broken.vnet"
    broken.write_text("{")
    window.project_files.open(broken)
    menu = QMenu(window)
    window.project_files.fill_recent(menu)
    hands.rest(0.05)
    assert any("\\u202e" in action.text() for action in menu.actions())
    assert "\\u202e" in window.strip.tabText(0)
    assert told() == {}
