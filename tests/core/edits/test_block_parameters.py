"""Named numbers: made of a node's number, told of, renamed and taken away, with all that rests on them."""

from __future__ import annotations

import pytest

from tests.core.edits.test_grouping import parametric
from tests.graphs import graph
from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.edits import block_parameters
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, ParameterDescription, Project
from visualnet.core.storage import project_file


def test_a_number_becomes_a_parameter_that_each_use_may_set() -> None:
    project = parametric()
    project = block_parameters.promote_parameter(project, "Stage", "n2", "stride", (2, 2))
    assert project.blocks["Stage"].params == {"width": 8, "k": 3, "stride": 2}
    assert project.blocks["Stage"].graph.nodes["n2"].params["stride"] == ("stride", "stride")
    wide = edits.set_params(project, MAIN, ["n2"], {"stride": 1})
    assert infer(wide).main["n2"].leaving["y"].shape == (16, 26, 26)
    assert infer(project).main["n2"].leaving["y"].shape == (16, 13, 13)
    for value in ((1, 2), "same", True):
        with pytest.raises(ValueError, match="not one number"):
            block_parameters.promote_parameter(project, "Stage", "n2", "padding", value)


def test_renaming_a_parameter_takes_every_expression_and_every_use_along() -> None:
    project = edits.add_node(parametric(width="classes + 1"), MAIN, "block:Stage", params={"width": 3})
    project = edits.set_constants(project, {"classes": 4, "depth": 2})
    project = block_parameters.set_about(
        project, "Stage", "width", ParameterDescription(note="Half the channels.", low=1)
    )
    after = block_parameters.rename_number(project, "Stage", "width", "half")
    assert after.blocks["Stage"].params == {"half": 8, "k": 3}
    assert after.blocks["Stage"].about == {"half": ParameterDescription(note="Half the channels.", low=1)}
    assert after.blocks["Stage"].graph.nodes["n2"].params["out_channels"] == "2*half"
    assert [dict(after.graph.nodes[i].params) for i in ("n2", "n4")] == [{"half": "classes + 1"}, {"half": 3}]
    assert infer(after).main.totals == infer(project).main.totals
    assert block_parameters.rename_number(after, "Stage", "half", "width") == project
    for taken in ("k", "depth"):
        with pytest.raises(ValueError, match="is free"):
            block_parameters.rename_number(project, "Stage", "width", taken)
    for odd in ("two words", "3d"):
        with pytest.raises(ValueError, match="cannot"):
            block_parameters.rename_number(project, "Stage", "width", odd)


def test_renaming_a_constant_leaves_a_block_s_own_number_alone() -> None:
    project = edits.set_constants(parametric(width="k + 1"), {"k": 7})
    after = block_parameters.rename_number(project, MAIN, "k", "side")
    assert after.constants == {"side": 7}
    assert after.graph.nodes["n2"].params == {"width": "side + 1"}
    assert after.blocks["Stage"].graph is project.blocks["Stage"].graph, "there k is the block's own"


def test_a_parameter_in_use_is_not_taken_away_but_can_be_filled_in() -> None:
    project = parametric(width=5)
    with pytest.raises(ValueError, match="width is used by “conv”: put 8 in its place"):
        block_parameters.remove_number(project, "Stage", "width")
    after = block_parameters.remove_number(project, "Stage", "width", substitute=True)
    assert after.blocks["Stage"].params == {"k": 3}
    assert after.blocks["Stage"].graph.nodes["n2"].params["out_channels"] == 16
    assert after.graph.nodes["n2"].params == {}
    assert not infer(after).errors()


def test_bounds_are_held_where_the_block_is_used_and_travel_with_the_file() -> None:
    about = ParameterDescription(note="How wide.\nHalf of what leaves.", low=2, high=64)
    project = block_parameters.set_about(parametric(), "Stage", "width", about)
    assert project_file.loads(project_file.dumps(project)) == project
    assert not infer(project).errors()
    wide = edits.set_params(project, MAIN, ["n2"], {"width": 65})
    (problem,) = infer(wide).errors()
    assert (problem.node, problem.at) == ("n2", "width")
    assert "65 is too large; at most 64 is wanted" in problem.words
    with pytest.raises(ValueError, match="at least 2 is wanted"):
        block_parameters.set_default(project, "Stage", "width", 1)
    with pytest.raises(ValueError, match="change the default first"):
        block_parameters.set_about(project, "Stage", "width", ParameterDescription(low=9))
    with pytest.raises(ValueError, match="cannot be at least"):
        block_parameters.set_about(project, "Stage", "width", ParameterDescription(low=9, high=3))
    plain = block_parameters.set_about(project, "Stage", "width", ParameterDescription())
    assert plain == parametric()


def test_every_node_that_names_a_number_is_found() -> None:
    inside = graph([("a", "relu", {}), ("b", "linear", {"out_features": "2*width"})], ["a.y -> b.x"])
    project = Project(graph=inside, constants={"width": 3})
    assert [node.name for _, node in block_parameters.users(project, MAIN, "width")] == ["b"]
    assert project.graph.wires[Port("n2", "x")] == Port("n1", "y")
