"""One moment of the walk written out: what the operation does, the rule with its figures, and its tensors as small tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from visualnet.analysis import Analysis
from visualnet.app.features.backprop.tensor_table import TensorTable, describe_shape
from visualnet.app.features.inspector.derivation_stack import DerivationStack
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.layers import LAYERS
from visualnet.layers.declaration.notation import Derivation
from visualnet.training.stepping.chain_rule import (
    Index,
    OperationTensor,
    backward_rule,
    forward_rule,
    quantities,
    slope_rule,
)
from visualnet.training.stepping.figures import format_figure
from visualnet.training.stepping.schedule import BACKWARD, FORWARD, Moment, operation_at, update_at
from visualnet.training.stepping.update_rule import rule_lines
from visualnet.training.stepping.values import Array, Operation, Passes, Update

Chosen = tuple[str, Index]
KEPT_WORDS: Mapping[str, str] = {"input": "what arrives", "weight": "learned", "output": "what it gives"}


class TensorGroup(QWidget):
    """One tensor: a line that says which, and tables of its numbers side by side."""

    def __init__(self, page: MomentPage) -> None:
        super().__init__()
        self.page, self.name = page, ""
        self.head = label("", "small", wrap=True)
        self.tables = [TensorTable(self), TensorTable(self), TensorTable(self)]
        self.titles = [label("", "small"), label("", "small"), label("", "small")]
        pairs = []
        for title, table in zip(self.titles, self.tables, strict=True):
            title.setTextFormat(Qt.TextFormat.PlainText)
            pairs.append(column(title, table, spacing=1))
            table.chosen.connect(lambda at: self.page.choose(self.name, at))
        column(self.head, row(*pairs, STRETCH, spacing=8), spacing=2, parent=self)

    def show_tensors(
        self, name: str, head: str, shown: list[tuple[str, Array]], samples: int, at: Index | None
    ) -> None:
        """Show these, each under its title."""
        self.name = name
        self.head.setText(head)
        for number, (title, table) in enumerate(zip(self.titles, self.tables, strict=True)):
            there = number < len(shown)
            title.setVisible(there)
            table.setVisible(there)
            if there:
                title.setText(shown[number][0])
                table.show_tensor(shown[number][1], samples, f"{name}: {shown[number][0]}", at)


class MomentPage(QScrollArea):
    """Shows a moment of the passes. A click on a number writes out the rule for it; the choice is kept for each tensor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.passes: Passes | None = None
        self.analysis: Analysis | None = None
        self.moment = Moment(FORWARD, 0)
        self._chosen: dict[tuple[Moment, str], Index] = {}
        self._of: dict[Moment, str] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title, self.words = label("", "heading", wrap=True), label("", "muted", wrap=True)
        self.rule_title = label("", "section")
        self.stack, self.sum_words = DerivationStack(), label("", "small", wrap=True, selectable=True)
        self.groups: list[TensorGroup] = []
        holder = QWidget()
        self.body: QVBoxLayout = column(
            self.title,
            self.words,
            self.rule_title,
            self.stack,
            self.sum_words,
            STRETCH,
            margins=(12, 8, 12, 12),
            spacing=6,
            parent=holder,
        )
        self.setWidget(holder)

    def forget(self) -> None:
        """Let go of what was shown: it holds a whole network."""
        self.passes = self.analysis = None
        self._chosen.clear()
        self._of.clear()

    def show_moment(self, passes: Passes, moment: Moment, analysis: Analysis) -> None:
        """Write this moment out."""
        self.passes, self.moment, self.analysis = passes, moment, analysis
        operation, update = operation_at(passes, moment), update_at(passes, moment)
        where = f"{operation.name} ({operation.label})"
        layer = LAYERS.get(operation.kind)
        if update is not None:
            self.title.setText(f"Step: {update.name}")
            self.words.setText(
                f"{update.optimizer.words} This is step {update.step}; the weight is moved on a copy alone."
            )
            self._show_groups(self._update_groups(update))
        elif moment.phase == FORWARD:
            self.title.setText(f"Forward: {where}")
            self.words.setText(_formula_of(layer.page()) if layer is not None else "")
            self._show_groups(self._groups(operation, forward=True))
        else:
            self.title.setText(f"Backward: {where}")
            self.words.setText(
                "δ says how the loss answers to each number of the output. Times the local derivative: how to inputs and weights."
            )
            self._show_groups(self._groups(operation, forward=False))
        self._write_rule()
        self.verticalScrollBar().setValue(0)

    # --- which number --------------------------------------------------------------------------------------------------------------

    def choose(self, name: str, at: Index) -> None:
        """Write out the rule for this number of this tensor."""
        self._chosen[self.moment, name], self._of[self.moment] = at, name
        self._write_rule()

    def chosen(self) -> Chosen:
        """The tensor and the number whose rule is written out: at first the largest one of the first weight, or input."""
        assert self.passes is not None
        operation, update = operation_at(self.passes, self.moment), update_at(self.passes, self.moment)
        if update is not None:
            return update.name, self._place(update.name, update.gradient)
        if self.moment.phase == FORWARD:
            value = self.passes.values[operation.outputs[operation.output]].value
            return operation.output, self._place(operation.output, value)
        offered = [
            *(n for n in operation.weights if n in operation.passed),
            *(n for n in operation.inputs if n in operation.passed),
        ]
        name = self._of.get(self.moment, "")
        name = name if name in offered else offered[0]
        return name, self._place(name, operation.passed[name])

    def _place(self, name: str, values: Array) -> Index:
        known = self._chosen.get((self.moment, name))
        if (
            known is not None
            and len(known) == np.ndim(values)
            and all(i < n for i, n in zip(known, np.shape(values), strict=True))
        ):
            return known
        return (0,) * np.ndim(values)

    # --- what is shown -------------------------------------------------------------------------------------------------------------

    def _groups(self, operation: Operation, forward: bool) -> list[tuple[str, str, list[tuple[str, Array]], int]]:
        """Name, head and tables of each tensor, and how many samples it holds (0: it is a weight)."""
        assert self.passes is not None
        found = []
        for each in quantities(self.passes, operation):
            samples = 0 if each.role == "weight" else self.passes.samples
            head = f"{each.name} · {describe_shape(each.value, samples)} · {KEPT_WORDS[each.role]}"
            tables = [("value", each.value)]
            if not forward and each.role == "output" and each.gradient is not None:
                tables.append((f"δ = ∂L/∂{each.name}", each.gradient))
            elif not forward and each.part is not None:
                tables.append((f"∂L/∂{each.name}" + (" from here" if _is_shared(each) else ""), each.part))
                if _is_shared(each) and each.gradient is not None:
                    tables.append(("of all readers", each.gradient))
            found.append((each.name, head, tables, samples))
        outputs_from = len(operation.inputs) + len(operation.weights)
        return found if forward else [*found[outputs_from:], *found[:outputs_from]]

    def _update_groups(self, update: Update) -> list[tuple[str, str, list[tuple[str, Array]], int]]:
        gradient = [("gradient", update.gradient)]
        if not np.array_equal(update.used, update.gradient):
            gradient.append(("after the guards", update.used))
        tables = [("before", update.old), ("after", update.new)]
        found = [
            (update.name, f"{update.name} · {describe_shape(update.old, 0)}", tables, 0),
            (update.name, "∂L/∂w", gradient, 0),
        ]
        kept = {one.letter: one.name for one in update.optimizer.kept}
        for letter, after in update.after.items():
            both = [("before", update.before[letter]), ("after", after)]
            found.append((update.name, f"{letter} · {kept[letter]} · what {update.optimizer.name} keeps", both, 0))
        return found

    def _show_groups(self, groups: list[tuple[str, str, list[tuple[str, Array]], int]]) -> None:
        while len(self.groups) < len(groups):
            made = TensorGroup(self)
            self.groups.append(made)
            self.body.insertWidget(self.body.count() - 1, made)
        for number, group in enumerate(self.groups):
            group.setVisible(number < len(groups))
            if number < len(groups):
                name, head, tables, samples = groups[number]
                group.show_tensors(name, head, tables, samples, None)

    def _write_rule(self) -> None:
        """The formulas for the chosen number, and the mark at it in its tables."""
        passes, moment = self.passes, self.moment
        assert passes is not None
        operation, update = operation_at(passes, moment), update_at(passes, moment)
        name, at = self.chosen()
        extra = ""
        derivations: list[Derivation] = []
        if update is not None:
            lines = rule_lines(update, at)
            derivations = [line.derivation for line in lines]
            self.rule_title.setText(f"{update.optimizer.name}, for the number that is marked")
            if any(line.value is None for line in lines):
                extra = "A line mixes all numbers of the matrix: its result is the optimizer's own."
        elif moment.phase == BACKWARD:
            layer = LAYERS.get(operation.kind)
            is_linear = layer is not None and layer.linear_map
            derivations = [backward_rule(passes, operation, name, at, is_linear)]
            local = slope_rule(passes, operation, name, at, layer.slope if layer is not None else "")
            derivations += [local] if local is not None else []
            self.rule_title.setText("Chain rule, for the number that is marked")
            extra = self._sum_of_readers(operation, name, at)
        else:
            layer = LAYERS.get(operation.kind)
            linear = forward_rule(passes, operation, at, layer is not None and layer.linear_map)
            derivations = [linear] if linear is not None else []
            self.rule_title.setText("For the number that is marked" if derivations else "")
        self.rule_title.setVisible(bool(derivations))
        self.stack.show_derivations(derivations)
        self.stack.setVisible(bool(derivations))
        self.sum_words.setText(extra)
        self.sum_words.setVisible(bool(extra))
        for group in self.groups:
            for table in group.tables:
                if not group.isHidden() and not table.isHidden():
                    table.choose(at if group.name == name else None)

    def _sum_of_readers(self, operation: Operation, name: str, at: Index) -> str:
        """How the gradient of a value that several operations read is the sum of what they pass back."""
        assert self.passes is not None
        passes = self.passes
        if name in operation.weights:
            return ""
        number = operation.inputs[name]
        readers = [
            (one, port)
            for one in passes.operations
            for port, n in one.inputs.items()
            if n == number and port in one.passed
        ]
        if len({one.path for one, _ in readers}) < 2:
            return ""
        parts = {one.path: f"{format_figure(float(one.passed[port][at]))} from {one.name}" for one, port in readers}
        total = passes.values[number].gradient
        whole = f" = {format_figure(float(total[at]))}" if total is not None else ""
        return f"Several operations read it: its gradient is their sum, {' + '.join(parts.values())}{whole}."


def _is_shared(each: OperationTensor) -> bool:
    return each.role == "input" and each.readers > 1


def _formula_of(page: str) -> str:
    """What a layer does and its formula: the first line of its page, and the first sentence below."""
    first, _, rest = page.partition("\n")
    formula = " ".join(rest.split()).partition(". ")[0]
    text = f"{first} {formula}".strip()
    return text if text.endswith((".", "…")) else f"{text}."
