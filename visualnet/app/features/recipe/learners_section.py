"""The recipe's learners as a list: added, renamed, put in order, removed; the chosen one is the one that the groups below are about."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from visualnet.analysis.inference.learners import LearnerPart, learner_parts
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import button, describe, icon_button
from visualnet.app.widgets.layouts import STRETCH, row
from visualnet.app.widgets.section import Section
from visualnet.core.edits import learners
from visualnet.core.graph import Value
from visualnet.core.project import LearnerSpec
from visualnet.core.storage.decoding.decode import MAX_LEARNERS, MAX_STEPS
from visualnet.core.text.format import format_quantity
from visualnet.layers.declaration.params import Int
from visualnet.layers.recipe.technique import declare
from visualnet.training.recipe.settings import options_of_run

STEPS = declare(
    steps=Int(
        1, "Steps that this learner makes in each round over a batch.", low=1, high=MAX_STEPS, title="Steps a round"
    )
)
ADD = "Add a learner"
ADD_TIP = "Networks that learn against each other or beside each other: each learner has losses, weights and an optimizer of its own"
MOST_SHOWN = 6
"""So many learners are seen at once."""


class LearnersSection(Section):
    """Hidden while the recipe itself is the only learner."""

    chosen_changed = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__("Learners")
        self.studio = studio
        self.chosen = ""
        """The name of the learner that is shown; empty where the recipe is the only one."""
        self.list = describe(QListWidget(), "Learners, in the order of a round")
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._choose)
        self.list.itemChanged.connect(self._rename)
        self.list.installEventFilter(self)
        self.add_one = icon_button("plus", ADD, f"{ADD}. {ADD_TIP}", self.add_learner)
        self.rename = icon_button(
            "rename", "Rename the learner", "Rename (F2); all nodes that name it follow", self._edit_name
        )
        self.up = icon_button("chevron-up", "Earlier in the round", done=lambda: self._move(-1))
        self.down = icon_button("chevron-down", "Later in the round", done=lambda: self._move(1))
        self.remove = icon_button(
            "delete", "Remove the learner", "Remove (Del); what names it names none any more", self._remove
        )
        self.does = caption("")
        self.steps = Form(list(STEPS.values()))
        self.steps.changed.connect(self._set_steps)
        self.steps.finished.connect(lambda: studio.document.end_merge())
        return_keyboard(self.steps, studio)
        self.add(self.list)
        self.body.addLayout(row(self.add_one, self.rename, self.up, self.down, STRETCH, self.remove, spacing=4))
        self.add(self.does)
        self.add(self.steps)
        self.first = button(ADD, "quiet", "plus", self.add_learner)
        self.first.setToolTip(ADD_TIP)

    @property
    def learner(self) -> LearnerSpec | None:
        """The chosen learner."""
        return next((one for one in self.studio.project.recipe.learners if one.name == self.chosen), None)

    def refresh(self) -> None:
        """Show the learners as they are now."""
        specs, busy = self.studio.project.recipe.learners, self.studio.runner.busy
        names = [spec.name for spec in specs]
        if self.chosen not in names:
            # A learner that was renamed by undo or elsewhere stands where it stood.
            at = min(max(self.list.currentRow(), 0), len(names) - 1)
            self.chosen = names[at] if names else ""
        if [self.list.item(i).text() for i in range(self.list.count())] != names:
            self._fill(names)
        self.setVisible(bool(names))
        self.first.setVisible(not names)
        self.first.setEnabled(not busy)
        at = names.index(self.chosen) if names else -1
        if self.list.currentRow() != at:
            self.list.blockSignals(True)
            self.list.setCurrentRow(at)
            self.list.blockSignals(False)
        for part in (self.add_one, self.rename, self.remove, self.steps):
            part.setEnabled(not busy)
        self.add_one.setEnabled(not busy and len(names) < MAX_LEARNERS)
        self.up.setEnabled(not busy and at > 0)
        self.down.setEnabled(not busy and at + 1 < len(names))
        if (learner := self.learner) is not None:
            parts = {part.name: part for part in learner_parts(self.studio.analysis.main, specs)}
            self.does.setText(self._describe(parts[learner.name]))
            self.steps.show_values({"steps": learner.steps}, self.studio.project.constants, {}, frozenset())

    def add_learner(self) -> None:
        """One more learner; the first time also one for what the recipe says already."""
        known = {learner.name for learner in self.studio.project.recipe.learners}
        losses = [facts.node.id for facts in self.studio.analysis.main.sinks("loss")]
        self.studio.do(ADD, lambda p: learners.add_learner(p, losses=losses, of_run=options_of_run()))
        added = [learner.name for learner in self.studio.project.recipe.learners if learner.name not in known]
        if added:
            self.chosen = added[-1]
            self.refresh()
            self.chosen_changed.emit()
            self.set_opened(True)
            self.list.setFocus()

    def _fill(self, names: list[str]) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for name in names:
            item = QListWidgetItem(name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        self.list.blockSignals(False)
        shown = min(max(len(names), 2), MOST_SHOWN)
        self.list.setFixedHeight(
            shown * max(self.list.sizeHintForRow(0), fonts.px(24)) + 2 * self.list.frameWidth() + 2
        )

    def _describe(self, part: LearnerPart) -> str:
        """What the chosen learner lowers and trains."""
        main = self.studio.analysis.main
        losses = ", ".join(f"“{main.nodes[i].node.name}”" for i in part.losses) or "no loss"
        weights = sum(self.studio.analysis.at(path).parameters for path in part.trains)
        trains = f"{format_quantity(len(part.trains), 'layer')} with {format_quantity(weights, 'weight')}"
        return f"Lowers {losses}; trains {trains if part.trains else 'nothing'}. Choose both at the nodes, in the inspector."

    # --- what a person does -------------------------------------------------------------------------------------------

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and (name := item.data(Qt.ItemDataRole.UserRole)) != self.chosen:
            self.chosen = name
            self.refresh()
            self.chosen_changed.emit()

    def _edit_name(self) -> None:
        if (item := self.list.currentItem()) is not None:
            self.list.setFocus()
            self.list.editItem(item)

    def _rename(self, item: QListWidgetItem) -> None:
        old, new = item.data(Qt.ItemDataRole.UserRole), item.text().strip()
        try:
            learners.rename_learner(self.studio.project, old, new)
        except ValueError as error:
            self.studio.message.emit("error", str(error))
            self.refresh()
            return
        self.chosen = new
        self.studio.do(f"Rename learner {old}", lambda p: learners.rename_learner(p, old, new))
        self.refresh()

    def _move(self, by: int) -> None:
        name, to = self.chosen, self.list.currentRow() + by
        self.studio.do("Move learner", lambda p: learners.move_learner(p, name, to))

    def _remove(self) -> None:
        if (name := self.chosen) and not self.studio.runner.busy:
            self.studio.do(
                f"Remove learner {name}", lambda p: learners.remove_learner(p, name, of_run=options_of_run())
            )

    def _set_steps(self, name: str, raw: Value) -> None:
        chosen = self.chosen
        try:
            steps = STEPS[name].read(raw, self.studio.project.constants)
        except ValueError as error:
            self.studio.message.emit("error", str(error))
            return
        self.studio.do(
            "Set steps a round", lambda p: learners.set_learner(p, chosen, steps=steps), merge=f"learner:{chosen}:steps"
        )

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        deletes = (
            isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Delete
        )
        if watched is self.list and deletes:
            self._remove()
            return True
        return False
