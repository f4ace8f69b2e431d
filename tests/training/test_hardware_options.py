"""The machine switches of a recipe: each against a loop written in torch, to the last bit; the same after a stop; and what cannot be."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.training import test_network_change
from tests.training.by_hand import ByHand, tiny
from tests.training.gan import gan
from tests.training.nets import Row, chain
from tests.training.script.held import differences
from tests.training.test_gradient_penalty import wgan
from tests.training.test_techniques import IN_TORCH, OPTIONS, losses, train
from visualnet.analysis import infer
from visualnet.analysis.cost.totals import Costs
from visualnet.core import edits
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.data.loading import load
from visualnet.layers.recipe.machine import MACHINE
from visualnet.training import devices, events
from visualnet.training.control import Control
from visualnet.training.estimates.epoch_test import measure_epoch
from visualnet.training.loop.session import Session
from visualnet.training.machine.loss_scaler import LossScaler
from visualnet.training.runs.run_model import RunModel, create_run
from visualnet.training.script import refusals
from visualnet.training.script.training_script import training_script

EPOCHS, BATCH = 2, 160
"""1,437 training samples by 160: nine steps an epoch, the last one smaller."""
GUARDED = {"accumulate": 3, "clip_norm": 0.5}
SWITCHES: dict[str, dict[str, Any]] = {
    "bf16": {"precision": "bf16"},
    "fp16": {"precision": "fp16", "init_scale": 2.0**30, "growth_interval": 3},
    "channels last": {"channels_last": True},
    "deterministic": {"deterministic": True},
    "compile": {"compile": True, "compile_backend": "aot_eager"},
    "all": {"precision": "bf16", "channels_last": True, "deterministic": True},
}


QUICK = [*(name for name in SWITCHES if name != "compile"), pytest.param("compile", marks=pytest.mark.wide)]


def convolutions(optimizer: str = "Adam", **options: Any) -> Project:
    """Two convolutions, normalization and dropout on 8×8 digits."""
    rows: list[Row] = [
        ("conv2d", {"out_channels": 8, "padding": (1, 1)}),
        ("batch_norm2d", {}),
        ("relu", {}),
        ("conv2d", {"out_channels": 8}),
        ("flatten", {}),
        ("dropout", {"p": 0.2}),
        ("linear", {"out_features": 10}),
    ]
    fields = {**OPTIONS[optimizer], "options": {**OPTIONS[optimizer].get("options", {}), **options}}
    recipe = Recipe(**{"optimizer": optimizer, "epochs": EPOCHS, "batch_size": BATCH, "device": "cpu", **fields})
    source = ("input", {"size": (1, 8, 8)})
    return chain(rows, DataChoice(name="digits8x8"), recipe, source, ("target", {}), "cross_entropy", "accuracy")


@pytest.fixture
def with_fp16(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the processor computed with float16 itself; torch does so slowly on any."""
    monkeypatch.setattr(devices, "_has_fp16", lambda: True)


def by_hand(project: Project, optimizer: str) -> tuple[list[float], int]:
    """As one writes it: the losses, and how many steps the scaler skipped."""
    options, hand = project.recipe.options, ByHand(project)
    model = hand.model.objective
    if options.get("channels_last"):
        model = model.to(memory_format=torch.channels_last)
    given = {**IN_TORCH[optimizer]}
    if options.get("precision") == "fp16" and optimizer == "SGD":
        given.pop("fused")  # it begins with a velocity that was never set, where its first step is skipped
    stepper = getattr(torch.optim, optimizer)(hand.weights, **given)
    compiled = torch.compile(model, backend="aot_eager", dynamic=False) if options.get("compile") else model
    precision = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(str(options.get("precision")))
    scaler = None
    if precision is torch.float16:
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**30, growth_interval=3)
    gather, clip = options.get("accumulate", 1), options.get("clip_norm")
    skipped = 0
    model.train()
    for _ in range(EPOCHS):
        batches = hand.batches()
        for number, batch in enumerate(batches, 1):
            if options.get("channels_last"):
                batch = [x.to(memory_format=torch.channels_last) if x.dim() == 4 else x for x in batch]
            with torch.autocast("cpu", precision) if precision is not None else nullcontext():
                loss: Tensor = compiled(*batch)["loss"]
            hand.losses.append(loss.item())
            scaled = loss / gather
            (scaler.scale(scaled) if scaler is not None else scaled).backward()
            if number % gather and number < len(batches):
                continue
            if scaler is not None:
                scaler.unscale_(stepper)
            if clip is not None:
                nn.utils.clip_grad_norm_(hand.weights, clip)
            if scaler is None:
                stepper.step()
            else:
                before = scaler.get_scale()
                scaler.step(stepper)
                scaler.update()
                skipped += scaler.get_scale() < before
            stepper.zero_grad()
    return hand.losses, skipped


