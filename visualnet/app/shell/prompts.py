"""What the window asks and offers: to stop a training, to recover what a crash left."""

from __future__ import annotations

import platform
from datetime import datetime

import PySide6
from PySide6.QtWidgets import QMessageBox, QWidget

from visualnet.app.services.runner import Runner
from visualnet.app.shell.frame import Frame
from visualnet.app.widgets.messages import Act
from visualnet.app.widgets.modal import answer_of
from visualnet.core.autosave import Orphan, orphans
from visualnet.core.document import Document
from visualnet.core.text.timestamps import moment
from visualnet.version import __version__

CRASHED = "VisualNet did not close properly."


def may_stop(window: QWidget, runner: Runner, document: Document) -> bool:
    """Whether a running training of a document may be ended: there is none, or the person says so."""
    if runner.state_of(document) in ("idle", "failed"):
        return True
    buttons = QMessageBox.StandardButton
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Training is running")
    box.setText(f"Stop the training of {document.project.name}?")
    box.setInformativeText("Its weights are kept; it can be resumed later.")
    box.setStandardButtons(buttons.Yes | buttons.Cancel)
    box.button(buttons.Yes).setText("Stop and close")
    box.setDefaultButton(buttons.Cancel)
    agreed = bool(answer_of(box) == buttons.Yes)
    if agreed:
        # Before anything is saved: the history must not say that the run still goes on.
        runner.finish()
    return agreed


def offer(window: Frame, left: list[Orphan]) -> None:
    """Offer what crashed windows left, the newest first; one after the other, or all at once."""
    newest = left[0]
    name = newest.path.name if newest.path else f"“{newest.name}”, which was never saved,"
    when = moment(newest.time)
    today = when is not None and when.date() == datetime.now().date()
    told = f"from {when:{'%H:%M' if today else '%d %b %Y, %H:%M'}}" if when is not None else "at an unknown time"
    acts: list[Act] = [
        ("Recover", lambda: _recover(window, newest)),
        ("Throw away", lambda: _throw_away(window, newest)),
    ]
    more = ""
    if len(left) > 1:
        acts.insert(1, (f"Recover all {len(left)}", lambda: _recover(window, *left)))
        more = f" {len(left) - 1} more project{'s were' if len(left) > 2 else ' was'} open."
    words = f"{CRASHED} Changes to {name} were kept, {told}."
    window.notify("warning", words + more, acts)


def _recover(window: Frame, *chosen: Orphan) -> None:
    window.filing.recover(*chosen)
    if left := orphans():
        offer(window, left)


def _throw_away(window: Frame, orphan: Orphan) -> None:
    orphan.discard()
    if left := orphans():
        offer(window, left)


def about(window: Frame) -> None:
    """Version, licence, libraries."""

    words = (
        f"VisualNet {__version__} · MIT licence\n\nPython {platform.python_version()}, Qt {PySide6.__version__} (LGPL)"
    )
    QMessageBox.about(window, "About VisualNet", words)


def tell_occupied(window: Frame) -> None:
    """Say which tab trains, and offer to go there."""
    tabs, trains = window.filing.tabs, window.runner.elsewhere
    tab = tabs.of(trains)
    if tab is not None:
        words = f"“{tabs.name(tab)}” is training in another tab. One network trains at a time: wait for it, or stop it there."
        window.notify("hint", words, [("Go there", lambda: tabs.show(tab))])
