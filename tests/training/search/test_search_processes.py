"""Several processes that share one search, and processes that are killed (kill −9) at any moment: the journal stays sound."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Amount
from tests.training.process_server import NEEDS_FORK, ForkedProcess, ProcessServer, environment, has_ended, server_of
from tests.training.search.tiny_search import RATES, search, searched
from tests.waiting import until
from visualnet.core.project import SearchEntry
from visualnet.training.runs.run_model import LOG, read_run
from visualnet.training.search import folder as kept
from visualnet.training.search import workers
from visualnet.training.search.study import KILLED, Study, counts, is_over

pytestmark = NEEDS_FORK

searchers = server_of("tests.training.search.search_process")
"""The process that forks searches."""


def size_of(folder: Path) -> int:
    path = folder / kept.JOURNAL
    return path.stat().st_size if path.exists() else 0


def kill_and_go_on(searchers: ProcessServer, folder: Path, kills: int) -> None:
    """Kill a searching process so often, each time when it has written some bytes more, and read what is left."""
    chance, number = random.Random(4), max(2 * kills, 5)
    project = searched(RATES, SearchEntry(address="optimizer", choices=("SGD", "Adam")), method="random", trials=number)
    kept.begin(folder, project)
    done: dict[int, float | None] = {}
    killed = 0
    while killed < kills:
        child = ForkedProcess(searchers, int(searchers.ask(f"start {folder}")))
        enough = size_of(folder) + chance.randint(1, 900)
        until(partial(has_written, folder, enough, child.pid), "some bytes more in the journal")
        os.kill(child.pid, signal.SIGKILL)
        killed += child.wait() == -signal.SIGKILL
        trials = {trial.number: trial for trial in Study(folder).trials()}
        for number, value in done.items():
            assert trials[number].value == value, "what a trial had reached is kept"
        done = {number: trial.value for number, trial in trials.items() if trial.state == "done"}
        if sum(map(counts, trials.values())) >= number and all(map(is_over, trials.values())):
            break
    assert killed == kills
    trials_now, ended = search(folder, project)
    assert ended.reason == "done", ended.words
    assert all(is_over(trial) for trial in trials_now)
    assert sum(map(counts, trials_now)) == number
    assert all(trial.words == KILLED for trial in trials_now if trial.lost)
    assert kept.count_workers(folder) == 0


def has_written(folder: Path, enough: int, child: int) -> bool:
    """Whether the journal has so many bytes, or the process has ended: it is a zombie then until it is waited for."""
    return size_of(folder) >= enough or has_ended(child)


@pytest.mark.wide
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to look at processes")
def test_processes_that_are_killed_leave_the_journal_sound(searchers: ProcessServer, tmp_path: Path) -> None:
    kill_and_go_on(searchers, tmp_path / "s", 2)


@pytest.mark.wide
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to look at processes")
def test_any_number_of_kills_leaves_the_journal_sound(searchers: ProcessServer, tmp_path: Path, amount: Amount) -> None:
    kill_and_go_on(searchers, tmp_path / "s", amount(2, wide=20, thorough=100))


@pytest.mark.wide
def test_two_processes_share_a_grid_and_train_each_point_once(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    rates = SearchEntry(address="lr", choices=(1e-5, 1e-4, 1e-3, 1e-2, 1e-1))
    sizes = SearchEntry(address="batch_size", choices=(4, 8, 16))
    kept.begin(folder, searched(rates, sizes, method="grid", epochs=20))
    processes = workers.start_workers(folder, 2)
    until(lambda: kept.count_workers(folder) == 2 or processes[0].poll() is not None, "both processes", 120)
    assert workers.wait_all(processes, 300)
    workers.let_go(processes)
    assert [process.returncode for process in processes] == [0, 0], workers.read_words(folder)
    study = Study(folder)
    trials = study.trials()
    assert len(trials) == 15 and all(trial.state == "done" for trial in trials)
    assert len({tuple(trial.values.values()) for trial in trials}) == 15
    taken = {trial.user_attrs["worker"] for trial in study.optuna.get_trials()}
    assert len(taken) == 2, "both have trained"


@pytest.mark.wide
@pytest.mark.timeout(240)
def test_kill_9_of_who_started_them_stops_the_workers_and_the_search_goes_on_later(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    project = searched(RATES, method="random", trials=2, epochs=100_000)
    kept.begin(folder, project)
    code = (
        "import sys, time; from pathlib import Path; from visualnet.training.search.workers import start_workers\n"
        f"processes = start_workers(Path({str(folder)!r}), 2)\n"
        "print(*(process.pid for process in processes), flush=True)\n"
        "time.sleep(1000)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], env=environment(), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        started = [int(pid) for pid in parent.stdout.readline().split()]
        until(lambda: all(_epochs(folder, number) for number in (1, 2)), "epochs of both trials")
        parent.kill()
    until(lambda: all(map(has_ended, started)), "the end of the workers")
    study = Study(folder)
    assert [trial.state for trial in study.trials()] == ["paused", "paused"]
    assert kept.count_workers(folder) == 0
    assert not kept.is_to_stop(folder), "nobody asked the search itself to stop"
    assert all(read_run(kept.place_of(folder, number)).state == "stopped" for number in (1, 2))
    with kept.join_search(folder) as name:
        again = study.ask(name)
    assert again is not None and again.number == 0, "the first is taken up where it was"


def _epochs(folder: Path, number: int) -> int:
    place = kept.place_of(folder, number)
    return read_run(place).epochs_done if (place / LOG).exists() else 0
