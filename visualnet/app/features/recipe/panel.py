"""How to train, as a page: the optimizer's own parameters, how long, on which data, and what is seldom changed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QSize, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QToolButton, QWidget

from visualnet.app.features.estimates.forecast_section import ForecastSection
from visualnet.app.features.inspector.data_section import DataSection
from visualnet.app.features.recipe.feature import RECIPE_PAGE
from visualnet.app.features.recipe.learners_section import LearnersSection
from visualnet.app.features.recipe.machine_abilities import MachineAbilities
from visualnet.app.features.recipe.rule_section import RuleSection
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.forms.rows import FormRow
from visualnet.app.plots.charts.rate_curve import Curve
from visualnet.app.plots.charts.rate_curve_editor import RateCurveEditor
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import icon_button
from visualnet.app.widgets.layouts import STRETCH, column
from visualnet.app.widgets.section import Section
from visualnet.core import edits
from visualnet.core.edits.learners import set_learner
from visualnet.core.graph import Value
from visualnet.core.project import STEP_FIELDS, Recipe
from visualnet.data.division.division_settings import has_validation
from visualnet.layers.declaration.params import Param
from visualnet.layers.recipe.drawn_curve import read_points
from visualnet.layers.recipe.machine import MACHINE
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.procedure_declaration import SUPERVISED
from visualnet.layers.recipe.schedules import SCHEDULES, rate_curve
from visualnet.layers.recipe.setting_values import FIELDS, raw_value
from visualnet.layers.recipe.technique import Technique
from visualnet.training.recipe.live_settings import live_params
from visualnet.training.recipe.procedures import PROCEDURES
from visualnet.training.recipe.settings import change, find_problems, options_of_run, settings
from visualnet.training.recipe_params import (
    best_by_options,
    device_options,
    follow_defaults,
    optimizer_options,
    recipe_groups,
    recipe_params,
    recipe_problems,
)
from visualnet.training.transfer.shipped import describe_start

MOST_EPOCHS = 1_000_000
MOST_POINTS = 500
"""Of the curve of what was used no more are drawn."""
GROUPS = ("Optimizer", "Schedule", "Procedure", "Guards", "Machine", "More")
CLOSED = ("Guards",)
"""Collapsed until somebody opens them."""
OPENED_BY_RECIPE = ("Procedure", "Machine")
"""Groups that are open while the recipe sets something of theirs."""
FINDERS = {
    "lr": (
        "train.find_rate",
        "Find a learning rate",
        "Find a learning rate: let it rise over some steps on a copy of the network",
    ),
    "batch_size": (
        "train.find_batch",
        "Find the largest batch",
        "Find the largest batch that fits: try larger and larger ones on a copy of the network",
    ),
}
"""Settings that can be found out: the action that does, its name, and what it does."""


class RecipePanel(QScrollArea):
    """The recipe of the project and its data. What can be changed while a run goes on changes in it at once."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.studio = studio
        self.kept = studio.runner.settings.section(RECIPE_PAGE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(fonts.px(252))
        self.note = caption(
            "A run goes on: what can be changed here changes in it at once, the batch size with the next epoch."
        )
        # Over the foot of the page: what is being read or pressed does not move when a run begins or ends.
        self.note.setParent(self)
        self.note.setContentsMargins(12, 4, 12, 6)
        self.note.hide()
        self.start_from = caption("")
        self.forms: dict[str, Form] = {}
        self.finders: dict[str, QToolButton] = {}
        self._offered: tuple[object, ...] = ()
        self._declared: dict[str, list[tuple[type[Param], dict[str, object]]]] = {}
        """What the forms were made for."""
        self.data = DataSection(studio)
        self.forecast = ForecastSection(studio)
        self.rules = {"Optimizer": RuleSection("How a step is made"), "Schedule": RuleSection("How the rate is found")}
        self.rules["Procedure"] = RuleSection("What a round aims at")
        self._procedure = SUPERVISED
        self.curve = RateCurveEditor()
        self.curve.points_changed.connect(lambda text: self._change(SCHEDULES[self.recipe.schedule].drawn, text))
        self.curve.editing_finished.connect(lambda: self.studio.document.end_merge())
        self.learners = LearnersSection(studio)
        self.learners.chosen_changed.connect(self.refresh)
        self.groups = {title: Section(title) for title in GROUPS}
        self.abilities = MachineAbilities(self)
        self.abilities.changed.connect(self.refresh)
        self._machine_on = False
        inner = QWidget()
        first, *rest = self.groups.values()
        schedule, *below = rest
        parts = (self.start_from, self.learners, first, schedule, self.forecast, self.data, *below, self.learners.first)
        column(*parts, STRETCH, margins=(12, 4, 12, 8), spacing=6, parent=inner)
        self.setWidget(inner)
        self._collapse_as_left()
        due = DeferredRefresh(self, self.refresh)
        studio.analysed.connect(due.ask)
        studio.document_changed.connect(self._begin_at_top)
        studio.runner.state_changed.connect(due.ask)
        studio.runner.updated.connect(self._show_curve)
        self.refresh()

    def _show_note(self, shown: bool) -> None:
        """The note at the foot, which takes its room from below."""
        height = self.note.heightForWidth(self.width()) if shown else 0
        self.setViewportMargins(0, 0, 0, height)
        self.note.setGeometry(0, self.height() - height, self.width(), height)
        self.note.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.note.isHidden() and self.note.width() != self.width():
            self._show_note(True)
        elif not self.note.isHidden():
            self.note.move(0, self.height() - self.note.height())

    def _collapse_as_left(self) -> None:
        collapsed = self.kept.get("collapsed")
        known = isinstance(collapsed, list) and all(isinstance(t, str) for t in collapsed)
        closed = set(collapsed) if isinstance(collapsed, list) and known else set(CLOSED)
        for title, section in self._collapsing():
            section.set_opened(title not in closed)
            section.toggled.connect(self._remember_collapsed)
        for title in OPENED_BY_RECIPE:
            self.groups[title].set_opened(False)
        self.groups["Machine"].toggled.connect(self.refresh)

    def _remember_collapsed(self) -> None:
        self.kept["collapsed"] = [title for title, section in self._collapsing() if not section.opened]

    def _collapsing(self) -> list[tuple[str, Section]]:
        """The sections that stay as a person left them."""
        return [
            *((title, group) for title, group in self.groups.items() if title not in OPENED_BY_RECIPE),
            ("Data", self.data),
        ]

    @property
    def rows(self) -> dict[str, FormRow]:
        """The editors of all groups, by the name of the parameter."""
        return {name: row for form in self.forms.values() for name, row in form.rows.items()}

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(320), fonts.px(560))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumWidth(fonts.px(252))

    @property
    def recipe(self) -> Recipe:
        """The recipe that the page is about: the project's, or with several learners as the chosen one follows it."""
        recipe: Recipe = self.studio.project.recipe
        if (learner := self.learners.learner) is None:
            return recipe
        shared = {name: value for name, value in recipe.options.items() if name in options_of_run()}
        own = {name: value for name, value in learner.options.items() if name not in options_of_run()}
        return replace(recipe.of_learner(learner), options={**own, **shared})

    def refresh(self) -> None:
        """Show the recipe as it is now."""
        self.learners.refresh()
        recipe = self.recipe
        best_by = best_by_options(self.studio.project)
        wanted = (
            recipe.optimizer,
            recipe.schedule,
            recipe.procedure,
            tuple(device_options()),
            tuple(optimizer_options()),
            tuple(best_by),
        )
        if wanted != self._offered:
            self._offered = wanted
            self._build(recipe_params(recipe, best_by))
        rows, constants = self.rows, self.studio.project.constants
        validation = has_validation(self.studio.project.data)
        problems = recipe_problems(recipe, (row.param for row in rows.values()), validation)
        problems |= self._show_machine(recipe)
        if recipe.procedure != self._procedure:
            self._procedure = recipe.procedure
            self.groups["Procedure"].set_opened(recipe.procedure != SUPERVISED)
        for form in self.forms.values():
            form.show_values({n: raw_value(recipe, row.param) for n, row in form.rows.items()}, constants, problems)
        self._show_rules()
        self._show_curve()
        busy = self.studio.runner.busy
        self._show_note(busy)
        self.start_from.setText(f"Starts from {describe_start(recipe.start_from)} (Train > Start from)")
        self.start_from.setVisible(bool(recipe.start_from))
        self._enable(recipe, busy)
        self.data.refresh()
        self.forecast.refresh()

    def _enable(self, recipe: Recipe, busy: bool) -> None:
        """While a run goes on only what can be changed in it."""
        live, at = live_params(recipe), self.verticalScrollBar().value()
        for name, row in self.rows.items():
            row.setEnabled(not busy or name in live)
        for finder in self.finders.values():
            finder.setEnabled(not busy and bool(self.studio.project.graph.nodes))
        self.data.setEnabled(not busy)
        # A field that is disabled hands the keyboard to the next one, and the page would follow it down.
        self.verticalScrollBar().setValue(at)

    def _show_machine(self, recipe: Recipe) -> dict[str, str]:
        """Open the switches where one is set, and forbid what this machine cannot do; of what is set, by setting, why it cannot be."""
        machine = self.groups["Machine"]
        is_on = any(kind.is_on({n: raw_value(recipe, p) for n, p in kind.params.items()}) for kind in MACHINE.values())
        if is_on and not self._machine_on:
            machine.set_opened(True)
        self._machine_on = is_on
        if machine.opened and self.isVisible():
            self.abilities.ask(recipe.device)
        missing = self.abilities.missing(recipe.device)
        form = self.forms["Machine"]
        form.forbid(missing)
        values = {name: raw_value(recipe, form.rows[name].param) for name in missing}
        return {name: missing[name][value] for name, value in values.items() if value in missing[name]}

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin_at_top()
        self._show_machine(self.recipe)

    def _begin_at_top(self) -> None:
        self.verticalScrollBar().setValue(0)

    def reveal(self, name: str) -> None:
        """Bring a setting into view and give it the keyboard; ``data`` is the choice of the data set, ``learners`` who learns."""
        if name == "data":
            self.data.set_opened(True)
            self.data.setFocus()
            QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.data))
        elif name == "learners":
            part: QWidget = self.learners.first if self.learners.learner is None else self.learners.list
            part.setFocus()
            QTimer.singleShot(0, part, lambda: self.ensureWidgetVisible(part))
        elif (row := self.rows.get(name)) is not None:
            title = next(title for title in self.groups if name in self.forms[title].rows)
            self.groups[title].set_opened(True)
            self.forms[title].point_at(name)
            QTimer.singleShot(0, row, lambda: self.ensureWidgetVisible(row))

    def _build(self, declared: Sequence[Param]) -> None:
        """A form for each group."""
        for title, params in recipe_groups(declared).items():
            same = [(type(param), vars(param)) for param in params]
            if title in self.forms and same == self._declared.get(title):
                continue  # another optimizer changes one group; to build all forms anew takes a tenth of a second
            self._declared[title] = same
            at = QApplication.focusWidget()
            focused = next((name for name, row in self.rows.items() if at is not None and row.isAncestorOf(at)), "")
            if title in self.forms:
                self.forms[title].hide()
                self.forms[title].deleteLater()
            names = {param.name for param in params}
            self.finders |= {name: self._finder(name) for name in FINDERS if name in names}
            beside = {name: button for name, button in self.finders.items() if name in names}
            notes = _machine_notes() if title == "Machine" else {}
            self.forms[title] = form = Form(params, beside=beside, notes=notes)
            form.changed.connect(self._change)
            form.finished.connect(lambda: self.studio.document.end_merge())
            return_keyboard(form, self.studio)
            self.groups[title].add(form)
            if title == "Schedule":
                self.groups[title].add(self.curve)
            if title in self.rules:
                self.groups[title].add(self.rules[title])
            if focused in form.rows:  # another schedule was chosen with the keyboard, which goes on choosing
                form.rows[focused].setFocus()

    def _finder(self, name: str) -> QToolButton:
        """A button beside a setting that finds a good value for it."""
        action, words, tip = FINDERS[name]

        def run() -> None:
            self.studio.shell.run_action(action)

        return icon_button("search", words, tip, run)

    def _show_rules(self) -> None:
        """The formulas, with the figures of this recipe."""
        recipe = self.recipe
        values = {name: raw_value(recipe, row.param) for name, row in self.rows.items()}
        kinds: dict[str, Technique | None] = {
            "Optimizer": OPTIMIZERS.get(recipe.optimizer),
            "Schedule": SCHEDULES.get(recipe.schedule),
        }
        kinds["Procedure"] = PROCEDURES.get(recipe.procedure)
        for title, kind in kinds.items():
            self.rules[title].setVisible(kind is not None and bool(kind.torch or (title == "Procedure" and kind.rules)))
            if kind is not None:
                self.rules[title].show_rule(kind, values)

    def _show_curve(self) -> None:
        """The rate over the epochs, as planned and as the shown run used it; nothing where it stays as it is."""
        recipe = self.recipe
        moves = recipe.schedule != "constant" or bool(recipe.options.get("warmup"))
        planned: Curve = ((), ())
        if moves and not find_problems(recipe):
            planned = rate_curve(SCHEDULES[recipe.schedule], settings(recipe), recipe.epochs)
        elif drawn := _points_beyond_the_run(recipe):
            planned = rate_curve(SCHEDULES[recipe.schedule], settings(recipe), drawn)
        self.curve.setVisible(bool(planned[0]))
        model = self.studio.runner.model
        used: Curve = ((), ())
        rates = model.rates.get(self.learners.chosen, model.lr) if model is not None else None
        if planned[0] and rates is not None and model is not None and model.started is not None and len(rates):
            every = max(1, len(rates) // MOST_POINTS)
            used = (model.scale.epoch(rates.steps[::every].astype(float)).tolist(), rates.values[::every].tolist())
        self.curve.show_curves(planned, used)
        self._show_points()

    def _show_points(self) -> None:
        """The points of a curve that is drawn by hand, to be moved."""
        recipe, points = self.recipe, []
        row = self.rows.get(SCHEDULES[recipe.schedule].drawn) if recipe.schedule in SCHEDULES else None
        if row is None or not self.curve.planned[0]:
            self.curve.set_points(())
            return
        values = settings(recipe)
        points = list(read_points(values[row.param.name]))
        warm = int(values["warmup"])
        self.curve.set_points(points, float(recipe.lr), warm, max(recipe.epochs - warm, 1), row.isEnabled())

    def _change(self, name: str, raw: Value) -> None:
        param = self.rows[name].param
        try:
            # A recipe holds figures: what is written with the project's constants is worked out once, here.
            fields = {name: param.read(raw, self.studio.project.constants)}
        except ValueError as error:
            self.studio.message.emit("error", str(error))
            return
        if name == "optimizer":
            fields |= follow_defaults(self.recipe, str(raw))
        if name == "schedule":
            warm = self.recipe.options.get("warmup", 0)
            begun = SCHEDULES[str(raw)].begin(max(self.recipe.epochs - (warm if isinstance(warm, int) else 0), 1))
            fields |= {option: value for option, value in begun.items() if option not in self.recipe.options}
        learner = self.learners.learner
        if learner is None or name in options_of_run() or (name in FIELDS and name not in STEP_FIELDS):
            self.studio.do(
                f"Set {name.replace('_', ' ')}",
                lambda p: edits.set_recipe(p, **change(p.recipe, fields)),
                merge=f"recipe:{name}",
            )
            return
        changed = change(self.studio.project.recipe.of_learner(learner), fields)
        self.studio.do(
            f"Set {name.replace('_', ' ')} of {learner.name}",
            lambda p: set_learner(p, learner.name, **changed),
            merge=f"learner:{learner.name}:{name}",
        )


def _machine_notes() -> dict[str, str]:
    """What each machine switch gives and costs, by the setting that it is about."""
    return {next(iter(kind.params)): f"+ {kind.gives}\n− {kind.costs}" for kind in MACHINE.values()}


def _points_beyond_the_run(recipe: Recipe) -> int:
    """How many epochs a drawn curve takes that is longer than the run and else right: it is shown, to be drawn back. 0 for others."""
    kind = SCHEDULES.get(recipe.schedule)
    longer = replace(recipe, epochs=MOST_EPOCHS)
    if kind is None or not kind.drawn or set(find_problems(recipe)) != {kind.drawn} or find_problems(longer):
        return 0
    values = settings(recipe)
    return math.ceil(int(values["warmup"]) + read_points(values[kind.drawn])[-1][0])
