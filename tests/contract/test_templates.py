"""Every template opens, fits, and shows the published figures: parameters exactly, layer by layer where they were published."""

from __future__ import annotations

import json
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from visualnet.analysis import Analysis, infer
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.registry import fields_or_none
from visualnet.resources import resource
from visualnet.templates.index import template_list

ROOT = Path(__file__).parents[2]
NAMES = [template.name for template in template_list()]

EXACT: dict[str, tuple[int, str]] = {
    "perceptron": (3, "two weights and a bias"),
    "perceptron-points": (3, "two weights and a bias"),
    "mlp-mnist": (52_650, "course"),
    "cifar-model-1": (3_426_250, "course"),
    "cifar-model-2": (62_006, "course"),
    "cifar-model-3": (5_852_170, "course"),
    "lenet5": (61_706, "course; LeCun et al. 1998 with all maps connected"),
    "lenet5-28": (61_706, "course; LeCun et al. 1998 with all maps connected"),
    "lenet5-32": (61_706, "course; LeCun et al. 1998 with all maps connected"),
    "alexnet": (62_378_344, "course; Krizhevsky et al. 2012 without groups"),
    "alexnet-course": (56_358_986, "course"),
    "zfnet": (62_357_608, "course; Zeiler and Fergus 2013"),
    "vgg-a": (132_863_336, "Simonyan and Zisserman 2014, table 2 (133 M); torchvision vgg11"),
    "vgg-a-lrn": (132_863_336, "Simonyan and Zisserman 2014, table 2 (133 M)"),
    "vgg-b": (133_047_848, "Simonyan and Zisserman 2014, table 2 (133 M); torchvision vgg13"),
    "vgg-c": (133_638_952, "Simonyan and Zisserman 2014, table 2 (134 M)"),
    "vgg-d": (138_357_544, "Simonyan and Zisserman 2014, table 2 (138 M); torchvision vgg16"),
    "vgg-e": (143_667_240, "Simonyan and Zisserman 2014, table 2 (144 M); torchvision vgg19"),
    "inception-v1": (6_998_552, "course; Szegedy et al. 2014, table 1"),
    "resnet-18": (11_689_512, "torchvision resnet18"),
    "resnet-34": (21_797_672, "torchvision resnet34"),
    "resnet-50": (25_557_032, "torchvision resnet50"),
    "resnet-101": (44_549_160, "torchvision resnet101"),
    "resnet-152": (60_192_808, "torchvision resnet152"),
    "densenet-121": (7_978_856, "torchvision densenet121"),
    "squeezenet-1.1": (1_235_496, "torchvision squeezenet1_1"),
    "mobilenet-v1": (4_231_976, "Howard et al. 2017, table 4 (4.2 M); Keras MobileNet, trainable"),
    "efficientnet-b0": (5_288_548, "torchvision efficientnet_b0"),
    "convnext-t": (28_589_128, "torchvision convnext_tiny"),
    "unet": (31_030_658, "course; Ronneberger et al. 2015"),
    "unet-padded": (31_030_658, "course; Ronneberger et al. 2015"),
    "transformer": (
        37_000 * 512 + 44_140_544 - 4 * 512,
        "torch.nn.Transformer() without its two last norms, and one table",
    ),
    "bert-base": (109_482_240, "Devlin et al. 2018 (110 M); the uncased base model with pooler"),
    "gpt": (124_439_808, "Radford et al. 2019; GPT-2 small"),
    "vit": (86_567_656, "torchvision vit_b_16"),
    "mlp-mixer": (59_880_472, "Tolstikhin et al. 2021, table 1 (59 M)"),
}
"""How much each learns, and whose figure it is."""

SCALED: list[tuple[str, dict[str, int | float], int]] = [
    ("mobilenet-v1", {"alpha": 0.75}, 2_585_560),
    ("mobilenet-v1", {"alpha": 0.5}, 1_331_592),
    ("mobilenet-v1", {"alpha": 0.25}, 470_072),
    ("gpt", {"layers": 24, "width": 1024, "heads": 16}, 354_823_168),
    ("gpt", {"layers": 48, "width": 1600, "heads": 25}, 1_557_611_200),
    ("gpt", {"layers": 96, "width": 12288, "heads": 96, "context": 2048}, 174_604_259_328),
    ("bert-base", {"layers": 24, "width": 1024, "heads": 16}, 335_141_888),
    ("vit", {"layers": 24, "width": 1024, "heads": 16}, 304_326_632),
    ("vit", {"patch": 32}, 88_224_232),
]
"""Templates with their constants set: MobileNet's paper, GPT-2 medium and XL and GPT-3, BERT-large, torchvision's vit_l_16 and vit_b_32."""

