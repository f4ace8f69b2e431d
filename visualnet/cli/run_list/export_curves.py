"""`export-curves`: how a run learned, for other tools."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from visualnet.cli.common import FINE, Subcommand, UsageError
from visualnet.cli.runs.run_folder import find_run_folder


def options(verb: argparse.ArgumentParser) -> None:
    """What can be said about curves."""
    verb.add_argument(
        "runs",
        metavar="RUN",
        nargs="+",
        help="the run's folder, its name among yours, or a .vnetz file; of several, a table has the column run",
    )
    verb.add_argument("--csv", metavar="FILE", type=Path, help="a row for each value: part, name, step, epoch, value")
    verb.add_argument("--parquet", metavar="FILE", type=Path, help="the same as Parquet (needs pyarrow)")
    verb.add_argument(
        "--tensorboard",
        metavar="DIR",
        type=Path,
        help="event files for TensorBoard (needs its package); of several runs, a folder for each",
    )
    verb.add_argument(
        "--mlflow", metavar="FILE", type=Path, help="add each run to MLflow's store in this SQLite file (needs mlflow)"
    )


def run(args: argparse.Namespace) -> int:
    """Write the curves of runs as was asked."""
    from visualnet.core.errors import FileError

    folders = list(dict.fromkeys(find_run_folder(one) for one in args.runs))
    wanted = {"csv": args.csv, "parquet": args.parquet, "tensorboard": args.tensorboard, "mlflow": args.mlflow}
    if not (wanted := {way: place for way, place in wanted.items() if place is not None}):
        raise UsageError("say where the curves go: --csv FILE, --parquet FILE, --tensorboard DIR or --mlflow FILE")
    try:
        for way, place in wanted.items():
            _write(way, place, folders)
    except FileError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    written = [str(place) for place in wanted.values()]
    print(json.dumps({"written": written}) if args.json else "\n".join(f"wrote {place}" for place in written))
    return FINE


def _write(way: str, place: Path, folders: Sequence[Path]) -> None:
    from visualnet.training.curve_export.several import (
        CURVE_FORMATS,
        export_runs,
        export_together,
        file_names,
        own_titles,
    )
    from visualnet.training.run_records.annotations import read_annotations
    from visualnet.training.runs.run_model import read_run

    titles = {str(one): read_annotations(one).name or one.name for one in folders}
    if len(folders) == 1:
        CURVE_FORMATS[way].write(place, read_run(folders[0]))
    elif CURVE_FORMATS[way].write_together is not None:
        export_together({Path(one): title for one, title in own_titles(titles).items()}, place, way)
    else:
        export_runs({Path(one): name for one, name in file_names(titles).items()}, place, way)


VERB = Subcommand(run, "write the curves of a run for other tools: CSV, Parquet, TensorBoard, MLflow", options)
