"""Which learner does what, and the problems where that cannot be, with their repairs."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.training.gan import D, G, gan
from visualnet.analysis import infer
from visualnet.analysis.block_ports import ends
from visualnet.analysis.inference.learners import LearnerPart, learner_parts
from visualnet.analysis.repair.search import repairs
from visualnet.core import edits
from visualnet.core.edits import grouping, learners
from visualnet.core.project import MAIN, LearnerSpec, Project


def said(project: Project, names: str, value: Any, sheet: str = MAIN) -> Project:
    ids = [project.sheet(sheet).named(name).id for name in names.split()]
    return edits.set_training(project, sheet, ids, {"learner": value})


def parts(project: Project) -> dict[str, LearnerPart]:
    return {part.name: part for part in learner_parts(infer(project).main, project.recipe.learners)}


def trained(project: Project) -> dict[str, list[str]]:
    analysis = infer(project)
    return {name: sorted(analysis.at(path).node.name for path in part.trains) for name, part in parts(project).items()}


def problems(project: Project) -> list[tuple[str, str, str]]:
    found = infer(project).problems
    return [(p.code, p.severity, p.words) for p in found if p.code.startswith("learner")]


def offers(project: Project) -> list[str]:
    analysis = infer(project)
    problem = next(p for p in analysis.problems if p.code.startswith("learner"))
    found = repairs(project, problem, analysis, seconds=5)
    for repair in found:
        after = infer(repair.edit(project)).problems
        assert (problem.code, problem.node, problem.at) not in [(p.code, p.node, p.at) for p in after]
    return [repair.words for repair in found]


def test_a_learner_needs_what_its_losses_read_and_trains_what_names_it() -> None:
    project = gan()
    names = {name: {project.graph.nodes[i].name for i in part.needed} for name, part in parts(project).items()}
    assert {"x", "noise", "make", "fixed", "d1", "d2_fake", "loss_real", "loss_fake"} <= names[D]
    assert "d1_fool" not in names[D]
    assert {"make", "d1_fool", "loss_fool"} <= names[G]
    assert not {"d1", "fixed", "loss_real"} & names[G]
    assert trained(project) == {D: ["d1", "d2"], G: ["g1", "g2"]}
    assert problems(project) == []


def test_a_node_in_a_block_may_name_another_learner_than_the_block() -> None:
    project = said(gan(), "g2", D, "Generator")
    assert trained(project) == {D: ["d1", "d2", "g2"], G: ["g1"]}


def test_a_layer_that_names_none_goes_to_the_first_unnamed_learner_whose_losses_reach_it() -> None:
    project = said(gan(), "d1 d2 make", edits.RESET)
    # The discriminator's losses do not reach the generator: Detach stands between.
    assert trained(project) == {D: ["d1", "d2"], G: ["g1", "g2"]}
    swapped = learners.move_learner(project, G, 0)
    assert trained(swapped) == {G: ["d1", "d2", "g1", "g2"], D: []}
    assert problems(swapped) == [
        (
            "learner-idle",
            "error",
            f"the learner “{D}” has nothing to train: name it at a node with weights, or remove the learner",
        )
    ]


def test_grouping_and_taking_apart_keep_who_trains_what() -> None:
    project = gan()
    (instance,) = [node.id for node in project.graph if node.block]
    apart, _ = grouping.ungroup(project, MAIN, [instance], ends())
    assert trained(apart)[G] == ["g1", "g2"]
    named = said(gan(), "make", edits.RESET)
    again, _ = grouping.group(
        said(apart, "g1", G), MAIN, [apart.graph.named(name).id for name in ("g1", "gt", "g2")], ends(), "Maker"
    )
    assert trained(again)[G] == ["g1", "g2"]
    assert trained(named)[G] == ["g1", "g2"]


def test_a_block_parameter_of_the_same_name_is_no_learner() -> None:
    project = gan()
    block = replace(project.blocks["Generator"], params={D: 3})
    project = said(edits.put_block(project, "Generator", block), "g1", D, "Generator")
    (instance,) = [node.id for node in project.graph if node.block]
    apart, _ = grouping.ungroup(project, MAIN, [instance], ends())
    assert apart.graph.named("g1").training == {"learner": D}


CASES: list[tuple[str, Any, str, str, list[str]]] = [
    (
        "an unknown name",
        lambda p: said(p, "make", "generater"),
        "learner-unknown",
        f"the recipe has no learner “generater” (there are “{D}” and “{G}”)",
        [f"Let “{G}” train “make”"],
    ),
    (
        "an unknown name in a block",
        lambda p: said(p, "g1", "nobody", "Generator"),
        "learner-unknown",
        "the recipe has no learner “nobody”",
        ["Name no learner at “g1”"],
    ),
    (
        "an unknown name at a loss",
        lambda p: said(p, "loss_fake", "x"),
        "learner-unknown",
        "the recipe has no learner “x”",
        [f"Let “{D}” lower “loss_fake”", f"Let “{G}” lower “loss_fake”"],
    ),
    (
        "a loss that nobody lowers",
        lambda p: said(p, "loss_fake", edits.RESET),
        "learner-unlowered",
        f"no learner lowers “loss_fake”: say which one does (there are “{D}” and “{G}”)",
        [f"Let “{D}” lower “loss_fake”", f"Let “{G}” lower “loss_fake”"],
    ),
    (
        "a node that no loss of its learner reaches",
        lambda p: said(p, "g1", D, "Generator"),
        "learner-unreached",
        f"the learner “{D}” is to train “g1”, but no loss that it lowers reaches it",
        [f"Let “{G}” train “g1”"],
    ),
    (
        "a node that nobody trains",
        lambda p: said(p, "d2", edits.RESET),
        "learner-untrained",
        "no learner trains “d2”: it stays as it is",
        [f"Let “{D}” train “d2”", "Freeze “d2”"],
    ),
    (
        "a learner without a loss",
        lambda p: said(p, "loss_real loss_fake", G),
        "learner-idle",
        f"the learner “{D}” lowers no loss: choose one for it at a loss node",
        [f"Let “{D}” lower “loss_real”", f"Remove the learner “{D}”"],
    ),
]


@pytest.mark.parametrize(("change", "code", "words", "offered"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_cannot_be_is_said_with_repairs(change: Any, code: str, words: str, offered: list[str]) -> None:
    project = change(gan())
    found = problems(project)
    assert found[0][0] == code, found
    assert words in found[0][2]
    assert found[0][1] == ("warning" if code in ("learner-unreached", "learner-untrained") else "error")
    offers_here = offers(project)
    assert all(words in offers_here for words in offered), offers_here


def test_one_learner_lowers_the_losses_that_name_none() -> None:
    project = said(gan(), "loss_real loss_fake loss_fool make d1 d2", edits.RESET)
    alone = edits.set_recipe(project, learners=(LearnerSpec(name="only"),))
    assert problems(alone) == []
    assert trained(alone) == {"only": ["d1", "d2", "g1", "g2"]}
