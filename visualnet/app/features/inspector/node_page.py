"""The inspector's page for selected nodes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from visualnet.analysis import explain
from visualnet.analysis.families import family_of
from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.app.features.inspector.explanation_card import ExplanationCard
from visualnet.app.features.inspector.preset_menu import PresetButton
from visualnet.app.features.inspector.sections.block_parameters import fill_row_menu
from visualnet.app.features.inspector.sections.code_section import CodeSection
from visualnet.app.features.inspector.sections.cost_section import NodeCosts
from visualnet.app.features.inspector.sections.drawings_section import DrawingsSection
from visualnet.app.features.inspector.sections.initialization_section import InitializationSection
from visualnet.app.features.inspector.sections.learner_section import LearnerSection
from visualnet.app.features.inspector.sections.mode_row import ModeRow
from visualnet.app.features.inspector.sections.parameters_section import ParametersSection
from visualnet.app.features.inspector.sections.section import InspectorSection
from visualnet.app.features.inspector.sections.weights_section import WeightsSection
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import ColorDot, KeyValue, button, describe, label
from visualnet.app.widgets.layouts import column, remove, row
from visualnet.core import edits
from visualnet.core.graph import LEARNER, Value
from visualnet.core.validation import plain as plain_value
from visualnet.core.validation import same
from visualnet.layers.declaration.common_params import common_params
from visualnet.layers.declaration.params import Param
from visualnet.layers.node_params import default_value, form_params

FORMS = 8
"""So many kinds' forms are kept for when one is looked at again; more would only be dressed anew with every change of theme."""
UNKNOWN = "This version does not know this kind of node; it is kept as it is."


