"""All that is told of some small networks, as a page to be read: `python -m tests.analysis.networks`.

What is told in figures is held against torch elsewhere, within bounds and on many networks; here it stands to the byte and to the letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.analysis.drawing import graph, project
from visualnet.analysis import Analysis, infer, report
from visualnet.analysis.card_content import card_content, describe_node
from visualnet.analysis.cost.step_time import DeviceSpeed, step_seconds, work
from visualnet.analysis.cost.tables import network_rows, node_rows, statistics_rows, total_rows
from visualnet.analysis.cost.totals import Costs
from visualnet.analysis.explain import ports, questions
from visualnet.analysis.facts import NodePath
from visualnet.analysis.problem_list import join_axes, problems_by_node, sort_problems, summarize, text
from visualnet.analysis.receptive_field import receptive
from visualnet.core.graph import Init
from visualnet.core.project import Block, Project
from visualnet.core.storage import project_file
from visualnet.layers import Spec
from visualnet.resources import resource

PAGE = Path(__file__).with_name("networks.txt")
BATCH = 6
PACE = DeviceSpeed(
    call_s=1e-5, matrix_macs=2e10, sliding_macs=5e9, bytes=1e10, tensor_s=1e-6, number_s=1e-9, step_s=1e-4
)


class Network(NamedTuple):
    """A network that the page tells of. ``paths`` are the blocks into which it looks."""

    title: str
    project: Project
    paths: tuple[NodePath, ...] = ((),)
    fields: Mapping[str, Spec] | None = None


def page() -> str:
    """All networks with all that is told of them."""
    return "\n".join(line for network in NETWORKS for line in lines(network))


def lines(network: Network) -> Iterator[str]:
    """One network: the whole, then each node of its sheets."""
    analysis = infer(network.project, None, network.fields)
    yield f"=== {network.title}"
    yield from (f"  {line}".rstrip() for line in _whole(network.project, analysis))
    for path in network.paths:
        yield from (f"  {line}".rstrip() for line in _sheet(network.project, analysis, path))
    yield ""


def _whole(made: Project, analysis: Analysis) -> Iterator[str]:
    costs, todo = Costs(analysis, BATCH), work(analysis.main)
    whole = costs.whole()
    yield summarize(analysis.main, analysis.problems)
    yield " · ".join(
        f"{name} {value}" for name, value, _ in (*total_rows(analysis.main), *statistics_rows(analysis.main))
    )
    yield " · ".join(f"{name} {value}" for name, value, _ in network_rows(whole, made.recipe.optimizer))
    yield f"bytes: {', '.join(f'{name} {value}' for name, value in zip(whole._fields, whole, strict=True))}"
    taken = step_seconds(analysis, PACE, BATCH) * 1e6
    yield f"{todo.calls} calls, {todo.matrix} MACs by matrices, {todo.sliding} by sliding filters: a step of {taken:.3f} µs"
    yield from text(sort_problems(join_axes(analysis.problems), made), made).splitlines()
    if not analysis.errors():  # a report looks for repairs, which takes time and is told on another page
        yield from report.table(report.report(made, analysis, BATCH) | {"problems": []}).splitlines()


def _sheet(made: Project, analysis: Analysis, path: NodePath) -> Iterator[str]:
    facts = analysis.at(path).inside[0] if path else analysis.main
    sheet = (analysis.at(path).node.block or "") if path else ""
    by_node, costs = problems_by_node(analysis.problems, sheet), Costs(analysis, BATCH).sheet(path)
    for node_id, own in facts.nodes.items():
        found = by_node.get(node_id, ())
        card = card_content(own.node, own, found, made, facts.graph)
        yield f"--- {'/'.join((*path, node_id))}: {card.line} | {card.shape} | {card.parameters}"
        flags = [n for n in ("badge", "repeat", "mode", "frozen", "shared", "block", "placeholder") if getattr(card, n)]
        yield f"{card.family} {card.icon} {' '.join(f'{flag}={getattr(card, flag)}' for flag in flags)}"
        yield from describe_node(own.node, own, found).splitlines()[1:]
        yield from (f"{name}: {shape}; {more}" for name, shape, more in ports(own))
        yield " · ".join(f"{name} {value}" for name, value, _ in node_rows(costs[node_id], BATCH))
        yield f"made {costs[node_id].made} kept {costs[node_id].kept}"
        for why in questions(own):
            yield from (f"  {line}" for line in why.text.splitlines())
        for field in receptive(analysis, (*path, node_id)):
            for place in dict.fromkeys([tuple(0 for _ in field.places), tuple(n // 2 for n in field.places)]):
                yield f"  {field.describe(place)}"


def _template(name: str) -> Project:
    return project_file.load(resource("templates", f"{name}.vnet"))


FIELDS = {"image": Spec((1, 28, 28)), "label": Spec((), (), "int", classes=10)}
RESIDUAL = Block(
    graph=graph(
        "x:input c:conv2d n:batch_norm2d s:add y:output x>c c>n n>s x>s.x2 s>y",
        x={"size": (8, 14, 14)},
        c={"out_channels": "width", "padding": 1},
    ),
    params={"width": 8},
)

NETWORKS = [
    Network(
        "a block that is repeated, frozen weights, a loss and a metric",
        project(
            "i:input c:conv2d b:block:part p:max_pool2d f:flatten d:dropout g:linear h:linear r:relu t:target l:cross_entropy"
            " a:accuracy o:output i>c c>b.x b.y>p p>f f>d d>g g>r r>h h>l t>l.target h>a t>a.target h>o",
            {"part": RESIDUAL},
            i={"size": (3, 14, 14)},
            c={"out_channels": 8, "padding": 1, "stride": 1, "_trainable": False},
            b={"_repeat": 3},
            g={"out_features": 20},
            h={"out_features": 5},
        ),
        ((), ("n3",)),
    ),
    Network(
        "windows of many kinds",
        project(
            "i:input a:conv2d b:conv2d c:avg_pool2d d:conv_transpose2d e:upsample f:max_pool2d g:adaptive_avg_pool2d"
            " o:output i>a a>b b>c c>d d>e e>f f>g g>o",
            i={"size": (3, 40, 52)},
            a={"out_channels": 4, "kernel_size": (5, 3), "stride": (2, 1), "padding": (1, 2)},
            b={"out_channels": 6, "dilation": 2, "groups": 2},
            c={"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
            d={"out_channels": 2, "kernel_size": 4, "stride": 2},
        ),
    ),
    Network(
        "branches that share weights",
        project(
            "i:input j:input a:linear b:linear s:add c:concatenate r:sigmoid m:multiply o:output"
            " i>a j>b a>s b>s.x2 s>c i>c.x2 c>r r>m c>m.x2 m>o",
            i={"size": (12,)},
            j={"size": (12,)},
            a={"out_features": 7},
            b={"out_features": 7, "_shares": "n3"},
        ),
    ),
    Network(
        "words",
        project(
            "i:input e:embedding l:lstm d:linear t:target c:cross_entropy o:output"
            " i>e e>l l.hidden>d d>c t>c.target d>o",
            i={"size": (9,), "dtype": "int"},
            e={"num_embeddings": 50, "embedding_dim": 12},
            l={"hidden_size": 10},
            d={"out_features": 4},
        ),
    ),
    Network(
        "logits that begin large, and a layer that nothing reads",
        project(
            "i:input f:linear r:relu g:linear u:tanh t:target l:cross_entropy o:output i>f f>r r>g f>u g>l t>l.target g>o",
            i={"size": (30,)},
            f={"out_features": 20, "_init": Init("normal", {"std": 2.0})},
            g={"out_features": 10, "_init": Init("normal", {"std": 3.0})},
        ),
    ),
    Network("nothing", Project()),
    Network("targets against targets", project("t:target u:target l:bce a:accuracy t>l u>l.target t>a u>a.target")),
    Network(
        "a metric alone, an input that is no field",
        project("i:input f:linear t:target a:accuracy i>f f>a t>a.target"),
        ((),),
        FIELDS,
    ),
    Network(
        "a field of another size, labels of another type, too few classes",
        project(
            "image:input f:flatten g:linear label:target l:cross_entropy k:input m:cross_entropy image>f f>g g>l label>l.target"
            " g>m k>m.target",
            image={"size": (1, 32, 32)},
            label={"dtype": "float"},
            g={"out_features": 7},
            k={"field": "label", "size": (), "dtype": "int"},
        ),
        ((),),
        FIELDS,
    ),
    Network(
        "muted, off, and what hangs on them",
        project(
            "i:input a:linear b:relu c:linear d:linear s:add t:target l:cross_entropy o:output i>a a>b b>c c>s a>d d>s.x2"
            " s>l t>l.target s>o",
            i={"size": (8,)},
            a={"out_features": 8, "_mode": "mute"},
            c={"out_features": 6},
            d={"out_features": 6, "_mode": "off"},
        ),
    ),
    Network(
        "shares that cannot be",
        project(
            "i:input a:linear b:linear c:linear d:relu p:block:part q:block:part o:output i>a a>b b>c c>d d>p.x p.y>q.x q.y>o",
            {"part": RESIDUAL},
            i={"size": (8,)},
            a={"out_features": 8},
            b={"out_features": 8, "_shares": "n2"},
            c={"out_features": 8, "_shares": "n3"},
            d={"_shares": "n2"},
            q={"_shares": "n6"},
        ),
    ),
    Network(
        "a block with faults of many kinds",
        project(
            "i:input p:block:part q:block:gone r:block:ring o:output i>p.x p.y>q.x q.y>r.x r.z>o",
            {
                "part": Block(
                    graph=graph(
                        "x:input u:input t:target l:mse r:relu v:relu w:linear y:output x>l t>l.target x>r r>y x>w",
                        w={"out_features": "unknown*2"},
                    )
                ),
                "ring": Block(graph=graph("x:input b:block:ring y:output x>b.x b.y>y")),
            },
            i={"size": (8,)},
        ),
        ((), ("n2",)),
    ),
    Network(
        "more layers than anybody can build",
        project(
            "i:input p:block:inner o:output i>p.x p.y>o",
            {
                "inner": Block(graph=graph("x:input p:block:part y:output x>p.x p.y>y", p={"_repeat": 101})),
                "part": Block(graph=graph("x:input r:relu y:output x>r r>y")),
            },
            i={"size": (8,)},
            p={"_repeat": 101},
        ),
        (),
    ),
    Network("LeNet-5", _template("lenet5")),
    Network("a vision transformer", _template("vit-small")),
    Network("rows through a GRU", _template("gru-rows")),
    Network("a variational autoencoder", _template("vae")),
]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
