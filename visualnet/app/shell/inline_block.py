"""A block opened in place: its inside in a frame over its card, a canvas like the one around it, so that it can be edited there.

To the rest of the window it is a further view (``extra_windows.py``): what is selected inside, the inspector shows.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QWidget

from visualnet.app.canvas.view import CanvasView
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import column, row
from visualnet.core.project import MAIN

LEAST, MOST = (320, 200), (760, 380)
HEAD = 36
EDGE = 110
"""Left free round the cards, for the totals and for dropping things."""
ROOM = 8
"""Between the frame and the edge of the canvas."""


class InlinePage:
    """What stands in the frame: a canvas, and what the actions of the window do in it."""

    def __init__(self, block: InlineBlock, view: CanvasView, find: Callable[[], object]) -> None:
        self.view = view
        self._block, self._find = block, find

    def search(self) -> None:
        """Open the search of the page around."""
        self._find()

    def open_block(self) -> None:
        """Open the block in a tab."""
        self._block.open_tab()

    def open_inside(self) -> None:
        """Collapse the block."""
        self._block.collapse()

    go_up = open_inside


class InlineBlock(QFrame):
    """The frame. It has a Studio of its own on the same document: what is selected inside does not change what is selected around it."""

    opened = Signal(CanvasView)
    closing = Signal()
    """Its canvas and its Studio are about to go."""

    def __init__(
        self,
        studio: Studio,
        around: CanvasView,
        make_canvas: Callable[[Studio], CanvasView],
        find: Callable[[], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.studio, self.around, self._make_canvas, self._find = studio, around, make_canvas, find
        self._parent = parent
        self.node = ""
        self.page: InlinePage | None = None
        self.setObjectName("inside")
        self.setAccessibleName("Inside of a block")
        self.words = label("", "heading")
        self.ports = label("", "figures")
        into_tab = button("Open in a tab", "quiet", "enter", done=self.open_tab)
        into_tab.setToolTip("Show it on a sheet of its own, with what is selected (Ctrl+Return)")
        close_button = describe(
            button("", "quiet", "close", done=self.collapse), "Collapse the block", "Collapse it again (Esc)"
        )
        bar = QWidget()
        row(self.words, (self.ports, 1), into_tab, close_button, margins=(12, 0, 6, 0), parent=bar)
        bar.setFixedHeight(HEAD)
        self.column = column(bar, margins=2, spacing=0, parent=self)
        self.keys: dict[str, Callable[[], object]] = {"Esc": self.collapse, "Ctrl+Return": self.open_tab}
        self._move_soon = QTimer(self, singleShot=True, interval=0)
        self._move_soon.timeout.connect(self._move_over_card)
        around.viewport().installEventFilter(self)
        studio.document_changed.connect(self.collapse)
        studio.sheet_changed.connect(lambda _: self.collapse())
        studio.project_changed.connect(lambda _before, _after: self._follow())
        studio.analysed.connect(lambda _: self._describe())
        studio.theme_changed.connect(lambda _: self._apply_theme())
        self.hide()

    @property
    def view(self) -> CanvasView | None:
        """The canvas in it, while it is open."""
        return self.page.view if self.page is not None else None

    @property
    def own(self) -> Studio | None:
        """The Studio of that canvas."""
        return self.page.view.studio if self.page is not None else None

    def toggle(self) -> None:
        """Open the selected block in its place, or collapse it."""
        chosen = self.studio.selection
        if self.isVisible() and (not chosen or chosen[-1] == self.node):
            self.collapse()
        elif chosen:
            self.open(chosen[-1])

    def open(self, node_id: str) -> bool:
        """Show the inside of a block of the open sheet; False if it is none."""
        node = self.studio.graph.nodes.get(node_id)
        if node is None or node.block not in self.studio.project.blocks:
            return False
        self.collapse()
        self.node = node_id
        own = self.studio.further_view(self)
        own.open_sheet(node.block or MAIN, (*self.studio.path, node_id))
        own.sheet_changed.connect(self._leave)
        view = self._make_canvas(own)
        self.page = InlinePage(self, view, self._find)
        view.minimap.hide()
        view.installEventFilter(self)
        self.column.addWidget(view, 1)
        self._describe()
        self._apply_theme()
        self._move_over_card()
        self.show()
        self.raise_()
        self.opened.emit(view)
        view.fit_at_once()
        view.setFocus(Qt.FocusReason.PopupFocusReason)
        return True

    def collapse(self) -> None:
        """Collapse it."""
        if self.page is None:
            return
        view = self.page.view
        focus = self.window().focusWidget()
        had = focus is not None and self.isAncestorOf(focus)
        self.closing.emit()
        self.page = None  # it holds the canvas, and with that the document
        self.hide()
        view.studio.release()
        self.column.removeWidget(view)
        view.cancel()
        view.hide()
        view.deleteLater()
        view.studio.deleteLater()
        if had:
            self.around.setFocus()

    def open_tab(self) -> None:
        """Show the block on a sheet of its own, with what is selected here."""
        own = self.own
        if own is not None:
            sheet, path, chosen = own.sheet, own.path, own.selection
            self.collapse()
            self.studio.open_sheet(sheet, path)
            self.studio.select(chosen)
            if chosen:
                self.studio.focus_requested.emit(list(chosen), "")
            self.around.setFocus()

    def _leave(self, sheet: str) -> None:
        """A block inside was entered: that has a tab of its own. Or this one is gone."""
        if self.own is not None and sheet != MAIN and len(self.own.path) > len(self.studio.path) + 1:
            self.open_tab()
        else:
            self.collapse()

    def _follow(self) -> None:
        """The block may be gone, or another one by now."""
        node = self.studio.graph.nodes.get(self.node)
        if self.own is not None and (node is None or node.block != self.own.sheet):
            self.collapse()
        else:
            self._describe()

    def _describe(self) -> None:
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

    def _apply_theme(self) -> None:
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
            self._move_soon.start()
        return super().eventFilter(watched, event)

    def _move_over_card(self) -> None:
        """Over the card, wherever the canvas has been moved, as far as the canvas goes."""
        card = self.around.canvas.cards.get(self.node)
        if self.view is None or card is None:
            return
        port, parent = self.around.viewport(), self._parent
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
