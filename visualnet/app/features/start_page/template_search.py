"""Which templates a search finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtWidgets import QLayout, QWidget

from visualnet.templates.index import Template


def words_of(template: Template) -> str:
    """What a template is found by: its name, its group, and what is said of it."""
    return " ".join((template.name, template.title, template.group, template.line, template.note)).lower()


def contains_words(words: str, search: str) -> bool:
    """Whether every word of the search is among the words."""
    return all(word in words for word in search.lower().split())


def show_only(
    found: Iterable[QWidget], grids: Iterable[tuple[QWidget, QLayout]], heads: Mapping[QWidget, QWidget]
) -> None:
    """Hide in each grid what was not found, and a grid with its head that nothing was found in."""
    shown = set(found)
    for grid, layout in grids:
        items = [item.widget() for at in range(layout.count()) if (item := layout.itemAt(at)) is not None]
        for widget in items:
            if widget is not None:
                widget.setVisible(widget in shown)
        for each in (grid, heads.get(grid)):
            if each is not None:
                each.setVisible(not shown.isdisjoint(items))
