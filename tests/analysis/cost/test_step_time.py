"""A step's time by formula: each of the machine's figures weighs exactly what it stands for."""

from __future__ import annotations

import pytest

from tests.analysis.drawing import look, project
from visualnet.analysis import Analysis, infer
from visualnet.analysis.cost.step_time import DeviceSpeed, SampleWork, step_seconds, work
from visualnet.core.graph import BLOCK_PREFIX, Graph, Node, Port
from visualnet.core.project import Block, Project

ENDLESS = 1e30
NET = look(
    "i:input c:conv2d r:relu f:flatten b:linear t:target l:cross_entropy o:output i>c c>r r>f f>b b>l t>l.target b>o",
    i={"size": (1, 8, 8)},
    c={"out_channels": 2, "kernel_size": 3},
    b={"out_features": 5},
)
SLIDING = 2 * 6 * 6 * 9
MATRIX = 72 * 5
LEARNED = 2 * 9 + 2 + 72 * 5 + 5


def pace(**figures: float) -> DeviceSpeed:
    """A machine for which nothing takes time but what is named."""
    free = {
        "call_s": 0.0,
        "matrix_macs": ENDLESS,
        "sliding_macs": ENDLESS,
        "bytes": ENDLESS,
        "tensor_s": 0.0,
        "number_s": 0.0,
    }
    return DeviceSpeed(**{**free, **figures})


@pytest.mark.parametrize(
    ("figures", "seconds"),
    [
        ({"step_s": 7.0}, 7.0),
        ({"call_s": 1.0}, 5.0),  # conv, relu, flatten, linear, loss
        ({"sliding_macs": 1.0}, 3.0 * 10 * SLIDING),
        ({"matrix_macs": 1.0}, 3.0 * 10 * MATRIX),
        ({"tensor_s": 1.0}, 4.0),
        ({"number_s": 1.0}, float(LEARNED)),
    ],
)
def test_each_figure_weighs_what_it_stands_for(figures: dict[str, float], seconds: float) -> None:
    assert step_seconds(NET, pace(**figures), 10) == pytest.approx(seconds)


def test_memory_is_moved_in_proportion_to_the_batch() -> None:
    once, twice = (step_seconds(NET, pace(bytes=1.0), batch) for batch in (1, 2))
    assert twice == pytest.approx(2 * once)
    # Image, convolution, ReLU and linear; the flattened tensor is a view; a class is eight bytes. Each is read or written five times.
    assert once == pytest.approx(5 * (4 * (64 + 72 + 72 + 5) + 8))


def test_the_recipe_tells_the_batch() -> None:
    assert step_seconds(NET, pace(matrix_macs=1.0)) == pytest.approx(3 * MATRIX * NET.project.recipe.batch_size)


def test_what_there_is_to_do() -> None:
    assert work(NET.main) == SampleWork(5, MATRIX, SLIDING)
    assert SampleWork(1, 2, 3).plus(SampleWork(10, 20, 30)) == SampleWork(11, 22, 33)
    assert work(infer(Project()).main) == SampleWork()


def nested(times: int) -> Analysis:
    inner = project("x:input f:linear r:relu y:output x>f f>r r>y", f={"out_features": 6})
    nodes = project("x:input y:output", x={"size": (6,)}).graph.nodes
    use = Node(id="n3", kind=BLOCK_PREFIX + "part", name="part", repeat=times)
    wires = {Port("n3", "x"): Port("n1", "x"), Port("n2", "x"): Port("n3", "y")}
    return infer(
        Project(graph=Graph({**nodes, "n3": use}, wires), blocks={"part": Block(params={}, graph=inner.graph)})
    )


@pytest.mark.parametrize("times", [1, 3])
def test_blocks_count_once_for_each_repetition(times: int) -> None:
    made = nested(times)
    assert work(made.main) == SampleWork(2 * times, 36 * times, 0)
    assert step_seconds(made, pace(tensor_s=1.0), 1) == 2 * times
    assert step_seconds(made, pace(number_s=1.0), 1) == 42 * times


def test_what_is_frozen_is_left_to_itself_by_the_optimizer() -> None:
    frozen = look(
        "i:input a:linear b:linear t:target l:cross_entropy o:output i>a a>b b>l t>l.target b>o",
        i={"size": (4,)},
        a={"out_features": 3, "_trainable": False},
        b={"out_features": 2},
    )
    assert step_seconds(frozen, pace(tensor_s=1.0), 1) == 2
    assert step_seconds(frozen, pace(number_s=1.0), 1) == 3 * 2 + 2
