"""The network as plain PyTorch, or its training as a script."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from visualnet.cli.common import FINE, Subcommand, UsageError, project_of, project_options
from visualnet.core.project import Project
from visualnet.pytorch import need_torch


def options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    verb.add_argument("-o", "--output", metavar="FILE", help="write to this file instead of the terminal")
    verb.add_argument(
        "--train",
        action="store_true",
        help="print a training script that needs only PyTorch and NumPy and gives the same losses; with -o its data are written beside it",
    )
    verb.add_argument(
        "--data", metavar="FILE", help="with --train: write the data to this .npz file, and let the script read it"
    )


def run(args: argparse.Namespace) -> int:
    if args.data and not args.train:
        raise UsageError("--data says where the data of a training script go: it needs --train")
    if args.data and Path(args.data).suffix != ".npz":
        raise UsageError(
            f"--data {args.data}: the data are written as NumPy keeps several arrays, in a file that ends in .npz"
        )
    project = project_of(args)
    need_torch()
    return _training(project, args) if args.train else _network(project, args)


def _network(project: Project, args: argparse.Namespace) -> int:
    from visualnet.compiling.source_code.source import model_source
    from visualnet.core.storage import project_file

    source = model_source(project)
    if args.output:
        project_file.write(Path(args.output), source.encode())
        print(json.dumps({"file": args.output}) if args.json else f"wrote {args.output}")
    else:
        _print_source(source, args.json)
    return FINE


def _training(project: Project, args: argparse.Namespace) -> int:
    from visualnet.compiling.plan import GraphError
    from visualnet.data.loading import load
    from visualnet.training.script.script_files import ScriptFiles
    from visualnet.training.script.training_script import training_script, write_data, write_training

    data_file = Path(args.data) if args.data else None
    try:
        data = load(project.data)
        if args.output:
            files = write_training(project, data, Path(args.output), data_file)
            told = {"file": args.output, "data": str(files[1])}
            print(json.dumps(told) if args.json else f"wrote {' and '.join(map(str, files))}")
            return FINE
        # What is printed is meant for a file in the present folder.
        source = training_script(project, data, ScriptFiles.beside(Path("train.py"), data_file))
        if data_file is not None:
            write_data(project, data, data_file)
    except GraphError:
        raise
    except ValueError as error:  # data or weights that are not there, a setting that a script cannot say
        raise UsageError(str(error)) from None
    _print_source(source, args.json)
    return FINE


def _print_source(source: str, as_json: bool) -> None:
    print(json.dumps({"source": source}) if as_json else source, end="\n" if as_json else "")


VERB = Subcommand(run, "print the network as plain PyTorch, or its training as a script", options)
