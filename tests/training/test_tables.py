"""Networks learn from tables: those that are shipped, and a person's own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from tests.training.nets import chain
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.registry import DATASETS, fields
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import RunModel


def train(project: Project) -> RunModel:
    model = RunModel("test", None)
    Session(project, load(project.data), model.consume, None).run()
    assert model.state == "done"
    return model


def linear_layers(data: DataChoice, outputs: int, **recipe: Any) -> Project:
    """Features through one hidden layer to classes, or to one number."""
    rows: list[Any] = [("linear", {"out_features": 16}), ("relu", {}), ("linear", {"out_features": outputs})]
    source = ("input", {"field": "features", "size": fields(data)["features"].shape})
    if "label" in fields(data):
        return chain(rows, data, Recipe(**recipe), source, ("target", {}), "cross_entropy", "accuracy")
    target = ("target", {"field": "y", "size": (1,), "dtype": "float"})
    return chain(rows, data, Recipe(**recipe), source, target, "mse", "")


@pytest.mark.parametrize(("name", "least"), [("iris", 0.9), ("wine", 0.9), ("breast_cancer", 0.93)])
def test_linear_layers_tell_the_classes_of_the_shipped_tables(name: str, least: float) -> None:
    data = DataChoice(name=name, seed=1)
    model = train(linear_layers(data, len(load(data).classes), **{**DATASETS[name].recipe, "epochs": 20}))
    assert model.epochs[-1].validation["score"] > least


def test_linear_layers_explain_part_of_the_progress_of_diabetes() -> None:
    data = DataChoice(name="diabetes")
    loaded = load(data)
    model = train(linear_layers(data, 1, lr=0.05, batch_size=16, epochs=20))
    spread = loaded.whole("y")[loaded.validation].var()
    assert model.epochs[-1].validation["loss"] < 0.75 * spread


def test_an_own_table_with_gaps_and_categories_is_prepared_and_learned(tmp_path: Path) -> None:
    lines = ["size;colour;when;kind"]
    for n in range(120):
        kind = n % 3
        size = "" if n % 11 == 0 else f"{(n * 7 % 13) / 10 + kind * 2:.1f}".replace(".", ",")
        colour = "" if n % 17 == 0 else ("red", "green", "blue")[kind if n % 5 else n % 2]
        lines.append(f"{size};{colour};{n % 28 + 1:02d}.03.2024;{('ash', 'elm', 'oak')[kind]}")
    (tmp_path / "trees.csv").write_text("\n".join(lines), encoding="cp1252")
    data, found = choose("table", tmp_path / "trees.csv", {"weekday": True})
    assert [step.kind for step in data.preparation] == ["fill_missing", "one_hot"]
    assert found.facts.classes == ("ash", "elm", "oak")
    assert fields(data)["features"].shape == (6,)  # size, three colours, day, weekday
    model = train(linear_layers(data, 3, lr=0.01, batch_size=16, epochs=20))
    assert model.epochs[-1].validation["score"] > 0.9


def test_the_next_step_of_a_series_is_learned(tmp_path: Path) -> None:
    lines = [
        "day,warmth",
        *(f"{1990 + n // 12}-{n % 12 + 1:02d},{10 + 8 * math.sin(n * math.pi / 6):.3f}" for n in range(240)),
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    data, _ = choose("series", tmp_path / "t.csv", {"window": 12})
    rows: list[Any] = [("flatten", {}), ("linear", {"out_features": 16}), ("relu", {}), ("linear", {"out_features": 1})]
    target = ("target", {"field": "y", "size": (1,), "dtype": "float"})
    source = ("input", {"field": "series", "size": (12, 1)})
    model = train(chain(rows, data, Recipe(lr=0.01, batch_size=16, epochs=30), source, target, "mse", ""))
    assert model.epochs[-1].validation["loss"] < 1  # the spread of the series is 32
