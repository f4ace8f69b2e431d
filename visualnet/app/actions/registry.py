"""One table of actions: menus, shortcuts, tool bars and the command palette all come from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from visualnet.app.theme import icons

Context = Literal["window", "canvas"]

# macOS wants these two in the program's own menu; by guessing from the words it would take others too.
_ROLES = {"file.quit": QAction.MenuRole.QuitRole, "help.about": QAction.MenuRole.AboutRole}


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing a person can do, and where it is found.

    `context` says where its keys count: in the whole window, or only while the canvas has the focus.
    `group` makes checkable actions exclude one another; `submenu` makes it a menu that its handler fills;
    `divider` draws a line above it in its menu. `run` does it and `enabled` tells whether it can be done now: both are handed
    the Studio; `run` gets also the new state where the action is checkable, or the menu to fill where it is a submenu.
    """

    id: str
    text: str
    tip: str
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    menu: str = ""
    checkable: bool = False
    context: Context = "window"
    group: str = ""
    submenu: bool = False
    divider: bool = False
    run: Callable[..., object] | None = None
    enabled: Callable[[Any], bool] | None = None

    @property
    def name(self) -> str:
        """The text without the dots that say a question follows."""
        return self.text.rstrip("…")


class Actions(QObject):
    """The living actions of a window, built from a table.

    `remembered` maps an action's id to the keys that the person chose; it is read at the start and kept up to date.
    """

    shortcuts_changed = Signal(str)
    triggered = Signal(str)

    def __init__(
        self,
        table: Iterable[ActionSpec],
        parent: QObject | None = None,
        remembered: MutableMapping[str, list[str]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.specs = {spec.id: spec for spec in table}
        self._remembered: MutableMapping[str, list[str]] = {} if remembered is None else remembered
        self._forget_unusable()
        self._actions: dict[str, QAction] = {}
        self._handlers: dict[str, Callable[..., Any]] = {}
        self._submenus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        for spec in self.specs.values():
            self._actions[spec.id] = self._build(spec)

    def __getitem__(self, action_id: str) -> QAction:
        """The QAction of this id."""
        return self._actions[action_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    # Doing

    def on(self, action_id: str, handler: Callable[..., Any]) -> None:
        """Let `handler` answer this action.

        It gets the new state where the action is checkable, the menu to fill where it is a submenu, else nothing.
        """
        assert action_id in self.specs, action_id
        self._handlers[action_id] = handler

    def trigger(self, action_id: str) -> None:
        """Do it, if it can be done now."""
        self._actions[action_id].trigger()

    def enable(self, **states: bool) -> None:
        """Say what can be done now: `enable(edit_undo=True)`; the first underscore stands for the dot."""
        for key, state in states.items():
            self._actions[key.replace("_", ".", 1)].setEnabled(state)

    def set_enabled(self, states: dict[str, bool]) -> None:
        """Say what can be done now, by id."""
        for action_id, state in states.items():
            self._actions[action_id].setEnabled(state)

    def set_checked(self, action_id: str, state: bool) -> None:
        """Show a state without doing the action."""
        self._actions[action_id].setChecked(state)

    def set_text(self, action_id: str, text: str) -> None:
        """Change the words for now, "Undo Add Conv2d"; an empty text brings the table's own back."""
        self._actions[action_id].setText((text or self.specs[action_id].text).replace("&", "&&"))
        self._describe(action_id)

    # Placing

    def menu(self, bar: QMenuBar, title: str) -> QMenu:
        """Add the menu `title` with all that the table puts there, in the table's order."""
        made = bar.addMenu(title)
        made.setObjectName(f"menu.{title}")
        for spec in self.specs.values():
            if spec.menu == title:
                if spec.divider and not made.isEmpty():
                    made.addSeparator()
                made.addAction(self._actions[spec.id])
        return made

    def menus(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Add every menu that the table names."""
        titles = dict.fromkeys(spec.menu for spec in self.specs.values() if spec.menu)
        return {title: self.menu(bar, title) for title in titles}

    def fill(self, bar: QToolBar | QMenu, ids: Sequence[str]) -> None:
        """Put actions into a tool bar or a context menu; "" is a line between them."""
        for action_id in ids:
            if action_id:
                bar.addAction(self._actions[action_id])
            else:
                bar.addSeparator()

    def install(self, widget: QWidget, context: Context = "window") -> None:
        """Make the keys of a context work in `widget`."""
        for spec in self.specs.values():
            if spec.context == context:
                widget.addAction(self._actions[spec.id])

    # Keys

    def shortcuts(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action, as they are written in the table."""
        return tuple(self._remembered.get(action_id, self.specs[action_id].shortcuts))

    def keys_text(self, action_id: str) -> str:
        """The first keys of an action as this system writes them, or ""."""
        keys = self.shortcuts(action_id)
        return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""

    def set_shortcuts(self, action_id: str, keys: Sequence[str]) -> None:
        """Give an action other keys and remember them."""
        wanted = tuple(_portable(key) for key in keys if key)
        for key in wanted:
            owner = self.conflict(action_id, key)
            if owner is not None:
                raise ValueError(f"{key} already does “{self.specs[owner].name}”")
        if wanted == self.specs[action_id].shortcuts:
            self._remembered.pop(action_id, None)
        else:
            self._remembered[action_id] = list(wanted)
        self._describe(action_id)
        self.shortcuts_changed.emit(action_id)

    def reset_shortcuts(self, action_id: str | None = None) -> None:
        """Bring the table's own keys back, for one action or for all.

        Raises:
            ValueError: another action was given one of them.
        """
        if action_id is not None:
            for key in self.specs[action_id].shortcuts:
                if (owner := self.conflict(action_id, key)) is not None:
                    raise ValueError(f"{key} does “{self.specs[owner].name}” now; give that other keys first")
        for each in [action_id] if action_id else list(self._remembered):
            self._remembered.pop(each, None)
            if each in self.specs:
                self._describe(each)
                self.shortcuts_changed.emit(each)

    def conflict(self, action_id: str, key: str) -> str | None:
        """The id of another action that these keys would trigger."""
        wanted = _portable(key)
        for other in self.specs:
            if other != action_id and wanted in map(_portable, self.shortcuts(other)):
                return other
        return None

    def check(self) -> list[str]:
        """What is wrong with the table; an empty list when every action can be found and does something."""
        faults = []
        for spec in self.specs.values():
            faults += [f"{spec.id}: no {what}" for what in ("text", "tip") if not getattr(spec, what)]
            if spec.id not in self._handlers:
                faults.append(f"{spec.id}: no handler")
            for key in self.shortcuts(spec.id):
                owner = self.conflict(spec.id, key)
                if owner is not None:
                    faults.append(f"{spec.id}: {key} is also {owner}")
                if not _portable(key):
                    faults.append(f"{spec.id}: {key} is no key")
        return faults

    def _forget_unusable(self) -> None:
        """Drop remembered keys that are none, or that another action has by now: an old or edited file must not stop the window."""
        known = [each for each in self._remembered if each in self.specs]
        for action_id in known:
            keys: object = self._remembered[action_id]
            if not isinstance(keys, list) or not all(isinstance(key, str) and _portable(key) for key in keys):
                del self._remembered[action_id]
        for action_id in known:
            if any(self.conflict(action_id, key) for key in self._remembered.get(action_id, ())):
                del self._remembered[action_id]

    def _build(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text.replace("&", "&&"), self)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.setMenuRole(_ROLES.get(spec.id, QAction.MenuRole.NoRole))
        if spec.context == "canvas":
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if spec.icon:
            icons.bind(action, spec.icon)
        # An icon would stand where the tick of a chosen line stands, and nothing would tell it from the others.
        action.setIconVisibleInMenu(not spec.checkable)
        if spec.group:
            group = self._groups.setdefault(spec.group, QActionGroup(self))
            group.addAction(action)
        self._actions[spec.id] = action
        if spec.submenu:
            owner = self.parent()
            menu = QMenu(spec.text, owner if isinstance(owner, QWidget) else None)
            menu.aboutToShow.connect(lambda: self._fill_submenu(spec.id))
            # What was chosen is told after the menu has gone. Then its lines go too: they hold the canvas that they were made for.
            menu.aboutToHide.connect(lambda: QTimer.singleShot(0, menu, lambda: menu.isVisible() or menu.clear()))
            self._submenus[spec.id] = menu
            action.setMenu(menu)
        else:
            action.triggered.connect(lambda state: self._run(spec, state))
        self._describe(spec.id)
        return action

    def _run(self, spec: ActionSpec, state: bool) -> None:
        handler = self._handlers.get(spec.id)
        assert handler is not None, f"{spec.id} has no handler"
        handler(state) if spec.checkable else handler()
        self.triggered.emit(spec.id)

    def _fill_submenu(self, action_id: str) -> None:
        menu = self._submenus[action_id]
        menu.clear()
        self._handlers[action_id](menu)

    def _describe(self, action_id: str) -> None:
        action, spec = self._actions[action_id], self.specs[action_id]
        action.setShortcuts([QKeySequence(key) for key in self.shortcuts(action_id)])
        keys = self.keys_text(action_id)
        words = action.text().replace("&&", "&").rstrip("…")
        action.setToolTip(f"{words} ({keys})" if keys else words)
        action.setStatusTip(spec.tip)


def _portable(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
