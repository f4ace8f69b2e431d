"""The monkey: it picks gestures by their weight and does each with real events."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from tests.flows.hands import LEFT, NONE
from tests.flows.monkey.dialogs import ACTS, TEXTS, Answers, Files, click, poke, type_text
from tests.flows.monkey.watch import Beats, Gap, stack_of
from tests.waiting import until
from visualnet.analysis import infer
from visualnet.app.canvas.view import CanvasView
from visualnet.app.features.palette.panel import MIME
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.shell.window import Window
from visualnet.app.state.deferred_refresh import do_waiting_refreshes
from visualnet.app.theme.child_objects import find_descendants
from visualnet.app.theme.hidden_widgets import HiddenWidgets
from visualnet.core.storage.project_file import dumps, loads
from visualnet.data import registry
from visualnet.layers import LAYERS
from visualnet.templates.index import template_list

KEYS = (
    "Ctrl+Z", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+D", "Ctrl+X", "Del", "Ctrl+L", "Home", "Ctrl++",
    "Ctrl+-", "Ctrl+0", "Ctrl+8", "F8", "Shift+F8", "Ctrl+G", "Ctrl+Shift+G", "Ctrl+Return", "Left", "Right", "Up", "Down",
    "Shift+Right", "Esc", "Ctrl+1", "Ctrl+3", "Ctrl+Shift+Return", "Alt+Return", "Tab", "Space", "F2", "Shift+F1", "F1", "Return",
)  # fmt: skip
GROWING = ("Ctrl+V", "Ctrl+D", "Ctrl+G", "edit.paste", "edit.duplicate", "graph.group")
MOST_NODES = 60
"""Where there are more, nothing is copied: what doubles each time would soon be no network any more."""
MOST_TABS, MOST_VIEWS = 6, 2
BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
SIZES = ((960, 600), (1100, 700), (1280, 800), (1440, 900), (1920, 1080), (2560, 1300))
CLIPS = ("{}", "[1,2", "no network", '{"visualnet": 1}', "> quoted\n> mail", "\x00\x01", "\U0001f469\u200d\U0001f467")


class Done(NamedTuple):
    """A gesture that was made."""

    number: int
    name: str
    what: str
    gap: Gap
    seen: list[tuple[str, ...]]


class Monkey:
    """Works a window. The same seed picks the same gestures as long as the window does the same; threads may change that."""

    def __init__(self, window: Window, seed: int, beats: Beats, answers: Answers, files: Files) -> None:
        self.window, self.beats, self.answers, self.files = window, beats, answers, files
        self.chance = answers.chance
        self.seed, self.number, self.what = seed, 0, ""
        self.kinds = [k.tag for k in LAYERS.values() if not k.hidden]
        self.templates = [t.name for t in template_list()]
        self.trains = True
        self._popup_acts = 0
        # Every question is asked, but the window stays.
        self._may_quit, window.project_files.may_quit = window.project_files.may_quit, self._stay  # type: ignore[method-assign]
        self.gestures: dict[Callable[[], None], int] = {
            self.click: 18, self.drag: 12, self.wire: 14, self.key: 28, self.place: 5, self.drop: 4, self.number_field: 8,
            self.tab: 5, self.theme: 1, self.double_click: 2, self.right_click: 3, self.wheel: 4, self.pan: 2, self.action: 16,
            self.poke: 14, self.template: 2, self.train: 3, self.resize: 1, self.step: 2, self.sheet: 2, self.drop_file: 1,
            self.search: 5, self.view: 1, self.clip: 1, self.rest: 4, self.text_size: 1, self.outside: 1,
        }  # fmt: skip

        self.drawing = (
            self.click, self.drag, self.wire, self.key, self.place, self.drop, self.number_field, self.double_click, self.right_click,
            self.wheel, self.pan, self.sheet, self.step,
        )  # fmt: skip

    def _stay(self) -> bool:
        return self._may_quit() and False

    @property
    def studio(self) -> Any:
        """That of the view that was worked in last."""
        return self.window.views.studio

    def act(self, only: frozenset[str] = frozenset()) -> Done:
        """One gesture, and all that follows from it at once."""
        self.number += 1
        self.what = ""
        chosen = [g for g in self.gestures if not only or g.__name__ in only]
        gesture = self.chance.choices(chosen, [self.gestures[g] for g in chosen])[0]
        popup = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if popup is not None:
            gesture = self._in_popup
        else:
            self._popup_acts = 0
            active = QApplication.activeWindow()
            if active is None or not active.isVisible():
                # A window manager gives the keyboard back when a list of choices closes; the offscreen platform leaves it there.
                self.window.activateWindow()
        if gesture in self.drawing and self.window.covered:
            gesture = self.template  # nothing is drawn on what is not seen
        if (handle := self.window.windowHandle()) is not None:
            # By way of the window, as a hand on a mouse: the program must see that somebody works.
            QTest.mouseMove(handle, QPoint(5 + self.number % 2, 5))
        self.beats.take()
        gesture()
        live()
        return Done(self.number, gesture.__name__.strip("_"), self.what, self.beats.take(), self.beats.seen)

    def _in_popup(self) -> None:
        """Something stands over the window and waits: a menu, a list of choices."""
        self._popup_acts += 1
        box = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if box is not None:
            self.what = type(box).__name__
            self.beats.mark()
            self.answers.work(box, last=self._popup_acts > ACTS)

    # --- places --------------------------------------------------------------------------------------------------------------------

    def canvas(self) -> CanvasView:
        """A canvas that is seen: mostly the window's own."""
        inside = self.window.canvas.inside.view
        views = [v for v in (inside, *(o.view for o in self.window.views.all)) if v is not None and isValid(v)]
        return self.chance.choice(views) if views and self.chance.random() < 0.5 else self.window.canvas.view

    def somewhere(self, view: CanvasView) -> QPoint:
        size = view.viewport().size()
        return QPoint(self.chance.randrange(max(1, size.width())), self.chance.randrange(max(1, size.height())))

    def near_a_card(self, view: CanvasView) -> QPoint:
        cards = list(view.canvas.cards.values())
        if not cards or self.chance.random() < 0.2:
            return self.somewhere(view)
        card = self.chance.choice(cards)
        x, y = card.x + self.chance.uniform(0, card.width), card.y + self.chance.uniform(0, card.height)
        return view.mapFromScene(QPointF(x, y))

    def modifiers(self) -> Qt.KeyboardModifier:
        keys = Qt.KeyboardModifier
        return self.chance.choice([keys.NoModifier] * 4 + [keys.ShiftModifier, keys.ControlModifier, keys.AltModifier])

    @property
    def full(self) -> bool:
        """Whether there are enough nodes."""
        return len(self.studio.graph.nodes) > MOST_NODES

    # --- on the canvas -------------------------------------------------------------------------------------------------------------

    def click(self) -> None:
        view, keys = self.canvas(), self.modifiers()
        place = self.near_a_card(view)
        self.beats.mark()
        click(view.viewport(), place, keys)

    def double_click(self) -> None:
        view = self.canvas()
        place = self.near_a_card(view)
        self.beats.mark()
        click(view.viewport(), place, double=True)

    def right_click(self) -> None:
        view = self.canvas()
        place = self.near_a_card(view)
        self.beats.mark()
        click(view.viewport(), place, button=Qt.MouseButton.RightButton)
        port = view.viewport() if isValid(view) else None
        if port is not None and QApplication.activePopupWidget() is None:
            reason = QContextMenuEvent.Reason.Mouse
            QApplication.sendEvent(port, QContextMenuEvent(reason, place, port.mapToGlobal(place)))

    def drag(self) -> None:
        view, keys = self.canvas(), self.modifiers()
        self._drag(view, self.near_a_card(view), self.somewhere(view), keys, LEFT)

    def pan(self) -> None:
        view = self.canvas()
        self._drag(view, self.somewhere(view), self.somewhere(view), NONE, Qt.MouseButton.MiddleButton)

    def _drag(self, view: CanvasView, start: QPoint, end: QPoint, keys: Any, button: Any) -> None:
        port = view.viewport()
        self.beats.mark()
        QTest.mousePress(port, button, keys, start)
        for step in (0.05, 0.3, 0.7, 1.0):
            if isValid(port):
                QTest.mouseMove(port, start + (end - start) * step)
                QApplication.processEvents()
                self.beats.beat()
        if isValid(view) and self.chance.random() < 0.15:
            QTest.keyClick(view, Qt.Key.Key_Escape)
        if isValid(port):
            QTest.mouseRelease(port, button, keys, end)

    def wire(self) -> None:
        view = self.canvas()
        cards = list(view.canvas.cards.values())
        outs, ins = [c for c in cards if c.outputs], [c for c in cards if c.inputs]
        if outs and ins:
            source, target = self.chance.choice(outs), self.chance.choice(ins)
            start = view.mapFromScene(source.anchor(self.chance.choice(list(source.outputs)), True))
            end = view.mapFromScene(target.anchor(self.chance.choice(list(target.inputs)), False))
            self._drag(view, start, end, NONE, LEFT)

    def wheel(self) -> None:
        view = self.canvas()
        place, keys = self.somewhere(view), self.modifiers()
        turn = QPoint(0, self.chance.choice([-480, -120, -15, 15, 120, 480]))
        port, phase = view.viewport(), Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(place, port.mapToGlobal(place), QPoint(), turn, Qt.MouseButton.NoButton, keys, phase, False)
        self.beats.mark()
        QApplication.sendEvent(port, event)

    def key(self) -> None:
        keys = self.chance.choice(KEYS)
        if self.full and keys in GROWING:
            keys = "Ctrl+Z"
        view = self.canvas()
        if self.chance.random() < 0.8:
            view.setFocus()
        self.what = keys
        focus = QApplication.focusWidget() or view
        self.beats.mark()
        QTest.keySequence(focus, keys)

    def place(self) -> None:
        if not self.full:
            self.what = self.chance.choice(self.kinds)
            self.beats.mark()
            self.window.studio.place_requested.emit(self.what)

    def drop(self) -> None:
        if not self.full:
            mime = QMimeData()
            self.what = self.chance.choice([*self.kinds, "no such kind", "block:nothing"])
            mime.setData(MIME, QByteArray(self.what.encode()))
            view = self.canvas()
            self._drop(view.viewport(), mime, self.somewhere(view))

    def _drop(self, target: QWidget, mime: QMimeData, place: QPoint) -> None:
        action = Qt.DropAction.CopyAction
        enter = QDragEnterEvent(place, action, mime, LEFT, NONE)
        self.beats.mark()
        QApplication.sendEvent(target, enter)
        if enter.isAccepted():
            QApplication.sendEvent(target, QDragMoveEvent(place, action, mime, LEFT, NONE))
            QApplication.sendEvent(target, QDropEvent(QPointF(place), action, mime, LEFT, NONE))

    # --- in the panels -------------------------------------------------------------------------------------------------------------

    def number_field(self) -> None:
        """Select a node and spin or type one of its numbers."""
        studio, keys = self.studio, Qt.Key
        nodes = list(studio.graph.nodes)
        if not nodes:
            return
        studio.select([self.chance.choice(nodes)])
        if not self.window.panel("inspector").isVisible():
            self.window.spaces.reveal("inspector")
        form = self.window.panel("inspector").node_page.form
        fields = [row.field for row in form.rows.values() if hasattr(row, "field")] if form is not None else []
        if not fields:
            return
        field = self.chance.choice(fields)
        self.beats.mark()
        field.setFocus()
        if self.chance.random() < 0.5:
            QTest.keyClick(field, self.chance.choice([keys.Key_Up, keys.Key_Down]))
            return
        field.selectAll()
        type_text(
            field,
            self.chance.choice(("1", "3", "7", "-2", "2*3", "nonsense", "1e9", "5×3", "0", *TEXTS[:8])),
            self.chance,
        )
        if isValid(field):
            QTest.keyClick(field, self.chance.choice([keys.Key_Return, keys.Key_Escape]))

    def poke(self) -> None:
        """Anything at all in one of the windows."""
        windows = [self.window, *self.window.views.all]
        root = self.chance.choice(windows) if self.chance.random() < 0.2 else self.window
        poke(root, self.chance, self.beats)

    def search(self) -> None:
        """Something odd into one of the fields that search, or into the quick add or the command palette."""
        opened = self.chance.choice(["", "", "graph.quick_add", "help.command_palette", "edit.find"])
        if opened:
            self.beats.mark()
            self.window.actions_.trigger(opened)
            live()
        focus = QApplication.focusWidget()
        if not isinstance(focus, QLineEdit):
            fields = [f for f in find_descendants(self.window, QLineEdit) if f.isVisible() and f.isEnabled()]
            if not fields:
                return
            focus = self.chance.choice(fields)
            focus.setFocus()
        text = self.chance.choice(TEXTS)
        self.what = f"{opened} {text[:20]!r}"
        self.beats.mark()
        type_text(focus, text, self.chance)
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape):
            if isValid(focus) and self.chance.random() < 0.5:
                QTest.keyClick(focus, key)

    def action(self) -> None:
        """Any action that can be done now, by its keys or from its menu."""
        actions = self.window.actions_
        able = [a for a in actions if actions[a].isEnabled()]
        name = self.chance.choice(able)
        if (self.full and name in GROWING) or (name == "train.start" and not self.trains):
            return
        if name == "view.second" and len(self.window.views.all) >= MOST_VIEWS:
            return
        self.what = name
        keys = actions.shortcuts(name)
        self.beats.mark()
        if actions.specs[name].fill is not None:
            menu = actions[name].menu()
            menu.popup(self.window.mapToGlobal(QPoint(200, 200)))
        elif keys and self.chance.random() < 0.5:
            QTest.keySequence(QApplication.focusWidget() or self.window, self.chance.choice(list(keys)))
        else:
            actions[name].trigger()

    def step(self) -> None:
        """Somewhere else in the history, by a click in its panel, or many undos at once."""
        document = self.window.studio.document
        steps = len(document.steps)
        if not steps or self.window.covered:
            return
        if self.chance.random() < 0.5:
            self.beats.mark()
            self.window.spaces.reveal("history")
            live()
            shown = self.window.panel("history").list
            index = shown.model().index(self.chance.randrange(steps + 1), 0)
            shown.scrollTo(index)
            self.beats.mark()
            click(shown.viewport(), shown.visualRect(index).center())
        else:
            keys = self.chance.choice(["Ctrl+Z", "Ctrl+Shift+Z"])
            for _ in range(self.chance.randrange(1, 12)):
                self.beats.mark()
                QTest.keySequence(self.window.canvas.view, keys)

    # --- tabs, sheets, views -------------------------------------------------------------------------------------------------------

    def template(self) -> None:
        """Open a template from its card, as the start page does; an empty project now and then."""
        if len(self.window.project_files.tabs) >= MOST_TABS:
            self.tab()
            return
        self.what = name = self.chance.choice([*self.templates, ""])
        self.beats.mark()
        if name:
            self.window.pages["start_page"].template_chosen.emit(name)
        else:
            self.window.pages["start_page"].empty_chosen.emit()

    def tab(self) -> None:
        """Show a tab, close one, move one."""
        tabs, strip, chance = self.window.project_files.tabs, self.window.strip, self.chance
        if len(tabs) < 2:
            return
        at = chance.randrange(len(tabs))
        wish = chance.random()
        self.what = "close" if wish < 0.35 else "show" if wish < 0.85 else "menu" if wish < 0.93 else "move"
        place = strip.tabRect(at).center()
        self.beats.mark()
        if wish < 0.25:
            click(strip, place, button=Qt.MouseButton.MiddleButton)
        elif wish < 0.35:
            strip.tabCloseRequested.emit(at)
        elif wish < 0.85:
            click(strip, place)
        elif wish < 0.93:
            reason = QContextMenuEvent.Reason.Mouse
            QApplication.sendEvent(strip, QContextMenuEvent(reason, place, strip.mapToGlobal(place)))
        else:
            strip.moveTab(at, chance.randrange(len(tabs)))

    def sheet(self) -> None:
        """Into a block and out again, in its tab or in its place."""
        canvas, studio = self.window.canvas, self.window.studio
        blocks = [i for i, n in studio.graph.nodes.items() if n.block is not None]
        wish = self.chance.random()
        if blocks and wish < 0.6:
            studio.select([self.chance.choice(blocks)])
            self.what = self.chance.choice(["graph.open_block", "graph.open_inside"])
            canvas.view.setFocus()
            self.beats.mark()
            self.window.actions_.trigger(self.what)
        elif canvas.tabs.count() > 1:
            self.beats.mark()
            if wish < 0.8:
                canvas.tabs.setCurrentIndex(self.chance.randrange(canvas.tabs.count()))
            else:
                canvas.tabs.tabCloseRequested.emit(canvas.tabs.count() - 1)

    def view(self) -> None:
        """A further view comes or goes."""
        views = self.window.views.all
        self.beats.mark()
        if views and (len(views) >= MOST_VIEWS or self.chance.random() < 0.6):
            self.what = "close"
            self.chance.choice(views).close()
        elif not self.window.covered:
            self.what = "open"
            self.window.actions_.trigger("view.second")

    # --- the rest of the world -----------------------------------------------------------------------------------------------------

    def train(self) -> None:
        names = (
            "train.start",
            "train.pause",
            "train.resume",
            "train.change_network",
            "train.keep_network",
            "train.stop",
        )
        self.what = self.chance.choice(names if self.trains else names[2:])
        self.beats.mark()
        self.window.actions_.trigger(self.what)

    def theme(self) -> None:
        names = ("dark", "light", "contrast", "contrast_light", "system")
        self.what = f"view.theme_{self.chance.choice(names)}"
        self.beats.mark()
        self.window.actions_.trigger(self.what)

    def text_size(self) -> None:
        self.what = self.chance.choice(["view.text_larger", "view.text_smaller", "view.text_normal"])
        self.beats.mark()
        self.window.actions_.trigger(self.what)

    def resize(self) -> None:
        root = self.chance.choice([self.window, self.window, *self.window.views.all])
        self.beats.mark()
        root.resize(*self.chance.choice(SIZES))

    def drop_file(self) -> None:
        mime = QMimeData()
        name, _ = self.files.to_open()
        mime.setUrls(
            [QUrl.fromLocalFile(name), *([QUrl("http://example.invalid/x")] if self.chance.random() < 0.2 else [])]
        )
        self.what = Path(name).name
        if len(self.window.project_files.tabs) < MOST_TABS:
            self._drop(self.chance.choice([self.window, self.window.pages["start_page"]]), mime, QPoint(300, 300))

    def outside(self) -> None:
        """Another program writes, breaks or removes a file that may be open."""
        found = [
            t.path
            for t in self.window.project_files.tabs
            if t.path is not None and t.path.is_relative_to(self.files.folder)
        ]
        if found:
            path = self.chance.choice(found)
            self.what = path.name
            if self.chance.random() < 0.3:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(self.files.contents[self.chance.choice(["whole.vnet", "cut.vnet", "words.txt"])])

    def clip(self) -> None:
        """Something foreign on the clipboard."""
        QApplication.clipboard().setText(self.chance.choice(CLIPS))

    def rest(self) -> None:
        """Let what waits for a pause have it."""
        rest(self.chance.choice([0.02, 0.15, 0.3]), self.beats)

    # --- beginning and ending ------------------------------------------------------------------------------------------------------

    def load_libraries(self) -> None:
        """Train a step, so that what torch loads with its first optimizer (some 150 MB) counts from the beginning."""
        self.window.pages["start_page"].template_chosen.emit("lenet5")
        live()
        self.window.actions_.trigger("train.start")
        runner, end = self.studio.runner, time.monotonic() + 120
        while (runner.model is None or runner.model.step < 2) and time.monotonic() < end:
            rest(0.05, self.beats)
        self.window.actions_.trigger("train.stop")
        while runner.busy and time.monotonic() < end:
            rest(0.05, self.beats)
        self.close_all()

    def close_all(self) -> None:
        """Close every tab and further view, throw changes away, end the training, and wait until all of it has gone."""
        self.answers.leaving = True
        while (box := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
            box.close()
            live()
        window = self.window
        window.views.close_all()
        self._close_tabs()
        QApplication.clipboard().clear()
        rest(1.6, self.beats)
        until(lambda: not window.runner._queue.busy, "nothing done beside the window")
        # On a busy machine a search or a measurement of a closed project may still be at it.
        until(lambda: not self._tasks(), lambda: f"the end of {self._tasks()}")
        hidden = QApplication.instance().findChild(HiddenWidgets)
        until(lambda: hidden is None or not hidden.waiting, "hidden widgets styled")
        self._close_tabs()  # what was asked for before may have opened a project only now
        rest(0.2, self.beats)
        window.collector.collect_all()  # what it does by itself when nobody has touched anything for three seconds
        self.answers.leaving = False
        do_waiting_refreshes()  # panels that nobody sees follow last of all
        live()

    def _tasks(self) -> list[str]:
        """The names of what is still done beside the window, and where each is."""
        return [f"{t.name}:\n{stack_of(t.name)}" for t in find_descendants(self.window, BackgroundTask) if t.running]

    def _close_tabs(self) -> None:
        """Until the home page alone is left, as at the start: each of the other pages is a tab with a document of its own."""
        files = self.window.project_files
        files.tabs.show_page("start_page")
        while (tab := next((tab for tab in files.tabs if tab.page != "start_page"), None)) is not None:
            files.close_tab(tab)

    def unhook(self) -> None:
        """The window may be left again."""
        self.window.project_files.may_quit = self._may_quit  # type: ignore[method-assign]


def whole(window: Window) -> None:
    """The drawing is what a file of it says; what is shown is what is drawn; what is known is what is true."""
    studio = window.studio
    project = studio.project
    written = dumps(project)
    read = loads(written, "monkey.vnet")
    assert dumps(read) == written
    # Of a run a file says less (where its folder is, is this machine's), and of a newer file what this program can read.
    assert project.runs or project.readonly or read == project
    if not window.covered:
        assert set(window.canvas.view.canvas.cards) == set(studio.graph.nodes)
    fresh = infer(project, None, registry.fields_or_none(project.data))
    assert set(fresh.problems) == set(studio.analysis.problems)
    assert fresh.main.parameters == studio.analysis.main.parameters
    assert "Something went wrong" not in window.banner.text
    for tab in window.project_files.tabs:
        assert not (tab.page and tab.document.modified), "what is not seen was edited"


def undo_all(window: Window) -> None:
    """Undo leads back to where the project in front began, where that is still known."""
    document = window.studio.document
    begun = (
        document.path is None and not document.forgotten and not document.project.runs and not document.project.readonly
    )
    while document.undo_label:
        document.undo()
    assert not begun or not document.modified, "undo leads back to where it began"


def live() -> None:
    """All that waits to be done, and what waits to be deleted."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def rest(seconds: float, beats: Beats) -> None:
    """Let the window live for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        beats.mark()
        live()
        beats.beat()
        time.sleep(0.002)
    beats.mark()


def make(window: Window, seed: int, beats: Beats, folder: Path) -> tuple[Monkey, Answers]:
    """A monkey with files to work with; ``answers`` must be entered before it acts."""
    chance = random.Random(seed)
    files = Files(folder, chance)
    answers = Answers(chance, files, beats)
    return Monkey(window, seed, beats, answers, files), answers
