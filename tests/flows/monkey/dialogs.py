"""What stands in the way of the next gesture is answered: questions, menus, dialogs with a loop of their own, files that are asked for."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, QThread, QTimer
from PySide6.QtGui import QDesktopServices, QDrag, QImage, QInputMethodEvent
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QProgressDialog,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

from tests.flows.hands import LEFT, NONE
from tests.flows.monkey.watch import Beats
from visualnet.app.shell.closing_dialog import ClosingDialog
from visualnet.app.theme.child_objects import find_descendants
from visualnet.templates.index import template_list

TICK_MS = 4
ACTS = 6
"""So many things are done in a dialog before it is left."""
TEXTS = (
    "conv", "relu", "5x5 16 s2", "conv 5x5 16 s2", "", " ", "1", "-3", "0", "1e9", "2*channels", "(1, 2", "nan", "x" * 600,
    "<b>bold</b>", "%s %d {0}", ".*(?P<", "\\", "'; --", "Größe", "ßẞİı", "日本語の層", "שלום עולם", "مرحبا", "ﷺ", "𝕏𝖞", "a\tb", "…",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3f3\ufe0f\u200d\U0001f308", "e\u0301\u0327\u0323",
    "\u202eabc\u202c", "\u200b\u200d\ufeff", "∑∂×−′", "\U0010ffff", "Ω≈ç√∫",
)  # fmt: skip


class Files:
    """Files to open and places to save to: whole, broken, missing, odd of name."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        folder.mkdir(parents=True, exist_ok=True)
        whole = next(t.path for t in template_list() if t.name == "lenet5").read_bytes()
        self.contents = {
            "whole.vnet": whole,
            "blättern 日本 👩.vnet": whole,
            "cut.vnet": whole[: len(whole) // 2],
            "empty.vnet": b"",
            "zeros.vnet": bytes(4096),
            "binary.vnet": bytes(range(256)) * 40,
            "deep.vnet": b"[" * 5000,
            "list.vnet": b"[1, 2, 3]",
            "newer.vnet": whole.replace(b'"format": 1', b'"format": 99', 1),
            "words.txt": b"no network",
        }
        for name, data in self.contents.items():
            (folder / name).write_bytes(data)
        QImage(QSize(8, 8), QImage.Format.Format_RGB32).save(str(folder / "plain.png"))

    def to_open(self, *_: object, **__: object) -> tuple[str, str]:
        """The answer of a dialog that asks for a file to open."""
        if self.chance.random() < 0.2:
            return "", ""
        found = [*sorted(self.folder.iterdir()), self.folder, self.folder / "missing.vnet", Path("/proc/self/mem")]
        return str(self.chance.choice(found)), ""

    def to_look_into(self, *_: object, **__: object) -> str:
        """The answer of a dialog that asks for a folder. Qt's own, worked by hand, would make folders wherever the tests are run."""
        return (
            ""
            if self.chance.random() < 0.2
            else str(self.chance.choice([self.folder, self.folder / "gone", Path("/proc")]))
        )

    def to_save(self, _parent: object = None, _title: str = "", wish: str = "", kinds: str = "") -> tuple[str, str]:
        """The answer of a dialog that asks where to save."""
        if self.chance.random() < 0.2:
            return "", ""
        kind = self.chance.choice(kinds.split(";;"))
        suffix = Path(wish).suffix if self.chance.random() < 0.7 else self.chance.choice(["", ".vnet", ".png", ".svg"])
        stem = self.chance.choice(["one", "two", "dreißig", "日本", "a b"])
        place = self.chance.choice([self.folder] * 8 + [self.folder / "no such folder", Path("/proc")])
        return str(place / f"{stem}{suffix}"), kind


class Answers:
    """Answers whatever runs a loop of its own. ``leaving``: let everything go (discard, stop)."""

    def __init__(self, chance: random.Random, files: Files, beats: Beats) -> None:
        self.chance, self.files, self.beats = chance, files, beats
        self.leaving = False
        self._acts = 0
        self._idle = 0
        self._active = False
        self._patched: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> Answers:
        patches: list[tuple[Any, str, Callable[..., Any]]] = [
            (QFileDialog, "getOpenFileName", self.files.to_open),
            (QFileDialog, "getSaveFileName", self.files.to_save),
            (QFileDialog, "getExistingDirectory", self.files.to_look_into),
            (QDesktopServices, "openUrl", lambda *_: True),
            (QDrag, "exec", lambda *_: Qt.DropAction.IgnoreAction),  # drops are events of their own
            (QPrintDialog, "exec", lambda *_: QDialog.DialogCode.Rejected),
        ]
        for owner, name, made in patches:
            self._patched.append((owner, name, getattr(owner, name)))
            setattr(owner, name, made)
        self._active = True
        self._began_in = Path.cwd()
        os.chdir(self.files.folder)  # what is named without a folder is not written into the checkout
        self._again()
        return self

    def __exit__(self, *_: object) -> None:
        self._active = False
        os.chdir(self._began_in)
        for owner, name, before in self._patched:
            setattr(owner, name, before)

    def _again(self) -> None:
        QTimer.singleShot(TICK_MS, lambda: self._tick())  # PySide keeps a weak reference for each bound method

    def _tick(self) -> None:
        # A new timer each time: one whose slot opened a loop of its own would not fire in there.
        if not self._active:
            return
        self._again()
        if QThread.currentThread().loopLevel() == 0:
            self._acts = self._idle = 0
            return
        self.beats.beat()
        box = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if box is None:
            self._idle += 1
            if self._idle > 250 and (window := QApplication.activeWindow()) is not None:
                self._idle = 0
                QTest.keyClick(window, Qt.Key.Key_Escape)
            return
        self._idle = 0
        self._acts += 1
        self.beats.mark()
        self.work(box, last=self._acts > ACTS)

    # --- one act in what is in front ---------------------------------------------------------------------------------------------------

    def work(self, box: QWidget, last: bool) -> None:
        """Do one thing in a dialog, a menu or a popup; the last one leaves it."""
        if isinstance(box, QMessageBox):
            self._question(box)
        elif isinstance(box, QProgressDialog):
            if last and self._acts > 400:
                box.cancel()
        elif isinstance(box, QMenu):
            self._menu(box, last)
        elif isinstance(box, ClosingDialog) and self.leaving:
            QTest.mouseClick(box.discard_button, LEFT)
        elif last:
            box.reject() if isinstance(box, QDialog) else box.close()
        else:
            poke(box, self.chance)

    def _question(self, box: QMessageBox) -> None:
        buttons = QMessageBox.StandardButton
        wanted = [b for b in (box.button(buttons.Discard), box.button(buttons.Yes)) if b is not None]
        choices = wanted if self.leaving and wanted else box.buttons()
        if choices and self.chance.random() < 0.95:
            QTest.mouseClick(self.chance.choice(choices), LEFT)
        else:
            box.reject()

    def _menu(self, menu: QMenu, last: bool) -> None:
        able = [a for a in menu.actions() if a.isEnabled() and a.isVisible() and not a.isSeparator()]
        if last or not able or self.chance.random() < 0.2:
            QTest.keyClick(menu, Qt.Key.Key_Escape)
            if last and isValid(menu):
                menu.close()
        elif self.chance.random() < 0.5:
            QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(self.chance.choice(able)).center())
        else:
            for _ in range(self.chance.randrange(1, 8)):
                QTest.keyClick(menu, Qt.Key.Key_Down)
            QTest.keyClick(menu, self.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Right]))