@pytest.fixture
def put_back() -> Iterator[None]:
    """What holds for all of torch is as it was after each run."""
    yield
    assert not torch.are_deterministic_algorithms_enabled()
    assert not torch.is_autocast_enabled("cpu")


def _combinations() -> Iterator[Any]:
    """Switch, optimizer and guards; what takes seconds to compile, and the rarer optimizers, are tried with --wide."""
    for switch in SWITCHES:
        for optimizer in (name for name in OPTIONS if name != "Muon"):
            for guards in ("plain", "gathered and clipped"):
                usual = {"SGD": "plain", "Adam": "gathered and clipped", "RMSprop": "plain"}.get(optimizer) == guards
                quick = usual and (switch != "compile" or optimizer == "Adam")
                marks = () if quick else pytest.mark.wide
                yield pytest.param(switch, optimizer, guards, marks=marks, id=f"{switch}-{optimizer}-{guards}")


@pytest.mark.few(3)
@pytest.mark.usefixtures("with_fp16", "put_back")
@pytest.mark.parametrize(("switch", "optimizer", "guards"), list(_combinations()))
def test_a_run_is_that_of_a_loop_in_torch(switch: str, optimizer: str, guards: str) -> None:
    project = convolutions(optimizer, **SWITCHES[switch], **(GUARDED if guards != "plain" else {}))
    wanted, skipped = by_hand(project, optimizer)
    torch._dynamo.reset()
    model = train(project)
    assert len(wanted) == 18
    assert losses(model) == wanted
    assert model.skipped == skipped
    assert bool(skipped) == (switch == "fp16")
    assert not model.troubles


def test_each_switch_of_numbers_changes_them() -> None:
    """Else the loops above would prove nothing."""
    plain = losses(train(convolutions()))
    assert losses(train(convolutions(precision="bf16"))) != plain
    assert losses(train(convolutions(deterministic=True))) == plain


@pytest.mark.few(1)
@pytest.mark.usefixtures("with_fp16", "put_back")
@pytest.mark.parametrize("switch", list(SWITCHES))
def test_stopped_at_any_step_it_goes_on_to_the_bit(switch: str, tmp_path: Path) -> None:
    faster = {"compile_backend": "eager"} if switch == "compile" else {}
    project = convolutions("Adam", **{**SWITCHES[switch], **faster}, accumulate=2, ema_decay=0.9)
    whole = train(project)
    for stop_at in (12,) if switch == "compile" else (3, 9, 12):
        folder = create_run(project, tmp_path / f"{stop_at}")
        assert losses(train(project, folder, stop_at)) == losses(whole)[:stop_at]
        rest = train(project, folder, resume=True)
        assert losses(rest) == losses(whole)[stop_at:]
        assert rest.epochs[-1].average == whole.epochs[-1].average


@pytest.mark.usefixtures("with_fp16")
@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_several_learners_each_have_a_scaler(precision: str, tmp_path: Path) -> None:
    project = gan(options={"precision": precision, "init_scale": 2.0**40, "growth_interval": 2})
    whole = train(project)
    assert bool(whole.skipped) == (precision == "fp16")
    folder = create_run(project, tmp_path / "run")
    train(project, folder, 4)
    assert losses(train(project, folder, resume=True)) == losses(whole)[4:]


