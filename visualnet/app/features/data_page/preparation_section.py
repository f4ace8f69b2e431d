"""The part *Prepare* of the data page: the steps that samples go through, edited and seen on real samples."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QMenu, QWidget

from visualnet.app.features.data_page.preparation_preview import PreparationPreview
from visualnet.app.features.data_page.step_list import StepList
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import button, describe, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, column, row, scroll_area, widget_of
from visualnet.core import edits
from visualnet.core.edits import preparation
from visualnet.core.graph import Value
from visualnet.core.project import PreparationStep
from visualnet.core.text.format import capitalize_first
from visualnet.data.preparation.field_checks import describe_sizes
from visualnet.data.preparation.registry import GROUPS, STEPS, offer_step
from visualnet.data.preparation.step_summary import Outline, outline_steps
from visualnet.data.registry import make_data_set
from visualnet.layers.declaration.params import Float, Int, Ints

NARROW = 560
"""Below this width the settings stand under the list."""
NOTHING = (
    "Samples go to the network as they are. Add a step to resize pictures, to fill in what is missing, or to vary the "
    "training samples at random."
)


class PreparationSection(QWidget):
    """The list of steps, the settings of the current one, and samples before and behind them."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.outline = Outline((), {})
        self.list = StepList()
        self.form: Form | None = None
        self._form_kind = ""
        self.add_one = button("Add a step", icon="plus")
        self.add_one.setToolTip("Only what fits the samples as the steps leave them is offered")
        self._menu = QMenu(self.add_one)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(lambda: fill_menu(self._menu, self))
        self.add_one.setMenu(self._menu)
        self.up = icon_button("chevron-up", "Earlier", "Earlier (Alt+↑)", lambda: self._step_by(-1))
        self.down = icon_button("chevron-down", "Later", "Later (Alt+↓)", lambda: self._step_by(1))
        self.remove = icon_button(
            "delete", "Remove the step", "Remove (Del)", lambda: self._remove(self.list.currentRow())
        )
        self.normalise = describe(
            QCheckBox("Take out mean and deviation"),
            "Take out mean and deviation",
            "Of each channel or column, measured on the training part, behind all steps",
        )
        self.empty, self.fields, self.trouble = caption(NOTHING), caption(""), label("", "error", wrap=True)
        self.title, self.summary, self.wrong = label("", "heading"), caption(""), label("", "error", wrap=True)
        self.preview = PreparationPreview(studio)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        tools = row(self.add_one, STRETCH, self.up, self.down, self.remove, spacing=4)
        steps = column(tools, self.list, self.empty, self.normalise, self.fields, self.trouble, STRETCH, spacing=6)
        self._form_place = column(self.title, self.summary, self.wrong, spacing=6)
        settings = column(self._form_place, STRETCH)
        self._upper = row((steps, 1), (settings, 1), spacing=16)
        inner = widget_of(column(self._upper, self.preview, STRETCH, spacing=12))
        scroll = scroll_area(inner, upright=True)
        column(scroll, parent=self)

    def _connect(self) -> None:
        self._due = DeferredRefresh(self, self.refresh)
        self.studio.project_changed.connect(lambda _before, _after: self._due.ask())
        self.studio.document_changed.connect(self._due.ask)
        self.studio.theme_changed.connect(self._follow_theme)
        self.list.currentRowChanged.connect(lambda _at: self._show_settings())
        self.list.moved.connect(self._move)
        self.list.removed.connect(self._remove)
        self.list.switched.connect(self._switch)
        self.normalise.clicked.connect(self._set_normalise)
        self._due.ask()

    # --- what is shown ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the preparation as it is now."""
        choice = self.studio.project.data
        trouble, raw = "", {}
        try:
            raw = make_data_set(choice).specs()
        except ValueError as error:
            trouble = str(error)
        self.outline = outline_steps(raw, choice.preparation)
        self.list.show_steps(choice.preparation, self.outline.steps, self.studio.theme)
        self.list.setVisible(bool(choice.preparation))
        self.empty.setVisible(not choice.preparation)
        self.add_one.setEnabled(bool(raw))
        self.normalise.setChecked(choice.normalise)
        sizes = ", ".join(f"{name} {describe_sizes(spec)}" for name, spec in self.outline.fields.items())
        self.fields.setText(f"The network is given: {sizes}" if sizes else "")
        self.trouble.setText(
            f"{capitalize_first(trouble or self.outline.error)}." if trouble or self.outline.error else ""
        )
        self.trouble.setVisible(bool(self.trouble.text()))
        self._show_settings()
        self.preview.refresh()

    @property
    def current(self) -> PreparationStep | None:
        """The step whose settings are shown."""
        steps, at = self.studio.project.data.preparation, self.list.currentRow()
        return steps[at] if 0 <= at < len(steps) else None

    def _show_settings(self) -> None:
        step, at, count = self.current, self.list.currentRow(), self.list.count()
        self.up.setEnabled(at > 0)
        self.down.setEnabled(0 <= at < count - 1)
        self.remove.setEnabled(step is not None)
        kind = STEPS.get(step.kind) if step is not None else None
        self._show_form(kind.name if kind is not None and kind.params else "")
        self.title.setText(kind.title if kind is not None else "")
        self.summary.setText(kind.summary() if kind is not None else "")
        error = self.outline.steps[at].error if step is not None else ""
        self.wrong.setText(f"{capitalize_first(error)}." if error else "")
        self.wrong.setVisible(bool(error))
        if step is not None and self.form is not None:
            known = self.outline.steps[at].before
            self.form.offer_fields({name: describe_sizes(spec) for name, spec in known.items()})
            self.form.show_values(step.options, self.studio.project.constants)

    def _show_form(self, kind: str) -> None:
        """The form of this kind of step, if it is not the one that is there."""
        if kind == self._form_kind:
            return
        self._form_kind = kind
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if kind:
            self.form = Form(list(STEPS[kind].params.values()))
            self.form.changed.connect(self._set)
            self.form.finished.connect(lambda: self.studio.document.end_merge())
            return_keyboard(self.form, self.studio)
            self._form_place.addWidget(self.form)

    def _follow_theme(self, _theme: object) -> None:
        self.preview.strip.set_theme(self.studio.theme)
        self._due.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < fonts.px(NARROW)
        self._upper.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    # --- what a person does -------------------------------------------------------------------------------------------

    def add_step(self, step: PreparationStep) -> None:
        """Put a step behind the others, and show its settings."""
        title = STEPS[step.kind].title
        if self.studio.do(f"Add step “{title}”", lambda p: preparation.add_step(p, step.kind, step.options)):
            self.list.setCurrentRow(self.list.count() - 1)
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, at: int) -> None:
        if 0 <= at < len(self.studio.project.data.preparation):
            self.studio.do(f"Remove step “{self.outline.steps[at].title}”", lambda p: preparation.remove_step(p, at))

    def _step_by(self, by: int) -> None:
        self._move(self.list.currentRow(), self.list.currentRow() + by)

    def _move(self, at: int, to: int) -> None:
        if self.studio.do(f"Move step “{self.outline.steps[at].title}”", lambda p: preparation.move_step(p, at, to)):
            self.list.setCurrentRow(to)

    def _switch(self, at: int, off: bool) -> None:
        words = f"Switch step “{self.outline.steps[at].title}” {'off' if off else 'on'}"
        self.studio.do(words, lambda p: preparation.switch_step(p, at, off))

    def _set(self, name: str, value: Value) -> None:
        step, at = self.current, self.list.currentRow()
        if step is None or step.kind != self._form_kind:
            return  # a key that reached the form of another step as it was hidden
        param = STEPS[step.kind].params[name]
        if isinstance(param, Int | Float | Ints) and value is not None:
            # Data are read without the project: what is written with its constants is worked out once, here.
            value = param.read(value, self.studio.project.constants)
        words = f"Set {name} of “{self.outline.steps[at].title}”"
        self.studio.do(words, lambda p: preparation.set_step(p, at, name, value), merge=f"preparation:{at}:{name}")

    def _set_normalise(self, on: bool) -> None:
        words = "Take out the mean of the data" if on else "Leave the mean of the data in"
        self.studio.do(words, lambda p: edits.set_data(p, normalise=on))


def fill_menu(menu: QMenu, section: PreparationSection) -> None:
    """Put into the menu what can be added now: by what it changes, and augmentation by itself."""
    menu.clear()
    fields = section.outline.fields
    groups = [(words, group, False) for group, words in GROUPS.items()] + [("Augmentation", "", True)]
    for words, group, augments in groups:
        kinds = [k for k in STEPS.values() if k.augments == augments and (augments or k.group == group)]
        offered = [(kind, step) for kind in kinds if (step := offer_step(kind, fields)) is not None]
        if not offered:
            continue
        if augments:
            menu.addSeparator()
        part = menu.addMenu(words) if augments else menu
        part.setToolTipsVisible(True)
        if not augments:
            menu.addSection(words)
        for kind, step in offered:
            action = part.addAction(kind.title, partial(section.add_step, step))
            action.setToolTip(kind.summary())