MULTIPLY_ADDS: list[tuple[str, dict[str, int | float], float, str]] = [
    ("mobilenet-v1", {}, 569e6, "Howard et al. 2017, table 4"),
    ("mobilenet-v1", {"alpha": 0.75}, 325e6, "Howard et al. 2017, table 6"),
    ("mobilenet-v1", {"alpha": 0.5}, 149e6, "Howard et al. 2017, table 6"),
    ("mobilenet-v1", {"alpha": 0.25}, 41e6, "Howard et al. 2017, table 6"),
    ("mobilenet-v1", {"resolution": 192}, 418e6, "Howard et al. 2017, table 7"),
    ("mobilenet-v1", {"resolution": 160}, 290e6, "Howard et al. 2017, table 7"),
    ("mobilenet-v1", {"resolution": 128}, 186e6, "Howard et al. 2017, table 7"),
    ("resnet-18", {}, 1.8e9, "He et al. 2015, table 1"),
    ("resnet-34", {}, 3.664e9, "torchvision (He et al. 2015 round to 3.6e9)"),
    ("resnet-50", {}, 4.089e9, "torchvision, with the stride in the 3×3"),
    ("resnet-101", {}, 7.801e9, "torchvision, with the stride in the 3×3"),
    ("resnet-152", {}, 11.514e9, "torchvision, with the stride in the 3×3"),
    ("densenet-121", {}, 2.834e9, "torchvision"),
    ("squeezenet-1.1", {}, 0.349e9, "torchvision"),
    ("efficientnet-b0", {}, 0.386e9, "torchvision (Tan and Le 2019 round to 0.39e9)"),
    ("convnext-t", {}, 4.456e9, "torchvision (Liu et al. 2022 round to 4.5e9)"),
    ("vgg-a", {}, 7.609e9, "torchvision"),
    ("vgg-b", {}, 11.308e9, "torchvision"),
    ("vgg-d", {}, 15.47e9, "torchvision"),
    ("vgg-e", {}, 19.632e9, "torchvision"),
    ("vit", {}, 17.564e9, "torchvision"),
    ("mlp-mixer", {}, 12.6e9, "Tolstikhin et al. 2021 with the usual count of multiply-adds"),
]

LAYERS: dict[str, dict[str, int]] = {
    "alexnet": {
        "conv1": 34_944,
        "conv2": 614_656,
        "conv3": 885_120,
        "conv4": 1_327_488,
        "conv5": 884_992,
        "fc6": 37_752_832,
        "fc7": 16_781_312,
        "fc8": 4_097_000,
    },
    "alexnet-course": {
        "conv1": 34_944,
        "conv2": 614_656,
        "conv3": 885_120,
        "conv4": 147_840,
        "conv5": 98_560,
        "fc6": 37_752_832,
        "fc7": 16_781_312,
        "fc8": 40_970,
    },
    "inception-v1": {
        "inception_3a": 163_696,
        "inception_3b": 388_736,
        "inception_4a": 376_176,
        "inception_4b": 449_160,
        "inception_4c": 510_104,
        "inception_4d": 605_376,
        "inception_4e": 868_352,
        "inception_5a": 1_043_456,
        "inception_5b": 1_444_080,
    },
}

