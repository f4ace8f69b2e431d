"""What a run answers to new samples: files, words, rows of a table."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualnet.cli.common import FINE, Subcommand, UsageError
from visualnet.cli.runs.run_folder import find_run_folder
from visualnet.core.errors import FileError

if TYPE_CHECKING:
    from visualnet.core.project import Project
    from visualnet.training.prediction.named_answers import NamedAnswer


def options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("run", metavar="RUN", help="the run's folder, or its name among yours")
    verb.add_argument(
        "input",
        metavar="INPUT",
        nargs="+",
        help="an image, a sound or a text in a file; a CSV file of rows; a row as NAME=VALUE,NAME=VALUE; or words, where it reads texts",
    )


def run(args: argparse.Namespace) -> int:
    from visualnet.core.storage import project_file
    from visualnet.core.text.format import format_quantity
    from visualnet.pytorch import need_torch
    from visualnet.training.prediction.found_objects import find_cutter
    from visualnet.training.prediction.run_prediction import answer_run
    from visualnet.training.runs.run_model import PROJECT

    folder = find_run_folder(args.run)
    try:
        need_torch()
        project = project_file.load(folder / PROJECT)
        if find_cutter(project) is not None:
            return _tell_objects(args, folder, project)
        told = [(text, answer_run(folder, project, [_read_input(text)])) for text in args.input]
    except FileError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    count = 0
    rows = []
    for text, answers in told:
        count += len(next(iter(answers.values())))
        for number, each in enumerate(zip(*answers.values(), strict=True), 1):
            for name, answer in zip(answers, each, strict=True):
                rows.append(_as_data(text, number, name if len(answers) > 1 else "", answer))
                where = f"{text}, row {number}" if len(answers[name]) > 1 else text
                if not args.json:
                    print(f"{where}: {f'{name} ' if len(answers) > 1 else ''}{answer.describe()}")
    if args.json:
        print(json.dumps(rows))
    elif count > 1:
        print(format_quantity(count, "sample"))
    return FINE


def _tell_objects(args: argparse.Namespace, folder: Path, project: Project) -> int:
    """Of a network that was trained on regions: the objects in each picture."""
    from visualnet.training.prediction.found_objects import find_objects

    told = [(text, find_objects(folder, project, text)) for text in args.input]
    if args.json:
        print(json.dumps([{"input": text, **one._asdict()} for text, found in told for one in found]))
        return FINE
    for text, found in told:
        for one in found:
            print(f"{text}: {one.describe()}")
        if not found:
            print(f"{text}: nothing was found that the network is sure of")
    return FINE


def _read_input(text: str) -> Any:
    """What this argument stands for: a file that is there, a row, or words."""
    try:
        if Path(text).exists():
            return Path(text)
    except (OSError, ValueError):
        return text
    cells = next(csv.reader([text], skipinitialspace=True), [])
    pairs = [cell.partition("=") for cell in cells]
    if pairs and all(equals and name.strip() for name, equals, _ in pairs):
        return {name.strip(): value for name, _, value in pairs}
    return text


def _as_data(text: str, number: int, name: str, answer: NamedAnswer) -> dict[str, Any]:
    found: dict[str, Any] = {"input": text, "row": number}
    if name:
        found["output"] = name
    if answer.label:
        return {**found, "label": answer.label, "probabilities": dict(answer.probabilities)}
    if answer.probabilities:
        return {**found, "labels": list(answer.holding), "probabilities": dict(answer.probabilities)}
    return {**found, "values": list(answer.values)}


VERB = Subcommand(run, "what a run answers to new samples, with the names of its classes", options)
