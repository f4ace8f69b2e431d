"""A printed training script against the session: every loss of every step and epoch, and the weights at the end, to the last bit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from tests.graphs import graph
from tests.training.by_hand import matrix, tiny
from tests.training.nets import line, points, small
from tests.training.script.held import differences, plain, printed, run_script, session_history
from tests.training.test_techniques import OPTIONS, WRITTEN, project_with
from visualnet.cli.common import open_project, template_names
from visualnet.compiling.source_code.batch import BatchObjectives
from visualnet.core import edits
from visualnet.core.graph import Init, Node
from visualnet.core.project import MAIN, Block, DataChoice, PreparationStep, Project, Recipe
from visualnet.core.user import trusted_code
from visualnet.data.loading import Loaded, load
from visualnet.layers.recipe.guards import GUARDS
from visualnet.training.loop.session import Session
from visualnet.training.recipe.settings import known_options
from visualnet.training.script import refusals
from visualnet.training.script.script_files import ScriptFiles
from visualnet.training.script.training_script import training_script

GUARDED: dict[str, dict[str, Any]] = {
    "l1": {"l1": 0.01},
    "clip_norm": {"clip_norm": 0.1},
    "clip_value": {"clip_value": 0.01},
    "accumulate": {"accumulate": 3},
    "average": {"ema_decay": 0.9},
    "early stopping": {"patience": 1},
    "label smoothing": {"label_smoothing": 0.1},
}
ALL_AT_ONCE = {**{k: v for one in GUARDED.values() for k, v in one.items()}, "min_delta": 0.001, "warmup": 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


# --- recipes -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.few(4)
@pytest.mark.parametrize("optimizer", OPTIONS)
def test_every_optimizer(optimizer: str, folder: Path) -> None:
    assert differences(project_with(optimizer), folder) == []


@pytest.mark.few(8)
@pytest.mark.parametrize("warmup", [0, 1])
@pytest.mark.parametrize("schedule", WRITTEN)
def test_every_schedule_with_and_without_a_warm_up(schedule: str, warmup: int, folder: Path) -> None:
    assert differences(project_with("SGD", schedule, warmup=warmup), folder) == []


@pytest.mark.wide
@pytest.mark.parametrize("schedule", WRITTEN)
@pytest.mark.parametrize("optimizer", OPTIONS)
def test_every_optimizer_with_every_schedule_and_all_guards(optimizer: str, schedule: str, folder: Path) -> None:
    assert differences(project_with(optimizer, schedule, **ALL_AT_ONCE), folder) == []


@pytest.mark.few(8)
@pytest.mark.parametrize("optimizer", OPTIONS)
@pytest.mark.parametrize(
    ("schedule", "options"),
    [
        ("one_cycle", {}),
        ("one_cycle", {"warmup": 1}),
        ("plateau", {"lowest": 0.3, "warmup": 1}),
        ("plateau", {"lowest": 0.3}),
        ("exponential", {"warmup": 1}),
        ("exponential", {}),
        ("constant", {}),
    ],
)
def test_a_rate_and_a_decay_of_their_own(optimizer: str, schedule: str, options: dict[str, Any], folder: Path) -> None:
    project = edits.set_recipe(project_with(optimizer, schedule, clip_norm=0.2, **options), lr=0.07)
    first = next(node.id for node in project.graph if node.kind == "linear")
    training = {"lr_factor": 0.3, "weight_decay": 0.05}
    assert differences(edits.set_training(project, MAIN, [first], training), folder) == []


@pytest.mark.few(3)
@pytest.mark.parametrize("guard", GUARDS)
def test_every_guard(guard: str, folder: Path) -> None:
    assert differences(project_with("Adam", "cosine", **GUARDED[guard]), folder) == []


def test_all_at_once(folder: Path) -> None:
    assert differences(project_with("RMSprop", "plateau", **ALL_AT_ONCE), folder) == []
    assert {path.name for path in folder.glob("*.pt")} == {"train_best.pt", "train_average.pt"}


def test_a_training_that_ends_early_ends_as_early(folder: Path) -> None:
    """Also where nothing was ever the best: then the last weights stay."""
    project = tiny(lr=3.0, options={"patience": 1})
    history, _ = session_history(project, load(project.data))
    assert len(history) < project.recipe.epochs
    assert differences(project, folder) == []


def test_a_validation_set_of_which_nothing_is_asked_has_no_loss(folder: Path) -> None:
    """No epoch is the best, the plateau is told of none, and the patience ends."""
    project = headed({"ignore_index": 3}, {"schedule": "plateau", "epochs": 4, "options": {"wait": 0, "patience": 3}})
    data = load(project.data)
    labels = data.whole("label")
    data = data._replace(validation=data.validation[labels[data.validation] == 3])
    assert differences(project, folder, data) == []
    assert not (folder / "train_best.pt").exists()


def test_the_file_runs_as_a_program(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(tiny(epochs=1), folder)
    exec(compile(text, "train.py", "exec"), {"__name__": "__main__", "__file__": str(folder / "train.py")})
    assert "epoch 1/1  train: loss " in capsys.readouterr().out
    assert (folder / "train_best.pt").is_file()


@pytest.mark.parametrize(
    ("recipe", "options"),
    [
        ({"best_by": "score"}, {}),  # the greatest is the best; of two alike the one with the smaller loss
        ({"best_by": "score"}, {"patience": 1}),
        ({"best_by": "score", "schedule": "plateau"}, {"wait": 0, "patience": 2, "min_delta": 0.01}),
        ({"best_by": "cost"}, {"patience": 2, "min_delta": 0.01}),
        ({"seed": 5, "batch_size": 79}, {}),  # the last batch would be one sample
        ({"batch_size": 1000}, {"accumulate": 2}),  # more than there are
    ],
)
def test_which_epoch_is_the_best_and_batches_at_the_edge(
    recipe: dict[str, Any], options: dict[str, Any], folder: Path
) -> None:
    assert differences(tiny(lr=0.3, options=options, **recipe), folder) == []


def test_without_a_validation_set(folder: Path) -> None:
    project = tiny(options={"ema_decay": 0.5})
    project = msgspec.structs.replace(project, data=msgspec.structs.replace(project.data, split=(1.0, 0.0, 0.0)))
    assert differences(project, folder) == []
    assert "validat" not in (folder / "train.py").read_text().replace("“train” or “validation”", "")


def test_data_as_they_are_and_a_test_set(folder: Path) -> None:
    project = edits.set_data(tiny(), normalise=False, split=(0.6, 0.2, 0.2))
    assert differences(project, folder) == []
    assert "_mean" not in (folder / "train.py").read_text()
    with np.load(folder / "train_data.npz") as file:
        assert len(file["test_point"]) == len(file["test_label"]) == 20


def test_samples_lie_prepared_in_the_data_and_noise_is_added_to_batches(folder: Path) -> None:
    """tiny() reads points of two numbers."""
    clip = PreparationStep(kind="clip_outliers", options={"field": "point", "low": 20.0})
    project = edits.set_data(tiny(), preparation=(clip,))
    assert differences(project, folder) == []
    with np.load(folder / "train_data.npz") as file:
        lowest = file["train_point"].min(0)
    assert (lowest > load(tiny().data).whole("point").min(0)).all()
    noisy = edits.set_data(project, preparation=(clip, PreparationStep(kind="add_noise", options={"field": "point"})))
    assert differences(noisy, folder) == []


def test_weights_that_it_starts_from(folder: Path) -> None:
    """Matched by name and by order, handed over as a plain state_dict; the rest is drawn."""
    from visualnet.core.storage.paths import runs_dir

    project = tiny(seed=3)
    run = runs_dir() / "earlier"
    run.mkdir(parents=True)
    Session(project, load(project.data), lambda event: None, folder=run).run()
    wider = edits.set_params(project, MAIN, ["n2"], {"out_features": 9})
    for other in (project, wider):
        assert differences(edits.set_recipe(other, start_from="runs/earlier/last", seed=4), folder) == []
    (folder / "train_start.pt").unlink()
    with pytest.raises(SystemExit, match=r"train_start\.pt is missing"):
        run_script((folder / "train.py").read_text(), folder)


# --- networks ----------------------------------------------------------------------------------------------------------------------


def digits(*nodes: Any, wires: list[str], recipe: dict[str, Any] | None = None, **fields: Any) -> Project:
    """8×8 digits into ``fc`` (32), and what is given."""
    given = [
        ("x", "input", {"size": (1, 8, 8)}),
        ("label", "target", {}),
        ("flat", "flatten", {}),
        ("fc", "linear", {"out_features": 32}),
        *nodes,
    ]
    return Project(
        name="digits",
        graph=graph(given, ["x.x -> flat.x", "flat.y -> fc.x", *wires], **fields),
        data=DataChoice(name="digits8x8"),
        recipe=Recipe(**{"epochs": 2, "batch_size": 512, "device": "cpu", **(recipe or {})}),
    )


def branched(swapped: bool = False, **options: Any) -> Project:
    """Two heads with dropout and a loss each; ``swapped``: the head without an answer stands first, and so draws first."""
    aside = [("drop2", "dropout", {}), ("fc2", "linear", {"out_features": 10})]
    main = [("bn", "batch_norm1d", {}), ("drop1", "dropout", {}), ("fc1", "linear", {"out_features": 10})]
    losses = [("ce1", "cross_entropy", {"weight": 0.7, "ignore_index": 4}), ("ce2", "cross_entropy", {"weight": 0.3})]
    measured = [("f1", "f1", {}), ("iou", "iou", {}), ("right", "accuracy", {"ignore_index": 4})]
    nodes = [*(aside + main if swapped else main + aside), *losses, *measured, ("out", "output", {})]
    wires = ["fc.y -> bn.x", "bn.y -> drop1.x", "drop1.y -> fc1.x", "fc1.y -> out.x", "fc1.y -> ce1.logits"]
    wires += ["fc.y -> drop2.x", "drop2.y -> fc2.x", "fc2.y -> ce2.logits"]
    wires += [f"fc1.y -> {name}.logits" for name in ("f1", "iou", "right")]
    wires += [f"label.y -> {name}.target" for name in ("ce1", "ce2", "f1", "iou", "right")]
    return digits(*nodes, wires=wires, recipe={"best_by": "f1", "options": options})


def weighted() -> Project:
    """One loss with a weight, of a network whose dropouts must keep the plan's order."""
    project = branched(swapped=True)
    gone = [project.graph.named(name).id for name in ("ce1", "f1", "iou")]
    return msgspec.structs.replace(
        edits.remove(project, MAIN, gone), recipe=Recipe(epochs=1, batch_size=512, device="cpu")
    )


