"""Only what is asked is told: epochs weigh each batch by what it counted, and what asks nothing is said in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.training.nets import chain, small
from tests.training.test_session import Killed, train, values
from visualnet.analysis import infer
from visualnet.compiling.module import Model, compile_project
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.core.storage import project_file
from visualnet.data.loading import Loaded, load
from visualnet.data.samples import ArraySamples
from visualnet.layers.declaration.layer import Spec
from visualnet.resources import resource
from visualnet.training import checkpoints, events
from visualnet.training.loop import checkpointer, metrics, preflight, session
from visualnet.training.loop.session import Session


def words(batch_size: int = 16, epochs: int = 2) -> Project:
    """Each word is guessed from itself alone: it cannot learn much, and tells quickly."""
    rows: list[Any] = [
        ("embedding", {"num_embeddings": 38, "embedding_dim": 8}),
        ("linear", {"out_features": 38}),
        ("permute", {"dims": (2, 1)}),
    ]
    data = DataChoice(name="masked_words", options={"n": 90, "share": 0.1}, normalise=False)
    source = ("input", {"field": "text", "size": (20,), "dtype": "int"})
    recipe = Recipe(lr=0.01, batch_size=batch_size, epochs=epochs)
    return chain(
        rows, data, recipe, source, ("target", {"field": "masked", "size": (20,)}), "cross_entropy", "accuracy"
    )


def masks(**recipe: Any) -> Project:
    """Pixels that are a digit's, told by one convolution and by how far it overlaps."""
    data = DataChoice(name="digit_masks", options={"n": 40, "side": 32})
    rows: list[Any] = [("conv2d", {"out_channels": 2, "kernel_size": 5, "padding": 2})]
    source, target = ("input", {"size": (1, 32, 32)}), ("target", {"field": "mask", "size": (32, 32)})
    return chain(
        rows,
        data,
        Recipe(**{"lr": 0.05, "batch_size": 6, "epochs": 2, **recipe}),
        source,
        target,
        "cross_entropy",
        "iou",
    )


