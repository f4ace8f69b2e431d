"""What every optimizer, schedule and guard declares: fields, words, a rule that can be typeset, a paper, and a class that torch has."""

from __future__ import annotations

import inspect
import math
from typing import Any

import pytest
import torch

from visualnet.api.publish import techniques_page
from visualnet.core.expressions import parse_rule
from visualnet.core.project import Recipe
from visualnet.figures.typesetting import typeset
from visualnet.layers.declaration.notation import plain, signs
from visualnet.layers.declaration.params import Bool, Float, Int, Ints
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.machine import MACHINE, describe_machine
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES, WARM_UP, Span, rate_curve
from visualnet.layers.recipe.setting_values import FIELDS
from visualnet.layers.recipe.technique import Technique
from visualnet.training.optimizers import arguments, torch_class
from visualnet.training.recipe.procedures import PROCEDURES
from visualnet.training.recipe.settings import change, find_problems, known_options, settings

ALL: dict[str, Technique] = {**OPTIMIZERS, **SCHEDULES, **GUARDS, **MACHINE, **PROCEDURES, "warm-up": WARM_UP}


class _Face:
    def width(self, text: str, px: int, italic: bool) -> float:
        return 0.5 * px * len(text)

    def cap_height(self, px: int, italic: bool) -> float:
        return 0.7 * px


@pytest.mark.parametrize("name", list(ALL))
def test_a_declaration_is_whole(name: str) -> None:
    kind = ALL[name]
    assert kind.name == name
    assert len(kind.words) > 20 and kind.words.endswith(".")
    assert kind.paper or name in (
        "constant",
        "supervised",
        "channels last",
        "threads",
        "data workers",
        "unreadable samples",
        "curves for other tools",
        "weights of epochs",
    )
    for param in kind.params.values():
        assert param.doc.endswith(".") and len(param.doc) > 10
        assert param.read(param.default, {}) == param.default
        if isinstance(param, Int | Float | Ints):
            with pytest.raises(ValueError, match=param.name):
                param.read(param.high * 2, {})
            assert math.isfinite(param.high)


