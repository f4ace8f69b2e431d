"""What the window asks and offers: to stop a training, to recover what a crash left."""

from __future__ import annotations

import platform
from collections.abc import Callable
from datetime import datetime
from functools import partial

import PySide6
from PySide6.QtWidgets import QApplication, QCheckBox, QMessageBox, QWidget

from visualnet.app.services.runner import Runner
from visualnet.app.shell.window_base import WindowBase
from visualnet.app.widgets.dialogs.messages import Banner, MessageAction
from visualnet.app.widgets.dialogs.modal import answer_of, message_box, question
from visualnet.core.document import Document
from visualnet.core.process.autosave import Orphan, orphans
from visualnet.core.text.timestamps import moment
from visualnet.templates.small_versions import OPEN_SMALL, TRAIN_SMALL, small_version
from visualnet.version import __version__

Button = QMessageBox.StandardButton
CRASHED = "VisualNet did not close properly."


class TrainingGuard:
    """What runs on a document, and whether it may be ended."""

    def __init__(self, window: QWidget, runner: Runner) -> None:
        self._window, self._runner = window, runner

    def describe(self, document: Document) -> str:
        """What is told of the training that runs on a document; nothing if none does."""
        state = self._runner.state_of(document)
        if state in ("idle", "failed"):
            return ""
        return "Its training is paused" if state == "paused" else "It is training"

    def finish(self) -> None:
        """End the training. To be done before anything is saved: the history must not say that the run still goes on."""
        self._runner.finish()

    def may_close(self, document: Document) -> bool:
        """Whether a training may be ended of which the list of all that is open has told; one that can go on alone is asked about."""
        if self._runner.survives:
            return self._may_leave(document)
        self.finish()
        return True

    def describe_end(self) -> str:
        """What becomes of the training when the window closes."""
        if self._runner.watches_only:
            return "that goes on, on its machine"
        if self._runner.survives:
            return "whether it goes on is asked next"
        return "that is stopped, and its weights are kept"

    def may_stop(self, document: Document) -> bool:
        """Whether a training of a document may be ended: there is none, or the person says so, and then it is."""
        if not self.describe(document):
            return True
        if self._runner.survives:
            return self._may_leave(document)
        box = question(
            self._window,
            "Training is running",
            f"Stop the training of {document.project.name}?",
            "Its weights are kept; it can be resumed later.",
            Button.Yes | Button.Cancel,
            Button.Cancel,
            "stop",
        )
        box.button(Button.Yes).setText("Stop and close")
        agreed = bool(answer_of(box) == Button.Yes)
        if agreed:
            self.finish()
        return agreed

    def _may_leave(self, document: Document) -> bool:
        """A training in a process of its own may go on: what becomes of it, as the person says now or said once for all."""
        places = self._runner.places
        if self._runner.watches_only:
            self.finish()
            return True
        if (answer := places.at_closing) == "ask":
            box = message_box(
                self._window,
                "Training is running",
                f"Keep training {document.project.name}?",
                "It trains in a process of its own and can go on without this window: Train › Elsewhere or later brings it back. "
                "If it is stopped, its weights are kept and it can be resumed.",
                Button.Cancel,
                "play",
            )
            keep = box.addButton("Keep training", QMessageBox.ButtonRole.AcceptRole)
            stop = box.addButton("Stop and close", QMessageBox.ButtonRole.DestructiveRole)
            box.setDefaultButton(keep)
            always = QCheckBox("Do this from now on, and ask no more")
            box.setCheckBox(always)
            answer_of(box)
            answer = "keep" if box.clickedButton() is keep else "stop" if box.clickedButton() is stop else ""
            if answer and always.isChecked():
                places.remember_closing(answer)
        if answer == "keep":
            self._runner.leave()
        elif answer == "stop":
            self.finish()
        return bool(answer)


def repeat(window: WindowBase) -> None:
    """Another tab is in front: what the banner said of the one before goes, what is said of the whole program stays."""
    offered = window.banner.isVisible() and window.banner.text.startswith(CRASHED)
    window.banner.dismiss()
    window.project_files.repeat_notice()
    if offered and (left := orphans()):
        offer_recovered(window, left)


