"""The inspector's section about a node's weights: whether they learn, with whom they are shared, how often a block repeats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QCheckBox

from visualnet.analysis import explain
from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.analysis.shared_weights import possible_owners
from visualnet.app.features.inspector.sections.section import (
    EditorGrid,
    InspectorSection,
    choice_box,
    set_nodes,
    value_field,
)
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.state.studio import Studio
from visualnet.core import edits, expressions, repetition
from visualnet.core.graph import LEARNER, STATISTICS, Node, Value
from visualnet.core.validation import plain, same
from visualnet.layers.recipe.node_training import NODE_TRAINING

_TRAINABLE = "Whether training changes these weights. Frozen ones keep what they are, running statistics too."
_STATISTICS = "What training does with the running statistics of what is frozen here."
_SHARES = "Use the weights of another node (siamese networks, tied embeddings) instead of own ones."
_REPEATED = "How many times the block stands behind itself, each time with weights of its own."


class WeightsSection(InspectorSection):
    """Frozen or trainable, how they are trained, whose weights are used, how often a block repeats."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "Weights")
        self.ids: list[str] = []
        self.sizes = caption("")
        self.trainable = QCheckBox()
        self.trainable.setToolTip(_TRAINABLE)
        self.trainable.clicked.connect(lambda on: self._set("Unfreeze" if on else "Freeze", trainable=on))
        self.statistics = choice_box(((c, c, m) for c, m in STATISTICS.items()), _STATISTICS, self._set_statistics)
        self.shares = choice_box((), _SHARES, self._set_owner)
        self.repeat = value_field(studio, self._fault_in_repeat, lambda v: self._set("Repeat", "repeat", repeat=v))
        self.repeat.names = lambda: studio.scope
        self.editors = EditorGrid(
            {
                "trainable": self.trainable,
                "statistics": self.statistics,
                "weights of": self.shares,
                "repeat": self.repeat,
            }
        )
        self.repeat.scrub_with(self.editors.rows["repeat"][0])
        self.training = Form(list(NODE_TRAINING.values()))
        self.training.changed.connect(self._set_training)
        self.training.finished.connect(lambda: studio.document.end_merge())
        return_keyboard(self.training, studio)
        self.add(self.sizes)
        self.add(self.editors)
        self.add(self.training)

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        """Show the options of nodes of one kind; of several kinds, those of all that have weights of their own, blocks aside."""
        nodes, first = selected.nodes, selected.first
        if not selected.alike and self.studio.facts is not None:
            known = [self.studio.facts.nodes[i] for i in selected.ids if i in self.studio.facts.nodes]
            learning = [facts for facts in known if facts.weights and not facts.node.block]
            nodes, first = [facts.node for facts in learning], next(iter(learning), None)
        self.ids = [node.id for node in nodes]
        if not nodes:
            self.hide()
            return
        node, single, block = nodes[0], len(nodes) == 1, nodes[0].block is not None
        learns = bool(first and (first.weights or first.shared or first.inside)) or bool(node.shares)
        self.setVisible(learns or block)
        self.set_title("Block" if block else "Weights")
        self.sizes.setText(explain.tensors(dict(first.weights)) if first and single else "")
        self.sizes.setVisible(bool(self.sizes.text()))
        self.trainable.setChecked(node.trainable)
        self.statistics.setCurrentText(node.statistics)
        self.repeat.set_value(node.repeat)
        computed = isinstance(node.repeat, str) and not self._fault_in_repeat(node.repeat)
        self.repeat.set_suffix(f"= {expressions.read_whole(node.repeat, self.studio.scope)}" if computed else "")
        handed_on = repetition.describe_repetition(first.inputs, first.outputs) if first is not None else ""
        self.repeat.set_tip(f"{_REPEATED} {handed_on}".strip())
        self._offer_owners(node.id, node.shares)
        self._show_training(nodes, learns and any(n.trainable for n in nodes))
        self.editors.show_rows(
            {
                "trainable": learns,
                "statistics": learns
                and (not node.trainable or "unfreeze_at" in node.training)
                and bool(first and first.buffered),
                "weights of": learns and self.shares.count() > 1 and single,
                "repeat": block,
            }
        )

    def _show_training(self, nodes: Sequence[Node], shown: bool) -> None:
        self.training.setVisible(shown)
        if not shown:
            return
        values = {p: [n.training.get(p, param.default) for n in nodes] for p, param in NODE_TRAINING.items()}
        mixed = {p for p, found in values.items() if any(not same(v, found[0]) for v in found)}
        known = self.studio.facts.nodes.get(nodes[0].id) if self.studio.facts is not None else None
        faults = (
            {p.at.partition(".")[2]: p.words for p in known.problems if p.at.startswith("training.")} if known else {}
        )
        self.training.show_values({p: found[0] for p, found in values.items()}, self.studio.scope, faults, mixed)
        if self.training.more is not None and any(n.training.keys() - {LEARNER} for n in nodes):
            self.training.more.set_opened(True)

    def _set_training(self, name: str, value: Value) -> None:
        given = edits.RESET if same(plain(NODE_TRAINING[name].default), plain(value)) else value
        sheet, ids = self.studio.sheet, list(self.ids)
        self.studio.do(
            "Set how weights are trained",
            lambda p: edits.set_training(p, sheet, ids, {name: given}),
            merge=f"training:{name}:{sheet}:{','.join(ids)}",
        )

    def point_at(self, name: str) -> None:
        """Open, and give the focus to a value of how the weights are trained."""
        self.set_opened(True)
        self.training.point_at(name)

    def _offer_owners(self, node_id: str, owner: str | None) -> None:
        self.shares.clear()
        self.shares.addItem("its own", None)
        for other in possible_owners(self.studio.facts, node_id) if self.studio.facts is not None else ():
            self.shares.addItem(other.name, other.id)
        self.shares.setCurrentIndex(max(0, self.shares.findData(owner)))

    def _set(self, text: str, merge: str = "", **fields: Any) -> None:
        set_nodes(self.studio, self.ids, text, merge, **fields)

    def _set_statistics(self, at: int) -> None:
        self._set("Set statistics", statistics=self.statistics.itemData(at))

    def _set_owner(self, at: int) -> None:
        self._set("Share weights", shares=self.shares.itemData(at))

    def _fault_in_repeat(self, value: Any) -> str:
        return repetition.fault_in_times(value, self.studio.scope)
