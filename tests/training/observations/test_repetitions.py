"""Each repetition of a block, and each place where a block is used, is observed as what it is there."""

from __future__ import annotations

import itertools

import pytest
import torch

from tests.training.observations.feeds.rig import Rig
from visualnet.analysis import infer
from visualnet.analysis.receptive_field import receptive
from visualnet.cli.common import open_project
from visualnet.training.observations.cards.declare import CardGradients, CardValues
from visualnet.training.observations.cards.sheet_ports import observed_sheets
from visualnet.training.observations.context import in_evaluation_mode
from visualnet.training.observations.feeds.feed import Feed, units_of, why_not
from visualnet.training.observations.observation import ObservationRequest, Result, Subject, make_observation
from visualnet.training.observations.subjects import output_ports


@pytest.fixture(scope="module")
def dense() -> Rig:
    """A block of it adds channels in every repetition."""
    return Rig("densenet-121-small")


@pytest.fixture(scope="module")
def third(dense: Rig) -> Subject:
    """What leaves the third layer of the first block: 40 channels, in the first layer 24."""
    subject: Subject = (("n6#2", "n8"), next(iter(dense.analysis.at(("n6", "n8")).leaving)))
    return subject


def look(rig: Rig, name: str, subject: Subject, **options: object) -> Result:
    made = make_observation(ObservationRequest(name, subject, tuple(options.items())))  # type: ignore[arg-type]
    rig.context.aim(0)
    with in_evaluation_mode(rig.model), torch.no_grad():
        return made.compute(rig.context, subject)


@pytest.mark.wide
@torch.no_grad()
def test_the_facts_of_every_repetition_are_those_of_what_flows_there(dense: Rig) -> None:
    subjects = [s for s in output_ports(dense.analysis) if dense.context.has(s)]
    values = dense.context.values(subjects)
    found = {s: tuple(dense.analysis.at(s[0]).leaving[s[1]].shape) for s in subjects}
    assert found == {s: tuple(value.shape[1:]) for s, value in values.items()}
    assert dense.analysis.find(("n6#3", "n8")) is None, "there are three"
    assert dense.analysis.find(("n6#3",)) is None and dense.analysis.find(("n6#x", "n8")) is None


def test_units_of_a_later_repetition_are_measured(dense: Rig, third: Subject) -> None:
    ranges = look(dense, "unit_ranges", third, samples=20)
    assert len(ranges.words["units"]) == 40 and ranges.arrays["low"].shape == (40,)
    worth = look(dense, "knock_out", third, samples=20, by="mean", most=2)
    assert "the first 2 of 40" in worth.note


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("receptive_field", {"samples": 1}),
        ("strongest_samples", {"searched": 20, "count": 2}),
        ("activation_maximisation", {"steps": 2}),
    ],
)
def test_the_last_channel_of_a_later_repetition_is_there(
    dense: Rig, third: Subject, name: str, options: dict[str, int]
) -> None:
    assert look(dense, name, third, channel=39, **options).arrays


@torch.no_grad()
def test_a_channel_of_a_later_repetition_is_fed(dense: Rig, third: Subject) -> None:
    feed, facts = Feed(third, "zeros", (39,)), dense.analysis.find(third[0])
    assert facts is not None and why_not(feed, facts) == ""
    assert (units := units_of(facts, feed)) is not None and units.size == 40
    plain, fed = (dense.net.values([third], dense.batch(0), feeds)[third] for feeds in ((), (feed,)))
    assert not fed[:, 39].any() and torch.equal(fed[:, :39], plain[:, :39])


def test_a_later_repetition_sees_more_of_the_input(dense: Rig) -> None:
    repetitions = dense.analysis.repetitions(("n6",), 64)
    inner = [receptive(dense.analysis, (*each, "n8"))[0] for each in repetitions]
    outer = [receptive(dense.analysis, each)[0] for each in (("n6#0",), *repetitions[1:])]
    for fields in (inner, outer):
        sizes = [field.size[0] for field in fields]
        assert [b - a for a, b in itertools.pairwise(sizes)] == [2 * fields[0].jump[0]] * 2, "a window of 3×3"
    assert outer[-1] == receptive(dense.analysis, ("n6",))[0]


def test_the_cards_are_observed_wherever_a_block_is_used() -> None:
    analysis = infer(open_project("convnext-t-small"))
    stages = [(node,) for node, facts in analysis.main.nodes.items() if facts.node.name.startswith("stage")]
    assert len(stages) > 1 and len({analysis.at(path).node.block for path in stages}) == 1
    subjects = CardGradients.subjects(analysis)
    assert all((path, "") in subjects for path in stages)
    sheets = observed_sheets(analysis)
    assert sheets[0] == () and len(set(sheets)) == len(sheets)


def test_the_cards_of_a_block_are_those_of_the_place_where_it_is_used(dense: Rig) -> None:
    first, second = (look(dense, "card_values", (path, "")) for path in (("n6",), ("n8",)))
    assert first.words["nodes"] == second.words["nodes"]
    assert not (first.arrays["size"] == second.arrays["size"]).all()
    assert {(("n6",), ""), (("n8",), "")} <= {*CardValues.subjects(dense.analysis)}
