"""The strip at the top: menus, the project's name, the workspaces, and the training buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenuBar, QPushButton, QSizePolicy, QToolButton, QWidget

from visualnet.app.actions.registry import Actions
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.child_objects import find_descendants
from visualnet.app.widgets.basic import ElidedLabel, button, restyle
from visualnet.app.widgets.layouts import STRETCH, add, row
from visualnet.app.widgets.segmented import Segmented

WORKSPACES = ("view.workspace_data", "view.workspace_build", "view.workspace_train", "view.workspace_inspect")

WIDE = 1560
"""From this width on the name, the workspaces and the buttons have room side by side."""


class TopBar(QWidget):
    """Everything that concerns the whole window, in one row of 48 px."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.actions_ = actions
        self.menus = QMenuBar(self)
        self.menus.setNativeMenuBar(False)
        actions.menus(self.menus)
        # Fixed: in a narrow window the project's name gives way, not a menu.
        self.menus.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.title, self.state = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self.spaces = Segmented.of_actions([actions[a] for a in WORKSPACES], "Workspace")
        self._left = False
        """Whether a button of the run lost the keyboard because it cannot be pressed any more."""
        kinds = {"train.pause": "", "train.resume": "", "train.stop": "", "train.start": "primary"}
        self.run_buttons = {action_id: self._worded(action_id, kind) for action_id, kind in kinds.items()}
        self.holder = QWidget(self)
        right = row(STRETCH, *map(self._button, ("edit.undo", "edit.redo")), spacing=8, parent=self.holder)
        right.addSpacing(8)
        add(right, *self.run_buttons.values())
        left = row(self.menus, self.title, (self.state, 1), spacing=8)
        self._row = row((left, 1), self.spaces, self.holder, margins=(8, 6, 12, 6), spacing=8, parent=self)

    def _button(self, action_id: str) -> QToolButton:
        """An icon alone; its tooltip has the words and the keys."""
        made = QToolButton(self)
        made.setDefaultAction(self.actions_[action_id])
        icons.resize(made, 16)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return made

    def _worded(self, action_id: str, kind: str) -> QPushButton:
        """A push button that follows its action."""
        action, spec = self.actions_[action_id], self.actions_.specs[action_id]
        made = button(spec.name, kind, spec.icon, action.trigger)

        def follow() -> None:
            self._left = self._left or (made.hasFocus() and not action.isEnabled())
            made.setEnabled(action.isEnabled())
            made.setToolTip(action.toolTip())

        action.changed.connect(follow)
        follow()
        return made

    def show_project(self, name: str, state: str) -> None:
        """The project's name and, muted, where it is and whether it is saved."""
        self.title.setText(name)
        self.state.setText(state)
        self.title.setAccessibleDescription(state)

    def show_run(self, state: str, ready: bool = True) -> None:
        """Only the buttons that make sense now: none on the start page; Train; or Pause and Stop; or Resume and Stop.

        Train is no primary button while the network is not ``ready`` to be trained: pressed, it says why.
        """
        train = self.run_buttons["train.start"]
        if (train.property("kind") == "primary") != ready:
            restyle(train, kind="primary" if ready else "")
            icons.bind(train, self.actions_.specs["train.start"].icon, "accent_text" if ready else "text")
        visible = {
            "": (),
            "idle": ("train.start",),
            "starting": ("train.stop",),
            "running": ("train.pause", "train.stop"),
            "paused": ("train.resume", "train.stop"),
        }.get(state, ("train.start",))
        left = self._left or any(made.hasFocus() and a not in visible for a, made in self.run_buttons.items())
        # What comes before what goes; else the keyboard would be on the button beside it: on Stop, where Pause was pressed.
        for action_id in sorted(self.run_buttons, key=visible.__contains__, reverse=True):
            self.run_buttons[action_id].setVisible(action_id in visible)
        if left and visible:
            self._left = visible[0] == "train.stop"  # while it starts nothing else can be pressed
            (self if self._left else self.run_buttons[visible[0]]).setFocus()

    def _reserve(self) -> None:
        """The right end is as wide as it ever gets: the workspaces stay when Train becomes Pause and Stop."""
        for made in self.run_buttons.values():
            made.ensurePolished()  # before the style sheet has been applied a hint tells another width
        worded = {a: made.sizeHint().width() for a, made in self.run_buttons.items()}
        two = worded["train.stop"] + max(worded["train.pause"], worded["train.resume"])
        undo_redo = sum(made.sizeHint().width() + 8 for made in find_descendants(self.holder, QToolButton))
        self.holder.setMinimumWidth(two + undo_redo + 8 * 3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the workspaces leave the middle, so that the project's name can be read."""
        super().resizeEvent(event)
        self._share()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._share()

    def _share(self) -> None:
        self._reserve()
        self._row.setStretch(2, 1 if self.width() >= WIDE else 0)
        self.state.setVisible(self.width() >= fonts.px(1200))
