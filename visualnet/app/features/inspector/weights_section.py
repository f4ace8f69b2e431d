"""The inspector's section about a node's weights: how they begin, whether they learn, with whom they are shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from visualnet.analysis import NodeFacts, explain
from visualnet.app.forms.form import EDITOR_WIDTH, caption
from visualnet.app.forms.value_field import ValueField
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.section import Section
from visualnet.core import edits, expressions, repetition
from visualnet.core.graph import STATISTICS, Init, Node, Value
from visualnet.core.validation import fault_in_std

INITS: Mapping[str, str] = {
    "default": "torch's own choice for this layer",
    "zeros": "all zero: every unit starts alike, and learns alike",
    "normal": "normal with mean 0 and the given deviation; biases zero",
    "xavier_uniform": "Glorot and Bengio 2010, uniform: keeps the variance for tanh and sigmoid",
    "xavier_normal": "Glorot and Bengio 2010, normal",
    "kaiming_uniform": "He et al. 2015, uniform: keeps the variance for ReLU",
    "kaiming_normal": "He et al. 2015, normal",
}
_REPEATED = "How many times the block stands behind itself, each time with weights of its own."


class TrainingSection(Section):
    """Frozen or trainable, how weights start, whose weights are used, how often a block repeats."""

    def __init__(self, studio: Studio) -> None:
        super().__init__("Weights")
        self.studio, self.ids = studio, list[str]()
        self.sizes = caption("")
        self.add(self.sizes)
        self.names: dict[str, tuple[QWidget, QWidget]] = {}
        self._make_editors()
        self._lay_out()

    def _make_editors(self) -> None:
        studio = self.studio
        self.trainable = QCheckBox()
        self.trainable.setToolTip(
            "Whether training changes these weights. Frozen ones keep what they are, running statistics too."
        )
        self.trainable.clicked.connect(lambda on: self._set("Freeze" if not on else "Unfreeze", trainable=on))
        self.statistics = QComboBox()
        for choice, meaning in STATISTICS.items():
            self.statistics.addItem(choice)
            self.statistics.setItemData(self.statistics.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
        self.statistics.setToolTip("What training does with the running statistics of what is frozen here.")
        self.statistics.activated.connect(lambda i: self._set("Set statistics", statistics=self.statistics.itemText(i)))
        self.init = QComboBox()
        for name, meaning in INITS.items():
            self.init.addItem(name)
            self.init.setItemData(self.init.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
        self.init.setToolTip("What the weights are before training begins.")
        self.init.activated.connect(
            lambda i: self._set("Set initialisation", init=Init(self.init.itemText(i), self._std()))
        )
        self.std = ValueField(self._std_problem)
        self.std.set_tip("Standard deviation of the normal initialisation.")
        self.std.edited.connect(lambda v: self._set("Set deviation", init=Init("normal", float(v)), merge="std"))
        self.std.finished.connect(lambda: studio.document.end_merge())
        self.shares = QComboBox()
        self.shares.setToolTip(
            "Use the weights of another node (siamese networks, tied embeddings) instead of own ones."
        )
        self.shares.activated.connect(lambda i: self._set("Share weights", shares=self.shares.itemData(i)))
        self.repeat = ValueField(self._repeat_problem, names=lambda: studio.scope)
        self.repeat.edited.connect(lambda v: self._set("Repeat", repeat=v, merge="repeat"))
        self.repeat.finished.connect(lambda: studio.document.end_merge())

    def _lay_out(self) -> None:
        """The editors below one another, each with its name before it."""
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.setContentsMargins(0, 0, 0, 0)
        for row, (name, editor) in enumerate(
            {
                "trainable": self.trainable,
                "statistics": self.statistics,
                "initialisation": self.init,
                "deviation": self.std,
                "weights of": self.shares,
                "repeat": self.repeat,
            }.items()
        ):
            text = label(name)
            editor.setAccessibleName(name)
            if isinstance(editor, QCheckBox):
                grid.addWidget(editor, row, 1, Qt.AlignmentFlag.AlignRight)
            else:
                editor.setFixedWidth(EDITOR_WIDTH)
                grid.addWidget(editor, row, 1)
            if isinstance(editor, ValueField):
                editor.scrub_with(text)
            grid.addWidget(text, row, 0)
            self.names[name] = (text, editor)
        self.add(holder)

    def show_nodes(self, ids: Sequence[str], facts: NodeFacts | None) -> None:
        """Show the options of these nodes, which are of one kind."""
        self.ids = list(ids)
        node = self.studio.graph.nodes[ids[0]]
        learns = bool(facts and (facts.weights or facts.shared or facts.inside)) or bool(node.shares)
        block = node.block is not None
        self.setVisible(learns or block)
        self.set_title("Block" if block else "Weights")
        self.sizes.setText(explain.tensors(dict(facts.weights)) if facts and len(ids) == 1 else "")
        self.sizes.setVisible(bool(self.sizes.text()))
        self.trainable.setChecked(node.trainable)
        self.statistics.setCurrentText(node.statistics)
        self.init.setCurrentText(node.init.kind)
        self.std.set_value(node.init.std)
        self.repeat.set_value(node.repeat)
        known = isinstance(node.repeat, str) and not self._repeat_problem(node.repeat)
        self.repeat.set_suffix(f"= {expressions.whole(node.repeat, self.studio.scope)}" if known else "")
        handed = repetition.words(facts.inputs, facts.outputs) if facts is not None else ""
        self.repeat.set_tip(f"{_REPEATED} {handed}".strip())
        self._offer_owners(node, block)
        shown = {
            "trainable": learns,
            "statistics": learns and not node.trainable and bool(facts and facts.buffered),
            "initialisation": learns and not block,
            "deviation": learns and not block and node.init.kind == "normal",
            "weights of": learns and not block and self.shares.count() > 1 and len(ids) == 1,
            "repeat": block,
        }
        for name, visible in shown.items():
            for widget in self.names[name]:
                widget.setVisible(visible)

    def _offer_owners(self, node: Node, block: bool) -> None:
        """Nodes whose weights have the names and sizes of this one's."""
        self.shares.clear()
        self.shares.addItem("its own", None)
        facts = self.studio.facts
        mine = facts.nodes.get(node.id) if facts else None
        if facts is None or mine is None or mine.layer is None or block:
            return
        try:
            own = mine.layer.weights(*mine.shapes) if mine.known else {}  # type: ignore[arg-type]
        except (TypeError, ValueError, IndexError):
            own = {}
        for other_id, other in facts.nodes.items():
            if other_id == node.id or other.node.shares:
                continue
            if (
                any(n in other.weights and tuple(other.weights[n]) == tuple(w) for n, w in own.items())
                or other_id == node.shares
            ):
                self.shares.addItem(other.node.name, other_id)
        self.shares.setCurrentIndex(max(0, self.shares.findData(node.shares)))

    def _set(self, label_: str, merge: str = "", **fields: Any) -> None:
        ids, sheet = list(self.ids), self.studio.sheet
        key = f"{merge}:{sheet}:{','.join(ids)}" if merge else ""
        self.studio.do(label_, lambda p: edits.set_node(p, sheet, ids, **fields), merge=key)

    def _std(self) -> float:
        value = self.std.value
        return float(value) if isinstance(value, int | float) else 0.01

    @staticmethod
    def _std_problem(value: Value) -> str:
        good = isinstance(value, int | float) and not isinstance(value, bool)
        return fault_in_std(value) if good else "a number is wanted"

    def _repeat_problem(self, value: Value) -> str:
        try:
            times = expressions.whole(value, self.studio.scope)  # type: ignore[arg-type]
        except ValueError as error:
            return str(error)
        return "" if 1 <= times <= 1000 else "1 to 1,000 times"
