"""The inspector's page for selected nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from visualnet.analysis import NodeFacts, explain
from visualnet.analysis.families import family_of
from visualnet.app.features.inspector.block_parameters import fill_row_menu, params_of
from visualnet.app.features.inspector.code_card import SourceCard
from visualnet.app.features.inspector.cost_card import CostCard
from visualnet.app.features.inspector.explanation_card import WhyCard
from visualnet.app.features.inspector.explanation_section import FormulaView
from visualnet.app.features.inspector.mode_row import ModeRow
from visualnet.app.features.inspector.parameters_section import NumbersSection
from visualnet.app.features.inspector.preset_menu import PresetButton
from visualnet.app.features.inspector.weights_section import TrainingSection
from visualnet.app.forms.form import Form, caption
from visualnet.app.forms.shared_params import common_params
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import ColorDot, KeyValue, button, label
from visualnet.app.widgets.section import Section
from visualnet.core import edits
from visualnet.core.graph import Node, Value
from visualnet.core.project import MAIN
from visualnet.core.validation import plain as plain_value
from visualnet.core.validation import same
from visualnet.layers import LAYERS
from visualnet.layers.declaration.layer import Layer
from visualnet.layers.declaration.params import Code, Param

FORMS = 8
"""So many kinds' forms are kept for when one is looked at again; more would only be dressed anew with every change of theme."""


