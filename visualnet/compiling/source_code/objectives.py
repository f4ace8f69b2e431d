"""What stands beside the layers in a printed file: ``forward``, the loss and the metrics.

Loss and metrics are functions of what the network answers and of what the data holds. Where they look at more than the answers, a method
gives these tensors too and ``forward`` takes its answer from it, so that nothing is computed twice; where they have modules of their own,
they are methods that take the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from visualnet.compiling.names import variable_name
from visualnet.compiling.plan import Plan, PlanStep
from visualnet.compiling.source_code.code_layout import indent, lay_out, tensors, write_docstring, write_literal
from visualnet.compiling.source_code.statements import Statements, unused_name, write
from visualnet.core.graph import Port

LOSS_NAMES = ("loss", "objective", "total_loss", "sum_of_losses")
METRICS_NAMES = ("metrics", "measures", "all_metrics", "what_is_measured")
COMPUTE_NAMES = ("compute", "compute_all", "intermediates", "all_values")
"""What a method may be called: the first that no layer is called."""


class Objectives:
    """Prints ``forward``, loss and metrics of the whole network.

    ``values`` are the tensors of the network that losses and metrics look at, ``sources`` the inputs and targets, each with the name that
    it has as an argument.
    """

    loss_names: Sequence[str] = LOSS_NAMES

    def __init__(self, plan: Plan, statements: Statements, network: str = "") -> None:
        """``network`` is what the class is called."""
        self.plan, self.statements, self.network = plan, statements, network
        main = plan.main
        self.given = main.needed(plan.answers.values())
        self.losses = [first_port(step) for step, _ in plan.losses]
        self.metrics = {step.facts.node.name: first_port(step) for step in main.sinks("metric")}
        self.names: set[str] = set()
        self.sources = {only_port(step): unused_name(step.variable, self.names) for step in main.inputs}
        self.answers: dict[Port, str] = {}
        for name, port in plan.answers.items():
            self.answers.setdefault(port, name)
        read = [p for ports in (self.losses, self.metrics.values()) for p in self.crossing(ports)]
        self.values = {
            port: unused_name(self.answers.get(port, main.by_id[port.node].variable), self.names)
            for port in dict.fromkeys(read)
            if port not in self.sources
        }
        self.shared = [port for port in self.values if port not in self.answers]
        """Tensors of the network that are no answers."""
        modules = {step.module for step in main.modules}
        self.compute, self.loss_name, self.metrics_name = (
            next((name for name in names if name not in modules), variable_name(names[0], modules))
            for names in (COMPUTE_NAMES, self.loss_names, METRICS_NAMES)
        )

    def own_steps(self, ports: Iterable[Port]) -> list[PlanStep]:
        """The steps that lead to these ports and to no answer."""
        needed = self.plan.main.needed(ports)
        return [s for s in self.plan.main.steps if s.id in needed and s.id not in self.given]

    def crossing(self, ports: Iterable[Port]) -> list[Port]:
        """What their own steps take over."""
        own = self.own_steps(ports)
        ids = {step.id for step in own}
        read = [source for s in own for source in s.args.values() if source is not None and source.node not in ids]
        return list(dict.fromkeys([*read, *(port for port in ports if port.node not in ids)]))

    # --- forward -------------------------------------------------------------------------------------------------------------------

    def forward(self) -> list[str]:
        """The method, indented as in a class, and before it what losses and metrics share with it."""
        plan = self.plan
        arguments = {only_port(step): step.variable for step in plan.net_inputs}
        steps = [s for s in plan.main.steps if s.id in self.given]
        answers = list(plan.answers.values())
        kind = "Tensor" if len(answers) == 1 else "dict[str, Tensor]"
        told = f"Map {self.spell_sizes(arguments)} to {self.spell_sizes({p: n for n, p in plan.answers.items()})}."
        head = write_head("forward", arguments.values(), kind, told, depth=1)
        env = dict(arguments)
        if not self.shared:
            lines = self.statements.of(answers, env, steps)
            return [*head, *write(lines, _single(answers, env), self._returned(env), 2)]
        wanted = [*self.answers, *self.shared]
        lines = self.statements.of(wanted, env, steps, named=True)
        told = self.spell_sizes(self.answers | {port: self.values[port] for port in self.shared})
        several = {"loss": bool(self.losses), "metrics": bool(self.metrics)}
        resting = ["forward", *(name for name, there in several.items() if there)]
        computing = write_head(
            self.compute,
            arguments.values(),
            tensors(len(wanted)),
            f"Compute {told}: what {' and '.join(resting)} rest on.",
            depth=1,
        )
        computing += write(lines, [], ", ".join(env[port] for port in wanted), 2)
        call = f"self.{self.compute}({', '.join(arguments.values())})"
        if len(answers) == 1:
            return [*computing, "", *head, *indent(lay_out(f"return {call}[0]", 2), 2)]
        names = set(arguments.values())
        env = {port: unused_name(name, names) for port, name in self.answers.items()}
        targets = ", ".join([*env.values(), *["_"] * len(self.shared)])
        body = [*lay_out(f"{targets} = {call}", 2), *lay_out(f"return {self._returned(env)}", 2)]
        return [*computing, "", *head, *indent(body, 2)]

    def _returned(self, env: Mapping[Port, str]) -> str:
        answers = self.plan.answers
        if len(answers) == 1:
            return env[next(iter(answers.values()))]
        return spell_dict({name: env[port] for name, port in answers.items()})

    # --- loss and metrics ----------------------------------------------------------------------------------------------------------

    def methods(self) -> list[str]:
        """Those that have modules of their own, as methods."""
        written = []
        if self.losses and self.has_modules(self.losses):
            written += ["", *self._loss(self.loss_name, 1)]
        if self.metrics and self.has_modules(self.metrics.values()):
            written += ["", *self._metrics(self.metrics_name, 1)]
        return written

    def functions(self) -> list[str]:
        """All others, as functions."""
        written = []
        if self.losses and not self.has_modules(self.losses):
            written += ["", "", *self._loss(self.loss_names[0], 0)]
        if self.metrics and not self.has_modules(self.metrics.values()):
            written += ["", "", *self._metrics(METRICS_NAMES[0], 0)]
        return written

    def has_modules(self, ports: Iterable[Port]) -> bool:
        return any(step.module for step in self.own_steps(ports))

    def _loss(self, name: str, depth: int) -> list[str]:
        env = self.arguments(self.losses)
        head = write_head(name, env.values(), "Tensor", f"The loss of {self.spell_sizes(env)}.", depth)
        lines = self.statements.of(
            self.losses, env, self.own_steps(self.losses), depth=depth + 1, named=len(self.losses) > 1
        )
        weights = [weight for _, weight in self.plan.losses]
        terms = [env[p] if w == 1 else f"{w!r} * {env[p]}" for p, w in zip(self.losses, weights, strict=True)]
        return [*head, *write(lines, [env[port] for port in self.losses], " + ".join(terms), depth + 1)]

    def _metrics(self, name: str, depth: int) -> list[str]:
        ports = list(self.metrics.values())
        env = self.arguments(ports)
        head = write_head(name, env.values(), "dict[str, Tensor]", f"The metrics of {self.spell_sizes(env)}.", depth)
        lines = self.statements.of(ports, env, self.own_steps(ports), depth=depth + 1, named=True)
        returned = spell_dict({name: env[port] for name, port in self.metrics.items()})
        return [*head, *write(lines, [], returned, depth + 1)]

    def arguments(self, ports: Sequence[Port]) -> dict[Port, str]:
        """The arguments: tensors of the network, then inputs and targets."""
        crossing = set(self.crossing(ports))
        return {port: name for port, name in {**self.values, **self.sources}.items() if port in crossing}

    def spell_sizes(self, names: Mapping[Port, str]) -> str:
        """``image B×1×28×28, label B (int64)``."""
        told = []
        for port, name in names.items():
            spec = self.plan.main.by_id[port.node].facts.leaving[port.port]
            size = "×".join(["B", *(str(int(n)) for n in spec.shape)]) if spec.batched else "(one number)"
            kind = {"int": " (int64)", "bool": " (bool)"}.get(spec.dtype, "")
            told.append(f"{name} {size}{kind}")
        return ", ".join(told)


def write_head(name: str, arguments: Iterable[str], kind: str, told: str, depth: int) -> list[str]:
    """The line that begins a function or method, and its docstring."""
    given = [*(["self"] if depth else []), *(f"{argument}: Tensor" for argument in arguments)]
    head = lay_out(f"def {name}({', '.join(given)}) -> {kind}:", depth)
    return [*indent(head, depth), *indent(write_docstring(told, len(told), depth + 1), depth + 1)]


def spell_dict(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{write_literal(name)}: {value}" for name, value in values.items()) + "}"


def _single(answers: Sequence[Port], env: Mapping[Port, str]) -> list[str]:
    """The one answer whose type is promised; the values of a dict are not checked."""
    return [env[answers[0]]] if len(answers) == 1 else []


def first_port(step: PlanStep) -> Port:
    return Port(step.id, next(iter(step.facts.outputs)))


def only_port(step: PlanStep) -> Port:
    (port,) = step.facts.outputs
    return Port(step.id, port)
