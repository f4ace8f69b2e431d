"""What a training script prints beside the layers: the losses one by one, what their means count, and a function for one batch.

The step of a training runs every node in the plan's order. ``forward``, the losses and the metrics run the same nodes in an order of their
own; where that could change a random draw or the order in which gradients are added, one method runs all in the plan's order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from visualnet.compiling.plan import Plan, PlanStep
from visualnet.compiling.source_code.argument_printer import ArgumentPrinter, Figures
from visualnet.compiling.source_code.code_layout import indent, lay_out, write_literal
from visualnet.compiling.source_code.objectives import (
    LOSS_NAMES,
    Objectives,
    first_port,
    only_port,
    spell_dict,
    write_head,
)
from visualnet.compiling.source_code.statements import Statement, Statements, unused_name, write
from visualnet.core.graph import Port
from visualnet.layers.declaration.calls import Expr, Item, Method, Ref

LOSSES_NAMES = ("losses", "all_losses", "single_losses", "losses_by_name")
BATCH_FUNCTION = "evaluate_batch"
COUNT_FUNCTION, TALLY_FUNCTION = "count_targets", "tally"
FUNCTIONS = (BATCH_FUNCTION, "losses", COUNT_FUNCTION, TALLY_FUNCTION, "settle")
"""What stands beside the class and is called by a training loop."""
_BATCH_DOC = '"""The loss of a batch, and all else that is measured of it."""'


class BatchObjectives(Objectives):
    """Prints a network for a training script: `evaluate_batch` gives all values of a batch by name."""

    def __init__(
        self,
        plan: Plan,
        statements: Statements,
        network: str = "",
        uncounted: Collection[str] = (),
        decorators: Sequence[str] = (),
    ) -> None:
        """``uncounted`` are values that count nothing but samples; ``decorators`` stand over the function for one batch."""
        self.decorators = decorators
        self.several = len(plan.losses) > 1
        self.loss_names = LOSSES_NAMES if self.several else LOSS_NAMES
        super().__init__(plan, statements, network)
        measures = [*(step for step, _ in plan.losses), *plan.main.sinks("metric")]
        by_name = {step.facts.node.name: step for step in measures}
        self.tallied = {n: s for n, s in by_name.items() if n != "loss" and _settles(s)}
        """The values that are no mean over samples."""
        self.counted = {
            n: s for n, s in by_name.items() if n != "loss" and n not in self.tallied and s.counts() is not None
        }
        if not self.several:
            ((only, _),) = plan.losses
            name = only.facts.node.name
            self.counted.pop(name, None)
            if only.counts() is not None:
                self.counted = {"loss": only, **self.counted}
        self.counted = {name: step for name, step in self.counted.items() if name not in uncounted}
        self.in_parts = self._same_order()
        """Whether the network, its losses and its metrics are functions of their own."""
        if not self.in_parts:
            self.shared = []  # ``forward`` stands alone

    @property
    def names_weights(self) -> bool:
        """Whether the weights of the losses are read from ``LOSS_WEIGHTS``."""
        return self.several or (not self.in_parts and any(weight != 1 for _, weight in self.plan.losses))

    def _same_order(self) -> bool:
        """Whether the functions printed here draw and add in the order in which a training step does."""
        losses, metrics = self.own_steps(self.losses), self.own_steps(self.metrics.values())
        plan = self.plan.main
        printed = [s for s in plan.steps if s.id in self.given] + losses
        ids = {step.id for step in printed}
        planned = [step for step in plan.steps if step.id in ids]
        quiet = ("loss", "metric")
        if any(s.role == "loss" for s in metrics):
            return False  # what the loss is computed from is measured, and would be computed twice
        if any(s.role not in quiet and (s.module or s.inside) for s in metrics):
            return False  # what they draw would be drawn at the end
        if self.has_modules(self.count_ports({**self.counted, **self.tallied})):
            return False  # and what they count rests on would be computed twice
        if [s.id for s in printed if s.role not in quiet] != [s.id for s in planned if s.role not in quiet]:
            return False
        return all(_readers(planned, port) == _readers(printed, port) for port in _read_often(planned))

    def methods(self) -> list[str]:
        """Losses and metrics that have modules of their own; where only the plan's order will do, all of a step in one method."""
        return super().methods() if self.in_parts else ["", *self.values_method()]

    def functions(self) -> list[str]:
        """Losses and metrics, what they count, and the function for one batch."""
        if not self.in_parts:
            return [*(["", "", *self.settle_function()] if self.tallied else []), "", "", *self.batch_function()]
        written = super().functions()
        for name, doc, steps in (
            (COUNT_FUNCTION, "What each of these values is the mean over", self.counted),
            (TALLY_FUNCTION, "What is added up over batches", self.tallied),
        ):
            if steps:
                written += ["", "", *self._counts(name, doc, steps)]
        if self.tallied:
            written += ["", "", *self.settle_function()]
        return [*written, "", "", *self.batch_function()]

    def _loss(self, name: str, depth: int) -> list[str]:
        if not self.several:
            return super()._loss(name, depth)
        env = self.arguments(self.losses)
        head = write_head(name, env.values(), "dict[str, Tensor]", f"Each loss of {self.spell_sizes(env)}.", depth)
        lines = self.statements.of(self.losses, env, self.own_steps(self.losses), depth=depth + 1, named=True)
        returned = spell_dict({step.facts.node.name: env[first_port(step)] for step, _ in self.plan.losses})
        return [*head, *write(lines, [], returned, depth + 1)]

    # --- what is counted ---------------------------------------------------------------------------------------------------------------

    def count_ports(self, steps: Mapping[str, PlanStep]) -> list[Port]:
        """The tensors that are looked at to count."""
        found = [s.args[name] for s in steps.values() for name in _refs(s.counts())]
        return [port for port in dict.fromkeys(found) if port is not None]

    def _counts(self, name: str, doc: str, steps: Mapping[str, PlanStep]) -> list[str]:
        ports = self.count_ports(steps)
        env = self.arguments(ports)
        head = write_head(name, env.values(), "dict[str, Tensor]", f"{doc}, from {self.spell_sizes(env)}.", 0)
        lines = self.statements.of(ports, env, self.own_steps(ports), depth=1, named=True)
        more, told = spell_counts(steps, env, {*env.values(), *FUNCTIONS})
        return [*head, *write([*lines, *more], [], told, 1)]

    def settle_function(self) -> list[str]:
        values = {}
        for name, step in self.tallied.items():
            assert step.facts.layer is not None
            text = ArgumentPrinter(Figures([{}]), "", {"counts": f"tallies[{write_literal(name)}]"})
            values[name] = text.of([step.facts.layer.settle(Ref("counts"))])
        return [
            "def settle(tallies: dict[str, Tensor]) -> dict[str, Tensor]:",
            *indent(['"""The metrics that are no means over samples, from what was added up."""']),
            *indent(lay_out(f"return {spell_dict(values)}", 1)),
        ]

    # --- one batch -----------------------------------------------------------------------------------------------------------------

    def batch_function(self) -> list[str]:
        """The function that gives the loss and all that is measured of a batch, by name."""
        names: set[str] = {"model", "parts", "total", *FUNCTIONS, "loss", "metrics"}
        fields = self.field_names(names)
        given = {only_port(step): fields[self.plan.fields[step.id]] for step in self.plan.main.inputs}
        arguments = ", ".join(f"{name}: Tensor" for name in fields.values())
        head = lay_out(f"def {BATCH_FUNCTION}(model: {self.network}, {arguments}) -> {self.kind()}:", 0)
        if self.in_parts:
            lines = self._parts(given, names)
        else:
            lines = [f"return model.{self.compute}({', '.join(given[port] for port in self.sources)})"]
        return [*self.decorators, *head, *indent([_BATCH_DOC, *(part for line in lines for part in lay_out(line, 1))])]

    def kind(self) -> str:
        """What is given of a batch: values, what they count, what is added up."""
        kinds = ["dict[str, Tensor]"] * (1 + bool(self.counted) + bool(self.tallied))
        return kinds[0] if len(kinds) == 1 else f"tuple[{', '.join(kinds)}]"

    def _parts(self, given: Mapping[Port, str], names: set[str]) -> list[str]:
        """The lines that run the network, then the losses and metrics on what it gives."""
        lines, env = self._call_network(given, names)
        env = {**env, **given}

        def call(function: str, ports: Sequence[Port], method: bool = False) -> str:
            return f"{'model.' if method else ''}{function}({', '.join(env[p] for p in self.arguments(ports))})"

        def choose(ports: Sequence[Port], method: str, function: str) -> str:
            own = self.has_modules(ports)
            return call(method if own else function, ports, own)

        metrics = list(self.metrics.values())
        loss = choose(self.losses, self.loss_name, self.loss_names[0])
        measured = f"**{choose(metrics, self.metrics_name, 'metrics')}" if metrics else ""
        if self.several:
            lines += [f"parts = {loss}", f"total = {self.total(lambda name: f'parts[{write_literal(name)}]')}"]
            values = [measured, "**parts", '"loss": total']
        else:  # a metric of that name gives way to the loss
            values = [f'"loss": {loss}', measured]
            values = values[::-1] if "loss" in self.metrics else values
        counts = ((COUNT_FUNCTION, self.counted), (TALLY_FUNCTION, self.tallied))
        more = [call(name, self.count_ports(steps)) for name, steps in counts if steps]
        return [*lines, f"return {', '.join(['{' + ', '.join(filter(None, values)) + '}', *more])}"]

    def total(self, name_of: Callable[[str], str], only: Collection[str] | None = None) -> str:
        """The sum of the losses (or of those ``only``, by id), each with its weight."""
        terms = []
        for step, weight in self.plan.losses:
            if only is not None and step.id not in only:
                continue
            name = step.facts.node.name
            terms.append(name_of(name) if weight == 1 else f"LOSS_WEIGHTS[{write_literal(name)}] * {name_of(name)}")
        return " + ".join(terms)

    def values_method(self) -> list[str]:
        """Network, losses and metrics node by node, as the plan has them."""
        env = dict(self.sources)
        arguments = ", ".join(f"{name}: Tensor" for name in env.values())
        values = {step.facts.node.name: first_port(step) for step, _ in self.plan.losses} if self.several else {}
        values = {**self.metrics, **values}
        ports = [*values.values(), *self.losses, *self.count_ports({**self.counted, **self.tallied})]
        lines = self.statements.of(list(dict.fromkeys(ports)), env, named=True)
        parts = {step.facts.node.name: env[first_port(step)] for step, _ in self.plan.losses}
        told = {name: env[port] for name, port in values.items()} | {"loss": self.total(parts.__getitem__)}
        names = {*env.values(), *FUNCTIONS}
        counts = [spell_counts(steps, env, names) for steps in (self.counted, self.tallied) if steps]
        lines += [line for more, _ in counts for line in more]
        returned = ", ".join([spell_dict(told), *(text for _, text in counts)])
        head = lay_out(f"def {self.compute}(self, {arguments}) -> {self.kind()}:", 1)
        return [*indent([*head, *indent([_BATCH_DOC])]), *write(lines, [], returned, 2)]

    def field_names(self, taken: set[str]) -> dict[str, str]:
        """What each field of the data is called as a variable, in the order in which a batch holds them."""
        fields = dict.fromkeys(self.plan.fields[step.id] for step in self.plan.main.inputs)
        return {field: unused_name(field, taken) for field in fields}

    def _call_network(self, given: Mapping[Port, str], names: set[str]) -> tuple[list[str], dict[Port, str]]:
        """The line that runs the network, and what the tensors are called that losses and metrics look at."""
        inputs = ", ".join(given[only_port(step)] for step in self.plan.net_inputs)
        answers = list(self.plan.answers.items())
        if self.shared:
            env = {port: unused_name(name, names) for port, name in self.values.items()}
            wanted = [*self.answers, *self.shared]
            targets = ", ".join(env.get(port, "_") for port in wanted)
            comma = "," if len(wanted) == 1 else ""
            return [f"{targets}{comma} = model.{self.compute}({inputs})"], env
        if len(answers) == 1:
            name = unused_name(answers[0][0], names)
            return [f"{name} = model({inputs})"], {answers[0][1]: name}
        name = unused_name("answers", names)
        return [f"{name} = model({inputs})"], {port: f"{name}[{write_literal(n)}]" for n, port in reversed(answers)}


