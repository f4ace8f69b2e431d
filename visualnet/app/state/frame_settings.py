"""What the frame remembers for a person: window, theme, workspaces, canvas, where trainings run. A feature declares its own settings."""

from __future__ import annotations

from typing import Any

from visualnet.core.user.settings import OWN_SETTINGS, UserSetting

Section = UserSetting[dict[str, Any]]
Names = UserSetting[list[Any]]

THEME = UserSetting("theme", "system", "Which theme is shown, or that of the system.")
TEXT_SIZE = UserSetting("text_size", 100, "How large words and figures are, in per cent.")
GEOMETRY = UserSetting("geometry", "", "Where the window is and how large, as Qt writes it.")
WORKSPACE = UserSetting("workspace", "build", "The workspace that was open last.")
WORKSPACES: Section = UserSetting(
    "workspaces", {}, "Of each workspace which panels are shown and how large the sides are."
)
OPEN_FILES: Names = UserSetting("open_files", [], "The files that were open when the program was left.")
REOPEN = UserSetting("reopen", False, "Whether these are opened again at the next start.")
SHORTCUTS: Section = UserSetting("shortcuts", {}, "The keys that the person gave to actions, by the id of the action.")
CANVAS: Section = UserSetting(
    "canvas",
    {},
    "How the canvas is seen.",
    {
        "minimap": "Whether the minimap is open.",
        "view.motion": "Whether things glide: as the system is set, always, never.",
    },
)
USED_LAYERS: Section = UserSetting(
    "used_layers", {}, "How often each layer was added: quick add offers the usual ones first."
)
WATCH_BUDGET = UserSetting("watch_budget", 0.05, "The share of the training time that watching may take.")
TRAIN_IN = UserSetting("train_in", "auto", "Whether trainings run in the window or in a process of their own.")
AT_CLOSING = UserSetting(
    "training_at_closing", "ask", "What becomes of a training that can go on when the window closes."
)

FRAME_SETTINGS: tuple[UserSetting[Any], ...] = (
    *OWN_SETTINGS,
    THEME,
    TEXT_SIZE,
    GEOMETRY,
    WORKSPACE,
    WORKSPACES,
    OPEN_FILES,
    REOPEN,
    SHORTCUTS,
    CANVAS,
    USED_LAYERS,
    WATCH_BUDGET,
    TRAIN_IN,
    AT_CLOSING,
)
"""All that is remembered whatever features there are."""
