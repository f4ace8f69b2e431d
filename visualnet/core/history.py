"""The steps of a document as rows that a person reads: what was done and when, where one is, and which state is saved."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from visualnet.core.document import Document, HistoryStep
from visualnet.core.text.hidden_characters import visible

State = Literal["done", "current", "undone"]
_HERE = {"done": "", "current": "you are here", "undone": "taken back"}


class HistoryRow(NamedTuple):
    """The state after a step, or the one before them all. ``undone``: it was taken back and can be done again."""

    words: str
    time: str
    tip: str
    state: State
    saved: bool


class History(NamedTuple):
    """The steps of a document at one moment."""

    beginning: str
    """What the state before all steps is called."""
    steps: tuple[HistoryStep, ...]
    position: int
    saved: int | None

    @classmethod
    def of(cls, document: Document) -> History:
        """The document's steps as they are now."""
        beginning = "The beginning" if document.path is None else f"Opened {visible(document.path.name)}"
        if document.forgotten:
            beginning = f"{document.forgotten:,} earlier steps, not kept"
        return cls(beginning, document.steps, document.position, document.saved_position)

    def continues(self, old: History) -> bool:
        """Whether this is another with steps put behind it; its last one may have been merged with a newer edit."""
        if len(self.steps) < len(old.steps) or (old.steps and self.steps[0].before is not old.steps[0].before):
            return False
        return all(a is b for a, b in zip(self.steps, old.steps[:-1], strict=False))

    def row(self, at: int) -> HistoryRow:
        """The state after so many steps."""
        step = self.steps[at - 1] if at else None
        words = step.label if step is not None else self.beginning
        time = f"{datetime.fromtimestamp(step.time):%H:%M:%S}" if step is not None else ""
        state: State = "current" if at == self.position else "done" if at < self.position else "undone"
        saved = at == self.saved
        tip = " · ".join(filter(None, (words, time, _HERE[state], "as it was saved" if saved else "")))
        return HistoryRow(words, time, tip, state, saved)