def offer_recovered(window: WindowBase, left: list[Orphan]) -> None:
    """Offer what crashed windows left, the newest first; one after the other, or all at once."""
    newest = left[0]
    name = newest.path.name if newest.path else f"“{newest.name}”, which was never saved,"
    when = moment(newest.time)
    today = when is not None and when.date() == datetime.now().date()
    told = f"from {when:{'%H:%M' if today else '%d %b %Y, %H:%M'}}" if when is not None else "at an unknown time"

    def then_offer(act: Callable[[], object]) -> None:
        act()
        if rest := orphans():
            offer_recovered(window, rest)

    actions: list[MessageAction] = [
        ("Recover", lambda: then_offer(lambda: window.project_files.recover(newest))),
        ("Throw away", lambda: then_offer(newest.discard)),
    ]
    more = ""
    if len(left) > 1:
        actions.insert(1, (f"Recover all {len(left)}", lambda: then_offer(lambda: window.project_files.recover(*left))))
        more = f" {len(left) - 1} more project{'s were' if len(left) > 2 else ' was'} open."
    words = f"{CRASHED} Changes to {name} were kept, {told}."
    window.notify("warning", words + more, actions)


def offer_small_version(window: WindowBase) -> bool:
    """Say why a published network cannot be trained here, and offer its small version; False where there is nothing to offer."""
    small, words = small_version(window.studio.project), window.runner.why_not()
    if small is None or not words:
        return False

    def train_small() -> None:
        window.project_files.open_template(small.name)
        window.train()

    open_small = partial(window.project_files.open_template, small.name)
    window.notify("hint", words, [(TRAIN_SMALL, train_small), (OPEN_SMALL, open_small)])
    return True


class FaultNotice:
    """Tells of faults of the program once, however many there are: a paint event that fails would else flood the window."""

    def __init__(self, banner: Banner, notify: Callable[[str, str, list[MessageAction]], None]) -> None:
        self._banner, self._notify = banner, notify
        self._traces: list[str] = []

    def report(self, words: str, trace: str) -> None:
        """Say that something went wrong, unless that stands there already."""
        self._traces = [*self._traces, trace][-20:]
        told = "Something went wrong inside VisualNet"
        if self._banner.isVisible() and self._banner.text.startswith(told):
            return
        acts: list[MessageAction] = [("Copy the details", self._copy_traces)]
        self._notify("error", f"{told}: {words}. Your work is still here; save it.", acts)

    def _copy_traces(self) -> None:
        QApplication.clipboard().setText("\n".join(self._traces))
        self._traces = []


def about(window: WindowBase) -> None:
    """Version, licence, libraries."""
    words = f"VisualNet {__version__} · MIT licence"
    more = f"Python {platform.python_version()}, Qt {PySide6.__version__} (LGPL)"
    answer_of(message_box(window, "About VisualNet", words, more, icon="visualnet"))


def connect_runner(window: WindowBase, banner: Banner) -> FaultNotice:
    """Let the runner ask what it must know (which tab shall train, with which network a run shall go on) and say what went wrong."""
    runner, faults = window.runner, FaultNotice(banner, window.notify)
    runner.occupied.connect(lambda: tell_occupied(window))
    runner.network.asked.connect(lambda: ask_network(window))
    runner.failed.connect(lambda words, _node: window.notify("error", words, []))
    runner.faulted.connect(faults.report)
    return faults


def ask_network(window: WindowBase) -> None:
    """A run is to go on whose drawing was changed: the feature that asks such questions does so, else they stand across the window."""
    if any(feature.ask_network(window.studio) for feature in window.features if feature.ask_network is not None):
        return
    network = window.runner.network
    actions: list[MessageAction] = [("Go on with the old one", network.decline)]
    if network.kept is not None:
        actions.insert(0, ("Go on with the changed network", network.accept))
    window.notify("warning", network.words, actions)


def tell_occupied(window: WindowBase) -> None:
    """Say which tab trains, and offer to go there."""
    tabs, trains = window.project_files.tabs, window.runner.elsewhere
    tab = tabs.of(trains)
    if tab is not None:
        words = f"“{tabs.name(tab)}” is training in another tab. One network trains at a time: wait for it, or stop it there."
        window.notify("hint", words, [("Go there", lambda: tabs.show(tab))])
