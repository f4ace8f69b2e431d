"""What the guide says of menus, keys and buttons is so in the program."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.pages import GUIDE, ROOT, name_of, prose
from visualnet.app.features.registry import all_actions

ACTIONS = {(spec.menu, spec.name): spec for spec in all_actions()}
SHORTCUTS = {key for spec in all_actions() for key in spec.shortcuts}
GENERAL = {"Return", "Esc", "Alt", "Shift", "Ctrl+Shift"}
"""Keys of every program, and those that are held while the mouse does something."""
TERMINAL = {"docs/guide/command-line.md": {"Ctrl+C"}}
"""Keys of other programs."""

_ACTION = re.compile(r"\*\*(\w+) > ([^*]+)\*\*")
_KEYS = r"<kbd>([^<]+)</kbd>"
_BEHIND = re.compile(r"\*\*(\w+) > ([^*]+)\*\*,? ?\(?" + _KEYS)
_BEFORE = re.compile(_KEYS + r" \(\*\*(\w+) > ([^*]+)\*\*")


def pairs(page: Path) -> list[tuple[str, str, str]]:
    """Menu, name and keys, wherever they stand side by side."""
    text = " ".join(prose(page).split())
    return _BEHIND.findall(text) + [(menu, name, keys) for keys, menu, name in _BEFORE.findall(text)]


@pytest.mark.parametrize("page", GUIDE, ids=name_of)
def test_every_action_is_in_its_menu(page: Path) -> None:
    named = [tuple(" ".join(part.split()) for part in found) for found in _ACTION.findall(prose(page))]
    assert [found for found in named if found not in ACTIONS] == []


@pytest.mark.parametrize("page", GUIDE, ids=name_of)
def test_keys_do_what_the_page_says(page: Path) -> None:
    wrong = [pair for pair in pairs(page) if pair[2] not in ACTIONS[pair[:2]].shortcuts]
    assert wrong == []
    introduced = {keys for _, _, keys in pairs(page)} | GENERAL | TERMINAL.get(name_of(page), set())
    alone = set(re.findall(_KEYS, prose(page))) - introduced
    assert alone == set(), "keys that stand alone, with no action beside them anywhere on the page"


def test_the_readmes_keys_are_keys_of_the_program() -> None:
    text = prose(ROOT / "README.md")
    named = re.findall(r"\b(?:(?:Ctrl|Shift|Alt)\+)+\w+\b|\bF\d+\b", text)
    assert len(named) > 10
    assert [keys for keys in named if keys not in SHORTCUTS] == []


def test_the_guide_reaches_every_menu() -> None:
    """A guide that names hardly anything could not rot."""
    named = {found for page in GUIDE for found in _ACTION.findall(prose(page))}
    assert {menu for menu, _ in named} == {spec.menu for spec in all_actions()}
    assert len(named) > 50


@cache
def _strings() -> str:
    """All text in the program and in what it shows."""
    found: list[str] = []
    for file in sorted((ROOT / "visualnet").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    for file in sorted((ROOT / "resources" / "lessons").glob("*.json")):
        found.append(json.dumps(json.loads(file.read_text(encoding="utf-8")), ensure_ascii=False))
    return "\n".join(" ".join(words.split()) for words in found).casefold()


@pytest.mark.parametrize("page", GUIDE, ids=name_of)
def test_what_is_quoted_stands_in_the_program(page: Path) -> None:
    quoted = re.findall("“([^”]+)”", " ".join(prose(page).split()))
    assert [words for words in quoted if words.casefold() not in _strings()] == []
