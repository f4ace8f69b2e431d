"""A run trained again: the same bits, the step at which one was changed, and why it cannot be where something is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.training.nets import small
from visualnet.core.project import Project
from visualnet.data.choosing import choose
from visualnet.data.loading import load
from visualnet.layers.recipe.live_settings import Setting
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.run_records.begin import begin_run
from visualnet.training.verifying.replay import verify_run


def keep(project: Project, folder: Path, control: Control | None = None, hear: Any = lambda event: None) -> Path:
    begin_run(project, folder)
    assert Session(project, load(project.data), hear, control, folder=folder).run() in ("done", "stopped")
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep(small(epochs=3), tmp_path_factory.mktemp("runs") / "run")


def change_line(folder: Path, at: int, change: Any) -> int:
    """Change the values of the steps event that holds the step ``at``."""
    log = folder / "events.jsonl"
    lines = log.read_text().splitlines()
    for number, line in enumerate(lines):
        told = json.loads(line)
        if told["event"] == "steps" and told["step"] - len(told["values"]["loss"]) < at <= told["step"]:
            change(told["values"]["loss"], at - told["step"] - 1)
            lines[number] = json.dumps(told)
    log.write_text("\n".join(lines) + "\n")
    return at


def copy(run: Path, to: Path) -> Path:
    import shutil

    shutil.copytree(run, to)
    return to


def test_a_run_gives_the_same_bits_again(run: Path) -> None:
    before = sorted(run.rglob("*"))
    shares: list[float] = []
    found = verify_run(run, shares.append)
    assert found.kind == "equal"
    assert found.comparison is not None
    assert found.comparison.epochs == 3
    assert found.comparison.steps == found.comparison.kept_to > 0
    assert found.differs == ()
    assert "to the last bit" in found.describe()
    assert sorted(run.rglob("*")) == before
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_one_bit_in_the_record_is_found(run: Path, tmp_path: Path) -> None:
    import math

    folder = copy(run, tmp_path / "run")

    def nudge(losses: list[float], at: int) -> None:
        losses[at] = math.nextafter(losses[at], math.inf)

    at = change_line(folder, 17, nudge)
    record = json.loads((folder / "record.json").read_text())
    record["versions"]["numpy"] = "1.0.0"
    (folder / "record.json").write_text(json.dumps(record))
    found = verify_run(folder)
    assert found.kind == "departs"
    assert found.comparison is not None
    assert found.comparison.departure is not None
    assert (found.comparison.departure.step, found.comparison.departure.name) == (at, "loss")
    assert "numpy 1.0.0 there" in found.describe()
    assert found.as_data()["departure"]["step"] == at


def test_settings_that_were_changed_are_changed_again(tmp_path: Path) -> None:
    control = Control()
    asked: list[int] = []

    def hear(event: events.Event) -> None:
        if isinstance(event, events.EpochDone) and not asked:
            asked.append(event.step)
            control.change({Setting("lr"): 0.05})

    folder = keep(small(epochs=3, lr=0.01), tmp_path / "run", control, hear)
    assert verify_run(folder).kind == "equal"


def test_a_stopped_run_is_followed_to_where_it_was_stopped(tmp_path: Path) -> None:
    control = Control()

    def hear(event: events.Event) -> None:
        if isinstance(event, events.EpochDone) and event.epoch == 2:
            control.stop()

    found = verify_run(keep(small(epochs=50), tmp_path / "run", control, hear))
    assert found.kind == "equal"
    assert found.comparison is not None
    assert found.comparison.epochs == 2


def test_who_cancels_hears_of_it_and_training_ends(run: Path) -> None:
    class Enough(Exception):
        pass

    def check(share: float) -> None:
        if share > 0.2:
            raise Enough

    with pytest.raises(Enough):
        verify_run(run, check)


def test_without_its_data_it_says_so(tmp_path: Path) -> None:
    rows = ["size,kind", *(f"{n % 7 + n % 2 * 9},{'ab'[n % 2]}" for n in range(60))]
    (tmp_path / "t.csv").write_text("\n".join(rows))
    folder = keep(table(tmp_path / "t.csv"), tmp_path / "run")
    assert verify_run(folder).kind == "equal"
    (tmp_path / "t.csv").write_text("\n".join([*rows[:-1], "99,b"]))
    found = verify_run(folder)
    assert found.kind == "cannot"
    (tmp_path / "t.csv").unlink()
    found = verify_run(folder)
    assert found.kind == "cannot"
    assert "data" in found.words


def table(path: Path) -> Project:
    from tests.training.test_tables import linear_layers

    data, _ = choose("table", path, {})
    return linear_layers(data, 2, epochs=3, batch_size=8)


def test_what_is_no_run_or_began_from_weights_that_are_gone(tmp_path: Path) -> None:
    assert verify_run(tmp_path).kind == "cannot"
    folder = keep(small(epochs=1), tmp_path / "run")
    project = small(epochs=1)
    from visualnet.core.storage import project_file

    project_file.save(
        folder / "project.vnet", replace(project, recipe=replace(project.recipe, start_from="weights/gone"))
    )
    found = verify_run(folder)
    assert found.kind == "cannot"
    assert "weights/gone" in found.words or "gone" in found.words