class NodePage(QWidget):
    """Name, parameters, formulas, ports, training options and the reference page of one node; the form alone for several of a kind."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.ids: list[str] = []
        self.forms: dict[Any, Form] = {}
        self.form: Form | None = None
        self.cards: list[ExplanationCard] = []
        self.dot = ColorDot("family:shape")
        tip = "The node's name: a Python identifier, the prefix of its weights. Enter renames."
        self.name = describe(QLineEdit(), "Name", tip)
        self.name.setProperty("role", "heading")
        self.name.editingFinished.connect(self._rename)
        self.name.returnPressed.connect(self._focus_canvas)
        self.kind = label("", "muted")
        self.presets = PresetButton(studio)
        self.about = caption("")
        self.mode = ModeRow(studio)
        self.slot, self.explanations = column(), column(spacing=8)
        self.parameters = ParametersSection(studio, drops=True)
        self.source = CodeSection(studio)
        self.open_button = button("Open the block", icon="enter", done=self._open_block)
        self.drawings = DrawingsSection(studio)
        self.costs = NodeCosts(studio)
        self.ports = PortsSection(studio)
        self.weights = WeightsSection(studio)
        self.first_weights = InitializationSection(studio)
        self.reference = ReferenceSection(studio)
        self.learner = LearnerSection(studio)
        below = (self.costs, self.ports, self.learner, self.weights, self.first_weights, self.reference)
        self.sections = (self.parameters, self.source, self.drawings, *below)
        column(
            row(self.dot, (self.name, 1), self.kind, self.presets),
            self.about,
            self.mode,
            self.slot,
            self.parameters,
            self.source,
            self.open_button,
            self.explanations,
            self.drawings,
            *below,
            spacing=8,
            parent=self,
        )

    def refresh(self, selected: SelectedNodes) -> None:
        """Show the nodes: of one all that is known, of several a form that sets them all."""
        if selected.ids != self.ids and self.form is not None:
            self.form.discard()
        if not selected.nodes:
            # What was shown of a node goes, for its project may be closed before another one is selected.
            self.drawings.refresh(NOTHING)
            self.source.refresh(NOTHING)
            return
        self.ids = selected.ids
        self._show_head(selected)
        self._show_form(selected)
        self._show_about(selected)
        for part in (self.presets, self.mode, *self.sections):
            part.refresh(selected)
        node = selected.node
        self.open_button.setVisible(node is not None and node.block in self.studio.project.blocks)
        self._explain(explain.questions(selected.facts) if selected.facts is not None else [])

    def _show_head(self, selected: SelectedNodes) -> None:
        first, count = selected.nodes[0], len(selected.nodes)
        self.dot.set_role(f"family:{family_of(first, self.studio.project)}")
        self.name.setEnabled(count == 1)
        if not self.name.hasFocus() or self.name.property("node") != first.id:
            self.name.setText(first.name if count == 1 else f"{count} nodes")
        self.name.setProperty("node", first.id)
        title = selected.kind.label if selected.kind else first.kind
        if first.block:
            # At first an instance is called as the block is: that need not be said twice.
            title = "block" if count == 1 and first.block == first.name else f"block {first.block}"
        kinds = len({node.kind for node in selected.nodes})
        self.kind.setText(title if count == 1 else f"{count} × {title}" if kinds == 1 else f"{kinds} kinds")

    def _show_about(self, selected: SelectedNodes) -> None:
        block = self.studio.project.blocks.get(selected.nodes[0].block or "")
        if not selected.alike:
            shared = self.form is not None and bool(self.form.rows)
            text = "What these kinds have in common." if shared else "These kinds have no parameter in common."
        elif selected.kind is not None:
            text = selected.kind.summary()
        else:
            text = block.note if block else UNKNOWN
        self.about.setText(text)
        self.about.setVisible(bool(text))

    def _common_params(self, selected: SelectedNodes) -> tuple[Any, list[Param]]:
        """A key for the form of all shown nodes, and the parameters that they have in common."""
        known = [
            form_params(self.studio.project, node) for node in {node.kind: node for node in selected.nodes}.values()
        ]
        if len(known) == 1:
            return known[0]
        return tuple(key for key, _ in known), common_params([params for _, params in known])

    def _show_form(self, selected: SelectedNodes) -> None:
        project, (key, params) = self.studio.project, self._common_params(selected)
        # The one that was used last is the last to go.
        form = self.forms[key] = self.forms.pop(key) if key in self.forms else self._make_form(params)
        for old in list(self.forms)[:-FORMS]:
            self._drop_form(old)
        if form is not self.form:
            if self.form is not None:
                self.form.hide()
            self.form = form
            form.show()  # lays the page out at once, also where the form is empty and is hidden again
        form.setVisible(bool(params))
        form.offer_fields({name: spec.text for name, spec in (self.studio.fields or {}).items()})
        problems = {p.at: p.words for p in selected.first.problems if p.at} if selected.first else {}
        values = {
            p.name: [n.params.get(p.name, default_value(project, n, p.name)) for n in selected.nodes] for p in params
        }
        mixed = {name for name, found in values.items() if any(v != found[0] for v in found)}
        first = {name: found[0] for name, found in values.items()}
        form.show_values(first, self.studio.scope, problems, mixed)

    def _make_form(self, params: list[Param]) -> Form:
        form = Form(params, lambda name, menu: fill_row_menu(self.studio, self.ids, name, menu))
        form.changed.connect(self._set_param)
        form.finished.connect(lambda: self.studio.document.end_merge())
        return_keyboard(form, self.studio)
        self.slot.addWidget(form)
        return form

    def _drop_form(self, key: Any) -> None:
        form = self.forms.pop(key)
        if form is self.form:
            self.form = None
        self.slot.removeWidget(form)
        remove(form)

    def _explain(self, whys: list[explain.NumberExplanation]) -> None:
        for card in self.cards[len(whys) :]:
            self.explanations.removeWidget(card)
            remove(card)
        del self.cards[len(whys) :]
        while len(self.cards) < len(whys):
            card = ExplanationCard()
            card.enlarged.connect(self.enlarge)
            self.cards.append(card)
            self.explanations.addWidget(card)
        for card, why in zip(self.cards, whys, strict=True):
            card.show_why(why)

    def edit_parameters(self) -> None:
        """Give the keyboard to the first parameter; to the name where there is none."""
        first = next(iter(self.form.rows), None) if self.form is not None else None
        if first is not None and self.form is not None:
            self.form.point_at(first)
        elif self.name.isEnabled():
            self.name.setFocus()
            self.name.selectAll()

    def enlarge(self) -> None:
        """The formulas and the drawing of the selected node as large as the window."""
        self.drawings.enlarge([card.why for card in self.cards if card.why is not None])

    def _set_param(self, name: str, value: Value) -> None:
        project, nodes, sheet = self.studio.project, self.studio.graph.nodes, self.studio.sheet
        if not (ids := [i for i in self.ids if i in nodes]):
            return
        # What a node's own kind has as its default is not written down.
        plain = [i for i in ids if same(plain_value(default_value(project, nodes[i], name)), plain_value(value))]
        rest = [i for i in ids if i not in set(plain)]
        whose = f"{len(ids)} nodes" if len(ids) > 1 else f"“{nodes[ids[0]].name}”"
        self.studio.do(
            f"Set {name} of {whose}",
            lambda p: edits.set_params(
                edits.set_params(p, sheet, plain, {name: edits.RESET}), sheet, rest, {name: value}
            ),
            merge=f"param:{sheet}:{','.join(ids)}:{name}",
        )

    def _rename(self) -> None:
        node_id, wish = self.name.property("node"), self.name.text().strip()
        node = self.studio.graph.nodes.get(node_id)
        if node is None or not self.name.isEnabled() or wish == node.name:
            return
        sheet = self.studio.sheet
        if not self.studio.do(f"Rename {node.name}", lambda p: edits.rename(p, sheet, node_id, wish)):
            self.name.setText(node.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # From the name, or a part below the form: what those have no use for ends the work here.
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        if self.name.hasFocus() and (node := self.studio.graph.nodes.get(self.name.property("node"))) is not None:
            self.name.setText(node.name)
        self._focus_canvas()

    def _focus_canvas(self) -> None:
        self.studio.shell.focus_canvas()

    def _open_block(self) -> None:
        node = self.studio.graph.nodes[self.ids[0]]
        if node.block:
            self.studio.open_sheet(node.block, (*self.studio.path, node.id))

    def point_at(self, name: str) -> None:
        """Give the focus to a parameter."""
        if name.partition(".")[0] == "init":
            self.first_weights.point_at(name.partition(".")[2])
        elif name.partition(".")[0] == "training":
            which = name.partition(".")[2]
            self.learner.point_at() if which == LEARNER else self.weights.point_at(which)
        elif self.form is not None:
            self.form.point_at(name)


class PortsSection(InspectorSection):
    """What comes to each input port of a node and what leaves at each output."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "Ports")
        self.rows = KeyValue()
        self.add(self.rows)

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        facts = selected.facts
        self.setVisible(facts is not None and bool(facts.inputs or facts.outputs))
        self.rows.show_rows(explain.ports(facts) if facts is not None else ())


class ReferenceSection(InspectorSection):
    """The page of a layer type."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "Reference", opened=False)
        self.page = caption("")
        self.page.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add(self.page)

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        kind = selected.kind
        self.setVisible(kind is not None and selected.alike)
        self.page.setText("\n\n".join(filter(None, (kind.page(), kind.paper))) if kind is not None else "")