class NodePage(QWidget):
    """Name, parameters, formulas, ports, training options and the reference page of one node; the form alone for several of a kind."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.ids: list[str] = []
        self.forms: dict[Any, Form] = {}
        self.form: Form | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        self.dot = ColorDot("family:shape")
        self.name = QLineEdit()
        self.name.setProperty("role", "heading")
        self.name.setAccessibleName("Name")
        self.name.setToolTip("The node's name: a Python identifier, the prefix of its weights. Enter renames.")
        self.name.editingFinished.connect(self._rename)
        self.kind = label("", "muted")
        head.addWidget(self.dot)
        head.addWidget(self.name, 1)
        head.addWidget(self.kind)
        self.presets = PresetButton(studio)
        head.addWidget(self.presets)
        column.addLayout(head)
        self.about = caption("")
        column.addWidget(self.about)
        self.mode = ModeRow(studio)
        column.addWidget(self.mode)
        self.slot = QVBoxLayout()
        column.addLayout(self.slot)
        self.numbers = NumbersSection(studio, drops=True)
        column.addWidget(self.numbers)
        self.source = SourceCard(studio)
        column.addWidget(self.source)
        self.open_button = button("Open the block", icon="enter", done=self._open_block)
        column.addWidget(self.open_button)
        self.whys = QVBoxLayout()
        self.whys.setSpacing(8)
        column.addLayout(self.whys)
        self.formula_view = FormulaView(studio)
        column.addWidget(self.formula_view)
        self.costs = CostCard(studio)
        column.addWidget(self.costs)
        self.ports = Section("Ports")
        self.port_rows = KeyValue()
        self.ports.add(self.port_rows)
        column.addWidget(self.ports)
        self.training = TrainingSection(studio)
        column.addWidget(self.training)
        self.page = Section("Reference", opened=False)
        self.page_text = caption("")
        self.page_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.page.add(self.page_text)
        column.addWidget(self.page)

    # --- showing -------------------------------------------------------------------------------------------------------------------

    def show_nodes(self, ids: Sequence[str]) -> None:
        """Show the nodes: of one all that is known, of several a form that sets them all."""
        graph, facts = self.studio.graph, self.studio.facts
        node = graph.nodes[ids[0]]
        kind = LAYERS.get(node.kind)
        self.ids = list(ids)
        kinds = {graph.nodes[i].kind for i in ids}
        single = len(ids) == 1
        known = facts.nodes.get(node.id) if facts is not None else None
        self.dot.set_role(f"family:{family_of(node, self.studio.project)}")
        self.name.setEnabled(single)
        if not self.name.hasFocus() or self.name.property("node") != node.id:
            self.name.setText(node.name if single else f"{len(ids)} nodes")
        self.name.setProperty("node", node.id)
        title = kind.label if kind else node.kind
        if node.block:
            # At first an instance is called as the block is: that need not be said twice.
            title = "block" if single and node.block == node.name else f"block {node.block}"
        alike = len(kinds) == 1
        self.kind.setText(title if single else f"{len(ids)} × {title}" if alike else f"{len(kinds)} kinds")
        if alike:
            self._about(node, kind)
        self._form(node, known)
        if not alike:
            shown = self.form is not None and bool(self.form.rows)
            words = "What these kinds have in common." if shown else "These kinds have no parameter in common."
            self.about.setText(words)
            self.about.show()
        self.mode.show_nodes(self.ids)
        self.presets.show_nodes(self.ids)
        self.source.show_node(node if single else None)
        self.numbers.setVisible(single and self.studio.sheet != MAIN)
        if single and self.studio.sheet != MAIN:
            self.numbers.refresh()
        self.open_button.setVisible(single and node.block in self.studio.project.blocks)
        self._explain(known if single else None)
        self.formula_view.show_facts(known if single else None)
        self.costs.show_node(node.id if single else None)
        self._ports(known if single else None)
        learning = self.ids if alike else self._learning()
        self.training.setVisible(bool(learning))
        if learning:
            self.training.show_nodes(learning, facts.nodes.get(learning[0]) if facts is not None else None)
        self.page.setVisible(kind is not None and alike)
        self.page_text.setText(kind.page() + (f"\n\n{kind.paper}" if kind.paper else "") if kind else "")

    def clear(self) -> None:
        """Nothing is selected: what was told of a node goes, for its project may be closed before another one is selected."""
        self.formula_view.show_facts(None)
        self.source.show_node(None)

    def _learning(self) -> list[str]:
        """Of the shown nodes those that have weights of their own, blocks aside."""
        facts = self.studio.facts
        found = [facts.nodes[i] for i in self.ids if i in facts.nodes] if facts is not None else []
        return [known.node.id for known in found if known.weights and not known.node.block]

    def _about(self, node: Node, kind: type[Layer] | None) -> None:
        block = self.studio.project.blocks.get(node.block or "")
        words = (
            kind.summary()
            if kind
            else block.note
            if block
            else "This version does not know this kind of node; it is kept as it is."
        )
        self.about.setText(words)
        self.about.setVisible(bool(words))

    def _params(self, node: Node, kind: type[Layer] | None) -> tuple[Any, list[Param]]:
        """A key for the form and the parameters in it: the layer's, or the block's own."""
        if kind is not None:
            return node.kind, [p for p in kind.params.values() if not isinstance(p, Code)]
        block = self.studio.project.blocks.get(node.block or "")
        if block is None:
            return None, []
        told = tuple((k, a.note, a.low, a.high) for k, a in block.about.items())
        return (node.kind, tuple(block.params.items()), told), params_of(block)

    def _common(self) -> tuple[Any, list[Param]]:
        """A key for the form of all shown nodes, and the parameters that they have in common."""
        nodes = self.studio.graph.nodes
        firsts = {nodes[i].kind: nodes[i] for i in self.ids}
        known = [self._params(node, LAYERS.get(kind)) for kind, node in firsts.items()]
        if len(known) == 1:
            return known[0]
        return tuple(key for key, _ in known), common_params([params for _, params in known])

    def _form(self, node: Node, facts: NodeFacts | None) -> None:
        key, params = self._common()
        if key in self.forms:
            self.forms[key] = self.forms.pop(key)  # the one that was used last is the last to go
        else:
            form = Form(params)
            form.changed.connect(self._changed)
            form.finished.connect(lambda: self.studio.document.end_merge())
            form.row_menu = lambda name, menu: fill_row_menu(self.studio, self.ids, name, menu)
            self.forms[key] = form
            self.slot.addWidget(form)
            for old in list(self.forms)[:-FORMS]:
                self._drop_form(old)
        wanted = self.forms[key]
        if wanted is not self.form:
            if self.form is not None:
                self.form.hide()
            wanted.show()
            self.form = wanted
        wanted.setVisible(bool(params))
        fields = self.studio.fields
        wanted.offer_fields({name: spec.text for name, spec in (fields or {}).items()})
        problems = {p.at: p.words for p in facts.problems if p.at} if facts else {}
        nodes = [self.studio.graph.nodes[i] for i in self.ids]
        values = {p.name: [n.params.get(p.name, self._default(n, p.name)) for n in nodes] for p in params}
        mixed = {name for name, found in values.items() if any(v != found[0] for v in found)}
        first = {name: found[0] for name, found in values.items()}
        wanted.show_values(first, self.studio.scope, problems, mixed)

    def _drop_form(self, key: Any) -> None:
        form = self.forms.pop(key)
        if form is self.form:
            self.form = None
        self.slot.removeWidget(form)
        form.hide()
        form.deleteLater()

    def _explain(self, facts: NodeFacts | None) -> None:
        whys: list[explain.Why] = []
        if facts is not None:
            for problem in facts.problems:
                if problem.severity == "error":
                    whys.append(explain.Why(problem.words, (problem.formula,) if problem.formula else (), "error"))
            whys += [*explain.shapes(facts)]
            whys += [w for w in (explain.parameters(facts), explain.macs(facts)) if w is not None]
        while self.whys.count() > len(whys):
            item = self.whys.takeAt(self.whys.count() - 1)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        while self.whys.count() < len(whys):
            card = WhyCard()
            card.enlarged.connect(self.enlarge)
            self.whys.addWidget(card)
        for number, why in enumerate(whys):
            self.whys.itemAt(number).widget().show_why(why)  # type: ignore[union-attr]

    def enlarge(self) -> None:
        """The formulas and the drawing of the selected node as large as the window."""
        self.formula_view.enlarge([w for i in range(self.whys.count()) if (w := self.whys.itemAt(i).widget().why)])  # type: ignore[union-attr,attr-defined]

    def _ports(self, facts: NodeFacts | None) -> None:
        self.port_rows.clear()
        self.ports.setVisible(facts is not None and bool(facts.inputs or facts.outputs))
        if facts is None:
            return
        for (port, pattern), spec in zip(facts.inputs.items(), facts.arriving, strict=True):
            text = spec.text if spec else ("open" if pattern.optional else "nothing yet")
            self.port_rows.set_value(f"→ {port}", text, f"takes {pattern.text}")
        for port in facts.outputs:
            spec = facts.leaving.get(port)
            axes = " × ".join(spec.axes) if spec else ""
            self.port_rows.set_value(f"{port} →", spec.text if spec else "unknown", axes)

    # --- editing -------------------------------------------------------------------------------------------------------------------

    def _changed(self, name: str, value: Value) -> None:
        ids, sheet = list(self.ids), self.studio.sheet
        nodes = self.studio.graph.nodes
        # What a node's own kind has as its default is not written down.
        plain = [i for i in ids if same(plain_value(self._default(nodes[i], name)), plain_value(value))]
        rest = [i for i in ids if i not in set(plain)]
        whose = f"{len(ids)} nodes" if len(ids) > 1 else f"“{nodes[ids[0]].name}”"
        self.studio.do(
            f"Set {name} of {whose}",
            lambda p: edits.set_params(
                edits.set_params(p, sheet, plain, {name: edits.RESET}), sheet, rest, {name: value}
            ),
            merge=f"param:{sheet}:{','.join(ids)}:{name}",
        )

    def _default(self, node: Node, name: str) -> Any:
        kind = LAYERS.get(node.kind)
        return kind.params[name].default if kind else self.studio.project.blocks[node.block or ""].params.get(name)

    def _rename(self) -> None:
        node_id, wish = self.name.property("node"), self.name.text().strip()
        node = self.studio.graph.nodes.get(node_id)
        if node is None or not self.name.isEnabled() or wish == node.name:
            return
        sheet = self.studio.sheet
        if not self.studio.do(f"Rename {node.name}", lambda p: edits.rename(p, sheet, node_id, wish)):
            self.name.setText(node.name)

    def _open_block(self) -> None:
        node = self.studio.graph.nodes[self.ids[0]]
        if node.block:
            self.studio.open_sheet(node.block, (*self.studio.path, node.id))

    def point_at(self, name: str) -> None:
        """Give the focus to a parameter."""
        if self.form is not None:
            self.form.point_at(name)
