"""Networks built in code: the same figures as the templates, faults told at the line, nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

import visualnet as vn
from visualnet.api.graph import LayerError
from visualnet.core import edits
from visualnet.layers import LAYERS


def lenet() -> vn.Graph:
    net = vn.Graph("LeNet")
    image = net.input(1, 28, 28)
    x = net.max_pool2d(net.relu(net.conv2d(image, 6, kernel_size=5, padding=2, name="conv1")), 2)
    x = net.max_pool2d(net.relu(net.conv2d(x, 16, kernel_size=5)), 2)
    x = net.flatten(x)
    for width in (120, 84):
        x = net.relu(net.linear(x, width))
    logits = net.linear(x, 10, name="logits")
    label = net.target("label")
    net.output(logits)
    net.cross_entropy(logits, label)
    net.accuracy(logits, label)
    return net


def test_lenet_in_a_dozen_lines_is_lenet() -> None:
    net = lenet()
    assert net.check() == ()
    assert net["conv1"].shape == (6, 28, 28) and net["logits"].shape == (10,)
    assert net.summary()["totals"]["parameters"] == 61_706
    model = net.compile(seed=0)
    assert model.net(torch.rand(2, 1, 28, 28)).shape == (2, 10)


def test_what_is_built_computes_what_torch_computes() -> None:
    net = vn.Graph()
    x = net.input(3, 8, 8)
    y = net.conv2d(x, 4, 3, padding=1, name="a")
    net.output(y + net.conv2d(x, 4, kernel_size=1, name="b"))
    made = net.compile(seed=1).net
    a, b = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(3, 4, 1)
    a.load_state_dict({k.removeprefix("a."): v for k, v in made.state_dict().items() if k.startswith("a.")})
    b.load_state_dict({k.removeprefix("b."): v for k, v in made.state_dict().items() if k.startswith("b.")})
    image = torch.rand(2, 3, 8, 8)
    assert torch.equal(made(image), a(image) + b(image))


def test_every_layer_type_is_a_method() -> None:
    net = vn.Graph()
    assert set(LAYERS) <= set(dir(net))
    assert all(callable(getattr(net, kind)) for kind in LAYERS)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (lambda net, x: net.conv2d(net.flatten(x), 3), r"Conv2d: .*wants 3 axes .*784 arrives"),
        (lambda net, x: net.conv2d(x, 3, kernel_size=40), r"Conv2d: .*"),
        (lambda net, x: net.conv2d(x, features=3), r"no parameter “features”; it has out_channels"),
        (lambda net, x: net.linear(x, 3, True, 5), r"takes 2 figures \(out_features, bias\), not 3"),
        (lambda net, x: net.linear(x, -1), r"out_features is -1; it must be at least 1"),
        (lambda net, x: net.relu(x, x), r"ReLU takes 1 tensors"),
        (lambda net, x: net.block("residul", x), r"did you mean residual_basic"),
        (lambda net, x: x["weights"], r"has no output “weights”"),
    ],
)
def test_a_fault_is_told_at_its_line_and_changes_nothing(line: object, words: str) -> None:
    net = vn.Graph()
    x = net.input(1, 28, 28)
    before = net.project if "flatten" not in words else None
    with pytest.raises(LayerError, match=words):
        line(net, x)  # type: ignore[operator]
    assert before is None or len(net.project.graph.nodes) <= 2
    with pytest.raises(AttributeError, match="did you mean conv"):
        net.conv(x)


def test_values_of_another_graph_are_refused() -> None:
    one, other = vn.Graph(), vn.Graph()
    with pytest.raises(LayerError, match="belongs to another graph"):
        other.relu(one.input(4))


def test_blocks_of_the_library_come_along(tmp_path: Path) -> None:
    net = vn.Graph()
    x = net.block("conv_bn_relu", net.input(3, 16, 16), repeat=2)
    net.output(x)
    assert not [p for p in net.check() if p.severity == "error"] and list(net.project.blocks) == ["conv_bn_relu"]
    net.save(tmp_path / "net.vnet")
    again = vn.Graph(project=vn.load(tmp_path / "net.vnet"))
    assert again.summary()["totals"] == net.summary()["totals"]


def test_edits_of_the_library_work_on_it() -> None:
    net = lenet()
    conv = net["conv1"].port.node
    net.edit(edits.set_params, "", [conv], {"stride": 3})
    assert net["conv1"].shape == (6, 10, 10)
    assert any(p.severity == "error" for p in net.check())


def test_it_shows_itself_in_a_notebook() -> None:
    net = lenet()
    assert "<svg" in net._repr_svg_() and "conv1" in net._repr_svg_()
    table = vn.summary(net)
    assert "<table>" in table._repr_html_() and "61,706" in table._repr_html_()
    assert "61,706" in repr(table)
    assert "17 nodes" in repr(net)
