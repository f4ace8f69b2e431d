"""A forward and a backward pass, cut at every node: each operation is differentiated by itself, and the chain rule joins them.

Every value that leaves a node is cut off from what it was computed from, and goes on as a leaf of its own. So the gradient that arrives
at a node, its local derivative and what it passes on are there as numbers, and their sums are what autograd gives for the whole network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn

from visualnet.analysis.facts import NodePath
from visualnet.compiling.module import Model
from visualnet.compiling.plan import PlanSheet, PlanStep
from visualnet.training.observations.context import in_evaluation_mode
from visualnet.training.stepping.values import Array, Operation, Passes, PortValue, Weight

Place = tuple[NodePath, str]
MOST_SLOPES = 4096
"""Local derivatives of more numbers than this are not written out."""
MOST_OUTPUTS = 128
"""Nor are those of operations with more numbers at their output: each takes a backward pass of its own."""


@dataclass(eq=False)
class _Node:
    """An operation while it is computed: its step of the plan, and the fx nodes at its ports."""

    path: NodePath
    step: PlanStep
    module: str
    inputs: dict[str, fx.Node]
    outputs: dict[str, fx.Node]
    weights: dict[str, nn.Parameter] = field(default_factory=dict)


class _CutPass(fx.Interpreter):
    """Runs a program and cuts the value at every port. ``values`` are what was computed, ``leaves`` what the readers were given."""

    def __init__(self, program: fx.GraphModule, targets: frozenset[Place]) -> None:
        super().__init__(program)
        self.targets = targets
        self.values: dict[fx.Node, Tensor] = {}
        self.leaves: dict[fx.Node, Tensor] = {}

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if not isinstance(value, Tensor) or not n.meta.get("places"):
            return value
        self.values[n] = value
        # What only targets read is held fixed: nobody asks how the loss would answer to another truth.
        varies = value.is_floating_point() and not self.targets.issuperset(n.meta["places"])
        self.leaves[n] = leaf = value.detach().requires_grad_(varies)
        return leaf


def run_passes(model: Model, batch: Mapping[str, Tensor], losses: Iterable[str] | None = None) -> Passes:
    """One batch forward and backward, dropout and batch statistics at rest. ``losses`` (ids) are those that are lowered; all if not said.

    The gradients of the parameters themselves stay untouched.

    Raises:
        ValueError: the network has no loss.
    """
    lowered = {step.id: weight for step, weight in model.plan.losses if losses is None or step.id in frozenset(losses)}
    if not lowered:
        raise ValueError("there is no loss: back-propagation begins at one")
    program = model.everything(lowered)
    targets = frozenset(
        ((step.id,), port) for step in model.plan.main.inputs if step.role == "target" for port in step.facts.outputs
    )
    with in_evaluation_mode(model):
        run = _CutPass(program, targets)
        with torch.enable_grad():
            run.run(*(batch.get(name) for name in model.fields))
    places = {place: node for node in run.values for place in node.meta["places"]}
    nodes = list(_operations(model.plan.main, places, program))
    owners = {(sheet_step.id,): weight for sheet_step, weight in model.plan.losses if sheet_step.id in lowered}
    starts: dict[fx.Node, float] = {}
    for one in nodes:
        if one.path in owners:
            at = next(iter(one.outputs.values()))
            starts[at] = starts.get(at, 0.0) + owners[one.path]
    return _Backward(run, nodes, starts, model, len(next(iter(batch.values())))).passes()


def _operations(
    sheet: PlanSheet, places: Mapping[Place, fx.Node], root: nn.Module, above: NodePath = (), prefix: str = ""
) -> Iterator[_Node]:
    """What computes something, in order, blocks laid open; each repetition of a block by itself (``n3#1`` is the second)."""
    for step in sheet.steps:
        path = (*above, step.id)
        if step.inside:
            for at, inner in enumerate(step.inside):
                here = path if at == 0 else (*above, f"{step.id}#{at}")
                deeper = f"{prefix}{step.module}." + ("" if len(step.inside) == 1 else f"{at}.")
                yield from _operations(inner, places, root, here, deeper)
            continue
        outputs = {p: places[path, p] for p in step.facts.outputs if (path, p) in places}
        sources = {
            port: ((*above, source.node), source.port) for port, source in step.args.items() if source is not None
        }
        inputs = {port: places[place] for port, place in sources.items() if place in places}
        if not outputs or set(outputs.values()) <= set(inputs.values()):
            continue  # it was not needed, or hands on what it is given
        one = _Node(path, step, prefix + step.module, inputs, outputs)
        if step.module:
            one.weights = dict(root.get_submodule(one.module).named_parameters())
        yield one


class _Backward:
    """Goes back through the operations and gathers what each of them adds to the gradients."""

    def __init__(
        self, run: _CutPass, nodes: Sequence[_Node], starts: Mapping[fx.Node, float], model: Model, samples: int
    ) -> None:
        self.run, self.nodes, self.starts, self.model, self.samples = run, nodes, starts, model, samples
        self.numbers = {node: at for at, node in enumerate(run.values)}
        self.names = {id(p): name for name, p in model.objective.named_parameters()}
        self.gradients: dict[fx.Node, Tensor] = {
            node: torch.full_like(run.values[node], share) for node, share in starts.items()
        }
        self.of_weights: dict[str, Tensor] = {}

    def passes(self) -> Passes:
        """All that both passes gave."""
        found = [self._operation(one) for one in reversed(self.nodes)][::-1]
        run, readers = self.run, dict[int, int]()
        for one in found:
            for number in set(one.inputs.values()):
                readers[number] = readers.get(number, 0) + 1
        values = tuple(
            PortValue(_plain(value), _array(self.gradients.get(node)), readers.get(at, 0))
            for at, (node, value) in enumerate(run.values.items())
        )
        computed = {number for one in found for number in one.outputs.values()}
        used = {name: p for one in self.nodes for p in one.weights.values() if (name := self.names[id(p)])}
        weights = {
            name: Weight(_array(p), _array(self.of_weights.get(name)), not p.requires_grad) for name, p in used.items()
        }
        return Passes(
            operations=tuple(found),
            values=values,
            weights=weights,
            loss=float(sum(share * float(run.values[node].detach()) for node, share in self.starts.items())),
            loss_weights={self.numbers[node]: share for node, share in self.starts.items()},
            updates=(),
            samples=self.samples,
            step=1,
            places={place: at for node, at in self.numbers.items() for place in node.meta["places"]},
            sources=frozenset(at for at in readers if at not in computed),
        )

    def _operation(self, one: _Node) -> Operation:
        run = self.run
        outputs = [node for node in one.outputs.values() if node in self.gradients and run.values[node].requires_grad]
        leaves = {port: run.leaves[node] for port, node in one.inputs.items() if run.leaves[node].requires_grad}
        learned = {name: p for name, p in one.weights.items() if p.requires_grad}
        given = {port: self.gradients[node] for port, node in one.outputs.items() if node in self.gradients}
        wanted = [*leaves.values(), *learned.values()]
        passed: dict[str, Tensor] = {}
        slopes: dict[str, Array] = {}
        if outputs and wanted:
            # One tensor at two ports (x·x) is asked for once, and stands for both.
            distinct = list({id(t): t for t in wanted}.values())
            arriving = [self.gradients[node] for node in outputs]
            sums = torch.autograd.grad([run.values[n] for n in outputs], distinct, arriving, True, allow_unused=True)
            by_id = {id(t): g for t, g in zip(distinct, sums, strict=True)}
            passed = {name: g for name, t in {**leaves, **learned}.items() if (g := by_id[id(t)]) is not None}
            slopes = self._slopes(
                run.values[next(iter(one.outputs.values()))], {n: {**leaves, **learned}[n] for n in passed}
            )
            self._add(one, leaves, by_id)
        facts = one.step.facts
        return Operation(
            path=one.path,
            name=self._name(one.path),
            kind=facts.node.kind,
            label=facts.layer.label if facts.layer is not None else facts.node.kind,
            inputs={port: self.numbers[node] for port, node in one.inputs.items()},
            outputs={port: self.numbers[node] for port, node in one.outputs.items()},
            weights={name: self.names[id(p)] for name, p in one.weights.items()},
            given={port: _array(g) for port, g in given.items()},
            passed={name: _array(g) for name, g in passed.items()},
            slopes=slopes,
        )

    def _add(self, one: _Node, leaves: Mapping[str, Tensor], sums: Mapping[int, Tensor | None]) -> None:
        """Add what an operation passes on to the gradients of what it read."""
        for node in {one.inputs[port] for port in leaves}:
            gradient = sums[id(self.run.leaves[node])]
            if gradient is not None:
                known = self.gradients.get(node)
                self.gradients[node] = gradient if known is None else known + gradient
        for parameter in {id(p): p for p in one.weights.values()}.values():
            gradient = sums.get(id(parameter))
            if gradient is not None:
                name = self.names[id(parameter)]
                self.of_weights[name] = self.of_weights[name] + gradient if name in self.of_weights else gradient

    def _slopes(self, output: Tensor, wanted: Mapping[str, Tensor]) -> dict[str, Array]:
        """The local derivatives of an operation, row by row, of what is small enough to be written out."""
        small = {n: t for n, t in wanted.items() if 0 < output.numel() * t.numel() <= MOST_SLOPES}
        if not small or output.numel() > MOST_OUTPUTS or not output.requires_grad:
            return {}
        flat = output.reshape(-1)
        found = {name: np.zeros((output.numel(), tensor.numel())) for name, tensor in small.items()}
        for at in range(output.numel()):
            rows = torch.autograd.grad(flat[at], list(small.values()), retain_graph=True, allow_unused=True)
            for name, row in zip(small, rows, strict=True):
                if row is not None:
                    found[name][at] = row.detach().double().reshape(-1).numpy()
        return found

    def _name(self, path: NodePath) -> str:
        return self.model.analysis.name_of(path)


def _plain(tensor: Tensor) -> Any:
    tensor = tensor.detach()
    return np.array(tensor.double().numpy() if tensor.is_floating_point() else tensor.numpy())


def _array(tensor: Tensor | None) -> Any:
    return None if tensor is None else np.array(tensor.detach().double().numpy())
