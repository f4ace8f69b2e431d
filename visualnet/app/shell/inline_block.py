"""A block opened in place: its inside in a frame over its card, a canvas like the one around it, so that it can be edited there.

To the rest of the window it is a further view (``views.py``): what is selected inside, the inspector shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from visualnet.app.canvas.view import CanvasView
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, label
from visualnet.core.project import MAIN

LEAST, MOST = (320, 200), (760, 380)
HEAD = 36
EDGE = 110
"""Left free round the cards, for the totals and for dropping things."""
ROOM = 8
"""Between the frame and the edge of the canvas."""


class InlineBlock(QFrame):
    """The frame. It has a Studio of its own on the same document: what is selected inside does not change what is selected around it."""

    opened = Signal()
    closing = Signal()
    """Its canvas and its Studio are about to go."""

    def __init__(
        self,
        studio: Studio,
        around: CanvasView,
        answers: Callable[[CanvasView, Callable[[], object]], Mapping[str, Any]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.studio, self.around, self._answers = studio, around, answers
        self.answers: Mapping[str, Any] = {}
        """What the actions of the window do in here."""
        self.node = ""
        self.own: Studio | None = None
        self.view: CanvasView | None = None
        self.setObjectName("inside")
        self.setAccessibleName("Inside of a block")
        self.words = label("", "heading")
        self.ports = label("", "mono")
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 6, 0)
        head.addWidget(self.words)
        head.addWidget(self.ports, 1)
        into_tab = button("Open in a tab", "quiet", "enter", done=self.open_tab)
        into_tab.setToolTip("Show it on a sheet of its own, with what is selected (Ctrl+Return)")
        shut = button("", "quiet", "close", done=self.shut)
        shut.setToolTip("Fold it up again (Esc)")
        shut.setAccessibleName("Fold the block up")
        for widget in (into_tab, shut):
            head.addWidget(widget)
        bar = QWidget()
        bar.setLayout(head)
        bar.setFixedHeight(HEAD)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2, 2, 2, 2)
        self.column.setSpacing(0)
        self.column.addWidget(bar)
        self.keys: dict[str, Callable[[], object]] = {"Esc": self.shut, "Ctrl+Return": self.open_tab}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._stand)
        around.viewport().installEventFilter(self)
        studio.document_changed.connect(self.shut)
        studio.sheet_changed.connect(lambda _: self.shut())
        studio.project_changed.connect(lambda _before, _after: self._follow())
        studio.analysed.connect(lambda _: self._tell())
        studio.theme_changed.connect(self._theme)
        self.hide()

    # --- opening and folding up --------------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Open the selected block in its place, or fold it up."""
        chosen = self.studio.selection
        if self.isVisible() and (not chosen or chosen[-1] == self.node):
            self.shut()
        elif chosen:
            self.open(chosen[-1])

    def open(self, node_id: str) -> bool:
        """Show the inside of a block of the open sheet; False if it is none."""
        node = self.studio.graph.nodes.get(node_id)
        if node is None or node.block not in self.studio.project.blocks:
            return False
        self.shut()
        self.node = node_id
        self.own = Studio(self.studio.document, self.studio.theme, self)
        self.own.runner, self.own.settings, self.own.shell = self.studio.runner, self.studio.settings, self.studio.shell
        self.own.message.connect(self.studio.message.emit)
        self.own.open_sheet(node.block or MAIN, (*self.studio.path, node_id))
        self.own.sheet_changed.connect(self._elsewhere)
        self.view = CanvasView(self.own)
        self.view.context_menu = self.around.context_menu
        self.view.popup.kept = self.around.popup.kept
        self.view.minimap.hide()
        self.view.installEventFilter(self)
        self.column.addWidget(self.view, 1)
        self.answers = {
            **self._answers(self.view, self.shut),
            "graph.open_block": self.open_tab,
            "graph.open_inside": self.shut,
        }
        self._tell()
        self._wear()
        self._stand()
        self.show()
        self.raise_()
        self.opened.emit()
        self.view.fit_at_once()
        self.view.setFocus(Qt.FocusReason.PopupFocusReason)
        return True

    def shut(self) -> None:
        """Fold it up."""
        view, own = self.view, self.own
        if view is None or own is None:
            return
        had = self.isAncestorOf(focus) if (focus := self.window().focusWidget()) is not None else False
        self.closing.emit()
        self.view = self.own = None
        self.answers = {}  # they hold the canvas, and with it the document
        self.hide()
        own.release()
        self.column.removeWidget(view)
        view.cancel()
        view.hide()
        view.deleteLater()
        own.deleteLater()
        if had:
            self.around.setFocus()

    def open_tab(self) -> None:
        """Show the block on a sheet of its own, with what is selected here."""
        own = self.own
        if own is not None:
            sheet, path, chosen = own.sheet, own.path, own.selection
            self.shut()
            self.studio.open_sheet(sheet, path)
            self.studio.select(chosen)
            if chosen:
                self.studio.focus_requested.emit(list(chosen), "")
            self.around.setFocus()

    def _elsewhere(self, sheet: str) -> None:
        """A block inside was entered: that has a tab of its own. Or this one is gone."""
        if self.own is not None and sheet != MAIN and len(self.own.path) > len(self.studio.path) + 1:
            self.open_tab()
        else:
            self.shut()

    # --- following -----------------------------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """The block may be gone, or another one by now."""
        node = self.studio.graph.nodes.get(self.node)
        if self.own is not None and (node is None or node.block != self.own.sheet):
            self.shut()
        else:
            self._tell()

    def _tell(self) -> None:
        """Name the block and what comes in and goes out."""
        facts = self.studio.facts
        known = facts.nodes.get(self.node) if facts is not None else None
        if self.own is None or known is None:
            return
        node = known.node
        times = "" if node.repeat == 1 else f" ×{node.repeat}, the first"
        self.words.setText(f"{node.name}{times}")
        came = [f"{p} {s.text}" for p, s in zip(known.inputs, known.arriving, strict=True) if s is not None]
        goes = [f"{p} {s.text}" for p, s in known.leaving.items()]
        self.ports.setText(f"{', '.join(came) or '?'} → {', '.join(goes) or '?'}")

    def _theme(self, theme: object) -> None:
        if self.own is not None:
            self.own.theme = theme
            self.own.theme_changed.emit(theme)
            self._wear()

    def _wear(self) -> None:
        t = self.studio.theme
        self.setStyleSheet(f"#inside {{ background: {t.surface}; border: 2px solid {t.accent}; border-radius: 10px; }}")

    def _key(self, event: QKeyEvent) -> bool:
        """Do what a key stands for; the window's own shortcuts for it are told to wait."""
        done = self.keys.get(QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText))
        if done is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            done()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        keys = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        if self.view is not None and watched is self.view and isinstance(event, QKeyEvent) and event.type() in keys:
            return self._key(event)
        if self.view is not None and event.type() in (QEvent.Type.Paint, QEvent.Type.Resize):
            self._soon.start()
        return super().eventFilter(watched, event)

    def _stand(self) -> None:
        """Over the card, wherever the canvas has been moved, as far as the canvas goes."""
        card = self.around.canvas.cards.get(self.node)
        if self.view is None or card is None:
            return
        port, parent = self.around.viewport(), self.parentWidget()
        area = QRect(port.mapTo(parent, QPoint(0, 0)), port.size()).adjusted(ROOM, ROOM, -ROOM, -ROOM)
        corner = port.mapTo(parent, self.around.mapFromScene(card.rect.topLeft()))
        width = max(LEAST[0], min(MOST[0], area.width()))
        inner = self.view.canvas.contents()
        wanted = HEAD + EDGE + inner.height() * min(1.0, (width - EDGE) / max(1.0, inner.width()))
        height = round(max(LEAST[1], min(wanted, MOST[1], area.height())))
        x = max(area.left(), min(corner.x(), area.right() - width))
        y = max(area.top(), min(corner.y(), area.bottom() - height))
        place = QRect(x, y, width, height)
        if place != self.geometry():
            self.setGeometry(place)
