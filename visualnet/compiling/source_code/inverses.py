"""The method ``inverse`` of printed classes: the way back through a normalizing flow, and through its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from visualnet.analysis.flows.inverse_order import InverseOrder, Move, inner_ports
from visualnet.analysis.flows.problems import find_flows
from visualnet.compiling.plan import PlanSheet, PlanStep
from visualnet.compiling.source_code.argument_printer import ArgumentPrinter, Figures, Mismatch, find_counterpart, same
from visualnet.compiling.source_code.code_layout import indent, lay_out, tensors, write_docstring
from visualnet.compiling.source_code.statements import Statement, Statements, unused_name, write
from visualnet.core.graph import Port
from visualnet.layers.declaration.calls import OwnModule, Ref

Ways = Mapping[int, InverseOrder]
"""The way back through a sheet, by the sheet's id; sheets that no flow goes through are not in it."""


NAME = "inverse"
"""What the method is called."""


def find_ways(main: PlanSheet) -> Ways:
    """The way back through the first flow of a network and through each block on it. None where a block on the way is repeated, or a node
    has taken the method's name."""
    for flow in find_flows(main.facts):
        if flow.missing or not flow.inputs:
            continue
        found: dict[int, InverseOrder] = {}
        way = flow.way.to(flow.inputs)
        if results(way) and _collect(main, way, found):  # an input that is compared as it is leaves nothing to find
            return found
    return {}


def _collect(sheet: PlanSheet, way: InverseOrder, found: dict[int, InverseOrder]) -> bool:
    found[id(sheet)] = way
    if any(step.module == NAME for step in sheet.modules):
        return False
    for move in way.moves:
        inside = sheet.by_id[move.node].inside
        if move.inside and (len(inside) > 1 or not _collect(inside[0], move.inside[0], found)):
            return False
    return True


def arguments(way: InverseOrder, is_block: bool) -> dict[str, Port]:
    """What ``inverse`` is given, by name: the outputs that are known, then inputs that steer the way."""
    if not is_block:
        nodes = way.facts.nodes
        return {nodes[port.node].node.name: port for port in sorted(way.start, key=lambda p: _is_input(way, p))}
    given = {name: port for name, port in inner_ports(way.facts, "output").items() if port in way.start}
    read = {port for move in way.moves for port in move.reads}
    steering = {n: p for n, p in inner_ports(way.facts, "input").items() if p in way.start and p in read}
    return {**given, **{n: p for n, p in steering.items() if p not in given.values()}}


def results(way: InverseOrder) -> dict[str, Port]:
    """What ``inverse`` gives back: the inputs that the way finds, by name."""
    found = {port for move in way.moves for port in move.gives}
    return {name: port for name, port in inner_ports(way.facts, "input").items() if port in found}


def _is_input(way: InverseOrder, port: Port) -> bool:
    return any(facts.node.id == port.node for facts in way.facts.sinks("input"))


class InversePrinter:
    """Prints the way back through some places of one block, side by side, or through the network.

    Raises:
        Mismatch: the places differ in more than figures.
    """

    def __init__(self, places: Sequence[PlanSheet], ways: Ways, figures: Figures, statements: Statements) -> None:
        self.places, self.ways, self.figures, self.statements = places, ways, figures, statements
        self.first = places[0]
        self.way = ways[id(self.first)]
        same(tuple((m.node, m.backwards, m.gives) for m in ways[id(sheet)].moves) for sheet in places)

    def method(self, told: str = "") -> list[str]:
        """The method, indented as in a class; ``told`` is its docstring."""
        is_block = bool(self.first.block)
        given, found = arguments(self.way, is_block), results(self.way)
        names = {step.variable for step in (*self.first.inputs, *self.first.steps)} | self.statements.taken
        env = {}
        for name, port in given.items():
            env[port] = unused_name(name if is_block else _latent_name(self.first, port), names)
        words = ", ".join(f"{name}: Tensor" for name in env.values())
        head = lay_out(f"def {NAME}(self, {words}) -> {tensors(len(found))}:", 1)
        doc = told or f"Walk back: {' and '.join(found)} from {' and '.join(env.values())}."
        lines = [line for move in self.way.moves for line in self._move(move, env, names)]
        answers = [env[port] for port in found.values()]
        body = write(lines, answers if len(answers) == 1 else [], ", ".join(answers), 2)
        return ["", *indent(head), *indent(write_docstring(doc, len(doc), 2), 2), *body]

    def _move(self, move: Move, env: dict[Port, str], names: set[str]) -> Iterator[Statement]:
        steps = [sheet.by_id[move.node] for sheet in self.places]
        step = steps[0]
        if not move.backwards:
            yield from self.statements.alone(step, [port.port for port in move.gives], env, names)
        elif step.inside:
            yield self._block(step, move, env, names)
        else:
            yield from self._layer(steps, move, env, names)

    def _name(self, port: Port, names: set[str]) -> str:
        """What a value that is found is called: as where it was computed."""
        step = self.first.by_id[port.node]
        first = next(iter(step.facts.outputs))
        # The node is undone, not computed: its variable is free.
        return step.variable if port.port == first else unused_name(f"{step.variable}_{port.port}", names)

    def _block(self, step: PlanStep, move: Move, env: dict[Port, str], names: set[str]) -> Statement:
        way = self.ways[id(step.inside[0])]
        ports = {name: Port(step.id, name) for name in step.facts.outputs}
        sources = {name: source for name, source in step.args.items() if source is not None}
        given = [env[ports[name]] if name in ports else env[sources[name]] for name in arguments(way, True)]
        targets = []
        for name in results(way):
            source = sources[name]
            target = self._name(source, names) if source in move.gives else "_"
            if source in move.gives:
                env[source] = target
            targets.append(target)
        return Statement(tuple(targets), f"self.{step.module}.{NAME}({', '.join(given)})")

    def _layer(
        self, steps: Sequence[PlanStep], move: Move, env: dict[Port, str], names: set[str]
    ) -> Iterator[Statement]:
        step = steps[0]
        how = step.facts.layer.undoing() if step.facts.layer is not None else None
        assert how is not None
        known = {}
        for name in how.reads:
            source = Port(step.id, name) if name in step.facts.outputs else step.args[name]
            assert source is not None
            known[name] = env[source]
        trees = []
        for each in steps:
            layer = each.facts.layer
            if layer is None:
                raise Mismatch("a layer")
            shapes = [tuple(map(int, shape)) if shape is not None else () for shape in each.facts.shapes]
            trees.append(layer.inverse(OwnModule(), {name: Ref(name) for name in how.reads}, *shapes))
        words = [each.facts.layer.values() for each in steps if each.facts.layer is not None]
        text = ArgumentPrinter(self.figures, f"self.{step.module}", known, words)
        wanted = [name for name in how.finds if step.args.get(name) in move.gives]
        for expr in text.shared([trees[0][name] for name in wanted]):
            places = [find_counterpart(tree, trees[0], expr, wanted) for tree in trees]
            value = text.of(places)
            text.named[id(expr)] = unused_name(f"{step.variable}_back", names)
            yield Statement((text.named[id(expr)],), value)
        for name in wanted:
            source = step.args[name]
            assert source is not None
            target = self._name(source, names)
            value = text.of([tree[name] for tree in trees])
            env[source] = target
            yield Statement((target,), value)


def _latent_name(sheet: PlanSheet, port: Port) -> str:
    """What the network calls the latent: as its output does, else as the node."""
    name = next((name for name, source in sheet.outputs.items() if source == port), "")
    return name or sheet.by_id[port.node].variable
