"""What can be searched over: every setting of every kind of project, written, read, put in, and refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.training.search.tiny_search import RATES, UNITS, searched
from visualnet.core import edits
from visualnet.core.edits.learners import set_learner
from visualnet.core.project import LAST_EPOCH, DataChoice, LearnerSpec, Project, Recipe, SearchEntry, SearchSpec
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training.experiments.places import find_place, list_places
from visualnet.training.search.apply_values import apply, find_problem
from visualnet.training.search.space import (
    Dimension,
    can_be_searched,
    find_faults,
    list_grid,
    offer_entry,
    parse_entry,
    read_space,
    write_entry,
)

NAMES = ("lenet5", "resnet-small", "gpt-small", "unet-small", "gan-points", "seq2seq-small", "dqn-cartpole")
PROJECTS = {name: project_file.load(path) for name in NAMES if (path := resource("templates", f"{name}.vnet")).exists()}
LENET = PROJECTS["lenet5"]


def test_the_templates_that_are_drawn_from_hold_learners_and_blocks() -> None:
    assert any(project.recipe.learners for project in PROJECTS.values())
    assert any(block.params for project in PROJECTS.values() for block in project.blocks.values())
    addresses = {place.address for project in PROJECTS.values() for place in list_places(project)}
    assert {"lr", "conv1.out_channels", "data.n"} & addresses
    assert any(address.startswith("learner.") and address.endswith(".lr") for address in addresses)
    assert any("/" in address for address in addresses), "a node within a block"
    assert any(address.startswith("block.") for address in addresses), "a block's own parameter"


AT_FIELDS = {
    "Recipe.options": "each option has a place of its own, by its declaration",
    "Recipe.learners": "who learns is drawn; how each makes its steps has places (learner.NAME.lr)",
    "Recipe.extra": "what a newer version wrote, and this one cannot read",
    "DataChoice.name": "trials on other data are compared by figures of another task",
    "DataChoice.path": "as the name: other data",
    "DataChoice.facts": "what was found in the data: nobody chooses it",
    "DataChoice.options": "each option has a place of its own, by its declaration (data.NAME)",
    "DataChoice.preparation": "each step's settings have places (preparation.1.NAME)",
    "DataChoice.division_options": "each setting of the division has a place (division.NAME)",
    "DataChoice.split": "its two free shares have places (split.validation, split.test)",
    "DataChoice.seed": "it has a place as division.seed, as many data sets have a seed of their own (data.seed)",
    "DataChoice.extra": "what a newer version wrote, and this one cannot read",
    "LearnerSpec.name": "a name",
    "LearnerSpec.options": "each option has a place of its own, by its declaration",
    "LearnerSpec.extra": "what a newer version wrote, and this one cannot read",
}
"""Fields that are no place of their name, and why."""
GAN = PROJECTS["gan-points"]


def test_every_field_of_recipe_and_data_is_a_place_or_told_why_not() -> None:
    every = [
        *(f"Recipe.{name}" for name in Recipe.__struct_fields__),
        *(f"DataChoice.{name}" for name in DataChoice.__struct_fields__),
        *(f"LearnerSpec.{name}" for name in LearnerSpec.__struct_fields__),
    ]
    recipe = {place.address for place in list_places(edits.set_recipe(LENET, optimizer="SGD"))}
    first = GAN.recipe.learners[0].name
    learner = {place.address for place in list_places(set_learner(GAN, first, optimizer="SGD"))}
    found = {f"{part}.{name}" for name in recipe for part in ("Recipe", "DataChoice")}
    found |= {f"LearnerSpec.{name.removeprefix(f'learner.{first}.')}" for name in learner}
    assert [field for field in every if field not in AT_FIELDS and field not in found] == []
    assert set(AT_FIELDS) <= set(every), "no field is excused that is none"
    assert {"division.seed", "split.validation", "split.test"} <= recipe
    assert {"seed", "best_by", "procedure"} <= learner, "said once, whoever learns"


@pytest.mark.parametrize("name", PROJECTS)
def test_no_two_places_have_one_address(name: str) -> None:
    found = [place.address for place in list_places(PROJECTS[name])]
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"schedule": "cosine", "best_by": LAST_EPOCH}, lambda p: (p.recipe.schedule, p.recipe.best_by)),
        ({"seed": 7, "division.seed": 9}, lambda p: (p.recipe.seed, p.data.seed)),
        ({"split.validation": 0.25, "split.test": 0.25}, lambda p: p.data.split[1:]),
        ({"normalise": False, "balance": "sampling"}, lambda p: (p.data.normalise, p.data.balance)),
        ({"division": "folds", "division.folds": 4}, lambda p: (p.data.division, p.data.division_options["folds"])),
        ({"start_from": "trained/lenet5"}, lambda p: (p.recipe.start_from,)),
    ],
)
def test_values_of_recipe_and_data_are_put_in(values: dict[str, Any], wanted: Any) -> None:
    assert tuple(wanted(apply(LENET, values))) == tuple(values.values())


def test_shares_that_leave_nothing_to_train_on_are_refused_with_words() -> None:
    with pytest.raises(ValueError, match=r"split\.test: validation and test would take 110.%, which leaves nothing"):
        apply(LENET, {"split.test": 0.9})
    with pytest.raises(ValueError, match=r"start_from: .* never a path"):
        apply(LENET, {"start_from": "/tmp/weights"})


@st.composite
def places(draw: st.DrawFn) -> tuple[Project, Any]:
    project = PROJECTS[draw(st.sampled_from(sorted(PROJECTS)))]
    found = [place for place in list_places(project) if can_be_searched(place)]
    return project, draw(st.sampled_from(found))


@given(places(), st.data())
def test_what_is_offered_can_be_searched_written_read_again_and_each_value_put_in(
    drawn: tuple[Project, Any], data: st.DataObject
) -> None:
    project, place = drawn
    entry = offer_entry(place)
    (dimension,) = read_space(project, SearchSpec(entries=(entry,)))
    assume(all("," not in str(value) for value in entry.choices))
    again = parse_entry(project, f"{entry.address}={write_entry(entry)}")
    assert again == entry
    value = data.draw(st.sampled_from([point[entry.address] for point in list_grid([dimension])]))
    after = apply(project, {entry.address: value})
    assert find_place(after, entry.address).value == value
    find_problem(after)  # words or none: never an exception


numbers = st.integers(1, 50) | st.floats(1e-4, 50)


@given(numbers, numbers, st.none() | st.integers(1, 9), st.booleans(), st.booleans())
def test_a_grid_has_every_value_of_every_range_within_it(
    low: float, high: float, step: int | None, log: bool, whole: bool
) -> None:
    assume(low < high)
    if whole:
        low, high = max(int(low), 1), int(high)
        assume(low < high)
    address = "hidden.out_features" if whole else "lr"
    entry = SearchEntry(address=address, low=low, high=high, log=log, step=None if log else step)
    project = searched(entry, SearchEntry(address="optimizer", choices=("SGD", "Adam")), method="grid")
    assert project.search is not None
    space: list[Dimension] = read_space(project, project.search)
    grid = list_grid(space)
    assert len({tuple(point.values()) for point in grid}) == len(grid)
    values = {point[address] for point in grid}
    assert len(grid) == 2 * len(values)
    assert all(low * 0.999 <= value <= high * 1.001 and isinstance(value, int) == whole for value in values)
    if entry.step:
        assert len(values) == int((high - low) / entry.step + 1e-9) + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lr", "NAME=LOW..HIGH"),
        ("lr=", "NAME=LOW..HIGH"),
        ("lr=0.1..0.01", "more than 0.1"),
        ("lr=a..b", "cannot be read"),
        ("lr=0..1:log", "more than 0"),
        ("lr=0..1:-1", "0 to"),
        ("lr=1..nan", "cannot be read"),
        ("lr=0.1", "2 to 100"),
        ("lr=0.1,0.1", "wanted once"),
        ("lerning=1..2", "nothing called “lerning”"),
        ("conv1.out_channels=0..4", "at least 1"),
        ("conv1.out_channels=1..4:0.5", "whole numbers"),
        ("optimizer=1..2", "no numbers"),
        ("optimizer=SGD,Nothing", "optimizer"),
    ],
)
def test_what_cannot_be_searched_so_is_said_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_entry(LENET, text)


def test_a_search_that_the_project_cannot_take_is_told_by_its_entries() -> None:
    gone = SearchEntry(address="gone.size", low=1, high=2)
    project = searched(RATES, gone, UNITS)
    assert project.search is not None
    assert list(find_faults(project, project.search)) == ["gone.size"]
    with pytest.raises(ValueError, match=r"gone\.size"):
        read_space(project, project.search)
    with pytest.raises(ValueError, match="varies nothing yet"):
        read_space(project, SearchSpec())
    with pytest.raises(ValueError, match="“later” is not known here"):
        read_space(project, SearchSpec(entries=(RATES,), method="later"))
    wide = [SearchEntry(address=f"{name}", low=1, high=500, step=1) for name in ("hidden.out_features", "epochs")]
    with pytest.raises(ValueError, match="250,000 combinations"):
        read_space(project, SearchSpec(entries=tuple(wide), method="grid"))


def test_what_chooses_other_settings_is_put_in_first() -> None:
    project = edits.set_recipe(LENET, optimizer="Adam")
    after = apply(project, {"momentum": 0.5, "optimizer": "SGD"})
    assert (after.recipe.optimizer, after.recipe.momentum) == ("SGD", 0.5)
    with pytest.raises(ValueError, match="momentum"):
        apply(project, {"momentum": 0.5})
