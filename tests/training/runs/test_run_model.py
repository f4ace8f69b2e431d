"""A run's log and what is made of it: any log can be read, torn or not, and a resumed run replaces what it does again."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.training.nets import small
from tests.waiting import until
from visualnet.core.storage.paths import runs_dir
from visualnet.core.text.timestamps import moment
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.loop.session import Session
from visualnet.training.loop.sinks import EventLog
from visualnet.training.runs import run_history as history
from visualnet.training.runs import run_list, run_model


def _run(folder: Path, epochs: int = 2) -> run_model.RunModel:
    project = small(epochs=epochs)
    run_model.create_run(project, folder)
    model = run_model.RunModel(folder.name, folder)
    Session(project, load(project.data), model.consume, folder=folder).run()
    return model


def test_a_log_tells_what_the_run_told(tmp_path: Path) -> None:
    live = _run(tmp_path)
    read = run_model.read_run(tmp_path)
    assert read.state == live.state == "done"
    assert read.epochs == live.epochs
    assert read.started == live.started
    assert read.steps["loss"].values.tolist() == live.steps["loss"].values.tolist()
    assert read.validation["score"].steps.tolist() == [23, 46]
    assert read.ref().summary.keys() >= {"loss", "score", "validation_loss", "validation_score"}


def test_what_a_killed_run_clipped_behind_its_checkpoint_is_not_counted_twice(tmp_path: Path) -> None:
    live = _run(tmp_path)
    assert live.started is not None
    model = run_model.RunModel()
    model.consume(live.started)

    def steps(last: int, clipped: int, skipped: int) -> events.Steps:
        return events.Steps(step=last, epoch=0, lr=0.1, values={"loss": [0.0] * 5}, clipped=clipped, skipped=skipped)

    for event in (steps(5, 3, 1), steps(10, 2, 0), steps(15, 4, 2)):
        model.consume(event)
    assert (model.clipped, model.skipped) == (9, 3)
    model.consume(replace(live.started, step=10))
    assert (model.clipped, model.skipped) == (5, 1)
    model.consume(steps(15, 4, 2))
    assert (model.clipped, model.skipped) == (9, 3)


def test_a_log_torn_anywhere_can_be_read_and_gone_on_with(tmp_path: Path) -> None:
    live = _run(tmp_path)
    log = tmp_path / run_model.LOG
    whole = log.read_bytes()
    for size in range(0, len(whole), 331):
        log.write_bytes(whole[:size])
        model = run_model.read_run(tmp_path)
        known = model.steps["loss"].values.tolist() if model.steps else []
        assert known == live.steps["loss"].values.tolist()[: len(known)]
        out = EventLog(log, lambda event: pytest.fail(str(event)))
        out(events.Finished(reason="stopped", step=1, epoch=0, seconds=1.0))
        out.close()
        assert run_model.read_run(tmp_path).state == "stopped"
        assert log.read_bytes().count(b"\n") == whole[:size].count(b"\n") + 1


def test_lines_that_are_no_events_are_left_out(tmp_path: Path) -> None:
    _run(tmp_path)
    log = tmp_path / run_model.LOG
    lines = log.read_bytes().split(b"\n")
    odd = [b"", b"{", b"[]", b'{"event":"bomb"}', b"\xff\xfe", b'{"event":"steps","step":"x"}', b"9" * 5000]
    odd.append(b'{"event":"steps","step":9223372036854775807,"epoch":0,"lr":1,"values":{"loss":[1]},"time":1}')
    log.write_bytes(b"\n".join([*odd, *lines, *odd]))
    model = run_model.read_run(tmp_path)
    assert len(model.epochs) == 2


def test_a_value_that_is_not_finite_is_a_gap() -> None:
    event = events.decode(events.encode(events.Steps(step=2, epoch=0, lr=0.1, values={"loss": [1.0, None]})))
    model = run_model.RunModel()
    model.consume(event)
    assert model.steps["loss"].values[0] == 1.0
    assert math.isnan(model.steps["loss"].values[1])


def test_runs_are_listed_newest_first() -> None:
    first, second = (_run(run_model.create_run(small()), epochs=1).folder for _ in range(2))
    assert first is not None
    assert second is not None
    assert first != second
    listed = run_list.list_runs()
    assert {info.folder for info in listed} == {first, second}
    assert [info.started for info in listed] == sorted((info.started for info in listed), reverse=True)
    assert all((i.state, i.epochs, i.name, i.resumable) == ("done", 1, "net", False) for i in listed)
    assert listed[0].best is not None
    assert runs_dir().exists()


def test_the_model_of_a_run_needs_neither_torch_nor_qt() -> None:
    code = "import sys, visualnet.training.runs.run_model; assert not {'torch', 'PySide6'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


KILLED = """
import sys
from pathlib import Path
from tests.training.nets import small
from visualnet.data.loading import load
from visualnet.training.loop import checkpointer, session
checkpointer.CHECKPOINT_S, session.FLUSH_S = 0.02, 0.001
project = small(epochs=100000)
session.Session(project, load(project.data), lambda e: None, folder=Path(sys.argv[1])).run()
"""


@pytest.mark.wide
def test_after_kill_9_the_run_can_be_read_and_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=root)
    try:
        until(
            lambda: (
                child.poll() is not None or ((tmp_path / "last").exists() and run_model.read_run(tmp_path).step >= 200)
            )
        )
        assert child.poll() is None
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    torn = run_model.read_run(tmp_path)
    assert torn.state == "interrupted"
    epochs = torn.step // 23 + 2
    project = small(epochs=epochs)
    data = load(project.data)
    assert Session(project, data, lambda _: None, folder=tmp_path, resume=True).run() == "done"
    assert not list(tmp_path.glob(".*")), "nothing stays of what was being written"
    whole = run_model.RunModel()
    assert Session(project, data, whole.consume).run() == "done"
    resumed = run_model.read_run(tmp_path)
    assert resumed.state == "done"
    assert resumed.steps["loss"].values.tolist() == whole.steps["loss"].values.tolist()


@pytest.mark.parametrize("time", ["1e30", "-1e30", "-5", "0", "1e308", "99999999999999", "253402300800"])
def test_a_log_of_an_absurd_time_is_shown_with_its_time_unknown(time: str, tmp_path: Path) -> None:
    folder = tmp_path / "20260101-000000-net"
    _run(folder, epochs=1)
    log = folder / run_model.LOG
    log.write_text(re.sub(r'"time":[0-9.e+]+', f'"time":{time}', log.read_text()))
    model = run_model.read_run(folder)
    assert model.state == "done"
    assert model.ref().started == ""
    (info,) = run_list.list_runs(tmp_path)
    assert moment(info.started) is not None, "when its folder was last written"
    assert history.format_begin(model.ref()) == "20260101-000000-net, time unknown"


def test_what_is_no_log_ends_no_reading(tmp_path: Path) -> None:
    """A pipe, a device and a file of a tebibyte of nothing."""
    for name in ("pipe", "device", "nothing", "folder"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "pipe" / run_model.LOG)
    (tmp_path / "device" / run_model.LOG).symlink_to("/dev/zero")
    (tmp_path / "folder" / run_model.LOG).mkdir()
    with (tmp_path / "nothing" / run_model.LOG).open("wb") as file:
        file.truncate(1 << 40)
    for name in ("pipe", "device", "nothing", "folder"):
        assert run_model.read_run(tmp_path / name).state == "waiting"
    assert [info.id for info in run_list.list_runs(tmp_path)] == ["nothing"]
