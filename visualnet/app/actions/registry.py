"""One table of actions: menus, context menus, shortcuts, tool bars and the command palette all come from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from visualnet.app.actions.filled_menu import fill_on_show
from visualnet.app.state.deferred_refresh import answering, refresh_needed
from visualnet.app.theme import icons
from visualnet.core.text.format import capitalize_first

Context = Literal["window", "canvas"]
Target = TypeVar("Target")

MENUS = ("File", "Edit", "Select", "View", "Graph", "Arrange", "Train", "Help")
"""The menus of the window, from left to right; one that a feature adds stands behind them."""

EDIT_PARAMETERS = "graph.edit_parameters"
"""The Inspector's action that Return on a card runs."""

# macOS wants these two in the program's own menu; by guessing from the words it would take others too.
_ROLES = {"file.quit": QAction.MenuRole.QuitRole, "help.about": QAction.MenuRole.AboutRole}


@dataclass(frozen=True)
class ActionSpec(Generic[Target]):
    """One thing a person can do: its words and keys, where it is found, what it does and when it can be done.

    The ``id`` begins with its menu: `edit.cut`. Within the menu it stands at its ``place``, with a line where the tens change; ``menus``
    gives its places in context menus. ``submenu`` is the title of the submenu in which it stands, at the place of the first such entry;
    ``submenus`` gives those of context menus.

    ``keys`` are separated by spaces; ``context`` says where they count: in the whole window, or only
    while the canvas has the focus.

    One of three does it: ``run``; ``check`` makes it checkable, and gets the new state; ``fill`` makes it a submenu, and gets the menu.
    ``enabled`` tells whether it can be done now. All are handed what the action is done to: the Studio, where a feature declares it.
    ``unavailable`` is a sentence that says why it cannot be done, where that has one cause.
    ``group`` makes checkable actions exclude one another. What ``shows`` a panel never takes it away where it is chosen by its name, in a
    search. What can be done ``anywhere`` can be done while a page covers the canvas too.
    """

    id: str
    place: int
    text: str
    tip: str
    icon: str = ""
    keys: str = ""
    run: Callable[[Target], object] | None = None
    enabled: Callable[[Target], bool] | None = None
    menus: Mapping[str, int] = field(default_factory=dict)
    check: Callable[[Target, bool], object] | None = None
    fill: Callable[[Target, QMenu], object] | None = None
    context: Context = "window"
    group: str = ""
    anywhere: bool = False
    shows: bool = False
    submenu: str = ""
    submenus: Mapping[str, str] = field(default_factory=dict)
    unavailable: str = ""

    @property
    def name(self) -> str:
        """The text without the dots that say a question follows."""
        return self.text.rstrip("…")

    @property
    def menu(self) -> str:
        """The title of its menu."""
        return capitalize_first(self.id.partition(".")[0])

    @property
    def shortcuts(self) -> tuple[str, ...]:
        """Its keys, one by one."""
        return tuple(self.keys.split())


def menu_order(specs: Iterable[ActionSpec[Any]]) -> tuple[ActionSpec[Any], ...]:
    """The actions as they stand in the menus of the window, from left to right and from top to bottom."""

    def position(spec: ActionSpec[Any]) -> tuple[int, str, int]:
        return MENUS.index(spec.menu) if spec.menu in MENUS else len(MENUS), spec.menu, spec.place

    return tuple(sorted(specs, key=position))


