"""Declares the start page: what is shown before a project is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import SIGNAL
from PySide6.QtWidgets import QWidget

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, Page
from visualnet.app.state.studio import Studio
from visualnet.templates.lessons import lessons


def make_page(studio: Studio) -> QWidget:
    from visualnet.app.features.start_page.page import StartPage

    shell = studio.shell
    assert studio.settings is not None
    # Nobody begins a lesson where that feature is not there. (Not by QMetaMethod.fromSignal: PySide 6.11 keeps what it is asked about.)
    begun = studio.receivers(SIGNAL("lesson_requested(QString)")) > 0
    page = StartPage(studio, studio.settings, tuple(lessons()) if begun else ())
    page.template_chosen.connect(studio.template_requested)
    page.lesson_chosen.connect(studio.lesson_requested)
    page.file_chosen.connect(lambda name: shell.open_dropped(Path(name)))
    page.empty_chosen.connect(lambda: shell.run_action("file.empty"))
    page.open_asked.connect(lambda: shell.run_action("file.open"))
    page.recent.reopen_asked.connect(lambda: shell.run_action("file.reopen_last"))
    return page


def show(studio: Studio) -> None:
    """Cover the canvas with the page."""
    studio.shell.show_page(FEATURE.id)


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("file.new", 10, "New…", "Start a network from a template or from nothing", "new", "Ctrl+N Ctrl+T",
               show, anywhere=True),
    ActionSpec("help.start_page", 20, "Start page", "Templates and recent files", "home", "", show, anywhere=True),
)
# fmt: on
FEATURE = Feature(
    "start_page",
    "Where one begins: templates with pictures of their graphs, short lessons, and the files opened lately.",
    page=Page("Start", make_page, home=True),
    actions=ACTIONS,
)
