"""How to train, as a page: the optimizer's own parameters, how long, on which data, and what is seldom changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from visualnet.app.features.inspector.project_page import DataSection
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.forms.rows import Row
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.layouts import STRETCH, column
from visualnet.app.widgets.section import Section
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import Recipe
from visualnet.layers.declaration.params import Param
from visualnet.layers.recipe.settings import change, raw_value
from visualnet.training.recipe_params import (
    best_by_options,
    device_options,
    follow_defaults,
    optimizer_options,
    recipe_groups,
    recipe_params,
    recipe_problems,
)

SETTINGS = "recipe"
GROUPS = ("Optimizer", "Schedule", "Guards", "More")
CLOSED = ("Guards",)
"""Collapsed until somebody opens them."""


class RecipePanel(QScrollArea):
    """The recipe of the project and its data. While a run goes on only the learning rate can be changed, and it acts at once."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.studio = studio
        self.kept = studio.runner.settings.section(SETTINGS)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(fonts.px(252))
        self.note = caption("While it runs, only the learning rate can change.")
        self.note.hide()
        self.forms: dict[str, Form] = {}
        self._offered: tuple[object, ...] = ()
        """What the forms were made for."""
        self.data = DataSection(studio)
        self.groups = {title: Section(title) for title in GROUPS}
        inner = QWidget()
        first, *rest = self.groups.values()
        schedule, guards, more = rest
        column(
            self.note,
            first,
            schedule,
            self.data,
            guards,
            more,
            STRETCH,
            margins=(12, 4, 12, 8),
            spacing=6,
            parent=inner,
        )
        self.setWidget(inner)
        self._collapse_as_left()
        studio.analysed.connect(lambda _: self.refresh())
        studio.runner.state_changed.connect(self.refresh)
        self.refresh()

    def _collapse_as_left(self) -> None:
        collapsed = self.kept.get("collapsed")
        known = isinstance(collapsed, list) and all(isinstance(t, str) for t in collapsed)
        closed = set(collapsed) if isinstance(collapsed, list) and known else set(CLOSED)
        for title, section in (*self.groups.items(), ("Data", self.data)):
            section.set_opened(title not in closed)
            section.toggled.connect(self._remember_collapsed)

    def _remember_collapsed(self) -> None:
        sections = (*self.groups.items(), ("Data", self.data))
        self.kept["collapsed"] = [title for title, section in sections if not section.opened]

    @property
    def rows(self) -> dict[str, Row]:
        """The editors of all groups, by the name of the parameter."""
        return {name: row for form in self.forms.values() for name, row in form.rows.items()}

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(320), fonts.px(560))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumWidth(fonts.px(252))

    def refresh(self) -> None:
        """Show the recipe as it is now."""
        recipe: Recipe = self.studio.project.recipe
        best_by = best_by_options(self.studio.analysis)
        wanted = (
            recipe.optimizer,
            recipe.schedule,
            tuple(device_options()),
            tuple(optimizer_options()),
            tuple(best_by),
        )
        if wanted != self._offered:
            self._offered = wanted
            self._build(recipe_params(recipe, best_by))
        rows, constants = self.rows, self.studio.project.constants
        validation = self.studio.project.data.split[1] > 0
        problems = recipe_problems(recipe, (row.param for row in rows.values()), validation)
        for form in self.forms.values():
            form.show_values({n: raw_value(recipe, row.param) for n, row in form.rows.items()}, constants, problems)
        busy = self.studio.runner.busy
        self.note.setVisible(busy)
        for name, row in rows.items():
            row.setEnabled(not busy or name == "lr")
        self.data.setEnabled(not busy)
        self.data.refresh()

    def reveal(self, name: str) -> None:
        """Bring a setting into view and give it the keyboard; ``data`` is the choice of the data set."""
        if name == "data":
            self.data.set_opened(True)
            self.data.setFocus()
            QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.data))
        elif (row := self.rows.get(name)) is not None:
            title = next(title for title in self.groups if name in self.forms[title].rows)
            self.groups[title].set_opened(True)
            self.forms[title].point_at(name)
            QTimer.singleShot(0, row, lambda: self.ensureWidgetVisible(row))

    def _build(self, declared: Sequence[Param]) -> None:
        """A form for each group."""
        for title, params in recipe_groups(declared).items():
            if title in self.forms:
                self.forms[title].hide()
                self.forms[title].deleteLater()
            self.forms[title] = form = Form(params)
            form.changed.connect(self._change)
            form.finished.connect(lambda: self.studio.document.end_merge())
            return_keyboard(form, self.studio)
            self.groups[title].add(form)

    def _change(self, name: str, raw: Value) -> None:
        param = self.rows[name].param
        try:
            # A recipe holds figures: what is written with the project's constants is worked out once, here.
            fields = {name: param.read(raw, self.studio.project.constants)}
        except ValueError as error:
            self.studio.message.emit("error", str(error))
            return
        if name == "optimizer":
            fields |= follow_defaults(self.studio.project.recipe, str(raw))
        self.studio.do(
            f"Set {name.replace('_', ' ')}",
            lambda p: edits.set_recipe(p, **change(p.recipe, fields)),
            merge=f"recipe:{name}",
        )
