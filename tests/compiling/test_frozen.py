"""What is frozen stays as it is: its weights, and the running statistics of normalizations, in the program and in the printed file."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.compiling.test_source import executed
from tests.graphs import graph
from visualnet.analysis.block_ports import ends
from visualnet.compiling.module import compile_project
from visualnet.compiling.source_code.source import model_source
from visualnet.core import edits
from visualnet.core.edits import grouping
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.storage import project_file

UNIT = Block(
    graph=graph(
        [
            ("x", "input", {"size": (4, 6, 6)}),
            ("bn", "batch_norm2d", {}),
            ("drop", "dropout", {"p": 0.5}),
            ("y", "output", {}),
        ],
        ["x.x -> bn.image", "bn.features -> drop.x", "drop.y -> y.x"],
    )
)
NODES: list[tuple[str, str, dict[str, Any]]] = [
    ("image", "input", {"size": (3, 6, 6)}),
    ("conv", "conv2d", {"out_channels": 4}),
    ("bn", "batch_norm2d", {}),
    ("unit", "block:unit", {}),
    ("norm", "instance_norm2d", {"track_running_stats": True}),
    ("flat", "flatten", {}),
    ("fc", "linear", {"out_features": 3}),
    ("answer", "output", {}),
    ("label", "target", {}),
    ("ce", "cross_entropy", {}),
]
WIRES = ["image.x -> conv.image", "conv.features -> bn.image", "bn.features -> unit.x", "unit.y -> norm.image"]
WIRES += ["norm.features -> flat.x", "flat.y -> fc.x", "fc.y -> answer.x", "fc.y -> ce.logits", "label.y -> ce.target"]


def made(**fields: dict[str, Any]) -> Project:
    return Project(graph=graph(NODES, WIRES, **fields), blocks={"unit": UNIT})


def statistics(net: nn.Module) -> dict[str, Tensor]:
    return {n: t.clone() for n, t in net.named_buffers()}


def moved(net: nn.Module) -> set[str]:
    """Which modules' statistics a batch moves while training."""
    before = statistics(net.train())
    torch.manual_seed(0)
    net(torch.randn(8, 3, 6, 6))
    return {n.rpartition(".")[0] for n, t in net.named_buffers() if not torch.equal(t, before[n])}


def test_what_learns_moves_its_statistics() -> None:
    assert moved(compile_project(made()).net) == {"bn", "unit.bn", "norm"}


@pytest.mark.parametrize("name", ["bn", "unit", "norm"])
def test_frozen_statistics_stay_however_often_training_is_switched_on(name: str) -> None:
    model = compile_project(made(**{name: {"trainable": False}}))
    rest = {"bn", "unit.bn", "norm"} - {"unit.bn" if name == "unit" else name}
    for root in (model.net, model.objective.train(), model.net.eval(), model.net.train()):
        assert moved(model.net) == rest, root
    assert not model.net.get_submodule("unit.bn" if name == "unit" else name).training


def test_a_frozen_normalization_uses_its_running_statistics_while_training() -> None:
    net = compile_project(made(bn={"trainable": False})).net.train()
    bn = net.get_submodule("bn")
    assert isinstance(bn, nn.BatchNorm2d)
    bn.running_mean.fill_(5.0)  # type: ignore[union-attr]
    x = torch.randn(8, 4, 4, 4)
    torch.testing.assert_close(bn(x), (x - 5) / (1 + bn.eps) ** 0.5)


def test_dropout_in_a_frozen_block_still_drops() -> None:
    """It holds nothing that could be frozen; whoever fine-tunes goes on regularizing (as Keras and fastai have it)."""
    unit = compile_project(made(unit={"trainable": False})).net.train().get_submodule("unit")
    assert (unit(torch.ones(2, 4, 4, 4)) == 0).any()
    assert not (unit.eval()(torch.ones(2, 4, 4, 4)) == 0).any()


def test_statistics_may_go_on_by_choice() -> None:
    for name, own in (("bn", "bn"), ("unit", "unit.bn")):
        net = compile_project(made(**{name: {"trainable": False, "statistics": "updated"}})).net
        assert own in moved(net)
        assert not any(p.requires_grad for p in net.get_submodule(own).parameters())


@pytest.mark.parametrize("statistics", ["fixed", "updated"])
@pytest.mark.parametrize("names", [("bn",), ("unit",), ("bn", "unit", "norm")])
def test_the_printed_file_does_the_same_bit_by_bit(names: tuple[str, ...], statistics: str) -> None:
    project = made(**{name: {"trainable": False, "statistics": statistics} for name in names})
    ours = compile_project(project, seed=0).net
    theirs = executed(model_source(project))["Untitled"]()
    theirs.load_state_dict(ours.state_dict())
    for net in (ours, theirs):
        net.train()
    for seed in range(3):
        x = torch.randn(8, 3, 6, 6)
        torch.manual_seed(seed)
        wanted = ours(x)
        torch.manual_seed(seed)
        assert torch.equal(theirs(x), wanted)
    for (name, a), b in zip(ours.named_buffers(), theirs.buffers(), strict=True):
        assert torch.equal(a, b), name
    assert ("fix_statistics" in model_source(project)) == (statistics == "fixed")


def test_the_choice_is_kept_in_the_file_and_survives_unpacking() -> None:
    project = made(unit={"trainable": False, "statistics": "updated"})
    again = project_file.loads(project_file.dumps(project), "x.vnet")
    assert again == project
    assert b"statistics" not in project_file.dumps(made(unit={"trainable": False}))
    unit = project.graph.named("unit").id
    for choice in ("fixed", "updated"):
        chosen = edits.set_node(project, MAIN, [unit], statistics=choice)
        before = moved(compile_project(chosen).net)
        unpacked, _ = grouping.ungroup(chosen, MAIN, [unit], ends())
        after = moved(compile_project(unpacked).net)
        assert len(before) == len(after) == (3 if choice == "updated" else 2)
    with pytest.raises(ValueError, match="fixed"):
        edits.set_node(project, MAIN, [unit], statistics="melted")
    with pytest.raises(project_file.FileError, match="statistics"):
        project_file.loads(project_file.dumps(project).replace(b'"updated"', b'"melted"'), "x.vnet")