def grouped(options: dict[str, Any], inside: bool = False) -> Project:
    """A rate, a decay and a beginning of their own: of a head, and of a body (a block where ``inside``) with a layer that is frozen for
    good, and statistics that rest with it."""
    late = {"training": {"unfreeze_at": 2, "lr_factor": 0.1}}
    body = [
        ("fc1", "linear", {"out_features": 16}),
        ("bn", "batch_norm1d", {}),
        ("still", "linear", {"out_features": 16}),
    ]
    fields: dict[str, Any] = {"head": {"training": {"lr_factor": 0.5, "weight_decay": 0.01}}}
    blocks, frozen = {}, {"still": {"trainable": False}}
    if inside:
        nodes = [("i", "input", {"size": (32,)}), *body, ("o", "output", {})]
        wires = ["i.x -> fc1.x", "fc1.y -> bn.x", "bn.y -> still.x", "still.y -> o.x"]
        blocks["body"] = Block(graph=graph(nodes, wires, **frozen))
        body, wires = [("body", "block:body", {})], ["fc.y -> body.i", "body.o -> head.x"]
        fields["body"] = late
    else:
        wires = ["fc.y -> fc1.x", "fc1.y -> bn.x", "bn.y -> still.x", "still.y -> head.x"]
        fields |= {**frozen, "fc1": late, "bn": late}
    nodes = [*body, ("head", "linear", {"out_features": 10}), ("ce", "cross_entropy", {}), ("out", "output", {})]
    wires += ["head.y -> ce.logits", "label.y -> ce.target", "head.y -> out.x"]
    recipe = {"schedule": "cosine", "epochs": 4, "options": options}
    return msgspec.structs.replace(digits(*nodes, wires=wires, recipe=recipe, **fields), blocks=blocks)


