"""The pictures side by side, and what adds one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QWidget

from visualnet.app.features.feature_maps.sample_chooser import SampleChooser
from visualnet.app.features.see_inside.chooser import fill_menu, suggest
from visualnet.app.features.see_inside.feature import OBSERVATIONS
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import EmptyState, button
from visualnet.app.widgets.layouts import STRETCH, column, row, scroll_area, stack, widget_of
from visualnet.core.graph import Value
from visualnet.training.observations.observation import find_observations

NARROWEST, LOWEST = 320, 240
"""A picture is at least so wide and high, in px at text of normal size."""
MOST = 24
NOTHING = "Nothing is looked at yet. Add a picture: what flows, the weights, why it answers as it does."


class SeeInsidePanel(QWidget):
    """Any number of observations; which ones is remembered."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.views: list[ObservationView] = []
        self._number = 0
        self.add_one = button("Add picture", icon="plus")
        self.add_one.setToolTip("Choose what to look at; what this network has nothing for says why")
        self._menu = QMenu(self.add_one)
        self._menu.aboutToShow.connect(lambda: fill_menu(self._menu, studio.analysis, self.add))
        self.add_one.setMenu(self._menu)
        self.inner = QWidget()
        self.grid = QGridLayout(self.inner)
        self.grid.setContentsMargins(8, 4, 8, 8)
        self.grid.setSpacing(8)
        self.area = scroll_area(self.inner, upright=True)
        self.start = button("Show what suits this network", "primary", "eye", self.add_suggested)
        nothing = widget_of(
            column((EmptyState("eye", NOTHING), 1), row(STRETCH, self.start, STRETCH, margins=(0, 0, 0, 24)))
        )
        self.stack = stack(nothing, self.area)
        head = row(self.add_one, STRETCH, SampleChooser(studio), margins=(8, 4, 8, 2), spacing=6)
        column(head, (self.stack, 1), spacing=2, parent=self)
        self._restore()

    # --- which ones -----------------------------------------------------------------------------------------------------

    def add(self, name: str, options: dict[str, Value] | None = None, keep: bool = True) -> ObservationView:
        """Show another observation, at the end."""
        self._number += 1
        view = ObservationView(self.studio, name, options or {}, self._number)
        view.closed.connect(lambda: self.remove(view))
        view.enlarged.connect(lambda alone: self._show_alone(view if alone else None))
        view.changed.connect(self._keep)
        view.options_chosen.connect(lambda options: self._share_click(view, options))
        self.views.append(view)
        self._tell_pictures()
        self._arrange()
        if keep:
            self._keep()
            # Where there is no room for it, who added it would think that nothing happened. Its place is known once it is laid out.
            QTimer.singleShot(0, view, lambda: self.area.ensureWidgetVisible(view))
        view.follow()
        return view

    def add_suggested(self) -> None:
        """Show what suits the network that is open."""
        for name in suggest(self.studio.analysis):
            self.add(name, keep=False)
        self._keep()

    def remove(self, view: ObservationView) -> None:
        """Show it no more."""
        self.views.remove(view)
        self._tell_pictures()
        self.grid.removeWidget(view)
        view.hide()
        view.deleteLater()
        self._show_alone(None)
        self._keep()

    def _tell_pictures(self) -> None:
        self.studio.pictures.clear()
        self.studio.pictures.update(view.kind.name for view in self.views)

    def _share_click(self, chosen: ObservationView, options: Iterable[tuple[str, Value]]) -> None:
        """A place that was clicked in one picture is that of all others of the same layer that look at one place."""
        for view in self.views:
            if view is not chosen and view.subject == chosen.subject and "row" in view.kind.params:
                view.take_options(options)

    def _keep(self) -> None:
        settings = self.studio.settings
        if settings is not None:
            settings[OBSERVATIONS] = [_describe(view) for view in self.views]

    def _restore(self) -> None:
        settings = self.studio.settings
        kinds = find_observations()
        kept: list[Any] = settings[OBSERVATIONS] if settings is not None else []
        for one in kept[:MOST]:
            if isinstance(one, dict) and one.get("name") in kinds:
                options = one.get("options")
                try:
                    kinds[one["name"]](options if isinstance(options, dict) else {})
                except (ValueError, TypeError):
                    options = {}
                view = self.add(one["name"], options if isinstance(options, dict) else {}, keep=False)
                pinned = one.get("pinned")
                if isinstance(pinned, list) and pinned and all(isinstance(part, str) for part in pinned):
                    view.keep((tuple(pinned[:-1]), pinned[-1]))
        self._arrange()

    # --- where they stand --------------------------------------------------------------------------------------------

    def _show_alone(self, view: ObservationView | None) -> None:
        for one in self.views:
            one.setVisible(view is None or one is view)
            if one is not view:
                one.enlarge.blockSignals(True)
                one.enlarge.setChecked(False)
                one.enlarge.blockSignals(False)
        self._arrange()

    def _arrange(self) -> None:
        shown = [view for view in self.views if not view.isHidden() or view.parent() is None]
        columns = max(min(self.width() // fonts.px(NARROWEST), len(shown)), 1)
        for at, view in enumerate(shown):
            view.setMinimumHeight(fonts.px(LOWEST))
            self.grid.addWidget(view, at // columns, at % columns)
            view.show()
        rows = -(-len(shown) // columns)
        for at in range(max(self.grid.rowCount(), rows)):
            self.grid.setRowStretch(at, 1 if at < rows else 0)
        for at in range(max(self.grid.columnCount(), columns)):
            self.grid.setColumnStretch(at, 1 if at < columns else 0)
        self.stack.setCurrentIndex(1 if self.views else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(560), fonts.px(460))


def _describe(view: ObservationView) -> dict[str, Any]:
    """What is remembered of a picture."""
    kept: dict[str, Any] = {"name": view.kind.name, "options": dict(view.options)}
    if view.pinned is not None:
        path, part = view.pinned
        kept["pinned"] = [*path, part]
    return kept
