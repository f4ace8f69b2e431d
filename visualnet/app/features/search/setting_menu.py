"""The entry “Search over this setting” of a setting's menu."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

from visualnet.app.state.studio import Studio
from visualnet.core.project import MAIN


def offer_search(studio: Studio, menu: QMenu, address: str) -> None:
    """Let the setting of this address (`training/experiments/places.py`) be searched over; no entry where there is no page for it."""
    shell = studio.shell
    if shell.page("search") is None:
        return
    document = studio.document

    def begin() -> None:
        shell.show_page("search")
        view = shell.page("search").view
        view.take(document)
        view.add(address)

    menu.addAction("Search over this setting…", begin)


def address_of(sheet: str, node: str, param: str) -> str:
    """The address of a node's parameter."""
    return f"{node}.{param}" if sheet == MAIN else f"{sheet}/{node}.{param}"
