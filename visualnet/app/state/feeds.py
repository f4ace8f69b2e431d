"""Values fed at ports by hand, with an undo of their own: they are part of the view, not of the project, and never saved."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from visualnet.core.document import Document
from visualnet.training.observations.feeds.feed import Feed, active_feeds

MOST_STEPS = 200
"""So many steps can be taken back."""

List = tuple[Feed, ...]


class _Steps:
    """What one document is fed, and was before."""

    def __init__(self) -> None:
        self.now: List = ()
        self.before: list[List] = []
        self.after: list[List] = []
        self.merge = ""


class Feeds(QObject):
    """The feeds of the document in front; those of others wait until they come to the front again.

    Changes with the same ``merge`` in a row are one step: a slider that is dragged.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._every: WeakKeyDictionary[Document, _Steps] = WeakKeyDictionary()
        self._steps = _Steps()

    @property
    def every(self) -> List:
        """All of them, in the order in which they were made."""
        return self._steps.now

    @property
    def active(self) -> List:
        """Those that are switched on."""
        return active_feeds(self._steps.now)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._steps.before)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._steps.after)

    def show_document(self, document: Document) -> None:
        """Another document is in front."""
        steps = self._every.setdefault(document, _Steps())
        if steps is not self._steps:
            is_other = steps.now != self._steps.now
            self._steps = steps
            if is_other:
                self.changed.emit()

    def add(self, feed: Feed) -> int:
        """Feed a port; answers where it stands in the list."""
        self._set((*self.every, feed))
        return len(self.every) - 1

    def change(self, at: int, feed: Feed, merge: str = "") -> None:
        """Let another feed stand in the place of one."""
        if 0 <= at < len(self.every):
            self._set((*self.every[:at], feed, *self.every[at + 1 :]), merge and f"{at} {merge}")

    def remove(self, at: int) -> None:
        """Feed this no more."""
        self._set((*self.every[:at], *self.every[at + 1 :]))

    def clear(self) -> None:
        """Feed nothing any more."""
        self._set(())

    def undo(self) -> None:
        """Take the last step back."""
        steps = self._steps
        if steps.before:
            steps.after.append(steps.now)
            steps.now, steps.merge = steps.before.pop(), ""
            self.changed.emit()

    def redo(self) -> None:
        """Take the step that was taken back again."""
        steps = self._steps
        if steps.after:
            steps.before.append(steps.now)
            steps.now, steps.merge = steps.after.pop(), ""
            self.changed.emit()

    def _set(self, feeds: List, merge: str = "") -> None:
        steps = self._steps
        if feeds == steps.now:
            return
        if not merge or merge != steps.merge:
            steps.before.append(steps.now)
            del steps.before[:-MOST_STEPS]
        steps.now, steps.merge = feeds, merge
        steps.after.clear()
        self.changed.emit()