def headed(loss: dict[str, Any], recipe: dict[str, Any] | None = None, **fields: Any) -> Project:
    nodes = [("head", "linear", {"out_features": 10}), ("ce", "cross_entropy", loss), ("right", "accuracy", {})]
    wires = ["fc.y -> head.x", "head.y -> ce.logits", "label.y -> ce.target"]
    wires += ["head.y -> right.logits", "label.y -> right.target", "head.y -> out.x"]
    return digits(*nodes, ("out", "output", {}), wires=wires, recipe=recipe, **fields)


NETWORKS: dict[str, Callable[[], Project]] = {
    "dropout": lambda: small(batch_size=256, epochs=2, device="cpu"),
    "points on the device that there is": lambda: points(epochs=2),
    "a regression": lambda: line(epochs=2),
    "several losses, batch normalization, a metric that is no mean": lambda: branched(ema_decay=0.9),
    "draws in the plan's order": lambda: branched(swapped=True),
    "one loss with a weight, in the plan's order": weighted,
    "some targets are not asked": lambda: headed({"ignore_index": 3, "label_smoothing": 0.1}),
    "weights of classes": lambda: headed({"class_weights": (0.5, *[1.0] * 9)}),
    "a loss that grows with the batch": lambda: headed({"reduction": "sum"}, {"lr": 1e-5}),
    "a frozen node": lambda: headed({}, {"options": {"l1": 0.01, "clip_norm": 0.1}}, fc={"trainable": False}),
    "groups": lambda: grouped({"clip_norm": 0.1}),
    "groups in a block, a warm-up, all guards": lambda: grouped(ALL_AT_ONCE, inside=True),
    "first weights": lambda: headed(
        {}, fc={"init": Init("kaiming_normal")}, head={"init": Init("normal", {"std": 0.1})}
    ),
}


