"""What the network says, as a picture on the canvas beside the node that says it. It belongs to the window: no file knows of it."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, QTimer, Signal
from PySide6.QtWidgets import QWidget

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.child_objects import find_children
from visualnet.core.project import MAIN

if TYPE_CHECKING:
    from visualnet.app.features.training.picture_frame import PictureFrame

SIZE = QSize(340, 300)
SHARES = (1.0, 0.88, 0.77)
"""How large it may be: smaller where it would cover a card."""
ENLARGED = 1.25
"""So many times larger than beside the curves the picture becomes at least."""
AROUND = QSize(4, 80)
"""What a frame needs beside its picture: the title, the sample, the corner."""
STEP = 24
"""Places are tried so many px apart."""
WAIT_MS = 120
"""So long after another size or document the view has found its place."""
COVERED = 40
"""How much worse a covered px of a card is than a px of way to the node."""


class PinnedPicture(QObject):
    """Puts the prediction on the canvas, keeps it beside its node, and takes it away again."""

    changed = Signal(bool)
    """Whether the picture is on the canvas now."""
    room_changed = Signal()
    """The canvas has another size."""

    def __init__(self, studio: Studio, view: CanvasBase, kept: MutableMapping[str, Any]) -> None:
        super().__init__(view)
        self.studio, self.view, self.kept = studio, view, kept
        self.frame: PictureFrame | None = None
        self._offset = _point(kept.get("picture_at"))
        """From the node to the picture, in px of the screen, once a person has moved it."""
        self._least = QSize()
        """How large it has to be so that it is larger than it was, until a person makes it smaller."""
        self._soon = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._soon.timeout.connect(self._place)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self._follow)
        due = DeferredRefresh(view, self.refresh)
        studio.analysed.connect(due.ask)
        studio.sheet_changed.connect(due.ask)
        studio.document_changed.connect(self._soon.start)
        view.viewport().installEventFilter(self)

    @property
    def pinned(self) -> bool:
        """Whether the person wants it on the canvas."""
        return self.kept.get("on_canvas") is True

    def room(self) -> QRect:
        """Where on the canvas it may stand."""
        from visualnet.app.features.training.picture_frame import INSET

        return self.view.viewport().rect().adjusted(INSET, INSET, -INSET, -INSET)

    def enlarges(self, side: int) -> bool:
        """Whether the canvas has room for a larger picture than one whose shorter side is so long."""
        least, room = self._enlarged(side), self.room()
        return least.width() <= room.width() and least.height() <= room.height()

    def _enlarged(self, side: int) -> QSize:
        return QSize(1, 1) * round(ENLARGED * side) + AROUND * fonts.factor()

    def enlarge(self, side: int) -> None:
        """Put it on the canvas, larger than a picture whose shorter side is so long."""
        self._least = self._enlarged(side)
        self.pin(True)

    def pin(self, on: bool) -> None:
        """Put it on the canvas, or take it away."""
        self.kept["on_canvas"] = on
        if not on:
            self._offset = None
            self.kept["picture_at"] = None
        self.refresh()
        self.changed.emit(on)

    def refresh(self) -> None:
        """Show it where it belongs: on the main sheet of a network that has something to say."""
        if not (self.pinned and self.studio.sheet == MAIN and self.studio.graph.nodes):
            if self.frame is not None:
                self.frame.hide()
            return
        if self.frame is None:
            self._make_frame()
        assert self.frame is not None
        self.frame.name.setText(self._title())
        if not self.frame.isVisible():
            self._place()
            self.frame.show()
            self._soon.start()  # the view may still be on its way to the whole sheet
        self.frame.raise_()

    def _make_frame(self) -> None:
        # Here, for the pictures need not be known while the program starts.
        from visualnet.app.features.training.picture_frame import PictureFrame

        self.frame = PictureFrame(self.studio, self.view)
        self.frame.closed.connect(lambda: self.pin(False))
        self.frame.moved.connect(self._keep_place)

    def _node(self) -> QRect | None:
        """The card that says it, in the viewport: an output, or what the loss is taken of."""
        facts = self.studio.analysis.main
        for role in ("output", "metric", "loss"):
            for found in facts.sinks(role):
                if (card := self.view.canvas.cards.get(found.node.id)) is not None:
                    return self.view.mapFromScene(card.rect).boundingRect()
        return None

    def _title(self) -> str:
        outputs = self.studio.analysis.main.sinks("output")
        return f"What “{outputs[0].node.name}” says" if outputs else "What the network says"

    # --- where it stands -----------------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        from visualnet.app.features.training.picture_frame import LEAST, keep_inside

        if self.frame is None:
            return
        room = self.room()
        node = self._node()
        chosen = _point(self.kept.get("picture_size"))
        wanted = (
            [SIZE * (share * fonts.factor()) for share in SHARES] if chosen is None else [QSize(chosen.x(), chosen.y())]
        )
        sizes = [size.expandedTo(self._least).boundedTo(room.size()).expandedTo(LEAST) for size in wanted]
        if self._offset is not None and node is not None:
            place = QRect(node.topRight() + self._offset, sizes[0])
        else:
            place = self._free_place(room, node or QRect(room.bottomRight(), QSize(1, 1)), sizes)
        self.frame.resize(place.size())
        self.frame.move(keep_inside(place, room))

    def _free_place(self, room: QRect, node: QRect, sizes: list[QSize]) -> QRect:
        """Near the node, where the picture covers least of the cards and of what else lies over the canvas: rather smaller than there."""
        view = self.view
        taken = [view.mapFromScene(card.rect).boundingRect() for card in view.canvas.cards.values()]
        over = find_children(view, QWidget)
        taken += [w.geometry() for w in over if w.isVisible() and w not in (self.frame, view.viewport())]
        taken = [rect.adjusted(-6, -6, 6, 6) for rect in taken if rect.intersects(room)]
        return find_place(room, node, sizes, taken)

    def _follow(self, *_: object) -> None:
        """The camera moved: a picture that a person placed goes with its node, another one stays in view."""
        if self.frame is not None and self.frame.isVisible() and self._offset is not None:
            self._place()

    def _keep_place(self) -> None:
        """A person has moved or resized it."""
        assert self.frame is not None
        node = self._node()
        if node is not None:
            self._offset = self.frame.pos() - node.topRight()
            self.kept["picture_at"] = [self._offset.x(), self._offset.y()]
        self._least = QSize()
        self.kept["picture_size"] = [self.frame.width(), self.frame.height()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.room_changed.emit()
            if self.frame is not None and self.frame.isVisible():
                self._soon.start()
        return False


def find_place(room: QRect, node: QRect, sizes: Sequence[QSize], taken: Sequence[QRect]) -> QRect:
    """The place in a room for one of these sizes that is nearest to the node and covers least of what is taken; the first size that covers
    nothing is taken."""
    import numpy as np  # not with the program: it is there since the first picture was drawn

    best, least = QRect(room.topLeft(), sizes[0]), float("inf")
    across = np.array([(rect.left(), rect.left() + rect.width()) for rect in taken]).reshape(-1, 2)
    down = np.array([(rect.top(), rect.top() + rect.height()) for rect in taken]).reshape(-1, 2)
    for size in sizes:
        xs = np.array(_steps(room.left(), room.right() - size.width()))
        ys = np.array(_steps(room.top(), room.bottom() - size.height()))
        # What a place covers of a rectangle is a length across times one down: of all places and rectangles one product of matrices.
        hidden = _common(ys, size.height(), down) @ _common(xs, size.width(), across).T
        far_x = np.abs(xs + (size.width() - 1) // 2 - node.center().x())
        far_y = np.abs(ys + (size.height() - 1) // 2 - node.center().y())
        costs = far_x[None, :] + far_y[:, None] + COVERED * np.sqrt(hidden)
        row, column = np.unravel_index(costs.argmin(), costs.shape)
        if costs[row, column] < least:
            best, least = QRect(QPoint(int(xs[column]), int(ys[row])), size), float(costs[row, column])
        if not any(best.intersects(rect) for rect in taken):
            break
    return best


def _steps(low: int, high: int) -> list[int]:
    """Where something may begin along a side: everywhere, to the very edge."""
    return [*range(low, max(high, low), STEP), max(high, low)]


def _common(starts: Any, length: int, spans: Any) -> Any:
    """How long stretches that begin there have in common with each of the spans. Shape (starts, spans)."""
    import numpy as np

    ends = np.minimum((starts + length)[:, None], spans[None, :, 1])
    return np.maximum(ends - np.maximum(starts[:, None], spans[None, :, 0]), 0)


def _point(kept: object) -> QPoint | None:
    """Two whole numbers that were kept; None for anything else."""
    if isinstance(kept, list) and len(kept) == 2 and all(type(v) is int and abs(v) < 10_000 for v in kept):
        return QPoint(kept[0], kept[1])
    return None
