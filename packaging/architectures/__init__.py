"""The templates in resources/templates: one file per family, each a shorter way to spell plain projects.

``python packaging/architectures`` writes them all with the program's own writer; a test holds the files against this.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from architectures import (
    adversarial,
    bert,
    by_hand,
    classics,
    decisions,
    detection,
    flows,
    generative,
    imagenet,
    inception,
    memories,
    reduced,
    residual,
    sequences,
    series,
    small,
    starters,
    transformers,
    translation,
    zoo,
)
from visualnet.analysis import infer
from visualnet.core.project import Project
from visualnet.core.storage.project_file import dumps

ROOT = Path(__file__).parents[2]

GROUPS: Mapping[str, Mapping[str, Callable[[], Project]]] = {
    "Start here": starters.TEMPLATES,
    "First networks": {**classics.TEMPLATES, **by_hand.TEMPLATES},
    "Image classification": {
        **imagenet.TEMPLATES,
        **inception.TEMPLATES,
        **residual.TEMPLATES,
        **small.TEMPLATES,
    },
    "Segmentation and generation": {
        **generative.TEMPLATES,
        **adversarial.TEMPLATES,
        **flows.TEMPLATES,
    },
    "Detection": detection.TEMPLATES,
    "Sequences": {**sequences.TEMPLATES, **series.TEMPLATES},
    "Transformers": {**transformers.TEMPLATES, **translation.TEMPLATES, **bert.TEMPLATES},
    "Decisions": decisions.TEMPLATES,
    "Further cells of the zoo": {**zoo.TEMPLATES, **memories.TEMPLATES},
}
"""The groups of the start page in its order, and in each its templates in the order in which a course meets them."""

LINES: Mapping[str, str] = {
    "perceptron-points": "One neuron draws one line",
    "mlp-mnist": "784-64-32-10: dense layers only",
    "lenet5": "Two convolutions, three dense layers",
    "resnet-small": "Residual blocks on digits",
    "vit-small": "7×7 patches that look at one another",
    "gru-rows": "A digit read row by row",
    "perceptron": "One neuron, step by step",
    "xor": "13 weights, every gradient by hand",
    "points-by-hand": "Points by mouse, while it trains",
    "cifar-model-1": "3072-1024-256-64-10",
    "cifar-model-2": "3→6→16, then 400-120-84-10",
    "cifar-model-3": "With batch norm and dropout",
    "lenet5-32": "As published in 1998",
    "lenet5-28": "The same on MNIST's own size",
    "alexnet": "Winner of ImageNet 2012",
    "alexnet-course": "Batch norm, for ten classes",
    "zfnet": "AlexNet with finer first filters",
    "vgg-a": "Only 3×3: eight convolutions",
    "vgg-a-lrn": "With response normalization",
    "vgg-b": "Ten convolutions",
    "vgg-c": "Thirteen, three of them 1×1",
    "vgg-d": "13 convolutions: VGG-16",
    "vgg-e": "16 convolutions: VGG-19",
    "inception-v1": "Four kernels at once",
    "inception-modules": "One module in two versions",
    "resnet-18": "8 residual blocks",
    "resnet-34": "16 residual blocks",
    "resnet-50": "16 bottleneck blocks",
    "resnet-101": "33 bottleneck blocks",
    "resnet-152": "50 bottleneck blocks",
    "densenet-121": "Every layer reads all before it",
    "squeezenet-1.1": "Squeeze, then expand",
    "mobilenet-v1": "Depthwise, then pointwise",
    "efficientnet-b0": "Inverted blocks with gates",
    "convnext-t": "A ResNet made modern",
    "unet": "As published: 572 → 388 px",
    "unet-padded": "Mask as large as the image",
    "unet-boundary": "Borders count more than areas",
    "autoencoder": "Through 32 numbers and back",
    "denoising-autoencoder": "From noisy digits to clean ones",
    "anomaly": "What it cannot redraw is odd",
    "vae": "A code that can be drawn from",
    "gan-points": "Two networks against each other",
    "dcgan": "Digits made of random numbers",
    "wgan-gp": "A critic with a slope of one",
    "realnvp-points": "Moons bent into a normal distribution",
    "glow-small": "Digits to normal numbers, and back",
    "rcnn": "Proposes, classifies, refines",
    "rnn-classifier": "The plain recurrence",
    "lstm-classifier": "A cell with three gates",
    "gru-classifier": "Two gates, no cell",
    "seq2seq": "A sentence through one state",
    "gru-forecast": "Six hours ahead, half hour by half hour",
    "gru-names": "Each name to its own last letter",
    "rnn-recall": "What the plain recurrence forgets",
    "lstm-recall": "A symbol kept for up to 59 steps",
    "gru-recall": "The same with two gates",
    "textcnn": "Phrases of 3, 4 and 5 words",
    "wavenet": "Hears 1,024 samples at once",
    "transformer": "Encoder and decoder",
    "translation": "Type English, read German",
    "bert-base": "Fills in masked words",
    "bert-pretraining": "Learns from text without labels",
    "bert-opinions": "Then opinions from 100 labels",
    "gpt": "Writes on, word by word",
    "vit": "Patches read like words",
    "mlp-mixer": "Patches mixed by dense layers",
    "mouse": "Finds cheese, leaves poison alone",
    "mouse-conv": "The same with convolutions",
    "cartpole": "Keeps a pole upright",
    "rbf": "Bumps instead of lines",
    "svm": "The widest margin, by a kernel",
    "sparse-autoencoder": "A wide code, mostly silent",
    "contractive-autoencoder": "Small changes leave the code alone",
    "extreme-learning": "Random features, one layer learns",
    "echo-state": "A reservoir that nobody trains",
    "markov-chain": "Only the last letter counts",
    "hopfield": "Damaged patterns are recalled",
    "boltzmann": "Each unit joined to each, by chance",
    "rbm": "Imagines what it has seen",
    "deep-belief": "One machine on the other",
    "deconvolutional": "A digit's name becomes its picture",
    "inverse-graphics": "Reads a picture, renders it again",
    "kohonen": "Like lies beside like on a map",
    "liquid-state": "Spikes that nobody trains, and a reader",
    "turing": "Writes rows of bits down, reads them back",
}
"""What the start page says of each in one short line."""

PUBLISHED: Mapping[str, Callable[[], Project]] = {
    name: build for group in GROUPS.values() for name, build in group.items()
}


def _small(name: str) -> Callable[[], Project]:
    return lambda: reduced.small(PUBLISHED[name](), reduced.SMALL[name])


SMALL: Mapping[str, Callable[[], Project]] = {f"{name}-small": _small(name) for name in reduced.SMALL}
TEMPLATES: Mapping[str, Callable[[], Project]] = {**PUBLISHED, **SMALL}


def small_of(name: str) -> str:
    """The small version of a template: its own name where it trains as it is."""
    return f"{name}-small" if name in reduced.SMALL else reduced.SISTERS.get(name, name)


def index(built: Mapping[str, Project]) -> str:
    """The index that the start page reads instead of all files: in order, each template's name, group, title, note and size.

    A small version follows what it is one of; ``small`` and ``of`` tell each of the other.
    """
    rows: list[dict[str, Any]] = []
    for group, templates in GROUPS.items():
        for name in templates:
            small_one = small_of(name)
            rows.append({**_row(name, group, built), "small": small_one})
            if name in reduced.SMALL:
                rows.append({**_row(small_one, group, built), "of": name})
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _row(name: str, group: str, built: Mapping[str, Project]) -> dict[str, Any]:
    project = built[name]
    return {
        "name": name,
        "group": group,
        "title": project.name,
        "line": LINES.get(name, ""),
        "note": project.note,
        "parameters": infer(project).main.parameters,
    }


def write(folder: Path) -> None:
    """Write every template into the folder, and the index."""
    folder.mkdir(parents=True, exist_ok=True)
    built = {name: build() for name, build in TEMPLATES.items()}
    for name, project in built.items():
        (folder / f"{name}.vnet").write_bytes(dumps(project))
    (folder / "index.json").write_text(index(built), encoding="utf-8")
