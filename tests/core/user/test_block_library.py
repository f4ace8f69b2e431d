"""The library of blocks: what comes with the program is valid and runs; a person's own are kept, renamed, taken in and handed on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from tests.graphs import graph
from visualnet.analysis import infer
from visualnet.compiling.module import compile_project
from visualnet.compiling.source_code.source import model_source
from visualnet.core import edits
from visualnet.core.errors import FileError
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.storage import project_file
from visualnet.core.user import block_library
from visualnet.resources import resource

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(p.stem for p in resource("blocks").glob("*.vnet"))


def small(name: str = "unit", width: int = 4) -> Project:
    inside = graph(
        [("x", "input", {}), ("fc", "linear", {"out_features": "width"}), ("y", "output", {})],
        ["x.x -> fc.x", "fc.y -> y.x"],
    )
    project = Project(blocks={name: Block(graph=inside, params={"width": width}, note="One dense layer.")})
    return edits.add_node(project, MAIN, f"block:{name}")


def test_the_shipped_files_are_those_that_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    from architectures import blocks

    try:
        blocks.write(tmp_path)
    finally:
        for module in [m for m in sys.modules if m.partition(".")[0] == "architectures"]:
            del sys.modules[module]
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in resource("blocks").iterdir()}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_block_is_valid_and_runs_as_it_is_printed(name: str) -> None:
    project = block_library.find(name).project
    analysis = infer(project)
    assert {p.code for p in analysis.problems if p.severity != "hint"} == {"no-loss"}, "it is shown, not trained"
    block = project.blocks[name]
    assert block.note
    assert block.params.keys() == block.about.keys(), "every parameter is told of"
    model = compile_project(project, analysis, seed=0)
    made: dict[str, object] = {"__name__": "printed"}
    exec(compile(model_source(project, analysis), "model.py", "exec"), made)
    printed = [c for c in made.values() if isinstance(c, type) and c.__module__ == "printed"][-1]()
    printed.load_state_dict(model.net.state_dict())
    batch = [torch.rand(2, *map(int, s.facts.leaving["x"].shape)) for s in model.plan.net_inputs]
    with torch.no_grad():
        ours, theirs = model.net.eval()(*batch), printed.eval()(*batch)
    assert torch.equal(ours, theirs)
    assert ours.shape[1:] == next(f for f in analysis.main.nodes.values() if f.node.block).leaving["y"].shape


@pytest.mark.parametrize(
    "name", [n for n in SHIPPED if "down" not in n and n not in ("inception", "depthwise_separable")]
)
def test_blocks_that_keep_the_size_can_stand_behind_themselves(name: str) -> None:
    project = block_library.find(name).project
    (node,) = [n for n in project.graph if n.block]
    assert not infer(edits.set_node(project, MAIN, [node.id], repeat=3)).errors()


def test_a_squeeze_and_excitation_has_the_published_count() -> None:
    """2·C²/r weights, and the biases of both 1×1 convolutions (Hu et al. 2017, section 3)."""
    facts = infer(block_library.find("squeeze_excitation").project).main
    assert facts.parameters == 2 * 64 * 64 // 16 + 64 // 16 + 64


def test_a_depthwise_separable_costs_the_published_share() -> None:
    """1/N + 1/K² of a full convolution (Howard et al. 2017, section 3.1)."""
    facts = infer(block_library.find("depthwise_separable").project).main
    assert facts.macs * 128 * 9 == 28 * 28 * 64 * 128 * 9 * (9 + 128)


def test_own_blocks_come_first_and_hide_shipped_ones_of_the_same_name() -> None:
    before = [e.name for e in block_library.entries()]
    assert sorted(before) == SHIPPED
    block_library.save(small("inception"), "inception")
    block_library.save(small(), "unit")
    assert [e.name for e in block_library.entries()][:2] == ["inception", "unit"]
    assert not block_library.find("inception").shipped
    assert len(block_library.entries()) == len(before) + 1
    block_library.remove("inception")
    assert block_library.find("inception").shipped
    with pytest.raises(ValueError, match="comes with the program"):
        block_library.remove("inception")


def test_a_block_is_renamed_in_the_library_alone() -> None:
    block_library.save(small(), "unit")
    block_library.rename("unit", "dense_unit")
    assert block_library.find("dense_unit").project.blocks.keys() == {"dense_unit"}
    with pytest.raises(ValueError, match="any more"):
        block_library.find("unit")
    for wrong, words in (("inception", "already"), ("two words", "no name in Python")):
        with pytest.raises(ValueError, match=words):
            block_library.rename("dense_unit", wrong)
    with pytest.raises(ValueError, match="comes with the program"):
        block_library.rename("inception", "mine")


def test_a_file_is_taken_in_through_the_one_validator(tmp_path: Path) -> None:
    path = tmp_path / "handed on.vnet"
    block_library.save(small(), "unit", path)
    assert block_library.add_file(path).name == "unit"
    assert block_library.add_file(path).name == "unit", "the same block is not kept twice"
    block_library.save(small(width=9), "unit", path)
    assert block_library.add_file(path).name == "unit2", "another block of this name gets a free one"
    assert {e.name for e in block_library.entries() if not e.shipped} == {"unit", "unit2"}
    path.write_bytes(path.read_bytes().replace(b'"width": 9', b'"width": NaN'))
    with pytest.raises(FileError):
        block_library.add_file(path)
    project_file.save(path, Project())
    with pytest.raises(ValueError, match="is about no block"):
        block_library.add_file(path)


def test_a_broken_file_is_left_out_until_it_is_mended() -> None:
    path = block_library.save(small(), "unit")
    good = path.read_bytes()
    path.write_bytes(good[:-5])
    assert not [e for e in block_library.entries() if not e.shipped]
    path.write_bytes(good)
    assert block_library.find("unit").note == "One dense layer."


def test_bringing_a_block_resolves_a_clash_of_names() -> None:
    block_library.save(small(), "unit")
    project, kind = block_library.define_block(small(width=7), "library:unit")
    assert kind == "block:unit2"
    assert project.blocks["unit"].params == {"width": 7}
    assert project.blocks["unit2"].params == {"width": 4}
    same, kind = block_library.define_block(small(), "library:unit")
    assert (same, kind) == (small(), "block:unit")
    assert block_library.define_block(same, "relu") == (same, "relu")
    assert Port("n1", "x") not in same.graph.wires
