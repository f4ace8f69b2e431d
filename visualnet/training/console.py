"""Training without a window: for the command line, and for what has no screen."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from visualnet.analysis import infer
from visualnet.core.graph import Value
from visualnet.core.process.exit_signals import exit_code, on_ending
from visualnet.core.project import DataChoice, LearnerSpec, Project
from visualnet.core.text.values import read_value
from visualnet.layers import Spec
from visualnet.pytorch import NoTorch, need_torch
from visualnet.training import devices, events
from visualnet.training.control import Control
from visualnet.training.curve_export.tensorboard import TensorBoardSink
from visualnet.training.distributed.other_ranks import OtherRank, report
from visualnet.training.distributed.process_group import ProcessGroup
from visualnet.training.distributed.torchrun_environment import ProcessRank, launched, remember_launch, was_launched
from visualnet.training.loop.recorder import Recorder
from visualnet.training.loop.sinks import Sink, combine
from visualnet.training.process.server import check_free, serving
from visualnet.training.recipe.live_settings import Setting
from visualnet.training.recipe.settings import recipe_of_run, settings
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.runs import run_list, run_model
from visualnet.training.runs.change_marks import find_marks
from visualnet.training.terminal.printer import Output, RunPrinter, print_json

FINE, GRAPH, USE, STOPPED = 0, 1, 2, 130


@dataclass(frozen=True)
class TrainOptions:
    """What the command line may say; None leaves what the project says.

    ``data`` is a data set's name, with options if wanted: ``points:shape=spiral,n=1000``. ``run`` is the run's folder;
    ``start_from`` a file of weights or another run's folder; ``tensorboard`` a folder for event files. Of processes that torchrun started,
    ``shard`` divides the weights among them, and ``sync_batchnorm`` normalizes over the samples of all. ``place`` is the folder of the
    project's file, whose revision is remembered.
    """

    data: str | None = None
    epochs: int | None = None
    batch_size: int | None = None
    lr: float | None = None
    device: str | None = None
    seed: int | None = None
    run: Path | None = None
    resume: bool = False
    start_from: Path | None = None
    folds: int | None = None
    record: tuple[str, ...] = ()
    tensorboard: Path | None = None
    shard: bool = False
    sync_batchnorm: bool = False
    place: Path | None = None
    json: bool = False


def train(project: Project, options: TrainOptions, emit: Sink | None = None) -> int:
    """Train a project as its recipe and the options say; the exit code.

    0: trained. 1: the graph has errors, or training failed. 2: the options make no sense, or a file cannot be written.
    130, 143, 129: stopped by Ctrl+C, SIGTERM, SIGHUP; ``resume`` goes on from there. Events go to ``emit``; without it, as
    one line of JSON each to the standard output (``json``), or as a few lines for people.
    """
    control, heard = Control(), list[int]()

    def stop(number: int) -> None:
        heard.append(number)
        control.stop()

    with on_ending(stop, impatient=True):
        code = (_train_folds if options.folds is not None else _train)(project, options, emit, control)
    return exit_code(heard[0]) if heard and code == STOPPED else code


def _train(project: Project, options: TrainOptions, emit: Sink | None, control: Control) -> int:
    devices.prepare()
    here, recorded = launched(), options.record
    if here.rank:  # one tells and records what all do
        options, emit = replace(options, json=False, record=()), OtherRank(here.rank)
    try:
        project = configure(project, options)
        need_torch()
    except (ValueError, OSError, NoTorch) as error:
        return USE if here.rank else _refused(options, str(error))
    try:
        project = here.place(project)
        if options.shard and recorded:
            raise ValueError(
                "--record looks into the network, whose weights are divided with --shard: leave out one of them"
            )
        with here.joined(project, options.shard, options.sync_batchnorm) as group:
            return _train_with(group, here, project, options, emit, control)
    except ValueError as error:
        return _refused(options, str(error))


def _train_with(
    group: ProcessGroup, here: ProcessRank, project: Project, options: TrainOptions, emit: Sink | None, control: Control
) -> int:
    from visualnet.data.loading import load

    try:
        devices.device_of(project.recipe.device)
        data = group.load(lambda: load(project.data))
        if options.start_from is not None:
            project = _begin_from(project, options, data.fields, tells=group.writes)
        _check_memory(project, data.fields, len(data.train), group.size)
        recorder = Recorder(options.record, infer(project, None, data.fields))
        if control.stopping and group.size == 1:
            return STOPPED
        # Last: what is refused leaves no folder behind.
        folder = group.from_rank_0(lambda: _folder(project, options, here.restarts))
        if group.writes:
            check_free(folder)
        resume = group.from_rank_0(lambda: options.resume or (folder / run_model.LOG).exists())
        boards = [TensorBoardSink(options.tensorboard)] if options.tensorboard is not None and group.writes else []
    except (ValueError, OSError, NoTorch) as error:
        words = str(error)
        if isinstance(error, OSError) and error.strerror and error.filename:
            words = f"the run cannot be kept in {error.filename} ({error.strerror.lower()}); name another by --run"
        return _refused(options, words)
    show = emit or (print_json if options.json else RunPrinter(sys.stdout, folder))
    output = Output(combine(recorder, show) if options.record else show, control)
    recorder.begin(control, folder)
    from visualnet.training.loop.session import Session

    if resume:
        _go_on(project, options, folder, control, tells=group.writes)
    threads = None if settings(recipe_of_run(project.recipe))["threads"] else here.threads
    with (
        serving(folder, control) if group.writes else nullcontext(_ignore) as tell
    ):  # windows may follow the run, and steer it
        sink = combine(output, tell, *boards)
        session = Session(project, data, sink, control, folder=folder, resume=resume, threads=threads, group=group)
        reason = session.run()
    if group.size > 1 and reason == "failed" and group.writes:
        report(output.failed)
    if output.broken:
        raise BrokenPipeError
    if reason == "done" and group.writes and not session.saved:
        print(f"visualnet: the weights could not be written to {folder}", file=sys.stderr)
        return USE
    return {"done": FINE, "stopped": STOPPED}.get(reason, GRAPH)


def _train_folds(project: Project, options: TrainOptions, emit: Sink | None, control: Control) -> int:
    """A run for each fold, in folders below the one that was named; then the mean and the spread of what they reached."""
    from visualnet.training.folds.cross_validation import divide_in_folds, summarize

    assert options.folds is not None
    if options.resume:
        return _refused(options, "--folds begins a run for each fold: it cannot be joined with --resume")
    if launched().size > 1:
        return _refused(options, "--folds trains one run after the other: start it with one process, without torchrun")
    try:
        folds = divide_in_folds(project, options.folds)
    except ValueError as error:
        return _refused(options, str(error))
    runs = []
    for number, one in enumerate(folds, 1):
        if not options.json:
            print(f"fold {number} of {options.folds}", flush=True)
        place = options.run / f"fold-{number}" if options.run is not None else None
        board = options.tensorboard / f"fold-{number}" if options.tensorboard is not None else None
        runs.append(run := run_model.RunModel(watched=True))
        show = emit or (print_json if options.json else RunPrinter(sys.stdout, place))
        code = _train(
            one, replace(options, folds=None, run=place, tensorboard=board), combine(run.consume, show), control
        )
        if code != FINE:
            return code
    found = summarize(runs)
    told = {"event": "folds", "folds": list(found.folds), "mean": found.mean, "spread": found.spread}
    print(json.dumps(told) if options.json else found.describe(), flush=True)
    return FINE


def _go_on(project: Project, options: TrainOptions, folder: Path, control: Control, tells: bool = True) -> None:
    """Say what was changed in the run so far, and change what the options name, also where the run began with that."""
    if tells and not options.json:
        for mark in find_marks(run_model.read_run(folder)):
            print(f"  changed at {mark.sentence}", flush=True)
    recipe = project.recipe
    said = {Setting(name): getattr(recipe, name) for name in ("epochs", "batch_size") if getattr(options, name)}
    if options.lr is not None:
        said |= {Setting("lr", one.name): one.lr for one in recipe.learners} or {Setting("lr"): recipe.lr}
    control.change(said)


def _check_memory(project: Project, fields: Mapping[str, Spec], samples: int, processes: int = 1) -> None:
    """Refuse what would not fit into memory where ``processes`` share a batch; faults of the network are told by the run itself.

    Raises:
        ValueError: it does not fit; the words say what would.
    """
    from visualnet.training.estimates.memory_check import find_memory_fault
    from visualnet.training.measure.free_memory import free_memory

    part = msgspec.structs.replace(project.recipe, batch_size=-(-project.recipe.batch_size // processes))
    analysis = infer(msgspec.structs.replace(project, recipe=part), None, fields)
    if analysis.errors():
        return
    device = devices.device_of(project.recipe.device)
    fault = find_memory_fault(analysis, free_memory(device), precision=devices.mixed_precision(device), samples=samples)
    if fault is not None:
        smaller = next((r.batch_size for r in fault.repairs if r.batch_size < part.batch_size), 0) * processes
        tried = f" Try --batch-size {smaller}." if smaller else ""
        raise ValueError(f"{fault.words}{tried}")


def _begin_from(project: Project, options: TrainOptions, fields: Mapping[str, Spec], tells: bool = True) -> Project:
    """The project with other weights to start from; the table of what they give is printed.

    Raises:
        ValueError: they cannot be read, or the network has errors.
        OSError: no copy of them can be kept.
    """
    from visualnet.training.transfer.initial_weights import find_weights, preview, refer_to

    assert options.start_from is not None
    reference = refer_to(options.start_from)
    project = msgspec.structs.replace(project, recipe=msgspec.structs.replace(project.recipe, start_from=reference))
    table = preview(project, find_weights(reference), infer(project, None, fields))
    if not tells:
        return project
    if options.json:
        rows = [{"tensor": m.name, "shape": list(m.shape), "from": m.source, "words": m.words} for m in table.matches]
        print(json.dumps({"event": "start_from", "matches": rows, "unused": list(table.unused)}), flush=True)
        return project
    wide = max((len(m.name) for m in table.matches), default=0)
    for match in table.matches:
        print(f"  {match.name:{wide}}  {f'from {match.source}, ' if match.source else 'fresh: '}{match.words}")
    print(f"Start from {reference}: {table.summary}", flush=True)
    return project


def _refused(options: TrainOptions, words: str) -> int:
    report(words)
    if options.json:
        print(json.dumps({"event": "failed", "kind": "use", "words": words}), flush=True)
    print(f"visualnet: {words}", file=sys.stderr)
    return USE


def configure(project: Project, options: TrainOptions) -> Project:
    """The project with what the options change.

    Raises:
        ValueError: an option cannot be read or is out of bounds.
    """
    from visualnet.data.registry import make_data_set
    from visualnet.data.split import check_shares
    from visualnet.training.optimizers import check_recipe

    changes = {k: v for k in ("epochs", "batch_size", "lr", "device", "seed") if (v := getattr(options, k)) is not None}
    recipe = msgspec.structs.replace(project.recipe, **changes)
    if options.lr is not None and recipe.learners:
        recipe = msgspec.structs.replace(recipe, learners=_with_rate(recipe.learners, options.lr))
    check_recipe(recipe)
    data = parse_data(options.data, project.data) if options.data else project.data
    if options.seed is not None:
        data = msgspec.structs.replace(data, seed=options.seed)
    make_data_set(data)
    check_shares(data.split)
    return msgspec.structs.replace(project, recipe=recipe, data=data)


def _with_rate(learners: tuple[LearnerSpec, ...], lr: float) -> tuple[LearnerSpec, ...]:
    """The first learner at this rate, the others in the proportion to it that they have."""
    first = learners[0].lr
    return tuple(msgspec.structs.replace(one, lr=lr * one.lr / first if first else lr) for one in learners)


def parse_data(text: str, base: DataChoice) -> DataChoice:
    """``points:shape=spiral,n=1000`` as a choice of data; division and normalisation are the base's."""
    name, _, rest = text.partition(":")
    options: dict[str, Value] = dict(base.options) if name == base.name else {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"--data: “{part}” is not of the form option=value")
        options[key.strip()] = read_value(value, several=False)
    return msgspec.structs.replace(base, name=name, options=options)