def test_what_is_switched_on_is_told_at_the_start() -> None:
    words = {"bf16": "bf16 mixed precision", "all": "bf16 mixed precision, channels last, deterministic"}
    for switch, wanted in words.items():
        started = train(convolutions(**SWITCHES[switch])).started
        assert started is not None and started.machine == wanted
    started = train(convolutions()).started
    assert started is not None and started.machine == ""


def test_nothing_stands_between_the_loop_and_the_network_where_nothing_is_switched_on() -> None:
    project = convolutions()
    loop = Session(project, load(project.data), lambda event: None).set_up()
    assert [turn.program for turn in loop.learners.turns] == [loop.network.trial]
    assert loop.evaluate is loop.network.trial


# --- threads -----------------------------------------------------------------------------------------------------------------------


def test_a_run_takes_the_threads_of_its_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cores", lambda: 8)
    before = torch.get_num_threads()
    for wanted in (1, 3):
        model = RunModel()
        project = tiny(options={"threads": wanted})
        Session(project, load(project.data), model.consume).run()
        assert model.started is not None and model.started.threads == wanted == torch.get_num_threads()
        assert not model.troubles
    torch.set_num_threads(before)


def test_threads_that_are_not_here_are_told() -> None:
    model = RunModel()
    project = tiny(options={"threads": 1000})
    assert Session(project, load(project.data), model.consume).run() == "done"
    assert model.started is not None and model.started.threads <= devices.cores()
    assert "asks for 1,000 threads, and there are" in model.troubles[0]


# --- compile -----------------------------------------------------------------------------------------------------------------------


def _events(project: Project) -> list[Any]:
    told: list[Any] = []
    Session(project, load(project.data), told.append, threads=1).run()
    return told


@pytest.mark.wide
def test_what_is_being_compiled_is_told_for_each_size_of_batch() -> None:
    told = _events(convolutions(**SWITCHES["compile"]))
    assert not [e for e in told if isinstance(e, events.Trouble | events.Failed)]
    # Training on full batches and the last one, validation on full batches and the last one.
    assert len([e for e in told if isinstance(e, events.Compiling)]) == 4
    model = RunModel()
    model.consume(events.Compiling())
    assert model.compiling
    model.consume(next(e for e in told if isinstance(e, events.Progress)))
    assert not model.compiling


@pytest.mark.wide
@pytest.mark.parametrize("part", ["forward", "backward"])
def test_a_compile_that_fails_is_told_and_the_same_is_learned(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from functorch.compile import make_boxed_func
    from torch._dynamo.backends.common import aot_autograd

    def refuse(graph: Any, example: Any) -> Any:
        raise RuntimeError(f"no {part} pass\nat line 7")

    def pass_on(graph: Any, example: Any) -> Any:
        return make_boxed_func(graph.forward)

    backend = aot_autograd(
        fw_compiler=refuse if part == "forward" else pass_on, bw_compiler=refuse if part == "backward" else pass_on
    )
    real = torch.compile
    monkeypatch.setattr(torch, "compile", lambda program, **options: real(program, **{**options, "backend": backend}))
    model = train(convolutions(compile=True))
    assert model.troubles == [f"torch.compile failed, and the run goes on without it: no {part} pass"]
    monkeypatch.undo()
    assert losses(model) == losses(train(convolutions()))


@pytest.mark.wide
def test_gradients_of_gradients_are_not_compiled_and_the_same_is_learned() -> None:
    compiled = train(edits.set_recipe(wgan(), options=SWITCHES["compile"]))
    assert all("the run goes on without it" in words for words in compiled.troubles)
    assert losses(compiled) == losses(train(wgan()))


def test_without_a_compiler_a_run_goes_on_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.shutil, "which", lambda name: None)
    model = train(convolutions(compile=True))
    assert model.troubles == [
        "the run goes on without torch.compile: there is no C++ compiler here; install g++ or clang++"
    ]
    assert model.started is not None and model.started.machine == ""


