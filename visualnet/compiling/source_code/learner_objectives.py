"""What a training script of several learners prints beside the layers: for each a method that gives its losses and runs nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from visualnet.analysis.inference.learners import LearnerPart
from visualnet.compiling.plan import Plan
from visualnet.compiling.source_code.argument_printer import ArgumentPrinter, Figures
from visualnet.compiling.source_code.batch import FUNCTIONS, BatchObjectives, spell_counts
from visualnet.compiling.source_code.code_layout import indent, lay_out, write_literal
from visualnet.compiling.source_code.objectives import first_port, spell_dict, write_head
from visualnet.compiling.source_code.statements import Statements, unused_name, write
from visualnet.core.graph import Port
from visualnet.layers.declaration.calls import Ref


class PrintedPart(NamedTuple):
    """The method of a learner, and the ports of the inputs and targets that it is given."""

    method: str
    sources: Sequence[Port]


class LearnerObjectives(BatchObjectives):
    """Prints a network for several learners: one method of all values, for the validation, and one for each learner's part."""

    def __init__(
        self,
        plan: Plan,
        statements: Statements,
        network: str = "",
        uncounted: Collection[str] = (),
        parts: Sequence[tuple[str, LearnerPart]] = (),
        validates: bool = True,
        decorators: Sequence[str] = (),
    ) -> None:
        """``parts``: what each learner does, with what it is called; ``validates``: all values are asked for, too."""
        super().__init__(plan, statements, network, uncounted, decorators)
        if not self.several and "loss" in self.counted:
            ((only, _),) = plan.losses
            self.counted = {only.facts.node.name: only, **self.counted}
        self.several, self.in_parts, self.shared = True, False, []
        self.validates = validates
        modules = {step.module for step in plan.main.modules} | {self.compute}
        self.parts: list[PrintedPart] = []
        self._methods: list[tuple[str, LearnerPart]] = []
        for name, part in parts:
            method = unused_name(f"{name}_losses", modules)
            needed = plan.main.needed(Port(i, "") for i in (*part.losses, *part.metrics))
            self.parts.append(PrintedPart(method, [port for port in self.sources if port.node in needed]))
            self._methods.append((method, part))

    def methods(self) -> list[str]:
        """All of a batch in one method, and a method for each learner."""
        whole = ["", *self.values_method()] if self.validates else []
        return whole + [line for method, part in self._methods for line in ("", *self._part_method(method, part))]

    def functions(self) -> list[str]:
        """What makes metrics of what was added up, and the function for one batch."""
        return [
            *(["", "", *self.settle_function()] if self.tallied else []),
            *(["", "", *self.batch_function()] if self.validates else []),
        ]

    def settle_function(self) -> list[str]:
        """As of one learner, of those values alone that were added up: some are known on the validation set alone."""
        lines = ["settled = {}"]
        for name, step in self.tallied.items():
            assert step.facts.layer is not None
            text = ArgumentPrinter(Figures([{}]), "", {"counts": f"tallies[{write_literal(name)}]"})
            value = text.of([step.facts.layer.settle(Ref("counts"))])
            lines += [
                f"if {write_literal(name)} in tallies:",
                *indent(lay_out(f"settled[{write_literal(name)}] = {value}", 2)),
            ]
        return [
            "def settle(tallies: dict[str, Tensor]) -> dict[str, Tensor]:",
            *indent(
                ['"""The metrics that are no means over samples, from what was added up."""', *lines, "return settled"]
            ),
        ]

    def _part_method(self, method: str, part: LearnerPart) -> list[str]:
        """The nodes that one learner's losses need, as the plan has them."""
        main = self.plan.main
        ids = {*part.losses, *part.metrics}
        needed = main.needed(Port(i, "") for i in ids)
        measures = {s.facts.node.name: s for s in (*(s for s, _ in self.plan.losses), *main.sinks("metric"))}
        measures = {name: step for name, step in measures.items() if step.id in ids}
        env = {port: name for port, name in self.sources.items() if port.node in needed}
        told = f"What {method.removesuffix('_losses')} lowers, and what is measured beside it."
        head = write_head(method, env.values(), self.kind(), told, 1)
        counted, tallied = (
            {name: step for name, step in steps.items() if step.id in ids} for steps in (self.counted, self.tallied)
        )
        ports = [*map(first_port, measures.values()), *self.count_ports({**counted, **tallied})]
        steps = [step for step in main.steps if step.id in needed]
        lines = self.statements.of(list(dict.fromkeys(ports)), env, steps, named=True)
        values = {name: env[first_port(step)] for name, step in measures.items()}
        values["loss"] = self.total(values.__getitem__, part.losses)
        names = {*env.values(), *FUNCTIONS}
        returned = [spell_dict(values)]
        for own, printed in ((counted, self.counted), (tallied, self.tallied)):
            if printed:
                more, text = spell_counts(own, env, names)
                lines += more
                returned.append(text)
        return [*indent(self.decorators), *head, *write(lines, [], ", ".join(returned), 2)]