def by_hand(
    model: Model, data: Loaded, index: NDArray[np.int64], names: tuple[str, str]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Answers and targets of all these samples at once."""
    given, target = (torch.from_numpy(np.array(data.whole(name)[index])) for name in names)
    if given.dtype == torch.float32 and names[0] in data.mean:
        given = (given - torch.from_numpy(data.mean[names[0]])) / torch.from_numpy(data.std[names[0]])
    with torch.no_grad():
        return model.net.eval()(given), target


def rest(project: Project, folder: Path) -> Model:
    """The network as its run left it."""
    model = compile_project(project, seed=0)
    checkpoints.load_weights(folder / "last" / "weights.safetensors", model.net)
    return model


# --- the figures of an epoch -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lazy", [False, True])
def test_masked_words_alone_are_told(tmp_path: Path, lazy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Accuracy and loss of an epoch are those of a count by hand over the masked words of all its samples."""
    if lazy:
        as_on_a_gpu(monkeypatch)
    project = words(batch_size=2)
    data = load(project.data)
    told = train(project, tmp_path).epochs[-1].validation
    logits, target = by_hand(rest(project, tmp_path), data, data.validation, ("text", "masked"))
    asked = target != -100
    assert 0.02 < asked.float().mean() < 0.2, "most places are not asked"
    right = (logits.argmax(1) == target)[asked]
    assert told["score"] == pytest.approx(right.float().mean().item(), rel=1e-6)
    loss = torch.nn.functional.cross_entropy(logits, target).item()
    assert told["loss"] == pytest.approx(loss, rel=1e-5)
    means = [
        torch.nn.functional.cross_entropy(logits[i : i + 4], target[i : i + 4]).item() for i in range(0, len(target), 4)
    ]
    assert abs(sum(means) / len(means) - loss) > 1e-3, "the mean of the batches' means would be another number"


def as_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows stay on the device until they are asked for."""
    real: Callable[..., None] = metrics.Tally.__init__

    def init(self: metrics.Tally, *args: Any) -> None:
        real(self, *args)
        self.lazy = True

    monkeypatch.setattr(metrics.Tally, "__init__", init)


def test_a_training_epoch_weighs_its_steps_by_what_they_asked() -> None:
    project = words(epochs=1)
    data = load(project.data)
    order = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(project.recipe.seed)).numpy()
    asked = (data.whole("masked")[data.train][order] != -100).sum(1)
    sizes = [asked[i : i + 16].sum() for i in range(0, len(order), 16)]
    model = train(project)
    weighed = float(np.average(values(model), weights=sizes))
    assert model.epochs[0].train["loss"] == pytest.approx(weighed, rel=1e-9)
    assert abs(weighed - np.average(values(model), weights=[16] * 4 + [len(order) - 64])) > 1e-4


@pytest.mark.parametrize("lazy", [False, True])
def test_an_overlap_is_that_of_all_pixels_of_the_epoch(
    tmp_path: Path, lazy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if lazy:
        as_on_a_gpu(monkeypatch)
    project = masks()
    data = load(project.data)
    told = train(project, tmp_path).epochs[-1].validation["score"]
    logits, target = by_hand(rest(project, tmp_path), data, data.validation, ("image", "mask"))
    called = logits.argmax(1)
    overlaps = [((called == c) & (target == c)).sum() / ((called == c) | (target == c)).sum() for c in (0, 1)]
    assert told == pytest.approx((sum(overlaps) / 2).item(), rel=1e-5)


def test_several_losses_are_the_sum_of_what_each_asked() -> None:
    """The epoch's loss is the weighted sum of the epoch's losses, each over its own places."""
    project = words(batch_size=8, epochs=1)
    graph = project.graph
    project = edits.set_params(project, MAIN, ["n103"], {"weight": 0.5})
    project = edits.add_node(
        project, MAIN, "cross_entropy", id="n105", name="again", params={"class_weights": (2.0,) * 38, "weight": 2}
    )
    for port, source in (
        ("logits", graph.wires[Port("n103", "logits")]),
        ("target", graph.wires[Port("n103", "target")]),
    ):
        project = edits.connect(project, MAIN, source, Port("n105", port))
    told = train(project).epochs[0].validation
    assert told["again"] == pytest.approx(told["cost"], rel=1e-6)
    assert told["loss"] == pytest.approx(2.5 * told["cost"], rel=1e-6)


@pytest.mark.parametrize("make", [words, masks])
def test_a_killed_run_goes_on_to_the_same_figures(
    tmp_path: Path, make: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FLUSH_S", 0.0)
    monkeypatch.setattr(checkpointer, "CHECKPOINT_S", 0.0)
    monkeypatch.setattr(checkpointer, "CHECKPOINT_SHARE", 1e9)
    project = make()
    whole = train(project, tmp_path / "whole")

    def emit(event: events.Event) -> None:
        if isinstance(event, events.Steps) and event.step >= 3:
            raise Killed

    with pytest.raises(Killed):
        Session(project, load(project.data), emit, folder=tmp_path / "torn").run()
    resumed = train(project, tmp_path / "torn", resume=True)
    assert resumed.started is not None and 0 < resumed.started.step <= 3
    assert [(e.train, e.validation) for e in resumed.epochs] == [(e.train, e.validation) for e in whole.epochs]


def test_a_checkpoint_of_an_older_version_goes_on(tmp_path: Path) -> None:
    """It knows no counts: every sample counted alike."""
    old = msgspec.json.decode(
        b'{"step": 4, "epoch": 0, "position": 4, "lr": 0.1, "optimizer": "SGD", "samples": 64, "sums": {"loss": 128.0}}',
        type=checkpoints.State,
    )
    project = small()
    model = compile_project(project, seed=0)
    kept = metrics.Tally(model, torch.device("cpu"))
    kept.restore(old.sums, old.samples, old.counts, old.tallies)
    assert kept.close_epoch()["loss"] == 2.0


# --- what is said ------------------------------------------------------------------------------------------------------------------


def loaded(target: list[list[int]]) -> Loaded:
    """The masked words with other targets."""
    real = load(words().data)
    rows = np.resize(np.array(target, np.int64), real.whole("masked").shape)
    assert isinstance(real.samples, ArraySamples)
    return real._replace(samples=ArraySamples({**real.samples.arrays, "masked": rows}))


@pytest.mark.parametrize(
    ("target", "said", "unsaid"),
    [
        ([[-100, 3]], "", ""),
        (
            [[-100, 38]],
            "counts from 38 to 38, but “cost” is given 38 classes (0 to 37): make the last layer 39 wide",
            "below 0",
        ),
        (
            [[-1, 37]],
            "numbers below 0 are no classes; if -1 marks what is not asked, set its ignore_index to -1",
            "wide",
        ),
        (
            [[-1, -2, 40]],
            "set its ignore_index to -2 (there are several such numbers); make the last layer 41 wide",
            "-100",
        ),
        ([[-100]], "so nothing is asked", "wide"),
    ],
)
def test_labels_are_held_against_the_classes_without_those_that_are_not_asked(
    target: Any, said: str, unsaid: str
) -> None:
    found = [fault.words for fault in preflight.faults(infer(words()), loaded(target))]
    if not said:
        assert found == []
        return
    assert said in found[0] and len(found) == 2, "the loss and the metric are both held against them"
    assert not unsaid or all(unsaid not in fault for fault in found)


def test_a_batch_that_asks_nothing_is_named() -> None:
    """torch's mean over nothing is NaN; the words say so, and not that some layer went wrong."""
    project = words(batch_size=8)
    model = train(project, data=loaded([[-100]] * 100 + [[5]]))
    assert model.failed is not None and model.failed.kind == "nonfinite"
    assert model.failed.path == ("n103",)
    assert "“cost” is asked nothing in this batch" in model.failed.words


def test_what_is_not_reduced_is_not_lowered_and_says_what_to_do() -> None:
    project = small(epochs=1)
    before = infer(project)
    apart = edits.set_params(project, MAIN, ["n103"], {"reduction": "none"})
    for analysis in (infer(apart), infer(apart, before)):
        assert not analysis.main.sinks("loss")
        found = {p.code: p.words for p in analysis.problems}
        assert "Value as loss" in found["unused"] and "no-loss" in found
    assert train(apart).failed is not None
    # Led on into “Value as loss” it trains as before.
    joined = edits.add_node(apart, MAIN, "value_loss", id="n105", name="mean")
    joined = edits.connect(joined, MAIN, Port("n103", "loss"), Port("n105", "x"))
    assert infer(joined, infer(apart)).problems == ()
    assert values(train(joined)) == pytest.approx(values(train(project)), rel=1e-3)
    assert [f.node.id for f in infer(joined).main.sinks("loss")] == ["n105"]


def test_a_negative_weight_makes_a_value_large() -> None:
    project = small(epochs=2, dropout=0.0)
    project = edits.add_node(project, MAIN, "value_loss", id="n105", name="large", params={"weight": "-1 / pull"})
    project = edits.set_constants(project, {"pull": 4})
    project = edits.connect(project, MAIN, project.graph.wires[Port("n103", "logits")], Port("n105", "x"))
    assert infer(project, None, {"image": Spec((1, 8, 8)), "label": Spec((), (), "int")}).errors() == []
    told = train(project).epochs
    assert told[1].validation["large"] > told[0].validation["large"]
    assert told[1].train["loss"] == pytest.approx(told[1].train["cost"] - told[1].train["large"] / 4, rel=1e-6)


def test_a_sum_is_validated_in_batches_of_its_size() -> None:
    """A sum grows with the batch: the validation's must be as large as the training's to be compared."""
    project = edits.set_params(
        small(epochs=3, lr=1e-6, dropout=0.0, batch_size=60), MAIN, ["n103"], {"reduction": "sum"}
    )
    told = train(project).epochs[-1]
    assert told.validation["loss"] == pytest.approx(told.train["loss"], rel=0.2)


# --- what the templates tell -------------------------------------------------------------------------------------------------------


def test_the_unet_is_told_by_what_it_looks_for() -> None:
    """Nearly all is background: who answers nothing is right nearly everywhere, and is told 0 for it."""
    for name in ("unet-padded", "unet-padded-small", "unet", "unet-small"):
        project = project_file.load(resource("templates", f"{name}.vnet"))
        kinds = {n.name: n.kind for n in project.graph}
        assert (kinds["iou"], kinds["dice"], project.recipe.best_by) == ("iou", "dice", "iou"), name
        assert "accuracy" not in kinds.values()
    project = project_file.load(resource("templates", "unet-padded-small.vnet"))
    model = compile_project(project, seed=0)
    with torch.no_grad():
        model.net.scores.weight.zero_()  # type: ignore[union-attr]
        model.net.scores.bias.copy_(torch.tensor([1.0, 0.0]))  # type: ignore[union-attr]
    data = load(project.data)
    index = data.validation[:8]
    target = torch.from_numpy(np.array(data.whole("mask")[index]))
    told = model.objective(torch.from_numpy(np.array(data.whole("image")[index])), target)
    assert (target == 0).float().mean() > 0.9
    assert told["iou"] == told["dice"] == 0


@pytest.mark.parametrize("beta", [1.0, 4.0])
@pytest.mark.parametrize("name", ["vae", "inverse-graphics"])
def test_both_parts_of_the_elbo_are_told_in_nats_for_each_picture(name: str, beta: float) -> None:
    project = project_file.load(resource("templates", f"{name}.vnet"))
    assert not project.blocks
    project = msgspec.structs.replace(project, constants={**project.constants, "beta": beta})
    model = compile_project(project, seed=0)
    image = torch.rand(5, 1, 28, 28)
    model.objective.eval()
    told = model.objective(image, image) if len(model.fields) == 2 else model.objective(image)
    ports = [((project.graph.named(node).id,), "y") for node in ("mean", "log_var", "picture")]
    mean, log_var, picture = model.view(ports).eval()(image)
    normal = torch.distributions.Normal
    divergence = torch.distributions.kl_divergence(normal(mean, (log_var / 2).exp()), normal(0.0, 1.0)).sum(1).mean()
    pixels = torch.distributions.Bernoulli(picture, validate_args=False).log_prob(image)
    torch.testing.assert_close(told["divergence"], divergence)
    torch.testing.assert_close(told["redrawn"], -pixels.flatten(1).sum(1).mean())
    torch.testing.assert_close(told["loss"], told["redrawn"] + beta * divergence)


def test_both_are_curves_while_it_trains_and_their_sum_is_that_of_the_loss(tmp_path: Path) -> None:
    project = project_file.load(resource("templates", "vae.vnet"))
    recipe = msgspec.structs.replace(project.recipe, epochs=1, device="cpu")
    data = msgspec.structs.replace(project.data, split=(0.1, 0.02, 0.88))
    project = msgspec.structs.replace(project, recipe=recipe, data=data, constants={**project.constants, "beta": 4.0})
    told = train(project, tmp_path / "run")
    parts = [values(told, name) for name in ("redrawn", "divergence", "loss")]
    assert all(map(len, parts))
    for redrawn, divergence, loss in zip(*parts, strict=True):
        assert loss == pytest.approx(redrawn + 4 * divergence, rel=1e-5)
    assert 300 < parts[0][0] < 784, "log 2 for each of 784 pixels is 543 nats for a picture of which nothing is known"
    (epoch,) = told.epochs
    assert epoch.validation["loss"] == pytest.approx(epoch.validation["redrawn"] + 4 * epoch.validation["divergence"])
