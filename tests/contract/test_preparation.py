"""Every step of preparation keeps its promises: fields by formula, nothing learned but from the training part, the same result anywhere."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from visualnet.core.project import PreparationStep
from visualnet.data.loading import measure
from visualnet.data.preparation.prepared import PreparedSamples, prepare, run_steps
from visualnet.data.preparation.registry import GROUPS, STEPS, make_steps, offer_step, prepared_specs
from visualnet.data.preparation.step import Step
from visualnet.data.samples import Batch, Samples
from visualnet.data.tokens import NOT_ASKED
from visualnet.layers.declaration.layer import Column, Spec
from visualnet.layers.declaration.params import Choice, Field, Param
from visualnet.layers.param_words import param_words

COUNT = 16
TRAIN = np.arange(0, COUNT, 2)
WORDS = ("the", "cat", "sat", "on", "a", "mat", "Dog", "ran", "ünder", "it!")


class ListedSamples(Samples):
    """Samples in memory that may differ in size."""

    def __init__(self, values: Mapping[str, list[Any]]) -> None:
        self.values, self.size = dict(values), len(next(iter(values.values())))

    def fetch(self, index: Any, fields: Any) -> Batch:
        found: Batch = {}
        for name in fields:
            chosen = [self.values[name][at] for at in index]
            alike = len({value.shape for value in chosen}) == 1
            found[name] = np.stack(chosen) if alike else chosen
        return found

    def column(self, name: str) -> Any:
        return None


@dataclass(eq=False)
class Scene:
    """Fields, and samples of them; a seed gives others."""

    fields: dict[str, Spec]

    @cache  # noqa: B019  # the scenes live as long as the tests
    def make(self, seed: int) -> ListedSamples:
        rng = np.random.default_rng(seed)
        values: dict[str, list[Any]] = {name: [] for name in self.fields}
        for _ in range(COUNT):
            size = rng.integers(20, 40, 2)
            for name, spec in self.fields.items():
                values[name].append(draw(name, spec, size, rng))
        return ListedSamples(values)


def draw(name: str, spec: Spec, size: Any, rng: np.random.Generator) -> Any:
    """One sample of a field; ``size`` is that of the images where they differ."""
    if name == "text":
        words = " ".join(rng.choice(WORDS, rng.integers(1, 20)))
        return np.array([ord(letter) for letter in words], np.int64)
    shape = list(spec.shape)
    if 0 in shape:
        extents = iter(size if name in ("image", "mask") else [int(size[0])])
        shape = [extent or int(next(extents)) for extent in shape]
    if name == "boxes":
        corner = rng.uniform(0, 15, (shape[0], 2))
        return np.concatenate([corner, corner + rng.uniform(2, 8, (shape[0], 2))], 1).astype(np.float32)
    if name == "box_labels":
        return np.array([*rng.integers(0, 3, shape[0] - 1), -100], np.int64)
    if spec.dtype == "int":
        return np.asarray(rng.integers(0, max(2, spec.classes), shape), np.int64)
    found = rng.uniform(-1 if name == "sound" else 0, 1, shape).astype(np.float32)
    for at, column in enumerate(spec.columns):
        if column.categories:
            found[..., at] = rng.integers(0, column.categories, shape[:-1])
        else:
            found[..., at] = found[..., at] * 100 - 20
        if column.missing and rng.uniform() < 0.3:
            found[..., at] = np.nan
    return found


LABEL = Spec((), (), "int", classes=3)
CHW, HW = ("C", "H", "W"), ("H", "W")
COLUMNS = (Column("age", missing=True), Column("colour", 4, missing=True), Column("price"), Column("size", 3))
SCENES = {
    "images": Scene({"image": Spec((3, 24, 24), CHW), "label": LABEL}),
    "grey images": Scene({"image": Spec((1, 24, 24), CHW), "y": Spec((1,), ("D",))}),
    "images of many sizes": Scene(
        {"image": Spec((3, 0, 0), CHW), "mask": Spec((0, 0), HW, "int", classes=3), "label": LABEL}
    ),
    "boxes": Scene(
        {
            "image": Spec((3, 24, 24), CHW),
            "boxes": Spec((4, 4), ("N", "")),
            "box_labels": Spec((4,), ("N",), "int", classes=3),
        }
    ),
    "masks": Scene({"image": Spec((3, 24, 24), CHW), "mask": Spec((24, 24), HW, "int", classes=3)}),
    "table": Scene({"features": Spec((4,), ("D",), columns=COLUMNS), "y": Spec((1,), ("D",))}),
    "numbers": Scene({"features": Spec((5,), ("D",)), "label": LABEL}),
    "series": Scene({"features": Spec((9, 4), ("T", "D"), columns=COLUMNS), "y": Spec((2,), ("D",))}),
    "texts": Scene({"text": Spec((0,), ("T",), "int"), "label": LABEL}),
    "sounds": Scene({"sound": Spec((1, 0), ("C", "T")), "label": LABEL}),
    "sounds of one length": Scene({"sound": Spec((1, 2000), ("C", "T")), "label": LABEL}),
    "spectrograms": Scene({"spectrogram": Spec((1, 16, 20), ("C", "F", "T")), "label": LABEL}),
}
AUGMENTING = [name for name, kind in STEPS.items() if kind.augments]
PLAIN = [name for name, kind in STEPS.items() if not kind.augments]


def cases(names: list[str]) -> list[Any]:
    """Every step with each kind of fields that it fits, and its settings there; and with each word of its choices."""
    found = []
    for name in names:
        kind = STEPS[name]
        for scene, made in SCENES.items():
            offered = offer_step(kind, made.fields)
            if offered is None:
                continue
            if name == "crop":  # the smallest of the images of many sizes have 20
                offered = PreparationStep(kind=name, options={**offered.options, "height": 16, "width": 12})
            found.append(pytest.param(offered, made, id=f"{name}, {scene}"))
            for setting, param in kind.params.items():
                for word in param.options if isinstance(param, Choice) else ():
                    options = {**offered.options, setting: word}
                    try:
                        kind(options).specs(made.fields)
                    except ValueError:
                        continue
                    chosen = PreparationStep(kind=name, options=options)
                    found.append(pytest.param(chosen, made, id=f"{name}, {scene}, {setting} {word}"))
    return found


def prepared(step: PreparationStep, scene: Scene, seed: int = 0) -> PreparedSamples:
    return prepare(scene.make(seed), scene.fields, make_steps([step]), TRAIN)


@pytest.mark.parametrize("name", list(STEPS))
def test_a_step_is_declared_whole(name: str) -> None:
    kind = STEPS[name]
    assert kind.group in GROUPS
    assert kind.title[0].isupper()
    assert kind.summary().endswith("."), kind.summary()
    assert (kind.learn is Step.learn) != kind.fits
    assert (kind.augment is Step.augment) != kind.augments
    assert (kind.apply is Step.apply) == kind.augments
    for setting, param in kind.params.items():
        assert param.doc.endswith("."), setting
        assert param_words(param), setting
    assert kind({}), "the defaults can be read"
    assert any(offer_step(kind, scene.fields) for scene in SCENES.values())


@pytest.mark.few(50)
@pytest.mark.parametrize(("step", "scene"), cases(PLAIN))
def test_fields_by_formula_are_those_that_come_out(step: PreparationStep, scene: Scene) -> None:
    done = prepared(step, scene)
    index = np.arange(COUNT)
    raw = scene.make(0).fetch(index, tuple(scene.fields))
    batch = run_steps(raw, done.steps, done.fitted)
    specs = done.steps[0].specs(scene.fields)
    assert set(batch) == set(specs)
    for name, spec in specs.items():
        for value in batch[name]:
            assert len(value.shape) == len(spec.shape)
            assert all(extent in (0, there) for extent, there in zip(spec.shape, value.shape, strict=True)), name
        assert np.asarray(batch[name][0]).dtype == (np.float32 if spec.dtype == "float" else np.int64), name
        if spec.columns:
            assert len(spec.columns) == spec.shape[-1]
        if spec.classes and name != "box_labels":
            assert max(np.max(value) for value in batch[name]) < spec.classes
            # −100 stands where nothing is asked.
            assert all(((value >= 0) | (value == NOT_ASKED)).all() for value in map(np.asarray, batch[name]))


@pytest.mark.few(50)
@pytest.mark.parametrize(("step", "scene"), cases(PLAIN))
def test_a_sample_is_prepared_alike_in_any_batch_and_at_any_time(step: PreparationStep, scene: Scene) -> None:
    done, again = prepared(step, scene), prepared(step, scene)
    assert json.dumps(done.fitted) == json.dumps(again.fitted)
    # What a step learned is kept beside a run as JSON, and must be the same behind it.
    fitted = json.loads(json.dumps(done.fitted))
    raw = scene.make(0)
    names = tuple(scene.fields)
    before = copy.deepcopy(raw.values)
    whole = run_steps(raw.fetch(np.arange(COUNT), names), done.steps, fitted)
    for at in (0, 7, 15):
        alone = run_steps(again.raw.fetch(np.array([at]), names), again.steps, again.fitted)
        for name in whole:
            assert np.array_equal(np.asarray(alone[name][0]), np.asarray(whole[name][at]), equal_nan=True), name
    assert all(
        np.array_equal(a, b, equal_nan=True)
        for name in names
        for a, b in zip(raw.values[name], before[name], strict=True)
    ), "the raw samples are never written to"


@pytest.mark.few(50)
@pytest.mark.parametrize(("step", "scene"), cases(PLAIN))
def test_no_figure_of_another_part_leaks(step: PreparationStep, scene: Scene) -> None:
    """All samples of validation and test become others, wildly; what is learned and the training samples stay, to the bit."""
    honest, other = scene.make(0), scene.make(1)
    changed = ListedSamples(
        {
            name: [
                value
                if at in TRAIN
                else np.flip(other.values[name][at], -1).copy()
                if value.ndim
                else other.values[name][at]
                for at, value in enumerate(values)
            ]
            for name, values in honest.values.items()
        }
    )
    for name, spec in scene.fields.items():
        if spec.dtype == "float" and not spec.columns:
            changed.values[name] = [v if at in TRAIN else v * 1e6 - 5e5 for at, v in enumerate(changed.values[name])]
    steps = make_steps([step])
    done, again = (prepare(raw, scene.fields, steps, TRAIN) for raw in (honest, changed))
    assert json.dumps(done.fitted) == json.dumps(again.fitted)
    names = tuple(scene.fields)
    ours, theirs = (run_steps(raw.fetch(TRAIN, names), steps, done.fitted) for raw in (honest, changed))
    for name in ours:
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(ours[name], theirs[name], strict=True)), name
    for name, spec in done.fields.items():
        if spec.dtype == "float" and 0 not in spec.shape:
            (mean, std), (other_mean, other_std) = (measure(part, name, TRAIN) for part in (done, again))
            assert np.array_equal(mean, other_mean, equal_nan=True), "what is taken out of it"
            assert np.array_equal(std, other_std, equal_nan=True)


def make_batch(scene: Scene) -> dict[str, torch.Tensor]:
    raw = scene.make(0).fetch(np.arange(COUNT), tuple(scene.fields))
    return {name: torch.from_numpy(np.nan_to_num(values)) for name, values in raw.items()}


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.few(16)
@pytest.mark.parametrize(
    ("step", "scene"), [c for c in cases(AUGMENTING) if "many" not in c.id and c.id[-6:] != "sounds"]
)
def test_augmentation_keeps_what_samples_are_and_draws_from_its_generator_alone(
    step: PreparationStep, scene: Scene
) -> None:
    (made,) = make_steps([step])
    assert made.specs(scene.fields) == scene.fields, "what augments leaves the fields"
    batch = make_batch(scene)
    before = {name: values.clone() for name, values in batch.items()}
    state = torch.random.get_rng_state()
    once = made.augment(batch, scene.fields, seeded(1))
    assert torch.equal(torch.random.get_rng_state(), state), "torch's own chance is not touched"
    assert all(torch.equal(batch[name], before[name]) for name in batch), "the batch that came in stays"
    torch.manual_seed(99)
    again = made.augment(batch, scene.fields, seeded(1))
    others = [made.augment(batch, scene.fields, seeded(seed)) for seed in range(2, 6)]
    changed = set()
    assert set(once) == set(batch)
    for name, values in once.items():
        assert (values.shape, values.dtype) == (batch[name].shape, batch[name].dtype), name
        assert torch.equal(values, again[name]), name
        assert torch.isfinite(values).all()
        if any(not torch.equal(values, other[name]) for other in others):
            changed.add(name)
        if name == "image" and step.kind != "add_noise":
            assert values.min() >= 0
            assert values.max() <= 1 + 1e-6
        if name == "mask":
            assert set(values.unique().tolist()) <= set(batch[name].unique().tolist()) | {0}
    assert changed, "another step draws another"
    assert made.augment({"label": torch.zeros(3, dtype=torch.int64)}, scene.fields, seeded(1)).keys() == {"label"}, (
        "a network need not read all fields"
    )


def _refusal(kind: type[Step], fields: Mapping[str, Spec]) -> str:
    try:
        kind({}).specs(fields)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", list(STEPS))
def test_what_does_not_fit_is_refused_in_words_that_help(name: str) -> None:
    kind = STEPS[name]
    refused = 0
    for scene in SCENES.values():
        words = _refusal(kind, scene.fields)
        if words:
            refused += 1
            assert 20 < len(words) < 300, words
            assert not words[0].isupper(), "it goes on behind the step's title"
    assert refused, "none fits everything"
    with pytest.raises(ValueError, match="no setting “nonsense”"):
        kind({"nonsense": 1})
    for setting, param in kind.params.items():
        if isinstance(param, Field):
            assert isinstance(param, Param)
            with pytest.raises(ValueError, match="there is no field “absent”"):
                kind({setting: "absent"}).specs(SCENES["images"].fields)


def test_a_step_says_where_it_stands_when_it_does_not_fit() -> None:
    steps = [PreparationStep(kind="resize"), PreparationStep(kind="tokenise")]
    with pytest.raises(ValueError, match=r"step 2 of the preparation \(Tokenise\): there is no field “text”"):
        prepared_specs(SCENES["images"].fields, make_steps(steps))
    with pytest.raises(ValueError, match="step 1 of the preparation is “magic”, which this version does not know"):
        make_steps([PreparationStep(kind="magic")])
    with pytest.raises(ValueError, match=r"step 2 of the preparation \(Resize\): height is 0; it must be at least 1"):
        make_steps([PreparationStep(kind="grey"), PreparationStep(kind="resize", options={"height": 0})])
    with pytest.raises(ValueError, match="values are missing in the column “age” and 1 more"):
        prepared_specs(SCENES["table"].fields, ())
    with pytest.raises(ValueError, match="differ in size: let the preparation bring them to one size"):
        prepared_specs(SCENES["images of many sizes"].fields, ())
