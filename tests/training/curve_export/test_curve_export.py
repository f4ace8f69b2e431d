"""Curves for other tools: every value is there with all its digits, and what is not installed is said in words."""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.by_hand import tiny
from tests.training.nets import small
from tests.training.verifying.test_replay import keep
from visualnet.cli.main import main
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.training import checkpoints
from visualnet.training.curve_export.mlflow_store import write_mlflow
from visualnet.training.curve_export.rows import curve_rows
from visualnet.training.curve_export.several import export_together, file_names, own_titles
from visualnet.training.curve_export.tables import write_csv, write_parquet
from visualnet.training.curve_export.tensorboard import write_tensorboard
from visualnet.training.curve_export.while_training import BOARD, TABLE
from visualnet.training.events import Event, Trouble
from visualnet.training.loop.session import Session
from visualnet.training.run_records.annotations import annotate
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.runs.network_mark import mark_of
from visualnet.training.runs.run_model import read_run
from visualnet.training.transfer.project_in_weights import read_project_of


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep(small(epochs=2), tmp_path_factory.mktemp("runs") / "run")


def test_a_csv_holds_every_value_to_the_last_bit(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export-curves", str(run), "--csv", str(tmp_path / "c.csv")]) == 0
    assert "wrote" in capsys.readouterr().out
    with (tmp_path / "c.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    model = read_run(run)
    steps = [row for row in rows if (row["part"], row["name"]) == ("step", "loss")]
    assert [float(row["value"]) for row in steps] == model.steps["loss"].values.tolist()
    assert [int(row["step"]) for row in steps] == model.steps["loss"].steps.tolist()
    ends = [float(row["epoch"]) for row in rows if (row["part"], row["name"]) == ("validation", "loss")]
    assert ends == [1.0, 2.0]
    assert {row["part"] for row in rows} == {"step", "training", "validation"}


def test_parquet_holds_the_same(run: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write_parquet(tmp_path / "c.parquet", read_run(run))
    table = parquet.read_table(tmp_path / "c.parquet").to_pylist()
    assert table == [row._asdict() for row in curve_rows(read_run(run))]


def test_the_curves_of_several_runs_are_one_table_with_a_column_run(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other" / run.name
    shutil.copytree(run, other)
    annotate(other, name="=wide")
    assert main(["export-curves", str(run), str(other), "--csv", str(tmp_path / "c.csv")]) == 0
    with (tmp_path / "c.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    alone = tmp_path / "alone.csv"
    assert main(["export-curves", str(run), "--csv", str(alone)]) == 0
    with alone.open(newline="") as file:
        single = list(csv.DictReader(file))
    assert list(rows[0]) == ["run", *single[0]]
    assert [{k: v for k, v in row.items() if k != "run"} for row in rows] == [*single, *single]
    assert [row["run"] for row in rows] == [run.name] * len(single) + ["'=wide"] * len(
        single
    )  # no formula for a spreadsheet
    capsys.readouterr()
    parquet = pytest.importorskip("pyarrow.parquet")
    export_together({run: "a", other: "b"}, tmp_path / "c.parquet", "parquet")
    table = parquet.read_table(tmp_path / "c.parquet").to_pylist()
    assert table == [{"run": name, **row._asdict()} for name in ("a", "b") for row in curve_rows(read_run(run))]


def test_one_table_that_is_cut_off_leaves_what_stood_there(run: Path, tmp_path: Path) -> None:
    class Cut(Exception):
        pass

    def check(share: float) -> None:
        if share:
            raise Cut

    (tmp_path / "c.csv").write_text("before")
    shutil.copytree(run, tmp_path / "copy")
    with pytest.raises(Cut):
        export_together({run: "a", tmp_path / "copy": "b"}, tmp_path / "c.csv", "csv", check)
    assert (tmp_path / "c.csv").read_text() == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"c.csv", "copy"}, "nothing is left beside it"
    with pytest.raises(project_file.FileError):
        export_together({run: "a"}, tmp_path / "none" / "c.csv", "csv")


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard itself reads in a folder."""
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader")
    found: dict[str, list[tuple[int, float]]] = {}
    for path in sorted(folder.iterdir()):
        for event in loader.LegacyEventFileLoader(str(path)).Load():
            for value in event.summary.value:
                found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


def test_tensorboard_reads_the_curves_of_a_kept_run(run: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    write_tensorboard(tmp_path / "board", read_run(run))
    model, found = read_run(run), scalars(tmp_path / "board")
    assert [step for step, _ in found["step/loss"]] == model.steps["loss"].steps.tolist()
    assert [value for _, value in found["step/loss"]] == pytest.approx(model.steps["loss"].values.tolist())
    assert len(found["validation/score"]) == 2


def test_a_training_writes_event_files_while_it_goes_on(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    project_file.save(tmp_path / "net.vnet", small(epochs=2))
    told = ["train", str(tmp_path / "net.vnet"), "--run", str(tmp_path / "run"), "--tensorboard", str(tmp_path / "b")]
    assert main(told) == 0
    found, model = scalars(tmp_path / "b"), read_run(tmp_path / "run")
    assert [value for _, value in found["step/loss"]] == pytest.approx(model.steps["loss"].values.tolist())
    assert len(found["validation/loss"]) == 2


@pytest.mark.filterwarnings("ignore")  # of MLflow's own use of SQLAlchemy
def test_mlflow_holds_parameters_and_metrics(run: Path, tmp_path: Path) -> None:
    tracking = pytest.importorskip("mlflow.tracking")
    run_id = write_mlflow(tmp_path / "mlflow.db", run, read_run(run))
    client = tracking.MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    kept = client.get_run(run_id)
    assert kept.info.status == "FINISHED"
    assert float(kept.data.params["lr"]) == small().recipe.lr
    assert len(client.get_metric_history(run_id, "step/loss")) == len(read_run(run).steps["loss"])


@pytest.mark.filterwarnings("ignore")  # of MLflow's own use of SQLAlchemy
def test_runs_are_added_to_what_is_in_the_store(run: Path, tmp_path: Path) -> None:
    tracking = pytest.importorskip("mlflow.tracking")
    file = tmp_path / "mlflow.db"
    for name in ("first", "second"):
        export_together({run: name}, file, "mlflow")
    client = tracking.MlflowClient(tracking_uri=f"sqlite:///{file}")
    place = client.get_experiment_by_name("visualnet").experiment_id
    assert {one.info.run_name for one in client.search_runs([place])} == {"first", "second"}


@pytest.mark.parametrize(
    ("option", "module"), [("--parquet", "pyarrow"), ("--tensorboard", "torch.utils.tensorboard.writer"), ("--mlflow", "mlflow.entities")]
)  # fmt: skip
def test_what_is_not_installed_is_said_with_how_to_get_it(
    run: Path, tmp_path: Path, option: str, module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["export-curves", str(run), option, str(tmp_path / "x")]) == 2
    assert "pip install" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_weights_go_with_their_project(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "w.safetensors"
    assert main(["export-curves", str(run)]) == 2
    assert main(["export-weights", str(run), str(path)]) == 0
    project = read_project_of(path)
    assert mark_of(project) == mark_of(small())
    assert checkpoints.read_header(path) == checkpoints.read_header(run / "best.safetensors")
    before, after = (checkpoints.load_file(one) for one in (run / "best.safetensors", path))
    assert all(bool((before[name] == after[name]).all()) for name in before)
    (tmp_path / "torn.safetensors").write_bytes(path.read_bytes()[:50])
    with pytest.raises(project_file.FileError, match="no safetensors"):
        read_project_of(tmp_path / "torn.safetensors")
    (tmp_path / "bomb.safetensors").write_bytes((1 << 40).to_bytes(8, "little") + b"{}")
    with pytest.raises(project_file.FileError, match="header"):
        read_project_of(tmp_path / "bomb.safetensors")


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.text(max_size=120), max_size=8))
def test_every_run_has_a_file_name_of_its_own(titles: dict[str, str]) -> None:
    names = file_names(titles)
    assert names.keys() == titles.keys()
    assert len({name.casefold() for name in names.values()}) == len(names)
    assert all(name and "/" not in name and "\\" not in name and not name.startswith(".") for name in names.values())


@given(st.dictionaries(st.text("ab_() ", max_size=4), st.text("ab_() ", max_size=6), max_size=8))
def test_every_run_has_a_title_of_its_own_in_a_table(titles: dict[str, str]) -> None:
    names = own_titles(titles)
    assert names.keys() == titles.keys()
    assert len(set(names.values())) == len(names)
    assert all(names[run] == title for run, title in titles.items() if list(titles.values()).count(title) == 1)


def train_with(folder: Path, epochs: int = 2, **options: str) -> list[Event]:
    project = tiny(epochs=epochs, options=options)
    told: list[Event] = []
    Session(project, load(project.data), told.append, folder=begin_run(project, folder), threads=1).run()
    return told


def test_a_run_writes_its_curves_by_a_switch_and_learns_the_same(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    train_with(tmp_path / "plain")
    told = train_with(tmp_path / "both", curves="both")
    plain, both = (read_run(tmp_path / name) for name in ("plain", "both"))
    assert not any(isinstance(event, Trouble) for event in told)
    assert both.validation["loss"].values.tolist() == plain.validation["loss"].values.tolist()
    write_csv(tmp_path / "again.csv", both)
    assert (tmp_path / "both" / TABLE).read_bytes() == (tmp_path / "again.csv").read_bytes()
    board = accumulator.EventAccumulator(str(tmp_path / "both" / BOARD))
    board.Reload()
    found = [(one.step, one.value) for one in board.Scalars("validation/loss")]
    series = both.validation["loss"]
    assert found == [(step, float(np.float32(v))) for step, v in zip(series.steps, series.values, strict=True)]
    assert not (tmp_path / "plain" / BOARD).exists() and not (tmp_path / "plain" / TABLE).exists()


def test_what_cannot_be_written_is_told_and_the_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard.writer", None)
    told = train_with(tmp_path / "run", curves="tensorboard")
    (trouble,) = [event for event in told if isinstance(event, Trouble)]
    assert "pip install" in trouble.words and read_run(tmp_path / "run").state == "done"
