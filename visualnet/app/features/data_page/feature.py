"""Declares the panel *Data*."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.app.state.studio import Studio


def open_file(studio: Studio) -> None:
    """Ask for a file, and learn from it."""
    from visualnet.app.features.data_page.own_data_dialog import ask_for_file

    ask_for_file(studio)


def open_folder(studio: Studio) -> None:
    """Ask for a folder, and learn from what is in it."""
    from visualnet.app.features.data_page.own_data_dialog import ask_for_folder

    ask_for_folder(studio)


def download(studio: Studio) -> None:
    """Fetch one of the known sets, and learn from it."""
    from visualnet.app.features.data_page.own_data_dialog import ask_for_download

    ask_for_download(studio)


def take_dropped(studio: Studio, path: Path) -> None:
    """A file or folder was dropped on the window: ask what it is, and learn from it."""
    from visualnet.app.features.data_page.own_data_dialog import choose_own_data

    # After the drag has ended: a question must not hold up the program it came from.
    QTimer.singleShot(0, studio, lambda: choose_own_data(studio, path))


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("train.open_data", 18, "Open data file…", "Learn from a file of your own: a table, texts, arrays", "data", "",
               open_file, anywhere=True, submenu="Open data"),
    ActionSpec("train.open_data_folder", 18, "Open data folder…", "Learn from a folder of your own: pictures, texts, sounds",
               "data", "", open_folder, anywhere=True, submenu="Open data"),
    ActionSpec("train.download_data", 18, "Download a known set…", "Fetch MNIST, CIFAR, SVHN or STL-10 over the network, and learn from it",
               "data", "", download, anywhere=True, submenu="Open data"),
)
# fmt: on
FEATURE = Feature(
    "data",
    "The data that the network learns from: choose them, see samples, figures and findings before you train, prepare them. "
    "A file or folder of your own can be dropped anywhere on the window.",
    dock=Dock(
        "Data",
        lazy("visualnet.app.features.data_page.page:DataPage"),
        "Choose data, see what they hold, prepare them",
        "data",
        workspaces={"data": True},
    ),
    actions=ACTIONS,
    drop=take_dropped,
)
