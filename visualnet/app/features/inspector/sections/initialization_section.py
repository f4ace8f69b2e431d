"""The inspector's section about what the weights are before training: how they are drawn, the formula, and a histogram of one draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from visualnet.analysis import NodeFacts, explain
from visualnet.analysis.inference.first_weights import nonlinearity_after
from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.app.features.inspector.explanation_card import ExplanationCard
from visualnet.app.features.inspector.sections.section import EditorGrid, InspectorSection, choice_box, set_nodes
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.plots.histogram import Histograms, ValueHistogram
from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import column
from visualnet.core import edits
from visualnet.core.graph import Init, Node, Value
from visualnet.core.validation import plain, same
from visualnet.layers.declaration.initialization import INITIALIZATIONS
from visualnet.pytorch import need_torch

WAIT_MS = 120
"""While a number is dragged the histogram follows when it pauses."""
_TIP = "How the weights are drawn before training begins."


class InitializationSection(InspectorSection):
    """Of one node or of all that are selected: the way, its values, what it comes to. The histogram is drawn while it is looked at."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "First weights", opened=False)
        self.ids: list[str] = []
        self._selected: tuple[str, ...] = ()
        ways = ((kind.label, tag, kind.summary()) for tag, kind in INITIALIZATIONS.items())
        self.init = choice_box(ways, _TIP, self._set_way)
        self.editors = EditorGrid({"initialisation": self.init}, wide=("initialisation",))
        self.forms: dict[str, Form] = {}
        self.slot = column()
        self.about = caption("")
        self.fault = label("", "error", wrap=True)
        self.formula = ExplanationCard()
        self.histograms = Histograms()
        self.histograms.set_theme(studio.theme)
        studio.theme_changed.connect(self.histograms.set_theme)
        self.note = caption("")
        forms = QWidget()
        forms.setLayout(self.slot)
        for part in (self.editors, forms, self.fault, self.about, self.formula, self.histograms, self.note):
            self.add(part)
        self._task: BackgroundTask | None = None
        self._drawn: tuple[Any, ...] = ()
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._draw)
        self.toggled.connect(self._draw)

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        """Show the nodes with weights of their own; of blocks, the histograms of what is in them."""
        self._selected = tuple(selected.ids)
        nodes = [f.node for f in self.facts if f.weights]
        self.ids = [node.id for node in nodes]
        self.setVisible(any(f.parameters for f in self.facts))
        self.editors.setVisible(bool(nodes))
        self._show_way(nodes)
        self._show_words(nodes)
        self._show_formula()
        self._timer.start()

    @property
    def facts(self) -> list[NodeFacts]:
        """What is known of the selected nodes that have weights, themselves or within. Looked up each time: kept, it would keep a project
        that is closed while another page is in front."""
        known = self.studio.facts.nodes if self.studio.facts is not None else {}
        return [f for i in self._selected if (f := known.get(i)) is not None and (f.weights or f.inside)]

    # --- the way and its values ------------------------------------------------------------------------------------------------------

    def _show_way(self, nodes: Sequence[Node]) -> None:
        kinds = {node.init.kind for node in nodes}
        at = self.init.findData(next(iter(kinds))) if len(kinds) == 1 else -1
        self.init.setCurrentIndex(at)
        self.init.setPlaceholderText("several" if len(kinds) > 1 else next(iter(kinds), ""))
        form = self._form(self.init.currentData()) if at >= 0 else None
        for other in self.forms.values():
            other.setVisible(other is form)
        if form is None:
            return
        values = {p: [n.init.params.get(p, row.param.default) for n in nodes] for p, row in form.rows.items()}
        mixed = {p for p, found in values.items() if any(v != found[0] for v in found)}
        first = {p: found[0] for p, found in values.items()}
        faults = {p.at.partition(".")[2]: p.words for p in self._problems()}
        form.show_values(first, self.studio.scope, faults, mixed)

    def _form(self, tag: str) -> Form | None:
        """The rows of a way's values; they are made when it is first chosen."""
        kind = INITIALIZATIONS[tag]
        if not kind.params:
            return None
        if tag not in self.forms:
            form = self.forms[tag] = Form(list(kind.params.values()))
            form.changed.connect(self._set_value)
            form.finished.connect(lambda: self.studio.document.end_merge())
            return_keyboard(form, self.studio)
            self.slot.addWidget(form)
        return self.forms[tag]

    def _problems(self) -> list[Any]:
        return [p for p in self.facts[0].problems if p.at.startswith("init")] if self.facts else []

    def _show_words(self, nodes: Sequence[Node]) -> None:
        kind = INITIALIZATIONS.get(nodes[0].init.kind) if nodes and self.init.currentIndex() >= 0 else None
        self.about.setText("\n\n".join(filter(None, (kind.page(), kind.paper))) if kind is not None else "")
        self.about.setVisible(bool(self.about.text()))
        words = "; ".join(p.words for p in self._problems() if p.at == "init")
        self.fault.setText(words)
        self.fault.setVisible(bool(words))

    def _show_formula(self) -> None:
        why = explain.first_deviation(self.facts[0]) if len(self.facts) == 1 else None
        self.formula.setVisible(why is not None)
        if why is not None:
            self.formula.show_why(why)

    def _set_way(self, at: int) -> None:
        tag = self.init.itemData(at)
        kind, graph, sheet, ids = INITIALIZATIONS[tag], self.studio.facts, self.studio.sheet, list(self.ids)
        before = self.studio.graph.nodes
        fitted = "nonlinearity" in kind.params and graph is not None
        follows = {i: nonlinearity_after(graph, i) if fitted and graph is not None else {} for i in ids}

        def start_of(node_id: str) -> Init:
            kept = {k: v for k, v in before[node_id].init.params.items() if k in kind.params}
            return Init(tag, kept if "nonlinearity" in kept else {**kept, **follows[node_id]})

        def edit(project: Any) -> Any:
            for node_id in ids:
                project = edits.set_node(project, sheet, [node_id], init=start_of(node_id))
            return project

        self.studio.do("Set initialisation", edit)

    def _set_value(self, name: str, value: Value) -> None:
        kind = INITIALIZATIONS[self.init.currentData()]
        params = {k: v for k, v in self.facts[0].node.init.params.items() if k != name}
        if not same(plain(kind.params[name].default), plain(value)):
            params[name] = plain(value)
        if len(self.ids) == 1:
            set_nodes(self.studio, self.ids, "Set first weights", f"init:{name}", init=Init(kind.tag, params))
            return
        sheet, nodes, ids = self.studio.sheet, self.studio.graph.nodes, list(self.ids)

        def edit(project: Any) -> Any:
            for i in ids:
                project = edits.set_node(
                    project, sheet, [i], init=Init(kind.tag, {**nodes[i].init.params, name: plain(value)})
                )
            return project

        self.studio.do("Set first weights", edit, merge=f"init:{name}:{sheet}:{','.join(ids)}")

    def point_at(self, name: str) -> None:
        """Open, and give the focus to a value; to the way itself where none is named."""
        self.set_opened(True)
        form = self.forms.get(self.init.currentData() or "")
        if name and form is not None:
            form.point_at(name)
        else:
            self.init.setFocus()

    # --- the histogram -----------------------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Draw the weights in the background, if they are looked at and not those that are shown."""
        if not (self.opened and self.isVisible()):
            return
        seed = self.studio.project.recipe.seed
        wanted = (seed, *((f.node.name, f.layer, f.shapes, f.init, tuple(map(id, f.inside))) for f in self.facts))
        if wanted == self._drawn:
            return
        self._drawn, facts = wanted, list(self.facts)
        if self._task is not None:
            self._task.cancel()
        self.note.setText("Drawing …")

        def run(job: Job) -> Any:
            need_torch()
            from visualnet.compiling.first_weights import draw_first_weights

            return draw_first_weights(facts, seed, job)

        self._task = BackgroundTask(
            run, self._show, failed=self._refuse, name="first weights", words="They cannot be drawn", parent=self
        )

    def _show(self, drawn: Any) -> None:
        single = len({t.node for t in drawn.tensors}) == 1
        self.histograms.show_spreads(
            [
                ValueHistogram(f"{t.name if single else f'{t.node}.{t.name}'} {'×'.join(map(str, t.shape))}", *t[3:])
                for t in drawn.tensors
            ]
        )
        seed = self.studio.project.recipe.seed
        self.note.setText(drawn.left_out or f"One draw, before any training (seed {seed}).")

    def _refuse(self, words: str) -> None:
        self.histograms.show_spreads(())
        self.note.setText(words)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