# --- something in a window ----------------------------------------------------------------------------------------------------------

_WORKED = (
    QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractSlider, QAbstractItemView, QTabBar, QPlainTextEdit,
)  # fmt: skip


def visible(root: QWidget, kinds: tuple[type, ...] = _WORKED) -> list[QWidget]:
    """What can be worked in a window now."""
    return [
        w
        for w in find_descendants(root, QWidget)
        if isinstance(w, kinds) and w.isVisible() and w.isEnabled() and w.width() > 2
    ]


def poke(root: QWidget, chance: random.Random, beats: Beats | None = None) -> None:
    """Work one of the widgets in a window as its kind is worked."""
    found = visible(root)
    # A window with a hundred buttons has also a few fields: by kind first, then by chance.
    kinds = sorted({next(k.__name__ for k in _WORKED if isinstance(w, k)) for w in found})
    if not kinds:
        QTest.mouseClick(root, LEFT, NONE, QPoint(chance.randrange(root.width()), chance.randrange(root.height())))
        return
    kind = chance.choice(kinds)
    widget = chance.choice([w for w in found if kind == next(k.__name__ for k in _WORKED if isinstance(w, k))])
    if beats is not None:
        beats.mark()
    keys = Qt.Key
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        widget.setFocus()
        type_text(widget, chance.choice(TEXTS), chance)
        if isValid(widget) and chance.random() < 0.6:
            QTest.keyClick(widget, chance.choice([keys.Key_Return, keys.Key_Escape, keys.Key_Tab, keys.Key_Down]))
    elif isinstance(widget, QAbstractSlider | QAbstractSpinBox | QComboBox) and chance.random() < 0.8:
        for _ in range(chance.randrange(1, 4)):
            if isValid(widget):
                QTest.keyClick(widget, chance.choice([keys.Key_Up, keys.Key_Down, keys.Key_PageUp, keys.Key_End]))
    elif isinstance(widget, QAbstractItemView):
        _poke_list(widget, chance)
    else:
        area = widget.rect()
        place = QPoint(chance.randrange(max(1, area.width())), chance.randrange(max(1, area.height())))
        click(widget, area.center() if isinstance(widget, QAbstractButton) else place)


def _poke_list(view: QAbstractItemView, chance: random.Random) -> None:
    model = view.model()
    rows = model.rowCount() if model is not None else 0
    if rows and chance.random() < 0.7:
        index = model.index(chance.randrange(rows), 0)
        view.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        click(view.viewport(), view.visualRect(index).center(), double=chance.random() < 0.2)
    else:
        for _ in range(chance.randrange(1, 5)):
            QTest.keyClick(view, chance.choice([Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_Return]))


def click(widget: QWidget, place: QPoint, keys: Any = NONE, button: Any = LEFT, double: bool = False) -> None:
    """Press and release; between the two the widget may have gone."""
    QTest.mousePress(widget, button, keys, place)
    if isValid(widget):
        QTest.mouseRelease(widget, button, keys, place)
    if double and isValid(widget):
        QTest.mouseDClick(widget, button, keys, place)


def type_text(widget: QWidget, text: str, chance: random.Random) -> None:
    """Type by keys; what no key has is committed as an input method does it, or pasted."""
    if isinstance(widget, QLineEdit | QPlainTextEdit) and chance.random() < 0.7:
        widget.selectAll()
    if text.isascii() and text.isprintable() and len(text) < 40:
        QTest.keyClicks(widget, text)
    elif chance.random() < 0.6:
        event = QInputMethodEvent("", [])
        event.setCommitString(text)
        QApplication.sendEvent(widget, event)
    else:
        QApplication.clipboard().setText(text)
        QTest.keySequence(widget, "Ctrl+V")
