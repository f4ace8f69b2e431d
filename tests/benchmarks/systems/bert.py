"""BERT: masked words filled in, then opinions from 100 labels, fine-tuned from that very run and from scratch."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tests.benchmarks.systems.system import System, Wanted
from visualnet.core.project import Project

LABELS = 100


def measure(seed: int) -> Mapping[str, float]:
    """Pre-train the template, begin three trainings for opinions with what it kept, and judge each by its last epoch."""
    import visualnet as vn
    from visualnet.core import edits
    from visualnet.core.storage import project_file
    from visualnet.resources import resource
    from visualnet.training.events import EpochDone
    from visualnet.training.experiments.declared.bert import from_scratch, frozen, with_labels
    from visualnet.training.transfer.initial_weights import refer_to

    def template(name: str) -> Project:
        project = project_file.load(resource("templates", f"{name}.vnet"))
        return edits.set_recipe(project, seed=seed)

    def last(project: Project, folder: Path | None = None) -> Mapping[str, float | None]:
        found = [event for event in vn.train(project, device="cpu", folder=folder) if isinstance(event, EpochDone)]
        print(project.name, {key: round(value or 0.0, 3) for key, value in found[-1].validation.items()}, flush=True)
        return found[-1].validation

    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept) / f"bert-{seed}"
        pretraining = template("bert-pretraining")
        learned = last(pretraining, folder)
        begun = edits.set_recipe(template("bert-opinions"), start_from=refer_to(folder))
        variants = {"fine-tuned": begun, "frozen": frozen(begun), "from scratch": from_scratch(begun)}
        opinions = {name: last(with_labels(project, LABELS))["accuracy"] for name, project in variants.items()}
    accuracy = {name: value or 0.0 for name, value in opinions.items()}
    return {
        **pretrained(pretraining, learned, "word"),
        **{f"opinions, {LABELS} labels, {name}": value for name, value in accuracy.items()},
        "fine-tuned over from scratch": accuracy["fine-tuned"] - accuracy["from scratch"],
        "frozen over from scratch": accuracy["frozen"] - accuracy["from scratch"],
    }


def pretrained(project: Project, learned: Mapping[str, float | None], unit: str) -> dict[str, float]:
    """What is measured of a pre-training whose last epoch learned that; `unit` is what is masked: a word or a piece of one."""
    often, found = most_frequent(project), learned["masked_accuracy"] or 0.0
    return {
        "masked accuracy": found,
        f"share of the most frequent {unit}": often,
        "masked accuracy, by that share": found / often,
        "next sentence": learned["next_accuracy"] or 0.0,
    }


def wanted_of_pretraining(unit: str) -> dict[str, Wanted]:
    """What is wanted of it: three times the share of the answer that is asked most often."""
    return {
        "masked accuracy": Wanted(),
        f"share of the most frequent {unit}": Wanted(),
        "masked accuracy, by that share": Wanted(least=3.0),
        "next sentence": Wanted(),
    }


def most_frequent(project: Project) -> float:
    """How often it would be right to fill in the word that is asked most often, on the validation set."""
    from visualnet.data.loading import load

    data = load(project.data)
    asked = data.whole("masked")[data.validation]
    counts = np.bincount(asked[asked >= 0])
    return float(counts.max() / counts.sum())


SYSTEM = System(
    "bert",
    "BERT: masked words, then opinions from 100 labels",
    {
        **wanted_of_pretraining("word"),
        **{f"opinions, {LABELS} labels, {name}": Wanted() for name in ("fine-tuned", "frozen", "from scratch")},
        "fine-tuned over from scratch": Wanted(least=0.0),
        "frozen over from scratch": Wanted(),
    },
    measure,
)