class Actions(QObject):
    """The QActions of a window, made from a table.

    `remembered` maps an action's id to the keys that the person chose; it is read at the start and kept up to date.
    """

    shortcuts_changed = Signal(str)
    triggered = Signal(str)

    def __init__(
        self,
        table: Iterable[ActionSpec[Any]],
        parent: QObject | None = None,
        remembered: MutableMapping[str, list[str]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.specs = {spec.id: spec for spec in table}
        self._remembered: MutableMapping[str, list[str]] = {} if remembered is None else remembered
        self._forget_unusable()
        self._actions: dict[str, QAction] = {}
        self._handlers: dict[str, Callable[..., object]] = {}
        self._conditions: dict[str, Callable[[], bool]] = {}
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

    def bind(self, specs: Iterable[ActionSpec[Target]], target: Callable[[], Target]) -> None:
        """Let these actions do what they declare, to the target as it is by then."""
        for spec in specs:
            done = spec.run or spec.check or spec.fill
            assert done is not None, spec.id
            self._handlers[spec.id] = partial(_call, done, target)
            if spec.enabled is not None:
                self._conditions[spec.id] = partial(_call, spec.enabled, target)

    def trigger(self, action_id: str) -> None:
        """Do it, if it can be done now."""
        refresh_needed()  # whether it can is told by a refresh, too
        self._actions[action_id].trigger()

    def choose(self, action_id: str) -> None:
        """Do what was chosen by its name, if it can be done now: what shows a panel shows it, whether it stands somewhere or not."""
        refresh_needed()
        spec, action = self.specs[action_id], self._actions[action_id]
        if spec.shows and action.isChecked() and action.isEnabled():
            self._run(spec, True)
        else:
            action.trigger()

    def refresh(self, covered: bool = False) -> None:
        """Enable what can be done now; while a page covers the canvas, only what can be done anywhere."""
        for action_id, action in self._actions.items():
            can = self._conditions.get(action_id)
            action.setEnabled((not covered or self.specs[action_id].anywhere) and (can is None or can()))

    def set_checked(self, action_id: str, state: bool) -> None:
        """Show a state without doing the action."""
        self._actions[action_id].setChecked(state)

    def set_text(self, action_id: str, text: str) -> None:
        """Change the words for now, "Undo Add Conv2d"; an empty text brings the table's own back."""
        self._actions[action_id].setText((text or self.specs[action_id].text).replace("&", "&&"))
        self._describe(action_id)

    # Placing

    def menus(self, bar: QMenuBar) -> None:
        """Add every menu that the table names."""
        for title in dict.fromkeys(spec.menu for spec in self.specs.values()):
            menu = bar.addMenu(title)
            menu.setObjectName(f"menu.{title}")
            own = [spec for spec in self.specs.values() if spec.menu == title]
            _add_sections(menu, [_Entry(spec.place, self._actions[spec.id], spec.submenu) for spec in own])

    def fill(self, menu: QMenu, name: str, extra: str = "") -> None:
        """Put the actions of a context menu into it, and of the context menu ``extra`` those that can be done now."""
        entries = {}
        for spec in self.specs.values():
            action = self._actions[spec.id]
            if extra in spec.menus and action.isEnabled():
                entries[spec.id] = _Entry(spec.menus[extra], action, spec.submenus.get(extra, ""))
            if name in spec.menus:
                entries[spec.id] = _Entry(spec.menus[name], action, spec.submenus.get(name, ""))
        _add_sections(menu, entries.values())

    def fill_for(self, menu: QMenu, name: str, target: object) -> None:
        """Put the actions of a context menu into it, to be done to another target than they are bound to."""
        entries = []
        for spec in self.specs.values():
            if name in spec.menus and spec.run is not None:
                entry = QAction(spec.text, menu)
                entry.setEnabled(spec.enabled is None or spec.enabled(target))
                entry.triggered.connect(lambda _=False, run=spec.run: run(target))
                entries.append(_Entry(spec.menus[name], entry))
        _add_sections(menu, entries)

    def install(self, widget: QWidget, context: Context = "window") -> None:
        """Make the keys of a context work in `widget`."""
        for spec in self.specs.values():
            if spec.context == context:
                widget.addAction(self._actions[spec.id])

    def submenu(self, action_id: str) -> QMenu | None:
        """The menu that an action opens, if it does."""
        return self._submenus.get(action_id)

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
        return next((other for other in self._owners().get(_portable(key), ()) if other != action_id), None)

    def _owners(self) -> dict[str, list[str]]:
        """Which actions each of the keys in use triggers, in the table's order."""
        owners: dict[str, list[str]] = {}
        for action_id in self.specs:
            for key in self.shortcuts(action_id):
                owners.setdefault(_portable(key), []).append(action_id)
        return owners

    def check(self) -> list[str]:
        """What is wrong with the table; an empty list when every action can be found and does something."""
        faults, owners = [], self._owners()
        for spec in self.specs.values():
            faults += [f"{spec.id}: no {what}" for what in ("text", "tip") if not getattr(spec, what)]
            if spec.id not in self._handlers:
                faults.append(f"{spec.id}: nothing does it")
            for key in self.shortcuts(spec.id):
                faults += [f"{spec.id}: {key} is also {o}" for o in owners[_portable(key)] if o != spec.id][:1]
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

    def _build(self, spec: ActionSpec[Any]) -> QAction:
        action = QAction(spec.text.replace("&", "&&"), self)
        action.setObjectName(spec.id)
        action.setCheckable(spec.check is not None)
        action.setMenuRole(_ROLES.get(spec.id, QAction.MenuRole.NoRole))
        if spec.context == "canvas":
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if spec.icon:
            icons.bind(action, spec.icon)
        # An icon would stand where the tick of a chosen line stands, and nothing would tell it from the others.
        action.setIconVisibleInMenu(spec.check is None)
        if spec.group:
            group = self._groups.setdefault(spec.group, QActionGroup(self))
            group.addAction(action)
        self._actions[spec.id] = action
        if spec.fill is not None:
            owner = self.parent()
            menu = QMenu(spec.text, owner if isinstance(owner, QWidget) else None)
            fill_on_show(menu, lambda menu: self._handlers[spec.id](menu))
            self._submenus[spec.id] = menu
            action.setMenu(menu)
        else:
            action.triggered.connect(lambda state: self._run(spec, state))
        self._describe(spec.id)
        return action

    def _run(self, spec: ActionSpec[Any], state: bool) -> None:
        handler = self._handlers.get(spec.id)
        assert handler is not None, f"{spec.id} has no handler"
        with answering():
            handler(state) if spec.check is not None else handler()
        self.triggered.emit(spec.id)

    def _describe(self, action_id: str) -> None:
        action, spec = self._actions[action_id], self.specs[action_id]
        action.setShortcuts([QKeySequence(key) for key in self.shortcuts(action_id)])
        keys = self.keys_text(action_id)
        words = action.text().replace("&&", "&").rstrip("…")
        action.setToolTip(f"{words} ({keys})" if keys else words)
        action.setStatusTip(spec.tip)


def _portable(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def _call(function: Callable[..., Any], target: Callable[[], object], *given: object) -> Any:
    return function(target(), *given)


class _Entry(NamedTuple):
    """An action at its place in a menu, or in the submenu of this title."""

    place: int
    action: QAction
    submenu: str = ""


def _add_sections(menu: QMenu, entries: Iterable[_Entry]) -> None:
    """Add the entries by place, with a line where the tens change; those of a submenu at the place of its first one."""
    section = None
    inner: dict[str, tuple[QMenu, list[_Entry]]] = {}
    for entry in sorted(entries, key=attrgetter("place")):
        if entry.submenu in inner:
            inner[entry.submenu][1].append(entry._replace(submenu=""))
            continue
        if section not in (None, entry.place // 10):
            menu.addSeparator()
        section = entry.place // 10
        if entry.submenu:
            held = menu.addMenu(entry.submenu)
            held.setObjectName(f"{menu.objectName()}.{entry.submenu}")
            inner[entry.submenu] = held, [entry._replace(submenu="")]
        else:
            menu.addAction(entry.action)
    for held, those in inner.values():
        _add_sections(held, those)
