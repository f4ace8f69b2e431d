"""The question over the curves: with which network a run goes on whose drawing was changed while it waited."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from visualnet.analysis.block_nesting import find_node
from visualnet.analysis.compare.weights_kept import ANEW, BACK, GONE, KEPT, NodeChange, WeightsKept
from visualnet.analysis.facts import Problem, plain_path
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import IconLabel, button, label
from visualnet.app.widgets.layouts import row
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible

CHANGE, KEEP = "train.change_network", "train.keep_network"
"""The actions that answer it."""
MOST_ROWS = 20
WORDS = {ANEW: "begins anew", BACK: "gets back", KEPT: "keeps what it learned", GONE: "is gone"}


class NetworkBar(QFrame):
    """Says what would become of each layer, and asks; a layer that is chosen in the list is shown."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.question = studio, studio.runner.network
        self.setProperty("card", True)
        self.words = label("", wrap=True)
        self.details = button("Which layers")
        self.details.setToolTip("What becomes of each layer; choose one to see it")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill)
        self.details.setMenu(self.menu)
        self.keep = button("Go on with the old one", done=self.question.decline)
        self.change = button("Go on with the changed network", "primary", done=self.question.accept)
        for answer in (self.change, self.keep, self.details):
            answer.setAutoDefault(True)  # Return answers too, as in a dialog
        icon = IconLabel("warning", 16, "warning")
        row(icon, (self.words, 1), self.details, self.keep, self.change, margins=(10, 6, 8, 6), spacing=8, parent=self)
        self.hide()
        self.question.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show what is to be answered; nothing where there is nothing."""
        question, kept = self.question, self.question.kept
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self.setVisible(question.open)
        if not question.open:
            if had_focus:
                self.studio.shell.focus_canvas()
            return
        self.words.setText(visible(question.words))
        self.change.setEnabled(kept is not None and not question.answered)
        self.keep.setEnabled(not question.answered)
        for answer, action, tip in (
            (self.change, CHANGE, "Train the network as it is drawn now, with all that its layers have kept"),
            (self.keep, KEEP, "Train the network as it was; the drawing stays as it is"),
        ):
            keys = self.studio.shell.keys_text(action)
            answer.setToolTip(f"{tip} ({keys})" if keys else tip)
        self.details.setVisible(kept is not None)
        self.words.setToolTip("\n".join(visible(layer_words(node)) for node in _in_order(kept)[:MOST_ROWS]))

    def ask(self) -> None:
        """Bring the answer to the keyboard: Return goes on with the changed network, or where that cannot be, with the old one."""
        (self.change if self.change.isEnabled() else self.keep).setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        self.menu.clear()
        nodes = _in_order(self.question.kept)
        for node in nodes[:MOST_ROWS]:
            action = self.menu.addAction(visible(layer_words(node)).replace("&", "&&"))
            action.setEnabled(node.fate != GONE)
            action.triggered.connect(partial(self._show_layer, node))
        if len(nodes) > MOST_ROWS:
            self.menu.addAction(f"and {format_quantity(len(nodes) - MOST_ROWS, 'other layer')}").setEnabled(False)

    def _show_layer(self, layer: NodeChange, _checked: bool = False) -> None:
        node, sheet, path = find_node(self.studio.project, plain_path(layer.path))
        if node:
            self.studio.reveal(Problem("network", "hint", layer.words, node, sheet, path))


def _in_order(kept: WeightsKept | None) -> list[NodeChange]:
    """The layers that have something to lose, those that change first."""
    return [node for fate in (ANEW, BACK, GONE, KEPT) for node in kept.of(fate)] if kept is not None else []


def layer_words(node: NodeChange) -> str:
    """“conv2 begins anew: its weight was 16×6×5×5, and is 16×6×3×3”."""
    words = f": {node.words}" if node.words and node.fate != BACK else f" {node.words}" if node.words else ""
    return f"{node.name} {WORDS[node.fate]}{words}"
