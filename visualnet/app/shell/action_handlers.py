"""Who answers which action of the table."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMenu

from visualnet.app.shell import prompts
from visualnet.app.shell.extra_windows import ExtraWindows
from visualnet.app.shell.frame import Frame
from visualnet.app.shell.open_projects import Tab
from visualnet.app.widgets.modal import answer_of
from visualnet.app.widgets.shortcuts_dialog import ShortcutsDialog


def answer_actions(window: Frame, views: ExtraWindows) -> None:
    """Give every action of the table its handler."""
    on, filing, canvas = window.actions_.on, window.filing, window.canvas
    for action_id, handler in {
        "file.new": window.show_start,
        "file.empty": filing.new,
        "file.open": filing.ask_open,
        "file.open_recent": filing.fill_recent,
        "file.save": filing.save,
        "file.save_as": filing.save_as,
        "file.close": lambda: views.close_active() or filing.close_tab(),
        "file.close_others": filing.close_others,
        "file.copy_path": lambda: copy_path(filing.tabs.front),
        "file.show_folder": lambda: show_folder(filing.tabs.front),
        "file.reopen_last": filing.reopen,
        "file.reopen": filing.set_reopening,
        "view.next_tab": lambda: filing.tabs.step(1),
        "view.previous_tab": lambda: filing.tabs.step(-1),
        "file.quit": window.close,
        "edit.undo": lambda: window.studio.document.undo(),
        "edit.redo": lambda: window.studio.document.redo(),
        "train.start": window.train,
        "train.pause": window.runner.pause,
        "train.resume": window.runner.resume,
        "train.stop": window.runner.stop,
        "view.reset": window.spaces.reset,
        "view.second": views.open,
        "help.command_palette": window.palette_popup.open,
        "help.shortcuts": lambda: answer_of(ShortcutsDialog(window.actions_, window)),
        "help.start_page": window.show_start,
        "help.about": lambda: prompts.about(window),
        "view.text_size": window.keeper.fill_sizes,
        "view.text_larger": lambda: window.keeper.step_text_size(1),
        "view.text_smaller": lambda: window.keeper.step_text_size(-1),
        "view.text_normal": lambda: window.keeper.set_text_size(100),
        "view.theme_system": lambda _: window.set_mode("system"),
        "view.theme_dark": lambda _: window.set_mode("dark"),
        "view.theme_light": lambda _: window.set_mode("light"),
        "view.theme_contrast": lambda _: window.set_mode("contrast"),
        "view.theme_contrast_light": lambda _: window.set_mode("contrast-light"),
    }.items():
        on(action_id, handler)
    for space in ("build", "train", "inspect"):
        on(f"view.workspace_{space}", lambda _, s=space: window.show_space(s))
    for feature in window.features:
        for spec in feature.actions:
            if spec.run is not None:
                on(spec.id, partial(spec.run, window.studio))
        if feature.dock is not None:
            dock, action_id = window.spaces.docks[feature.id], feature.dock.toggle.id
            on(action_id, partial(window.spaces.set_shown, feature.id))
            dock.visibilityChanged.connect(
                lambda _, a=action_id, d=dock: window.actions_.set_checked(a, not d.isHidden())
            )
    window.actions_.set_checked("file.reopen", filing.reopening)
    canvas.handle(window.actions_)
    assert not window.actions_.check(), window.actions_.check()


def copy_path(tab: Tab) -> None:
    """Put the path of a tab's file on the clipboard."""
    QApplication.clipboard().setText(str(tab.path or ""))


def show_folder(tab: Tab) -> None:
    """Open the folder of a tab's file in the system's own file manager."""
    if tab.path is not None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(tab.path.absolute().parent)))


def fill_tab_menu(window: Frame, menu: QMenu, tab: Tab) -> None:
    """What a right click on a tab offers; the words are the table's own."""
    filing, specs = window.filing, window.actions_.specs
    saved, several = tab.path is not None, len(filing.tabs) > 1
    for action_id, able, done in (
        ("file.close", True, lambda: filing.close_tab(tab)),
        ("file.close_others", several, lambda: filing.close_others(tab)),
        ("", True, None),
        ("file.copy_path", saved, lambda: copy_path(tab)),
        ("file.show_folder", saved, lambda: show_folder(tab)),
    ):
        if done is None:
            menu.addSeparator()
        else:
            action = menu.addAction(specs[action_id].text)
            action.setEnabled(able)
            action.triggered.connect(done)
