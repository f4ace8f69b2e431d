"""Whatever stands in a file: it opens, or it is refused in words; no code runs, no memory is taken, and no time is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Amount
from tests.contract import mutants
from tests.core.drawing import chain
from tests.waiting import linger, until
from visualnet.core.storage import project_file

ROOT = mutants.ROOT


def opened(*words: str) -> list[tuple[str, str, str, float]]:
    """What the child says of each file."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.contract.mutants", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


@pytest.mark.more
def test_every_mutant_opens_or_is_refused_in_words(tmp_path: Path, amount: Amount) -> None:
    how_many = amount(300, wide=1_000, thorough=10_000)
    for number, data in enumerate(mutants.mutants(how_many, seed=len(mutants.seeds()))):
        (tmp_path / f"m{number:05}.vnet").write_bytes(data)
    lines = opened("all", str(tmp_path))
    assert len(lines) == how_many
    bad = [line for line in lines if line[1] not in ("opened", "refused")]
    assert not bad, bad[:5]
    verdicts = Counter(line[1] for line in lines)
    assert verdicts["refused"] > how_many / 5
    assert verdicts["opened"] > how_many / 20
    assert all(
        words.startswith(str(tmp_path)) or words.startswith(name) for name, v, words, _ in lines if v == "refused"
    )
    assert max(line[3] for line in lines) < 1


@pytest.mark.wide
@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory needs Linux")
def test_bombs_take_neither_time_nor_memory(tmp_path: Path) -> None:
    for number, (name, make) in enumerate(mutants.BOMBS.items()):
        data = make()
        path = tmp_path / f"b{number:02}.vnet"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        if name == "100 MB":
            with path.open("wb") as file:
                file.truncate(100_000_000)
    files_by_name = {path.name: name for path, name in zip(sorted(tmp_path.iterdir()), mutants.BOMBS, strict=True)}
    faults = {}
    told = {file: rest for file, *rest in opened("bounded", str(tmp_path))}
    for file, name in files_by_name.items():
        verdict, words, seconds = told.get(file, ("died", "", 0.0))
        if verdict not in ("opened", "refused") or seconds >= 1:
            faults[name] = (verdict, words, seconds)
    assert not faults


def test_what_the_bombs_are_told() -> None:
    """Few of them may open: those whose fault is for the analysis to show on the canvas."""
    may_open = {
        "channels 2^40", "channels 10^9, ten layers", "channels by expression", "long expression", "deep expression", "block in itself",
        "blocks that double", "blocks 40 deep", "a ring of 5,000", "rings between rings", "10^5 layers by repetition",
        "10^60 layers by repetition", "repetitions of which no two are alike", "an axis more with every repetition",
        "an LSTM of 10^5 layers", "three strides of 10^7",
    }  # fmt: skip
    small = {name: data for name, make in mutants.BOMBS.items() if len(data := make()) < 1_000_000 and data}
    assert may_open <= small.keys()
    for name, data in small.items():
        assert _opens(data if isinstance(data, bytes) else data.encode()) == (name in may_open), name


def _opens(data: bytes) -> bool:
    try:
        project_file.loads(data)
    except project_file.FileError:
        return False
    return True


SAVER = """
import sys
from tests.core.drawing import chain
from visualnet.core.storage import project_file
small, large = chain(3), chain(300)
print("ready", flush=True)
while True:
    project_file.save(sys.argv[1], large)
    project_file.save(sys.argv[1], small)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill here")
@pytest.mark.more
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path, amount: Amount) -> None:
    """Five programs (CI: twenty) are killed while they save over and over; what they leave opens, and is one of the two projects."""
    path = tmp_path / "net.vnet"
    whole = [chain(3), chain(300)]
    found = Counter[int]()
    batches = amount(1, wide=4, thorough=4)
    for batch in range(batches):
        running = []
        for one in range(5):
            mine = tmp_path / f"{batch}-{one}"
            mine.mkdir()
            child = subprocess.Popen([sys.executable, "-c", SAVER, mine / path.name], cwd=ROOT, stdout=subprocess.PIPE)
            running.append((mine / path.name, child))
        for number, (file, child) in enumerate(running):
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            until(file.exists, "the first save")
            linger(0.003 * (number + 1) + 0.0007 * batch)  # another moment each time
            os.kill(child.pid, signal.SIGKILL)
            child.stdout.close()
            child.wait()
            project = project_file.load(file)
            assert project in whole
            found[len(project.graph.nodes)] += 1
    assert found.total() == 5 * batches