@pytest.mark.few(6)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_kind_of_network(name: str, folder: Path) -> None:
    assert differences(NETWORKS[name](), folder) == []


def test_where_draws_must_keep_their_order_one_method_runs_all(folder: Path) -> None:
    """Apart, the head that stands first would draw last: other losses. The test above holds that it does not."""
    ours, theirs = printed(branched(swapped=True), folder), printed(branched(), folder)
    assert "return model.compute(image, label)" in ours
    assert "return model.compute(" not in theirs and "losses(" in theirs


@pytest.mark.parametrize("several", [False, True])
def test_names_that_the_script_has_itself_stay_apart(several: bool, folder: Path) -> None:
    """Nodes, a block and the project may be called as they like, a metric and one of several losses “loss”."""
    inner = graph([("model", "input", {"size": (32,)}), ("np", "linear", {"out_features": 9}), ("main", "output", {})],
                  ["model.x -> np.x", "np.y -> main.x"])  # fmt: skip
    nodes = [("batch", "block:averages", {}), ("total", "linear", {"out_features": 10}), ("parts", "output", {})]
    nodes += [("values", "output", {}), ("loss", "cross_entropy", {}) if several else ("loss", "accuracy", {})]
    nodes += [("count_targets", "cross_entropy", {"weight": 0.5, "ignore_index": 2})]
    wires = ["fc.y -> batch.model", "batch.main -> total.x", "total.y -> parts.x", "batch.main -> values.x"]
    for name in ("loss", "count_targets"):
        wires += [f"total.y -> {name}.logits", f"label.y -> {name}.target"]
    project = digits(*nodes, wires=wires)
    project = msgspec.structs.replace(project, name="train epoch", blocks={"averages": Block(graph=inner)})
    assert differences(project, folder) == []


