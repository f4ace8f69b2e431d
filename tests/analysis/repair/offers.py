"""What is offered for each kind of fault, in order and with its price, as a page to be read: `python -m tests.analysis.repair.offers`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.analysis.drawing import graph, project
from visualnet.analysis import infer
from visualnet.analysis.explain import questions
from visualnet.analysis.problem_list import join_axes, sort_problems, text
from visualnet.analysis.repair.search import Repair, repairs
from visualnet.core import edits
from visualnet.core.graph import Init
from visualnet.core.project import Block, Project
from visualnet.layers import Spec

PAGE = Path(__file__).with_name("offers.txt")
FIELDS = {"image": Spec((1, 28, 28)), "label": Spec((), (), "int", classes=10)}
SHOWN = 12
TWO_CONVOLUTIONS = "i:input a:conv2d b:conv2d s:add o:output i>a i>b a>s b>s.x2 s>o"
"""The input goes through two convolutions side by side, which are added."""


class Fault(NamedTuple):
    """A drawing with a fault: what is wrong, the problem's code, the project, and the data set's fields."""

    title: str
    code: str
    project: Project
    fields: Any = None


def offers(fault: Fault) -> list[Repair]:
    """The repairs of the first problem of the fault's code; time plays no part."""
    analysis = infer(fault.project, None, fault.fields)
    problem = next(p for p in analysis.problems if p.code == fault.code)
    return repairs(fault.project, problem, analysis, limit=SHOWN, seconds=60, fields=fault.fields)


def page() -> str:
    """All faults with what is offered for them."""
    return "\n".join(line for fault in FAULTS for line in lines(fault, offers(fault)))


def lines(fault: Fault, found: list[Repair]) -> Iterator[str]:
    """One fault: its title, and a line for each repair with its cost and the errors that remain."""
    yield f"{fault.title} [{fault.code}]"
    analysis = infer(fault.project, None, fault.fields)
    yield from (
        f"  {line}"
        for line in text(sort_problems(join_axes(analysis.problems), fault.project), fault.project).splitlines()
    )
    worst = next(p for p in analysis.problems if p.code == fault.code)
    if worst.node in analysis.main.nodes:
        for why in questions(analysis.main.nodes[worst.node]):
            yield from (f"  | {line}" for line in why.text.splitlines())
    for repair in found:
        left = f"  ({repair.after} left)" if repair.after else ""
        yield f"  {repair.cost:5.3f}  {repair.words}{left}"
    yield ""


PART = Block(
    graph=graph("a:input f:linear b:output a>f f>b", a={"size": (16,)}, f={"out_features": "width"}),
    params={"width": 8},
)
LOOSE = Block(graph=graph("a:input f:linear r:relu a>f f>r", a={"size": (16,)}))
CONVOLUTION = Block(
    graph=graph("a:input c:conv2d b:output a>c c>b", c={"out_channels": 8, "kernel_size": 3, "stride": 3, "padding": 1})
)


def _placed(made: Project, **places: tuple[float, float]) -> Project:
    return edits.move(made, "", {made.graph.named(name).id: at for name, at in places.items()})


