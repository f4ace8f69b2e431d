"""Declares the presentation mode: an action that begins and ends it, and what it shows under the canvas."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio


def make_strip(studio: Studio) -> QWidget:
    from visualnet.app.features.presentation.presentation_strip import PresentationStrip

    return PresentationStrip(studio)


def toggle_presentation(studio: Studio) -> None:
    """Begin the presentation, or end it."""
    studio.shell.set_canvas_alone(not studio.shell.canvas_alone)


FEATURE = Feature(
    "presentation",
    "For a projector: the canvas and the formula of the selected node alone, large, with the pressed keys shown in a corner. Esc ends it.",
    actions=(
        ActionSpec(
            "view.presentation",
            36,
            "Presentation mode",
            "The canvas and the formula of the selected layer alone, large, with the pressed keys shown; Esc ends it",
            "eye",
            "F11",
            toggle_presentation,
        ),
    ),
    strip=make_strip,
)