@pytest.mark.wide
def test_a_compiled_run_is_watched_and_nothing_of_it_stays_in_memory() -> None:
    project, control = convolutions(**SWITCHES["compile"]), Control()
    told: list[Any] = []
    control.request_probes([(("n2",), "features")], budget=1.0)
    session = Session(project, load(project.data), told.append, control, threads=1)
    session.run()
    assert [e for e in told if isinstance(e, events.ProbeReport) and e.arrays]
    assert not [e for e in told if isinstance(e, events.Trouble | events.Failed)]
    assert session.model is not None
    weight = weakref.ref(next(session.model.net.parameters()))
    del session
    gc.collect()
    assert weight() is None


@pytest.mark.wide
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch's own, where it imports its compiler
def test_the_code_of_the_inductor_learns_the_same_up_to_rounding() -> None:
    if devices.find_missing(torch.device("cpu")).get("compile"):
        pytest.skip("no C++ compiler")
    model = train(convolutions(compile=True))
    assert not model.troubles
    assert losses(model) == pytest.approx(losses(train(convolutions())), rel=1e-3)


# --- what cannot be ----------------------------------------------------------------------------------------------------------------


def _failure(project: Project) -> events.Failed:
    return next(e for e in _events(project) if isinstance(e, events.Failed))


def test_fp16_without_its_arithmetic_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_has_fp16", lambda: False)
    words = _failure(convolutions(precision="fp16")).words
    assert words.startswith("the recipe asks for fp16: this processor has no arithmetic for it")
    assert "choose bf16 or float32" in words


@pytest.mark.usefixtures("with_fp16")
@pytest.mark.parametrize(("precision", "way_out"), [("fp16", "bf16 and float32"), ("bf16", "float32 is")])
def test_a_loss_that_is_no_number_is_told_with_step_node_and_precision(precision: str, way_out: str) -> None:
    """Numbers that float32 holds: what fp16 cannot hold is found at its node, in fp16."""
    gain = {"fp16": 1e6, "bf16": 1e9}[precision]
    project = convolutions(precision=precision)
    scales: list[Row] = [("scale", {"scale": gain})] * (1 if precision == "fp16" else 5)
    rows: list[Row] = [("flatten", {}), *scales, ("linear", {"out_features": 10})]
    source = ("input", {"size": (1, 8, 8)})
    project = chain(rows, project.data, project.recipe, source, ("target", {}), "cross_entropy")
    failed = _failure(project)
    assert failed.kind == "nonfinite" and failed.path
    assert "at step 1: “" in failed.words
    assert f"it was computed in {precision}, and {way_out}" in failed.words
    if precision == "fp16":
        plain = _events(edits.set_recipe(project, options={}))
        assert not [e for e in plain if isinstance(e, events.Failed)]


def test_an_operation_without_a_deterministic_form_is_told_with_its_node(monkeypatch: pytest.MonkeyPatch) -> None:
    def put(self: nn.Module, x: Tensor) -> Tensor:
        if torch.are_deterministic_algorithms_enabled():  # what torch says of a few operations, most of them on a GPU
            raise RuntimeError("put_ does not have a deterministic implementation, but you set …")
        return x

    monkeypatch.setattr(nn.BatchNorm2d, "forward", put)
    assert losses(train(convolutions()))
    failed = _failure(convolutions(deterministic=True))
    assert failed.path == ("n3",)
    assert failed.words.startswith("“batch_norm2d_1”")
    assert "put_ has no deterministic form on this device: switch off deterministic algorithms" in failed.words
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_checkpoint_with_odd_numbers_of_a_scaler_begins_it_anew() -> None:
    scaler = LossScaler(torch.device("cpu"), {"init_scale": 8.0, "growth_interval": 5})
    scaler.restore({"scale": None, "growth": 1.0})
    assert scaler.numbers() == {"scale": 8.0, "growth": 0}
    scaler.restore({"scale": 4.0, "growth": 1.0})
    assert scaler.numbers() == {"scale": 4.0, "growth": 1}


# --- found out before ----------------------------------------------------------------------------------------------------------------


