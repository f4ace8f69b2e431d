"""A run in MLflow's local store: parameters, metrics by step, and tags. Only a file on this machine is written, never a server."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from visualnet.training.curve_export.rows import curves_of
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import RunRecord
from visualnet.training.runs.run_model import RunModel

NO_MLFLOW = "writing into MLflow's store needs it: install it with  pip install mlflow"
MOST_AT_ONCE = 1_000
"""Metrics that the store takes in one call; of parameters 100."""
STATES = {"done": "FINISHED", "failed": "FAILED"}


def is_installed() -> bool:
    """Whether MLflow is there, as far as can be told without importing it."""
    return find_spec("mlflow") is not None


def add_runs(database: Path, runs: Iterable[tuple[str, RunModel]]) -> None:
    """Add runs, each with what it is called, to the store in an SQLite file, which is made if it is not there.

    Raises:
        ValueError: MLflow is not installed, or refuses; the words say which.
    """
    for name, model in runs:
        assert model.folder is not None
        write_mlflow(database, model.folder, model, name=name)


def write_mlflow(database: Path, folder: Path, model: RunModel, experiment: str = "visualnet", name: str = "") -> str:
    """Add a run to the store in an SQLite file, which is made if it is not there; the id that MLflow gives it. ``name``: what the run is
    called there, that of its folder if nothing is said.

    Raises:
        ValueError: MLflow is not installed, or refuses; the words say which.
    """
    try:
        from mlflow.entities import Metric, Param, RunTag
        from mlflow.exceptions import MlflowException
        from mlflow.tracking import MlflowClient
    except ImportError:
        raise ValueError(NO_MLFLOW) from None
    record = read_record(folder)
    at = round(1000 * (model.begun_at or 0))
    try:
        client = MlflowClient(tracking_uri=f"sqlite:///{database.absolute().as_posix()}")
        known = client.get_experiment_by_name(experiment)
        place = known.experiment_id if known is not None else client.create_experiment(experiment)
        run = client.create_run(place, start_time=at, run_name=name or folder.name).info.run_id
        params = [Param(_key(name), str(value)[:500]) for name, value in record.recipe.items()]
        for begin in range(0, len(params), 100):
            client.log_batch(run, params=params[begin : begin + 100])
        metrics = [Metric(key, value, at, step) for key, value, step in _metrics(model)]
        for begin in range(0, len(metrics), MOST_AT_ONCE):
            client.log_batch(run, metrics=metrics[begin : begin + MOST_AT_ONCE])
        client.log_batch(run, tags=[RunTag(_key(name), value[:500]) for name, value in _tags(record).items()])
        client.set_terminated(
            run, STATES.get(model.state, "KILLED"), round(1000 * record.ended) if record.ended else None
        )
    except (MlflowException, OSError) as error:
        raise ValueError(f"MLflow's store {database} cannot take the run: {str(error).partition(chr(10))[0]}") from None
    return str(run)


def _metrics(model: RunModel) -> Iterator[tuple[str, float, int]]:
    for part, name, series in curves_of(model):
        for step, value in zip(series.steps.tolist(), series.values.tolist(), strict=True):
            if math.isfinite(value):
                yield _key(f"{part}/{name}"), value, step


def _tags(record: RunRecord) -> dict[str, Any]:
    found = {f"version {name}": value for name, value in record.versions.items()}
    found |= {"device": record.device, "data": record.data_name, "data fingerprint": record.data}
    return {name: value for name, value in found.items() if value}


def _key(name: str) -> str:
    """A name that the store allows: letters, digits, spaces, and ``_ - . /``."""
    return re.sub(r"[^\w\-. /]", "_", name)[:240]
