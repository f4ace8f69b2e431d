"""Who answers which action of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.app import exporting, questions
from visualnet.app.widgets.shortcuts_dialog import ShortcutsDialog

if TYPE_CHECKING:
    from visualnet.app.window import Window

PANELS = {
    "view.palette": "palette",
    "view.inspector": "inspector",
    "view.problems": "problems",
    "view.training": "training",
    "view.runs": "runs",
    "view.maps": "maps",
    "view.attention": "attention",
    "view.code": "code",
    "view.reference": "reference",
    "view.about_network": "about",
    "view.differences": "differences",
}


def answer_actions(window: Window) -> None:
    """Give every action of the table its handler."""
    on, filing, canvas = window.actions_.on, window.filing, window.canvas
    for action_id, handler in {
        "file.new": window.show_start,
        "file.empty": filing.new,
        "file.open": filing.ask_open,
        "file.open_recent": filing.fill_recent,
        "file.save": filing.save,
        "file.save_as": filing.save_as,
        "file.export_code": lambda: exporting.export_code(window),
        "file.export_picture": lambda: exporting.export_picture(window),
        "file.close": window.close_project,
        "file.quit": window.close,
        "edit.undo": lambda: window.studio.document.undo(),
        "edit.redo": lambda: window.studio.document.redo(),
        "graph.next_problem": lambda: window.panel("problems").step(1),
        "graph.prev_problem": lambda: window.panel("problems").step(-1),
        "train.start": window.train,
        "train.pause": window.runner.pause,
        "train.resume": window.runner.resume,
        "train.stop": window.runner.stop,
        "view.reset": window.spaces.reset,
        "help.command_palette": window.palette_popup.open,
        "help.reference": window.show_reference,
        "help.explain": window.explain,
        "view.heat": window.heat.fill_menu,
        "view.compare": window.show_comparison,
        "help.shortcuts": lambda: ShortcutsDialog(window.actions_, window).exec(),
        "help.start_page": window.show_start,
        "help.about": lambda: questions.about(window),
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
    for action_id, name in PANELS.items():
        dock = window.spaces.docks[name]
        on(action_id, lambda state, n=name: window.show_dock(n, state))
        dock.visibilityChanged.connect(lambda _, a=action_id, d=dock: window.actions_.set_checked(a, not d.isHidden()))
    canvas.handle(window.actions_)
    assert not window.actions_.check(), window.actions_.check()