def _folder(project: Project, options: TrainOptions, restarts: int = 0) -> Path:
    """Where the run is kept: the folder that was named, the last run that can go on, or a new one. Where torchrun has started all
    processes again (``restarts``), the run that it began goes on."""
    folder = options.run
    if options.resume and folder is None:
        stem = run_model.run_name(project)
        folder = next((info.folder for info in run_list.list_runs() if info.resumable and info.name == stem), None)
        if folder is None:
            raise ValueError(f"no run of “{project.name}” can be resumed; name its folder with --run")
    if folder is not None and restarts and (folder / run_model.LOG).exists() and was_launched(folder):
        return folder
    if folder is not None and not options.resume and (folder / run_model.LOG).exists():
        raise ValueError(f"{folder} already holds a run: add --resume to go on with it, or name another folder")
    if folder is not None and options.resume and not (folder / run_model.LOG).exists():
        raise ValueError(f"there is no run in {folder} to resume")
    if folder is not None and options.resume:
        return folder  # The project in it stays the one that the run began with: what differs is told against it.
    # A file of a newer version may not be saved over, but a run may begin with what could be read of it.
    made = begin_run(msgspec.structs.replace(project, runs=(), readonly=""), folder, place=options.place)
    remember_launch(made)
    return made


def _ignore(event: events.Event) -> None:
    """No window follows the other processes of a run."""