FAULTS = [
    Fault(
        "a picture goes into a linear layer, and its scores into a loss",
        "misfit",
        project("i:input f:linear t:target l:cross_entropy o:output i>f f>l t>l.target f>o"),
    ),
    Fault("a picture goes into a linear layer", "doubtful", project("i:input f:linear o:output i>f f>o")),
    Fault(
        "branches of other width and size are added",
        "misfit",
        project("a:input b:input s:add o:output a>s b>s.x2 s>o", a={"size": (64, 14, 14)}, b={"size": (128, 7, 7)}),
    ),
    Fault(
        "branches of other size are joined",
        "misfit",
        project("i:input a:conv2d b:conv2d c:concatenate o:output i>a i>b a>c b>c.x2 c>o", b={"padding": 1}),
    ),
    Fault(
        "one pooling has another stride",
        "misfit",
        project(
            "i:input p:max_pool2d q:avg_pool2d s:add o:output i>p i>q p>s q>s.x2 s>o",
            i={"size": (8, 14, 14)},
            q={"stride": 3},
        ),
    ),
    Fault(
        "a kernel is larger than the picture",
        "misfit",
        project("i:input c:conv2d o:output i>c c>o", i={"size": (3, 20, 20)}, c={"kernel_size": 70}),
    ),
    Fault(
        "a number of groups that does not divide",
        "misfit",
        project("i:input c:conv2d o:output i>c c>o", i={"size": (6, 9, 9)}, c={"groups": 4, "out_channels": 12}),
    ),
    Fault(
        "heads that do not divide the features",
        "misfit",
        project(
            "i:input a:multihead_attention b:multihead_attention o:output i>a a>b b>o",
            i={"size": (5, 24)},
            a={"num_heads": 3},
            b={"num_heads": 7},
        ),
    ),
    Fault(
        "a size for another number of elements",
        "misfit",
        project("i:input r:reshape o:output i>r r>o", i={"size": (4, 6)}, r={"size": (5, 5)}),
    ),
    Fault(
        "fewer values than keys, at ports that may stay open",
        "misfit",
        project(
            "q:input k:input v:input a:multihead_attention o:output q>a k>a.key v>a.value a>o",
            q={"size": (7, 8)},
            k={"size": (5, 8)},
            v={"size": (4, 8)},
            a={"num_heads": 2},
        ),
    ),
    Fault(
        "large kernels that differ by one",
        "misfit",
        project(
            TWO_CONVOLUTIONS,
            i={"size": (3, 100, 100)},
            a={"kernel_size": 70},
            b={"kernel_size": 71},
        ),
    ),
    Fault(
        "a window that is off along one axis",
        "misfit",
        project(
            TWO_CONVOLUTIONS,
            i={"size": (3, 30, 30)},
            a={"kernel_size": (5, 5), "padding": (2, 2)},
            b={"kernel_size": (5, 6), "padding": (2, 2)},
        ),
    ),
    Fault(
        "the fault lies some layers before",
        "misfit",
        project(
            "i:input a:conv2d b:relu c:batch_norm2d d:dropout e:conv2d s:add o:output i>a a>b b>c c>d d>s i>e e>s.x2 s>o",
            a={"out_channels": 24},
            e={"out_channels": 16},
        ),
    ),
    Fault(
        "axes in another order",
        "misfit",
        project(
            "a:input b:input p:permute s:add o:output a>p p>s b>s.x2 s>o",
            a={"size": (3, 10, 16)},
            b={"size": (10, 16, 3)},
            p={"dims": (3, 2, 1)},
        ),
    ),
    Fault(
        "sizes that no other number of features divides",
        "misfit",
        project(
            "i:input f:linear r:reshape o:output i>f f>r r>o",
            i={"size": (12,)},
            f={"out_features": 50},
            r={"size": (7, 8)},
        ),
    ),
    Fault(
        "shared weights of another size",
        "share",
        project(
            "i:input a:linear b:linear o:output i>a a>b b>o",
            i={"size": (64,)},
            a={"out_features": 64},
            b={"out_features": 9, "_shares": "n2"},
        ),
    ),
    Fault("a stride of nothing", "parameter", project("i:input c:conv2d o:output i>c c>o", c={"stride": 0})),
    Fault("too likely a dropout", "parameter", project("i:input d:dropout o:output i>d d>o", d={"p": 7.0})),
    Fault(
        "a block is repeated more often than anybody can build",
        "repeat",
        project("i:input b:block:part o:output i>b.a b.b>o", {"part": PART}, i={"size": (16,)}, b={"_repeat": 100_000}),
    ),
    Fault(
        "real numbers where whole ones are read",
        "dtype",
        project("i:input e:embedding o:output i>e e>o", i={"size": (10,)}),
    ),
    Fault(
        "targets as real numbers",
        "dtype",
        project(
            "i:input f:linear t:target l:cross_entropy o:output i>f f>l t>l.target f>o",
            i={"size": (10,)},
            t={"dtype": "float"},
        ),
    ),
    Fault(
        "fewer scores than classes",
        "labels",
        project(
            "image:input f:flatten d:linear label:target l:cross_entropy o:output image>f f>d d>l label>l.target d>o",
            d={"out_features": 7},
        ),
        FIELDS,
    ),
    Fault(
        "probabilities into a loss that makes them",
        "refused",
        project("i:input s:softmax t:target l:cross_entropy o:output i>s s>l t>l.target s>o", i={"size": (10,)}),
    ),
    Fault(
        "logits begin large",
        "large-start",
        project(
            "i:input f:linear t:target l:cross_entropy o:output i>f f>l t>l.target f>o",
            i={"size": (10,)},
            f={"out_features": 10, "_init": Init("normal", {"std": 9.0})},
        ),
    ),
    Fault("no loss", "no-loss", project("i:input f:linear t:target o:output i>f f>o", i={"size": (10,)})),
    Fault("no loss, data at hand", "no-loss", project("i:input o:output i>o", i={"size": (10,)}), FIELDS),
    Fault(
        "no target", "no-target", project("i:input f:linear l:cross_entropy o:output i>f f>l f>o", i={"size": (10,)})
    ),
    Fault(
        "no answer",
        "no-answer",
        project("i:input f:linear r:relu t:target l:cross_entropy i>f f>r f>l t>l.target", i={"size": (10,)}),
    ),
    Fault("no output", "no-output", project("i:input f:linear g:linear i>f i>g", i={"size": (10,)})),
    Fault("no input", "no-input", project("f:linear c:conv2d o:output f>o"), FIELDS),
    Fault(
        "an open port, and an output that nothing reads",
        "unconnected",
        project("i:input f:linear r:relu o:output i>f r>o", i={"size": (10,)}),
    ),
    Fault(
        "an open target, with a target on the sheet",
        "unconnected",
        project("i:input f:linear t:target l:mse o:output i>f f>l f>o", i={"size": (10,)}),
    ),
    Fault(
        "two open ports, where cards stand is known",
        "unconnected",
        _placed(
            project(
                "i:input j:input f:linear g:linear s:add o:output i>f i>g s>o", i={"size": (10,)}, j={"size": (10,)}
            ),
            i=(0, 0),
            j=(0, 300),
            f=(240, 0),
            g=(1300, 900),
            s=(720, 0),
            o=(960, 0),
        ),
    ),
    Fault(
        "a wire too many at a layer that counts its inputs",
        "no-port",
        project("i:input a:add o:output i>a i>a.x2 i>a.x3 a>o"),
    ),
    Fault(
        "a wire from a port that a block no longer has",
        "no-port",
        project("i:input b:block:part o:output i>b.a b.z>o", {"part": LOOSE}, i={"size": (16,)}),
    ),
    Fault(
        "a wire to a port that a block no longer has",
        "no-port",
        project("i:input b:block:part o:output i>b.z b.b>o", {"part": PART}, i={"size": (16,)}),
    ),
    Fault("a circle", "cycle", project("i:input a:add r:relu o:output i>a a>r r>a.x2 r>o")),
    Fault(
        "a circle, drawn so that one wire runs back",
        "cycle",
        _placed(
            project("q:input a:multihead_attention r:relu o:output q>a a>r r>a.key r>o", q={"size": (7, 8)}),
            q=(0, 0),
            a=(200, 0),
            r=(400, 0),
            o=(600, 0),
        ),
    ),
    Fault("nobody reads a layer", "unused", project("i:input r:relu i2:input o:output i>r i>o")),
    Fault("a layer of another version", "unknown-kind", project("i:input h:hologram o:output i>h.a h.b>o")),
    Fault("a block that is gone", "unknown-block", project("i:input b:block:gone o:output i>b.a b.b>o")),
    Fault(
        "a field that the data set does not have", "no-field", project("i:input o:output i>o", i={"field": "x"}), FIELDS
    ),
    Fault(
        "a field of another size and type",
        "field-size",
        project("image:input o:output image>o", image={"size": (1, 32, 32), "dtype": "int"}),
        FIELDS,
    ),
    Fault(
        "a stride inside a block",
        "misfit",
        project(
            "i:input b:block:part c:conv2d s:add o:output i>b.a i>c b.b>s c>s.x2 s>o",
            {"part": CONVOLUTION},
            i={"size": (8, 12, 12)},
            c={"out_channels": 8, "padding": 1},
        ),
    ),
    Fault(
        "a block is as wide as another is not",
        "misfit",
        project(
            "i:input b:block:part f:linear s:add o:output i>b.a i>f b.b>s f>s.x2 s>o",
            {"part": PART},
            i={"size": (16,)},
            f={"out_features": 10},
        ),
    ),
    Fault(
        "a fault inside a block",
        "inside",
        project(
            "i:input b:block:part o:output i>b.a b.b>o",
            {"part": Block(graph=graph("a:input c:conv2d d:conv2d b:output a>c c>d d>b", d={"groups": 5}))},
            i={"size": (3, 12, 12)},
        ),
    ),
]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
