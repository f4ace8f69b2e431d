"""`visualnet watch`: look inside a network: what flows, the weights, why it answers so; as a picture, a table or arrays."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from visualnet.cli.common import FINE, Subcommand, UsageError, number, project_of, project_options
from visualnet.cli.runs.run_folder import find_run_folder
from visualnet.core.errors import FileError
from visualnet.core.graph import Value
from visualnet.core.storage import project_file

if TYPE_CHECKING:
    from visualnet.training.observe import Observed

ENDINGS = (".png", ".svg", ".csv", ".npz", ".npy")
LISTED = 6


def options(verb: argparse.ArgumentParser) -> None:
    """What can be said about what is looked at."""
    project_options(verb)
    verb.add_argument(
        "--observe",
        metavar="NAME",
        help="what to look at; without it, all that this network has something for is listed",
    )
    verb.add_argument(
        "--at",
        metavar="NODE",
        default="",
        help="where: a node's name, block/node for one inside, node.port where it has several",
    )
    verb.add_argument(
        "--option",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a setting of the observation; may be repeated",
    )
    verb.add_argument(
        "--sample", metavar="N", type=number(int, 0), default=0, help="which sample of the validation part (0)"
    )
    verb.add_argument(
        "--run", metavar="RUN", help="look with the weights of this run: its folder, or its name among yours"
    )
    verb.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help="write it: a picture (.png, .svg), a table (.csv), all arrays (.npz) or the first alone (.npy)",
    )
    verb.add_argument("--size", metavar="WxH", default="900x600", help="the size of the picture in px (900x600)")
    verb.add_argument("--style", choices=("light", "dark"), default="light", help="how a .png looks (light)")


def run(args: argparse.Namespace) -> int:
    """Look, and write what was seen."""
    if args.output is not None and args.output.suffix.lower() not in ENDINGS:
        raise UsageError(f"{args.output}: its name ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    size = _size(args.size)
    project = project_of(args)
    if not args.observe:
        return _list(project, args.json)
    from visualnet.training.observe import observe_once

    folder = find_run_folder(args.run) if args.run else None
    try:
        found = observe_once(project, args.observe, args.at, read_options(args.option), args.sample, folder)
    except FileError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    if args.output is not None:
        _write(found, args.output, size, args.style)
        print(f"wrote {args.output}", file=sys.stderr)
    _tell(found, args.json)
    return FINE


def _list(project: object, as_json: bool) -> int:
    from visualnet.analysis import infer
    from visualnet.core.project import Project
    from visualnet.data.registry import fields_or_none
    from visualnet.training.observe import choices, spell_subject

    assert isinstance(project, Project)
    analysis = infer(project, None, fields_or_none(project.data) or {})
    found = {kind: [spell_subject(one, analysis) for one in subjects] for kind, subjects in choices(analysis).items()}
    if as_json:
        print(
            json.dumps(
                {kind.name: {"title": kind.title, "family": kind.family, "at": at} for kind, at in found.items()}
            )
        )
        return FINE
    family = ""
    for kind, at in found.items():
        if kind.family != family:
            family = kind.family
            print(f"{family}:")
        print(f"  {kind.name:24} {kind.summary()}")
        if kind.about not in ("network", "sheet"):
            print(f"{'':26} at {', '.join(at[:LISTED])}{' …' if len(at) > LISTED else ''}")
    return FINE


def _tell(found: Observed, as_json: bool) -> None:
    arrays = found.result.arrays
    if as_json:
        sizes = {name: {"shape": list(array.shape), "dtype": str(array.dtype)} for name, array in arrays.items()}
        about = {"observation": found.request.name, "at": found.where, "step": found.step, "trained": found.trained}
        print(json.dumps({**about, "arrays": sizes, "note": found.result.note, "words": found.chart.description()}))
        return
    trained = f"after step {found.step:,}" if found.step else "trained" if found.trained else "fresh weights"
    print(f"{found.request.name} at {found.where} ({trained}): {found.chart.description()}")
    if found.result.note:
        print(found.result.note)


def _write(found: Observed, path: Path, size: tuple[int, int], style: str) -> None:
    from visualnet.figures.charts.svg import svg_of

    ending = path.suffix.lower()
    if ending == ".svg":
        project_file.write(path, svg_of(found.chart, *size).encode())
    elif ending == ".csv":
        from visualnet.core.text.tables import csv_of

        project_file.write(path, csv_of(found.chart.rows()).encode())
    elif ending == ".npz":
        from visualnet.training.observations.array_files import npz_of

        project_file.write(path, npz_of([(found.step, found.result)]))
    elif ending == ".npy":
        from visualnet.training.observations.array_files import npy_of

        project_file.write(path, npy_of(found.result))
    else:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from visualnet.app.figures.chart_picture import save_chart

        save_chart(found.chart, path, size, style)


def read_options(given: list[str]) -> dict[str, Value]:
    """Settings given as NAME=VALUE.

    Raises:
        UsageError: one is not.
    """
    found: dict[str, Value] = {}
    for one in given:
        name, equals, text = one.partition("=")
        if not equals:
            raise UsageError(f"--option {one}: wanted NAME=VALUE")
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        found[name.strip()] = tuple(value) if isinstance(value, list) else value
    return found


def _size(text: str) -> tuple[int, int]:
    wide, _, high = text.lower().partition("x")
    if not (wide.isdigit() and high.isdigit() and 50 <= int(wide) <= 8000 and 50 <= int(high) <= 8000):
        raise UsageError(f"--size {text}: wanted WxH in px, as 900x600, each from 50 to 8000")
    return int(wide), int(high)


VERB = Subcommand(
    run, "look inside: what flows, the weights, why it answers so; as a picture, a table or arrays", options
)
