"""How to train, as a form: the optimizer's own parameters, batches, epochs, and the data below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from visualnet.app.features.inspector.project_page import DataSection
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.layouts import STRETCH, column
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import Recipe
from visualnet.layers.declaration.params import Param
from visualnet.training.recipe_params import (
    best_by_options,
    device_options,
    follow_defaults,
    recipe_params,
    recipe_problems,
)


class RecipePane(QScrollArea):
    """The recipe of the project and its data. While a run goes on only the learning rate can be changed, and it acts at once."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.studio = studio
        self.setMinimumWidth(fonts.px(252))
        self.note = caption("While it runs, only lr can change.")
        self.note.hide()
        self.form: Form | None = None
        self._offered: tuple[object, ...] = ()
        """What the form was made for."""
        self.data = DataSection(studio)
        self.data.set_opened(False)
        inner = QWidget()
        self.column = column(self.note, self.data, STRETCH, margins=(12, 4, 12, 8), spacing=6, parent=inner)
        self.setWidget(inner)
        studio.analysed.connect(lambda _: self.refresh())
        studio.runner.state_changed.connect(self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumWidth(fonts.px(252))

    def refresh(self) -> None:
        """Show the recipe as it is now."""
        recipe: Recipe = self.studio.project.recipe
        best_by = best_by_options(self.studio.analysis)
        wanted = (recipe.optimizer, tuple(device_options()), tuple(best_by))
        if wanted != self._offered:
            self._offered = wanted
            self._build(recipe_params(recipe.optimizer, best_by))
        assert self.form is not None
        values = {name: getattr(recipe, name) for name in self.form.rows}
        problems = recipe_problems(recipe, (row.param for row in self.form.rows.values()))
        self.form.show_values(values, self.studio.project.constants, problems)
        busy = self.studio.runner.busy
        self.note.setVisible(busy)
        for name, row in self.form.rows.items():
            row.setEnabled(not busy or name == "lr")
        self.data.setEnabled(not busy)
        self.data.refresh()

    def reveal(self, name: str) -> None:
        """Bring a setting into view and give it the keyboard; ``data`` is the choice of the data set."""
        if name == "data":
            self.data.set_opened(True)
            self.data.setFocus()
            QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.data))
        elif self.form is not None:
            self.form.point_at(name)
            if (row := self.form.rows.get(name)) is not None:
                QTimer.singleShot(0, row, lambda: self.ensureWidgetVisible(row))

    def _build(self, declared: Sequence[Param]) -> None:
        opened = self.form is not None and self.form.more is not None and self.form.more.opened
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.form = Form(declared)
        self.form.changed.connect(self._change)
        self.form.finished.connect(lambda: self.studio.document.end_merge())
        return_keyboard(self.form, self.studio)
        self.column.insertWidget(1, self.form)
        if self.form.more is not None:
            self.form.more.set_opened(opened)

    def _change(self, name: str, raw: Value) -> None:
        assert self.form is not None
        param = self.form.rows[name].param
        try:
            # A recipe holds figures: what is written with the project's constants is worked out once, here.
            fields = {name: param.read(raw, self.studio.project.constants)}
        except ValueError as error:
            self.studio.message.emit("error", str(error))
            return
        if name == "optimizer":
            fields |= follow_defaults(self.studio.project.recipe, str(raw))
        self.studio.do(f"Set {name.replace('_', ' ')}", lambda p: edits.set_recipe(p, **fields), merge=f"recipe:{name}")
