"""`visualnet experiment`: train variants of a network with several seeds, and hold them against each other."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from visualnet.cli.common import FINE, Subcommand, UsageError, open_project


def options(verb: argparse.ArgumentParser) -> None:
    """What can be said about it."""
    verb.add_argument(
        "experiment",
        metavar="X",
        nargs="?",
        help="an experiment that comes with the program, or a .vnet file or template, with --vary or with experiments kept in it; "
        "without it all that there are are listed",
    )
    verb.add_argument(
        "--vary",
        metavar="NAME=VALUE,VALUE",
        help="an experiment of your own: what of the project to vary (lr, batch_size, samples, init, conv1.out_channels, constant.width …) "
        "and its values",
    )
    verb.add_argument("--seeds", metavar="N,N", help="with which seeds each variant is trained (0,1,2)")
    verb.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        help="keep runs, results.csv, results.json and pictures here, or go on with what was begun here; by default a new folder of yours",
    )


def run(args: argparse.Namespace) -> int:
    """List experiments, or train one."""
    if args.experiment is None:
        return _list(args)
    try:
        seeds = tuple(int(text) for text in args.seeds.split(",")) if args.seeds else ()
    except ValueError:
        raise UsageError(f"--seeds {args.seeds}: whole numbers are wanted, for example 0,1,2") from None
    from visualnet.training.experiments.console import ExperimentOptions
    from visualnet.training.experiments.console import run as train
    from visualnet.training.experiments.declare import check_seeds
    from visualnet.training.experiments.registry import find_experiments

    told = ExperimentOptions(seeds, args.output, args.json)
    known = find_experiments()
    try:
        if seeds:
            check_seeds(seeds)
        if args.experiment in known:
            if args.vary:
                raise UsageError("--vary makes an experiment of a project: name a file or a template")
            return train(known[args.experiment], told)
        return _train_own(args, told)
    except UsageError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None


def _train_own(args: argparse.Namespace, told: object) -> int:
    """What a person wants to vary of a project, or what is kept in its file, one after the other."""
    from visualnet.training.experiments.console import ExperimentOptions
    from visualnet.training.experiments.console import run as train
    from visualnet.training.experiments.own import make_experiment, parse, read_own
    from visualnet.training.experiments.registry import find_experiments

    assert isinstance(told, ExperimentOptions)
    if not Path(args.experiment).exists() and "." not in args.experiment and not args.vary:
        raise UsageError(f"there is no experiment “{args.experiment}” (there are {', '.join(find_experiments())})")
    project = open_project(args.experiment)
    if args.vary:
        found = [parse(project, args.vary)]
    else:
        found, faults = read_own(project)
        if faults:
            raise UsageError("; ".join(faults))
    if not found:
        raise UsageError("no experiment is kept in this file: say what to vary, for example --vary lr=0.1,0.01")
    code = FINE
    for number, own in enumerate(found, 1):
        folder = told.folder / str(number) if told.folder is not None and len(found) > 1 else told.folder
        experiment = make_experiment(project, own)
        own = own._replace(seeds=told.seeds or own.seeds)
        code = max(code, train(experiment, replace(told, seeds=own.seeds, folder=folder), own.varied))
    return code


def _list(args: argparse.Namespace) -> int:
    from visualnet.training.experiments.registry import find_experiments

    found = find_experiments().values()
    if args.json:
        keys = ("name", "title", "sentence")
        print(json.dumps([{key: getattr(one, key) for key in keys} for one in found]))
        return FINE
    wide = max(len(one.name) for one in found)
    for one in found:
        print(f"{one.name:{wide}}  {one.title}. {one.sentence}")
    return FINE


VERB = Subcommand(run, "train variants of a network side by side with several seeds, and compare them", options)