@pytest.mark.parametrize("name", list(ALL))
def test_its_rule_is_typeset_and_its_letters_are_explained(name: str) -> None:
    kind = ALL[name]
    assert kind.rules or name in ("early stopping", "supervised") or name in MACHINE
    values = {param: declared.default for param, declared in kind.params.items()}
    led = {rule.lead for rule in kind.rules}
    for rule, derivation in zip(kind.rules_for(values), kind.derivations(values), strict=True):
        assert typeset(derivation, _Face(), 14, 320) is not None
        assert "\\begin{aligned}" in derivation.latex
        assert plain(derivation.tree)
        told = {key for _, _, key in derivation.legend}
        for letter in parse_rule(rule.text).names() - led:
            shown = letter in told or len(letter) > 2 or letter == "pi"
            assert shown, f"{name}: {letter} in {rule.text}"
    figures = {sign.key for d in kind.derivations(values) for sign in signs(d.tree) if sign.figure.strip()}
    numbers = {n for n, v in values.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    assert figures <= numbers


@pytest.mark.parametrize("name", [n for n, kind in ALL.items() if kind.torch and n not in MACHINE])
def test_torch_has_its_class_and_takes_its_fields(name: str) -> None:
    kind = ALL[name]
    made = torch_class(kind)
    taken: set[str] = set(inspect.signature(made).parameters)
    if name in OPTIMIZERS:
        recipe = Recipe(optimizer=name)
        assert set(arguments(OPTIMIZERS[name], settings(recipe))) <= taken
        assert "fused" in taken or not OPTIMIZERS[name].fused
        signature = inspect.signature(made).parameters
        for param, declared in kind.params.items():
            if param in signature and not isinstance(declared, Bool):
                assert declared.default == signature[param].default or param in ("lr", "momentum")
    elif name in SCHEDULES:
        built = SCHEDULES[name].build(settings(Recipe(schedule=name)), Span(50, 5, 0.1))
        assert set(built) <= taken


@pytest.mark.parametrize("name", [n for n, s in SCHEDULES.items() if not s.watches])
@pytest.mark.parametrize("warm", [0, 2])
def test_the_drawn_curve_is_what_torch_gives(name: str, warm: int) -> None:
    schedule, epochs, each = SCHEDULES[name], 12, 10
    values = {**settings(Recipe(schedule=name, lr=0.1)), "epochs": epochs, "warmup": warm}
    at, rates = rate_curve(schedule, values, epochs, each)
    assert (at[0], at[-1], len(at)) == (0.0, epochs, epochs * each + 1)
    if warm:
        assert rates[0] == pytest.approx(0.01)
        assert rates[warm * each] == pytest.approx(schedule.share(values, 0, epochs - warm) * 0.1)
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    length = epochs - warm
    scheduler: Any = None
    if schedule.torch:
        scheduler = torch_class(schedule)(optimizer, **schedule.build(values, Span(length * each, each, 0.1)))
    for step in range(length * each):
        # OneCycleLR reaches its ends a step earlier than the run does.
        near = 0.06 * 0.1 if name == "one_cycle" else 1e-9
        assert rates[warm * each + step] == pytest.approx(optimizer.param_groups[0]["lr"], abs=near)
        optimizer.step()
        if scheduler is not None and (not schedule.epoch or (step + 1) % each == 0):
            scheduler.step()


def test_the_reference_is_current() -> None:
    written = techniques_page.path().read_text(encoding="utf-8")
    assert written == techniques_page.text(), "run: python -m visualnet.api.publish.techniques_page"
    assert all(f"### {name}\n" in written and kind.words in written for name, kind in ALL.items())


def test_a_name_means_one_kind_of_field_everywhere() -> None:
    types: dict[str, set[type]] = {}
    for kind in ALL.values():
        for name, param in kind.params.items():
            types.setdefault(name, set()).add(type(param))
    assert {name for name, found in types.items() if len(found) > 1} == set()
    assert not known_options().keys() & FIELDS


@pytest.mark.parametrize("name", list(MACHINE))
def test_a_switch_of_the_machine_says_what_it_gives_and_costs_and_what_is_on(name: str) -> None:
    kind = MACHINE[name]
    assert not kind.torch or torch_class(kind) is not None  # what reads data is no class of torch
    for words in (kind.gives, kind.costs):
        assert 10 < len(words) < 40 and words.endswith(".")
    off = settings(Recipe())
    assert not kind.is_on(off)
    first, *_ = kind.params.values()
    on = {**off, first.name: {"precision": "bf16", "threads": 2}.get(first.name, True)}
    assert kind.is_on(on)
    assert describe_machine(off) == ""
    assert describe_machine(on) == kind.summary(on)
    assert f"Gives: {kind.gives}" in techniques_page.text()


def test_an_option_is_set_among_the_others() -> None:
    recipe = Recipe(options={"eps": 1e-6, "of_a_newer_version": 3})
    assert change(recipe, {"lr": 0.1}) == {"lr": 0.1}
    assert change(recipe, {"lr": 0.1, "clip_norm": 2.0}) == {
        "lr": 0.1,
        "options": {"eps": 1e-6, "of_a_newer_version": 3, "clip_norm": 2.0},
    }


GOOD = Recipe(optimizer="SGD", momentum=0.9, epochs=10)
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "rate is NaN": ({"lr": math.nan}, "lr", "lr is nan; a number is wanted, for example 0.01"),
    "rate is endless": ({"lr": math.inf}, "lr", "lr is inf"),
    "rate is absurd": ({"lr": 1e9}, "lr", "lr is 1,000,000,000"),
    "clipping of 0": ({"options": {"clip_norm": 0}}, "clip_norm", "clip_norm is 0: then nothing is left"),
    "clipping of values at 0": ({"options": {"clip_value": 0.0}}, "clip_value", "leave it empty to clip nothing"),
    "patience of 0": ({"options": {"patience": 0}}, "patience", "leave it empty to train all epochs"),
    "Nesterov alone": ({"nesterov": True, "momentum": 0.0}, "momentum", "set momentum above 0"),
    "no such schedule": ({"schedule": "sawtooth"}, "schedule", "there is no schedule “sawtooth” (there are constant"),
    "no such precision": (
        {"options": {"precision": "fp8"}},
        "precision",
        "precision is “fp8”; it can be float32, bf16, fp16",
    ),
    "threads of nothing": ({"options": {"threads": 0}}, "threads", "threads is 0"),
    "compiled by a word": ({"options": {"compile": "yes"}}, "compile", "compile wants true or false"),
    "no such option": ({"options": {"clip_nrom": 1}}, "clip_nrom", "has the setting “clip_nrom”"),
    "schedule is longer": (
        {"schedule": "step", "options": {"step_size": 20}},
        "step_size",
        "step_size is 20, but there are only 10 epochs: the run would end before it; choose 9 at most",
    ),
    "milestone is later": (
        {"schedule": "multistep", "options": {"milestones": (3, 11)}},
        "milestones",
        "milestones is 11, but there are only 10 epochs",
    ),
    "cycle is longer": (
        {"schedule": "restarts", "options": {"first_cycle": 11, "warmup": 2}},
        "first_cycle",
        "only 8 epochs after the warm-up of 2: the run would end before it; choose 8 at most",
    ),
    "drawn beyond the run": (
        {"schedule": "drawn", "options": {"points": "0:1, 12.5:0.1"}},
        "points",
        "points reach to epoch 12.5, but there are only 10 epochs: the run would end before it; choose 10 at most",
    ),
    "drawn out of order": (
        {"schedule": "drawn", "options": {"points": "0:1, 5:0.5, 3:0.1"}},
        "points",
        "points: epoch 3 stands behind 5: write the points in the order of their epochs",
    ),
    "drawn with NaN": (
        {"schedule": "drawn", "options": {"points": "0:1, 5:nan"}},
        "points",
        "the share nan at epoch 5 can be 0 to 1,000 times the rate",
    ),
    "drawn without a beginning": (
        {"schedule": "drawn", "options": {"points": "2:1, 5:0.5"}},
        "points",
        "the first point stands at epoch 2; write where the rate begins, as 0:1",
    ),
    "not drawn": (
        {"schedule": "drawn", "options": {"points": "falling"}},
        "points",
        "“falling” is no point; write the epoch, a colon and the share of the rate, as 0:1, 5:0.5, 10:0.1",
    ),
    "warm-up is the run": ({"options": {"warmup": 10}}, "warmup", "set it to 9 at most"),
}


@pytest.mark.parametrize("how", list(BAD))
def test_what_cannot_be_used_is_told_with_a_way_out(how: str) -> None:
    import msgspec

    fields, name, words = BAD[how]
    assert find_problems(GOOD, True) == {}
    problems = find_problems(msgspec.structs.replace(GOOD, **fields), True)
    assert list(problems) == [name]
    assert words in problems[name]


def test_what_looks_at_a_validation_set_needs_one() -> None:
    recipe = Recipe(schedule="plateau", options={"patience": 3})
    assert find_problems(recipe, True) == {}
    problems = find_problems(recipe, False)
    assert problems.keys() == {"patience", "schedule"}
    assert all("give the validation set a share" in words for words in problems.values())