def test_a_custom_layer_that_redefines_a_name_of_the_script_is_refused() -> None:
    source = "def main(): ...\n\n\nclass Twice(nn.Module):\n    def forward(self, x):\n        return 2 * x\n"
    trusted_code.trust_for_now(source)
    project = tiny()
    code = {"source": source, "arguments": "", "tensors": ""}
    project = edits.add_node(project, MAIN, "python", id="n90", params=code)
    project = edits.insert_on_wire(
        project, MAIN, "n90", next(t for t, s in project.graph.wires.items() if s.node == "n2")
    )
    with pytest.raises(ValueError, match="a custom layer redefines “main”"):
        training_script(project, load(project.data))


def test_the_order_matters(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BatchObjectives, "_same_order", lambda self: True)
    assert differences(branched(swapped=True), folder) != []


def first_samples(project: Project, count: int) -> Loaded:
    """The project's data, few of them."""
    data = load(project.data)
    return data._replace(train=data.train[:count], validation=data.validation[: count // 2])


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "name",
    [
        "perceptron-points", "resnet-small", "vae", "autoencoder", "inception-v1-small", "vit-small",  # points, pictures
        "gpt-small", "gru-classifier-small", "seq2seq-small", "bert-base-small", "transformer-small", "gru-rows",  # texts
        "unet-small", "wavenet-small", "efficientnet-b0-small", "lenet5", "mlp-mixer-small", "convnext-t-small",  # masks, sound
    ],
)  # fmt: skip
def test_templates_of_every_kind_of_data(name: str, folder: Path) -> None:
    project = open_project(name)
    options = {**project.recipe.options, "ema_decay": 0.9}
    project = edits.set_recipe(project, epochs=2, batch_size=8, device="cpu", options=options)
    assert differences(project, folder, first_samples(project, 33)) == []


# --- the text ----------------------------------------------------------------------------------------------------------------------


def test_a_plain_recipe_is_a_plain_script(folder: Path) -> None:
    """Nothing of what the recipe does not use; the loop is what one would write."""
    text = printed(tiny(lr=0.01), folder)
    for word in (
        "scheduler",
        "average.",
        "clip",
        "L1",
        "PATIENCE",
        "counts",
        "tall",
        "steps_per_epoch",
        "device",
        "ACCUMULATE",
    ):
        assert word not in text, word
    loop = text[text.index("    for index in batches:") : text.index("    return averages.means(), batch_losses")]
    assert (
        loop
        == """    for index in batches:
        batch = [tensor[index] for tensor in train]
        values = evaluate_batch(model, *batch)
        averages.add(len(index), values)
        batch_losses.append(values["loss"].item())
        if not math.isfinite(batch_losses[-1]):
            raise FloatingPointError(f"batch {len(batch_losses)}: the loss is {batch_losses[-1]}")

        values["loss"].backward()
        optimizer.step()
        optimizer.zero_grad()
"""
    )
    assert "optimizer = torch.optim.Adam(model.parameters(), lr=LR, fused=True)" in text


@pytest.mark.parametrize(
    ("schedule", "options", "line"),
    [
        ("cosine", {"lowest": 0.1}, "CosineAnnealingLR(\n        optimizer, T_max=EPOCHS * steps_per_epoch, eta_min=0.1 * LR\n"),
        ("one_cycle", {}, "max_lr=LR, total_steps=EPOCHS * steps_per_epoch, cycle_momentum=False"),
        ("restarts", {"first_cycle": 2}, "T_0=2 * steps_per_epoch"),
        ("step", {"step_size": 3}, "StepLR(optimizer, step_size=3)"),
        ("exponential", {"warmup": 1}, "LinearLR(\n        optimizer, start_factor=0.1, total_iters=WARMUP_EPOCHS * steps_per_epoch\n"),
    ],
)  # fmt: skip
def test_lengths_follow_the_constants_at_the_top(schedule: str, options: dict[str, Any], line: str) -> None:
    """Who sets EPOCHS or BATCH_SIZE anew has the schedule follow."""
    project = tiny(schedule=schedule, options=options)
    assert line in training_script(project, load(project.data))


def test_the_rate_at_the_top_is_the_rate(folder: Path) -> None:
    """What a reader changes there is what is trained with."""
    project = tiny(lr=0.01, schedule="cosine", options={"lowest": 0.1})
    text = printed(project, folder).replace("LR = 0.01", "LR = 0.02").replace("EPOCHS = 4", "EPOCHS = 2")
    wanted, _ = session_history(edits.set_recipe(project, lr=0.02, epochs=2), load(project.data))
    _, given = run_script(text, folder)
    assert [entry["losses"] for entry in given] == [entry["losses"] for entry in wanted]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some templates' scripts, and those of recipes with everything."""
    folder = tmp_path_factory.mktemp("scripts")
    projects = {name: open_project(name) for name in ("vae", "gpt-small", "perceptron-points", "inception-v1-small")}
    projects |= {name.replace(" ", "_"): make() for name, make in NETWORKS.items()}
    projects |= {s: project_with("NAdam", s, **ALL_AT_ONCE) for s in WRITTEN}
    from tests.training.script.test_augmented_script import augmented_scripts

    projects |= augmented_scripts()
    projects["start"] = tiny(start_from="runs/any/best", device="auto")
    from tests.training.script.test_several_learners import PROJECTS  # which imports this file

    projects |= {f"learners_{name}".replace(" ", "_"): make() for name, make in PROJECTS.items()}
    for name, project in projects.items():
        path = folder / f"{name.replace('-', '_').replace(',', '').replace(chr(39), '')}.py"
        path.write_text(training_script(project, load(project.data)), encoding="utf-8")
    return folder


def run_tool(folder: Path, *command: str) -> str:
    """What a tool complains of; empty if of nothing. It reads none of this repository's settings."""
    ended = subprocess.run(
        [sys.executable, "-m", *command, "."], cwd=folder, capture_output=True, text=True, timeout=240
    )
    return "" if ended.returncode == 0 else (ended.stdout + ended.stderr)[-4000:]


@pytest.mark.wide
def test_ruff_finds_nothing(scripts: Path) -> None:
    strict = ("--isolated", "--no-cache", "--line-length", "100")
    assert run_tool(scripts, "ruff", "check", *strict, "--extend-select", "A,E501") == ""
    assert run_tool(scripts, "ruff", "format", "--diff", *strict) == ""


@pytest.mark.wide
@pytest.mark.timeout(300)
def test_mypy_finds_nothing(scripts: Path) -> None:
    """Strictly, but for what torch itself does not tell: the types of some calls, and of the averaged network."""
    told = run_tool(scripts, "mypy", "--strict", "--allow-untyped-calls", "--config-file=", "--cache-dir=.mypy_cache")
    lines = [line for line in told.splitlines() if 'Argument 1 to "validate" has incompatible type' not in line]
    assert [line for line in lines if "error" in line.lower() and not line.startswith("Found")] == []


# --- alone -------------------------------------------------------------------------------------------------------------------------

ALONE = """
import json, runpy, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("visualnet", "PySide6", "pyqtgraph", "msgspec", "safetensors"):
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Blocked())
_, history = runpy.run_path(sys.argv[1], run_name="printed")["main"]()
print(json.dumps(history))
"""


@pytest.mark.wide
@pytest.mark.timeout(180)
def test_a_process_with_torch_and_numpy_alone_gives_the_same(folder: Path) -> None:
    project = branched(ema_decay=0.9)
    wanted, _ = session_history(project, load(project.data))
    printed(project, folder)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    ended = subprocess.run(
        [sys.executable, "-c", ALONE, str(folder / "train.py")],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=170,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    given = json.loads(ended.stdout.splitlines()[-1])
    assert [{k: plain(v) if isinstance(v, dict) else v for k, v in e.items()} for e in given] == wanted
    assert "epoch 2/2  train: loss" in ended.stdout or "epoch 2/2  train: f1" in ended.stdout


def test_data_that_are_missing_are_told(folder: Path) -> None:
    text = printed(tiny(), folder)
    (folder / "train_data.npz").unlink()
    with pytest.raises(SystemExit, match=r"train_data\.npz is missing: .*visualnet code"):
        run_script(text, folder)


def test_the_data_are_plain_arrays_divided_as_the_recipe_says(folder: Path) -> None:
    project = tiny()
    data = load(project.data)
    printed(project, folder)
    with np.load(folder / "train_data.npz", allow_pickle=False) as file:
        assert sorted(file.files) == sorted(
            ["point_mean", "point_std", "train_point", "train_label", "validation_point", "validation_label"]
        )
        np.testing.assert_array_equal(file["train_point"], data.whole("point")[data.train])
        np.testing.assert_array_equal(file["validation_label"], data.whole("label")[data.validation])


def test_a_script_finds_its_data_where_they_were_written(tmp_path: Path) -> None:
    files = ScriptFiles.beside(tmp_path / "scripts" / "net.py", tmp_path / "data" / "points.npz")
    assert files == ("../data/points.npz", "net_start.pt", "net_best.pt", "net_average.pt")


def test_printing_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is done beside a training that runs."""
    state = torch.get_rng_state()
    monkeypatch.setattr(torch, "set_rng_state", lambda state: pytest.fail("the generator was put back"))
    project = branched(ema_decay=0.9)
    training_script(project, load(project.data))
    assert torch.equal(torch.get_rng_state(), state)


# --- what it cannot say ------------------------------------------------------------------------------------------------------------


def test_what_a_script_does_not_know_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tiny(options={"l1": 0.1})
    monkeypatch.setattr(refusals, "GUARD_PARAMS", refusals.GUARD_PARAMS - {"l1"})
    with pytest.raises(refusals.CannotPrint, match="cannot yet say “l1”"):
        training_script(project, load(project.data))
    monkeypatch.setattr(refusals, "FIELDS", refusals.FIELDS - {"batch_size"})
    assert list(refusals.unknown_settings(project.recipe)) == ["batch_size", "l1"]
    assert list(refusals.unknown_settings(Recipe())) == []


def test_whoever_adds_a_setting_decides_what_a_script_makes_of_it() -> None:
    """A script that does not know a setting refuses it; these it knows. A new one of a node would go unseen."""
    assert frozenset(Recipe.__struct_fields__) == refusals.FIELDS
    assert known_options().keys() >= refusals.GUARD_PARAMS - set(Recipe.__struct_fields__)
    assert {p for guard in GUARDS.values() for p in guard.params} == refusals.GUARD_PARAMS
    known = {
        "id",
        "kind",
        "name",
        "params",
        "trainable",
        "statistics",
        "init",
        "training",
        "shares",
        "repeat",
        "mode",
        "collapsed",
        "extra",
    }
    assert set(Node.__struct_fields__) == known


def test_what_a_node_says_of_its_training_is_said_or_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tiny()
    node = next(node for node in project.graph if node.kind == "linear")
    said = edits.set_training(project, MAIN, [node.id], {"lr_factor": 0.1})
    assert '"lr": 0.1 * LR' in training_script(said, load(project.data))
    same = edits.set_training(project, MAIN, [node.id], {"unfreeze_at": 0})
    assert "FROZEN" not in training_script(same, load(project.data))
    monkeypatch.setattr(refusals, "NODE_PARAMS", refusals.NODE_PARAMS - {"lr_factor"})
    with pytest.raises(refusals.CannotPrint, match=f"cannot yet say “lr_factor” of “{node.name}”"):
        training_script(said, load(project.data))


def test_an_optimizer_that_cannot_train_these_weights_is_refused() -> None:
    project = tiny(optimizer="Muon")
    with pytest.raises(ValueError, match="trains matrices only"):
        training_script(project, load(project.data))
    assert training_script(matrix(optimizer="Muon", momentum=0.95, nesterov=True), load(project.data))


@pytest.mark.wide
def test_every_template_that_has_its_data_can_be_printed() -> None:
    for name in template_names()[::8]:
        project = open_project(name)
        try:
            data = load(project.data)
        except ValueError:  # its pictures do not come with the program
            continue
        compile(training_script(project, data), name, "exec")
