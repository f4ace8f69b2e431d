"""What the guide says of menus, keys and buttons is so in the program."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMenu

from tests.docs.pages import GUIDE, ROOT, name_of, prose
from visualnet.app.shell.window import Window
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.core.user.settings import Settings

Menus = dict[tuple[str, str], set[str]]
"""The keys of each entry of a menu, by menu and name; in a submenu the name is led by its title: “Panels > Code”."""
GENERAL = {"Return", "Esc", "Alt", "Shift", "Ctrl+Shift", "Ctrl+A"}
"""Keys of every program (Ctrl+A in a field), and those that are held while the mouse does something."""
TERMINAL = {"docs/guide/command-line.md": {"Ctrl+C"}, "docs/guide/train-elsewhere.md": {"Ctrl+C"}}
"""Keys of other programs."""

_ACTION = re.compile(r"\*\*(\w+) > ([^*]+)\*\*")
_KEYS = r"<kbd>([^<]+)</kbd>"
_BEHIND = re.compile(r"\*\*(\w+) > ([^*]+)\*\*,? ?\(?" + _KEYS)
_BEFORE = re.compile(_KEYS + r" \(\*\*(\w+) > ([^*]+)\*\*")


@pytest.fixture(scope="module")
def menus(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Menus:
    """What stands in the menus of a new window, as the table of actions fills them."""
    window = Window(Settings(tmp_path_factory.mktemp("names") / "settings.json"), ThemeKeeper(qapp, "light"))
    found: Menus = {}
    for menu in window.topbar.findChildren(QMenu):
        title, *inner = menu.objectName().split(".")[1:] or [menu.title().replace("&", "")]
        for action in menu.actions():
            name = action.text().replace("&", "").rstrip("…")
            keys = {key.toString(QKeySequence.SequenceFormat.PortableText) for key in action.shortcuts()}
            found.setdefault((title, " > ".join((*inner, name))), set()).update(keys)
    window.close()
    window.deleteLater()
    qapp.processEvents()
    return found


def pairs(page: Path) -> list[tuple[str, str, str]]:
    """Menu, name and keys, wherever they stand side by side."""
    text = " ".join(prose(page).split())
    return _BEHIND.findall(text) + [(menu, name, keys) for keys, menu, name in _BEFORE.findall(text)]


@pytest.mark.parametrize("page", GUIDE, ids=name_of)
def test_every_action_is_in_its_menu(page: Path, menus: Menus) -> None:
    named = [tuple(" ".join(part.split()) for part in found) for found in _ACTION.findall(prose(page))]
    assert [found for found in named if found not in menus] == []


@pytest.mark.parametrize("page", GUIDE, ids=name_of)
def test_keys_do_what_the_page_says(page: Path, menus: Menus) -> None:
    wrong = [pair for pair in pairs(page) if pair[2] not in menus[pair[:2]]]
    assert wrong == []
    introduced = {keys for _, _, keys in pairs(page)} | GENERAL | TERMINAL.get(name_of(page), set())
    alone = set(re.findall(_KEYS, prose(page))) - introduced
    assert alone == set(), "keys that stand alone, with no action beside them anywhere on the page"


def test_the_readmes_keys_are_keys_of_the_program(menus: Menus) -> None:
    text = prose(ROOT / "README.md")
    named = re.findall(r"\b(?:(?:Ctrl|Shift|Alt)\+)+\w+\b|\bF\d+\b", text)
    assert len(named) > 10
    assert [keys for keys in named if keys not in set().union(*menus.values())] == []


def test_the_guide_reaches_every_menu(menus: Menus) -> None:
    """A guide that names hardly anything could not rot."""
    named = {found for page in GUIDE for found in _ACTION.findall(prose(page))}
    assert {menu for menu, _ in named} == {menu for menu, _ in menus if menu}
    assert len(named) > 50


@cache
def _strings() -> str:
    """The source and what it shows, with strings that go on in the next line put together."""
    found = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "visualnet").rglob("*.py"))]
    for file in sorted((ROOT / "resources" / "lessons").glob("*.json")):
        found.append(json.dumps(json.loads(file.read_text(encoding="utf-8")), ensure_ascii=False))
    joined = re.sub(r'"\s*\n\s*f?"', "", "\n".join(found))
    return joined.casefold()


@pytest.mark.parametrize("page", GUIDE, ids=name_of)
def test_what_is_quoted_stands_in_the_program(page: Path) -> None:
    quoted = re.findall("“([^”]+)”", " ".join(prose(page).split()))
    assert [words for words in quoted if words.casefold() not in _strings()] == []
