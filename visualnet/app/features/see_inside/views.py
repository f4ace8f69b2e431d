"""Which widget shows an observation. Most are charts; what wants a widget of its own names it in its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any, Protocol, cast

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import Theme
from visualnet.training.observations.observation import History, Observation, Result, Subject

VIEWS: Mapping[str, str] = {
    "chart": "visualnet.app.features.see_inside.chart_observation:ChartObservation",
    "knock_out": "visualnet.app.features.feeds.knock_out_view:KnockOutView",
    "attention": "visualnet.app.features.attention.attention_observation:AttentionObservation",
    "attention_lines": "visualnet.app.features.attention.attention_observation:LinesObservation",
    "embedding": "visualnet.app.features.see_inside.embedding_observation:EmbeddingObservation",
    "tiles": "visualnet.app.features.see_inside.tiles_observation:TilesObservation",
}
"""By the name that declarations use, what is called with the Studio to make the widget; imported when it is first needed."""


class ObservationWidget(Protocol):
    """What a widget that shows an observation can do. ``sample_chosen`` tells the place of a sample in the data set that somebody wants
    to look at."""

    sample_chosen: SignalInstance

    def show_result(self, made: Observation, subject: Subject, result: Result, history: History) -> None:
        """Show this result of an observation; ``history`` ends with it."""

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""


def make_widget(name: str, studio: Studio) -> tuple[QWidget, ObservationWidget]:
    """The widget of this name, twice: as a widget, and as what it can do."""
    made: Any = resolve_name(VIEWS[name])(studio)
    assert isinstance(made, QWidget)
    return made, cast(ObservationWidget, made)