def test_an_epoch_is_measured_as_it_is_trained_but_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda *_, **__: pytest.fail("a measurement compiles nothing"))
    project = convolutions(compile=True, deterministic=True)
    seen = []
    real = torch.use_deterministic_algorithms
    monkeypatch.setattr(torch, "use_deterministic_algorithms", lambda on, **rest: (seen.append(on), real(on, **rest)))
    plain = measure_epoch(project, load(project.data))
    assert seen == [True, False]
    half = measure_epoch(convolutions(precision="bf16"), load(project.data))
    assert half.memory < 0.8 * plain.memory
    forecast = Costs(infer(convolutions(precision="bf16"))).whole().training
    assert half.memory == pytest.approx(forecast, rel=0.35)


# --- as a script ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.few(2)
@pytest.mark.usefixtures("with_fp16")
@pytest.mark.parametrize("guards", [{}, {**GUARDED, "ema_decay": 0.9}], ids=["plain", "guarded"])
@pytest.mark.parametrize("switch", QUICK)
def test_the_printed_script_computes_the_same(switch: str, guards: dict[str, Any], tmp_path: Path) -> None:
    optimizer = "SGD" if switch == "fp16" else "Adam"
    assert differences(convolutions(optimizer, **SWITCHES[switch], **guards, threads=1), tmp_path) == []
    torch.use_deterministic_algorithms(False)
    torch._dynamo.reset()


@pytest.mark.few(2)
@pytest.mark.usefixtures("with_fp16")
@pytest.mark.parametrize("switch", QUICK)
def test_the_printed_script_of_several_learners_computes_the_same(switch: str, tmp_path: Path) -> None:
    project = gan(options={**SWITCHES[switch], "threads": 1}, d={"options": {"accumulate": 2}}, g={"steps": 2})
    assert differences(project, tmp_path) == []
    torch.use_deterministic_algorithms(False)
    torch._dynamo.reset()


def test_whoever_adds_a_switch_decides_what_a_script_makes_of_it() -> None:
    assert {name for kind in MACHINE.values() for name in kind.params} == refusals.MACHINE_PARAMS


def test_a_script_for_whatever_device_there_is_names_it_once_asked() -> None:
    project = edits.set_recipe(convolutions(precision="bf16", deterministic=True), device="auto")
    text = training_script(project, load(project.data))
    assert '@torch.autocast("cuda" if torch.cuda.is_available() else "cpu", dtype=torch.bfloat16)\ndef evaluate' in text
    assert 'os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"' in text
    text = training_script(edits.set_recipe(project, device="cuda:1", options={"compile": True}), load(project.data))
    assert "@torch.compile(dynamic=False)\ndef evaluate_batch" in text


# --- the network changed while it runs -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("with_fp16")
def test_the_scale_of_losses_goes_on_where_the_network_is_changed() -> None:
    """Gradients that were gathered before are scaled by it."""
    project = convolutions("Adam", precision="fp16", init_scale=1024.0, growth_interval=1, accumulate=2)
    other = edits.set_params(project, MAIN, ["n5"], {"out_channels": 5})
    changed, loop = test_network_change.train(project, {5: [other, project]})
    assert loop.state.network == 2
    assert losses(changed) == losses(train(project))


def test_what_comes_back_from_disk_lies_in_memory_as_its_weight_does(tmp_path: Path) -> None:
    project = convolutions("Adam", channels_last=True, accumulate=2, ema_decay=0.9)
    other = edits.set_params(project, MAIN, ["n5"], {"out_channels": 5})
    folder = create_run(project, tmp_path / "run")
    test_network_change.train(project, {5: [other]}, folder=folder, stop_at=7)
    _, loop = test_network_change.train(project, folder=folder, resume=True, stop_at=7)
    assert loop.state.network == 2
    learner = loop.learners.first
    for parameter, average in zip(learner.parameters, learner.average, strict=True):
        state = [value for value in learner.optimizer.state[parameter].values() if value.dim()]
        assert {value.stride() for value in (*state, average)} == {parameter.stride()}
