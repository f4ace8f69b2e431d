"""Where in a network the values of actions are, what is wrong with them, and what observations are given to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from visualnet.analysis.facts import GraphFacts, NodeFacts
from visualnet.core.graph import Port
from visualnet.data.environments.environment import ACTION, OBSERVATION, TARGET, Environment
from visualnet.data.loading import Loaded
from visualnet.training.loop.procedures.procedure import StartFault

if TYPE_CHECKING:
    import numpy as np


def find_values(main: GraphFacts) -> Port | None:
    """The port that gives what each action is worth: what stands beside the number of the action taken at the node that reads both."""
    for facts in main.nodes.values():
        if facts.layer is None or facts.layer.role not in ("input", "target") or _field(facts) != ACTION:
            continue
        for target, source in main.graph.wires.items():
            if source.node != facts.node.id:
                continue
            reader = main.nodes[target.node]
            for port in reader.inputs:
                beside = main.graph.wires.get(Port(target.node, port))
                if port != target.port and beside is not None:
                    return beside
    return None


def _field(facts: NodeFacts) -> str:
    assert facts.layer is not None
    return str(facts.layer.values()["field"])


def value_faults(main: GraphFacts, environment: Environment) -> Iterator[StartFault]:
    """What is wrong with the values of actions: as many of them are wanted as there are actions, made of what is observed alone, and a loss
    that compares one with what deep Q-learning aims at."""
    port = find_values(main)
    if port is None:
        words = "nothing says which values are those of the actions: put Pick behind them, and give it a Target that reads “action”"
        yield StartFault(words, (), "graph")
        return
    facts, count = main.nodes[port.node], len(environment.actions)
    shape = facts.leaving[port.port].shape
    if len(shape) != 1 or int(shape[0]) != count:
        size = "×".join(str(int(n)) for n in shape) or "1"
        words = f"“{facts.node.name}” gives {size} values, and {environment.title} has {count} actions ({', '.join(environment.actions)})"
        yield StartFault(f"{words}: make it {count} wide", (port.node,), "graph")
    for node_id in (port.node, *main.topology.upstream(port.node)):
        one = main.nodes.get(node_id)
        if (
            one is not None
            and one.layer is not None
            and one.layer.role in ("input", "target")
            and _field(one) != OBSERVATION
        ):
            words = f"what actions are worth rests on “{one.node.name}”, which reads “{_field(one)}”"
            yield StartFault(f"{words}: while it plays only the observation is known", (node_id,), "graph")
            return
    reads = {
        _field(one) for one in main.nodes.values() if one.layer is not None and one.layer.role in ("input", "target")
    }
    if TARGET not in reads:
        words = "no loss compares with what deep Q-learning aims at: add a Target that reads “target”, and wire it to the loss behind Pick"
        yield StartFault(words, (), "graph")


def observed_shape(environment: Environment) -> tuple[int, ...]:
    """The shape of an observation, in plain numbers."""
    return tuple(int(n) for n in environment.observation().shape)


def normaliser(data: Loaded) -> Callable[[np.ndarray], np.ndarray]:
    """What brings an observation to where a network wants it: as the data are normalised."""
    if OBSERVATION not in data.mean:
        return _as_it_is
    mean, std = data.mean[OBSERVATION][0], data.std[OBSERVATION][0]
    return lambda seen: (seen - mean) / std


def _as_it_is(seen: np.ndarray) -> np.ndarray:
    return seen.copy()
