"""Which input an attention layer reads, and which self-attention layers lie before it, found in the compiled program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from torch import fx

from visualnet.compiling.module import Model
from visualnet.compiling.plan import Plan
from visualnet.training.observations.attention.places import PORT
from visualnet.training.observations.observation import Subject


class Stream(NamedTuple):
    """``queries`` and ``sources`` are the fields of the data that reach them, the nearest first. ``before`` are the self-attention layers
    that the queries went through, the first one first, and this one, if it is self-attention too."""

    queries: tuple[str, ...]
    sources: tuple[str, ...]
    before: tuple[Subject, ...]
    is_self: bool


_known: WeakKeyDictionary[Model, tuple[Plan, dict[Subject, Stream]]] = WeakKeyDictionary()


def find_stream(model: Model, subject: Subject, every: Sequence[Subject]) -> Stream:
    """The stream of one of all attention layers (``every``). It is kept, for it costs a compilation; a changed network has another.

    Raises:
        KeyError: the compiled network has no such node.
    """
    plan, streams = _known.get(model, (None, {}))
    if plan is not model.plan or subject not in streams:
        streams = dict(zip(every, _Program(model, every).streams(), strict=True))
        _known[model] = model.plan, streams
    return streams[subject]


class _Program:
    """All attention in the program that computes it: the fx nodes of each layer, and what arrives there."""

    def __init__(self, model: Model, every: Sequence[Subject]) -> None:
        self.every = every
        self.paths = list(dict.fromkeys(path for path, _ in every))
        hands_out = {path for path, name in every if name == PORT}
        ports = [(path, PORT if path in hands_out else _only_output(model, path)) for path in self.paths]
        graph = model.view(ports).graph
        nodes = list(graph.nodes)
        self.order = {node: at for at, node in enumerate(nodes)}
        self.fields = {n: name for n, name in zip(graph.find_nodes(op="placeholder"), model.fields, strict=False)}
        ends = nodes[-1].args[0]
        assert isinstance(ends, tuple)
        self.owner: dict[fx.Node, int] = {}
        self.arriving: list[list[fx.Node]] = []
        for number, end in enumerate(ends):
            own = _region(end)
            self.owner |= dict.fromkeys(own, number)
            inputs = [node for part in sorted(own, key=self.order.__getitem__) for node in part.all_input_nodes]
            self.arriving.append([node for node in dict.fromkeys(inputs) if node not in own])

    def streams(self) -> list[Stream]:
        """The stream of each, in their order."""
        of_path = [self._stream(number) for number in range(len(self.paths))]
        found = []
        for path, name in self.every:
            stream = of_path[self.paths.index(path)]
            names = [one for at, one in self.every if at == path]
            own = [(path, one) for one in names[: names.index(name) + 1]] if stream.is_self else []
            found.append(stream._replace(before=(*stream.before, *own)))
        return found

    def _stream(self, number: int) -> Stream:
        arriving = self.arriving[number]
        layers, queries = self._walk(arriving[:1])
        is_self = len({_root(node) for node in arriving}) == 1
        _, sources = (layers, queries) if is_self else self._walk(arriving[1:2])
        before = [
            (self.paths[layer], name)
            for layer in sorted(
                layers, key=lambda at: min(self.order[node] for node in self.owner if self.owner[node] == at)
            )
            if len({_root(node) for node in self.arriving[layer]}) == 1
            for path, name in self.every
            if path == self.paths[layer]
        ]
        return Stream(tuple(queries), tuple(sources), tuple(before), is_self)

    def _walk(self, begin: Iterable[fx.Node]) -> tuple[list[int], list[str]]:
        """The attention layers and the fields from which one comes to these nodes, the nearest first. Through attention the queries
        alone are followed: what is looked at from there belongs to another stream."""
        todo, seen = list(begin), set(begin)
        layers: list[int] = []
        fields: list[str] = []
        for node in todo:
            if node in self.fields:
                fields.append(self.fields[node])
            number = self.owner.get(node)
            if number is None:
                inputs = node.all_input_nodes
            else:
                inputs = self.arriving[number][:1]
                if number not in layers:
                    layers.append(number)
            for one in inputs:
                if one not in seen:
                    seen.add(one)
                    todo.append(one)
        return layers, fields


def _only_output(model: Model, path: tuple[str, ...]) -> str:
    facts = model.analysis.find(path)
    if facts is None:
        raise KeyError(path)
    return next(iter(facts.outputs))


def _region(end: fx.Node) -> set[fx.Node]:
    """The fx nodes of the same layer from which this one is computed."""
    path, found, todo = end.meta.get("path"), {end}, [end]
    for node in todo:
        for one in node.all_input_nodes:
            if one.meta.get("path") == path and one not in found:
                found.add(one)
                todo.append(one)
    return found


def _root(node: fx.Node) -> fx.Node:
    """Where a chain of operations with one input each begins: queries and keys of self-attention are projected from one place."""
    while len(node.all_input_nodes) == 1 and node.op != "placeholder":
        node = node.all_input_nodes[0]
    return node