def spell_counts(
    steps: Mapping[str, PlanStep], env: Mapping[Port, str], names: set[str]
) -> tuple[list[Statement], str]:
    """What these values count, by name, from tensors that are called so. What several count has a name before it, which is none of
    ``names``."""
    told = {}
    for value, step in steps.items():
        refs = {port: env[source] for port, source in step.args.items() if source and source in env}
        told[value] = ArgumentPrinter(Figures([{}]), "", refs).of([step.counts()])
    shared = {text: unused_name("counted", names) for text, often in Counter(told.values()).items() if often > 1}
    lines = [Statement((name,), text) for text, name in shared.items()]
    return lines, spell_dict({value: shared.get(text, text) for value, text in told.items()})


def _settles(step: PlanStep) -> bool:
    return step.facts.layer is not None and step.facts.layer.settle(Ref("counts")) is not None


def _readers(steps: Sequence[PlanStep], port: Port) -> list[str]:
    return [step.id for step in steps for source in step.args.values() if source == port]


def _read_often(steps: Sequence[PlanStep]) -> list[Port]:
    """The tensors whose gradient is a sum of three or more, which another order of adding may round differently."""
    ports = dict.fromkeys(p for step in steps for p in step.args.values() if p is not None)
    return [port for port in ports if len(_readers(steps, port)) > 2]


def _refs(value: object) -> Iterator[str]:
    """The ports that an expression names."""
    if isinstance(value, Ref):
        yield value.port
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _refs(part)
    elif isinstance(value, Expr):
        inside = vars(value)
        if isinstance(value, Item | Method):
            yield from _refs(value.of)
        yield from _refs(inside.get("args", ()))
        yield from _refs(tuple(inside.get("kwargs", {}).values()))