SIZES: dict[str, list[tuple[str, tuple[int, ...]]]] = {
    "lenet5-32": [
        ("tanh1", (6, 28, 28)),
        ("s2", (6, 14, 14)),
        ("tanh2", (16, 10, 10)),
        ("s4", (16, 5, 5)),
        ("c5", (120,)),
        ("f6", (84,)),
        ("output", (10,)),
    ],
    "lenet5-28": [
        ("tanh1", (6, 28, 28)),
        ("s2", (6, 14, 14)),
        ("tanh2", (16, 10, 10)),
        ("s4", (16, 5, 5)),
    ],
    "cifar-model-2": [("pool2", (16, 5, 5)), ("flatten", (400,))],
    "cifar-model-3": [("pool3", (256, 4, 4)), ("flatten", (4096,))],
    "alexnet": [
        ("conv1", (96, 55, 55)),
        ("pool1", (96, 27, 27)),
        ("conv2", (256, 27, 27)),
        ("pool2", (256, 13, 13)),
        ("conv3", (384, 13, 13)),
        ("conv4", (384, 13, 13)),
        ("conv5", (256, 13, 13)),
        ("pool5", (256, 6, 6)),
    ],
    "zfnet": [("conv1", (96, 110, 110)), ("pool1", (96, 55, 55)), ("conv2", (256, 26, 26)), ("pool5", (256, 6, 6))],
    "vgg-d": [(f"pool{i}", (min(32 * 2**i, 512), 224 // 2**i, 224 // 2**i)) for i in range(1, 6)],
    "inception-v1": [
        ("inception_3b", (480, 28, 28)),
        ("inception_4e", (832, 14, 14)),
        ("inception_5b", (1024, 7, 7)),
    ],
    "resnet-50": [(f"stage{i}", (128 * 2**i, 112 // 2**i, 112 // 2**i)) for i in range(1, 5)],
    "densenet-121": [("dense1", (256, 56, 56)), ("dense4", (1024, 7, 7))],
    "unet": [
        ("down1", (64, 568, 568)),
        ("bottom", (1024, 28, 28)),
        ("join1", (64, 388, 388)),
        ("scores", (2, 388, 388)),
    ],
    "unet-padded": [("scores", (2, 256, 256))],
    "vit": [("tokens", (196, 768)), ("positions", (197, 768))],
}


JUSTIFIED: dict[str, tuple[str, str]] = {
    "squeezenet-1.1": (
        "H: 111.5 → 111: the last row is never read; W likewise",
        "true of the published network: conv1 has no padding, and 224 is even",
    ),
}
"""The only hints that templates open with, and why they stay."""


def opened(name: str, values: dict[str, int | float] | None = None) -> tuple[Project, Analysis]:
    project = project_file.load(resource("templates", f"{name}.vnet"))
    if values:
        project = edits.set_constants(project, {**project.constants, **values})
    return project, infer(project, fields=fields_or_none(project.data))


def facts(name: str) -> dict[str, Any]:
    """What is known of each node of the main sheet, by name."""
    return {f.node.name: f for f in opened(name)[1].main.nodes.values()}


# --- as they are shipped -----------------------------------------------------------------------------------------------------------


def test_the_files_are_those_that_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    import architectures

    try:
        architectures.write(tmp_path)
    finally:
        for module in [m for m in sys.modules if m.partition(".")[0] == "architectures"]:
            del sys.modules[module]
    shipped = {path.name: path.read_bytes() for path in resource("templates").iterdir()}
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(shipped) == sorted(written)
    assert [name for name in written if shipped[name] != written[name]] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_opens_without_an_error_or_a_warning(name: str) -> None:
    project, analysis = opened(name)
    assert [p.words for p in analysis.problems] == ([JUSTIFIED[name][0]] if name in JUSTIFIED else [])
    assert project.name and project.note


@pytest.mark.parametrize("name", NAMES)
def test_its_cards_stand_apart(name: str) -> None:
    project, _ = opened(name)
    for sheet, graph in project.sheets():
        corners = sorted(graph.places[i] for i in graph.nodes)
        assert len(set(corners)) == len(corners), sheet
        for n, (x, y) in enumerate(corners):
            assert not any(abs(x - u) < 200 and abs(y - v) < 88 for u, v in corners[:n]), sheet


@pytest.mark.parametrize("name", [t.name for t in template_list() if not t.of])
def test_its_note_says_what_to_look_at_and_what_to_break(name: str) -> None:
    text = next(t for t in template_list() if t.name == name).page.read_text(encoding="utf-8")
    heads = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert text.startswith("# ")
    assert heads == ["What is new", "Paper", "What to look at", "What to break"]
    assert all(len(part.split()) >= 4 for part in text.split("## ")[1:])
    assert len(text) < 3000


def test_the_index_tells_what_the_files_hold() -> None:
    for template in template_list():
        project, analysis = opened(template.name)
        assert template.title == project.name
        assert template.note == project.note
        assert template.parameters == analysis.main.parameters
        assert template.group


# --- figures -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXACT)
def test_parameters_are_those_published(name: str) -> None:
    count, source = EXACT[name]
    assert opened(name)[1].main.parameters == count, source


@pytest.mark.parametrize(("name", "values", "count"), SCALED)
def test_parameters_follow_the_constants(name: str, values: dict[str, int | float], count: int) -> None:
    analysis = opened(name, values)[1]
    assert analysis.main.parameters == count
    assert [p.words for p in analysis.problems if p.severity != "hint"] == []


@pytest.mark.parametrize(("name", "values", "count", "source"), MULTIPLY_ADDS)
def test_multiply_adds_are_those_published(
    name: str, values: dict[str, int | float], count: float, source: str
) -> None:
    assert opened(name, values)[1].main.macs == pytest.approx(count, rel=0.01), source


@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_has_the_published_parameters(name: str) -> None:
    known = facts(name)
    assert {node: known[node].parameters for node in LAYERS[name]} == LAYERS[name]


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_those_published(name: str) -> None:
    known = facts(name)
    found = [(node, tuple(map(int, next(iter(known[node].leaving.values())).shape))) for node, _ in SIZES[name]]
    assert found == SIZES[name]


def test_the_courses_alexnet_counts_running_statistics_as_not_trainable() -> None:
    known = facts("alexnet-course")
    norms = [known[f"bn{number}"] for number in range(1, 6)]
    assert [f.counted for f in norms] == [384, 1_024, 1_536, 1_536, 1_024]
    main = opened("alexnet-course")[1].main
    assert (main.counted, main.trainable, main.counted - main.trainable) == (56_361_738, 56_358_986, 2_752)
    assert (main.statistics, main.counters, main.buffered) == (2_752, 5, 2_757)


def test_the_summary_shows_the_courses_table(capsys: pytest.CaptureFixture[str]) -> None:
    from visualnet.cli.main import main

    assert main(["summary", "alexnet-course"]) == 0
    told = capsys.readouterr().out
    rows = {line.split()[0]: line.split() for line in told.splitlines() if line[:1].isalpha()}
    table = [34_944, 384, 614_656, 1_024, 885_120, 1_536, 147_840, 1_536, 98_560, 1_024, 37_752_832, 16_781_312, 40_970]
    names = [f"{kind}{number}" for number in range(1, 6) for kind in ("conv", "bn")] + ["fc6", "fc7", "fc8"]
    for name, figure in zip(names, table, strict=True):
        assert f"{figure:,}" in rows[name], name
    assert "56,358,986 parameters" in told
    assert "with the 2,752 running statistics of normalizations 56,361,738: 56,358,986 trainable, 2,752 not" in told
    assert "5 counters of batches" in told and "2,757" not in told
    assert main(["summary", "alexnet-course", "--json"]) == 0
    totals = json.loads(capsys.readouterr().out)["totals"]
    figures = {"statistics": 2_752, "counters": 5, "with_statistics": 56_361_738, "trainable": 56_358_986}
    assert {name: totals[name] for name in figures} == figures
    assert main(["summary", "lenet5"]) == 0
    assert "statistics" not in capsys.readouterr().out, "nothing is said where there are none"


def test_blocks_count_the_statistics_of_all_repetitions() -> None:
    """torchvision's resnet50 has 53,120 running means and variances, and 53 counters."""
    main = opened("resnet-50")[1].main
    assert (main.statistics, main.counters, main.buffered) == (53_120, 53, 53_173)


def test_a_depthwise_separable_convolution_costs_its_share() -> None:
    """1/N + 1/D_K² of a full convolution (Howard et al. 2017, section 3.1)."""
    block = facts("mobilenet-v1")["separable2"]
    inside = {f.node.name: f.macs for f in block.inside[0].nodes.values()}
    full = 56 * 56 * 9 * 64 * 128
    assert (inside["depthwise"] + inside["pointwise"]) / full == pytest.approx(1 / 128 + 1 / 9, rel=1e-12)


def test_bottlenecks_make_inceptions_module_cheaper() -> None:
    known = facts("inception-modules")
    assert known["inception"].parameters == 163_696
    assert known["inception"].macs < 0.45 * known["naive"].macs
    shapes = {name: tuple(next(iter(known[name].leaving.values())).shape) for name in ("naive", "inception")}
    assert shapes == {"naive": (416, 28, 28), "inception": (256, 28, 28)}


def test_gpt_3_is_summarised_without_allocating_it() -> None:
    from visualnet.cli.main import main

    sizes = ("layers=96", "width=12288", "heads=96", "context=2048")
    tracemalloc.start()
    try:
        assert main(["summary", "gpt", *(f"--set={size}" for size in sizes)]) == 0
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


# --- computed ----------------------------------------------------------------------------------------------------------------------


def test_the_perceptron_gives_the_lectures_answer() -> None:
    import torch

    from visualnet.compiling.module import compile_project

    net = compile_project(opened("perceptron")[0], seed=0).net
    with torch.no_grad():
        weights = dict(net.named_parameters())
        weights["z.weight"].copy_(torch.tensor([[3.0, -2.0]]))
        weights["z.bias"].fill_(1.0)
        answer = net(torch.tensor([[-1.0, 2.0]])).item()
    assert answer == pytest.approx(0.00247, abs=1e-5)  # g(−6)


@pytest.mark.few(9)
@pytest.mark.parametrize("name", [n for n in NAMES if n in EXACT])
def test_torch_counts_the_same_weights(name: str) -> None:
    """Compiled on the meta device, which allocates nothing."""
    from visualnet.compiling.module import compile_project

    project, analysis = opened(name)
    net = compile_project(project, analysis, device="meta").net
    assert sum(p.numel() for p in net.parameters()) == analysis.main.parameters
