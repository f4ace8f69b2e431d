"""Weights that are kept after every so many epochs: those of that epoch to the bit, so many at most, and a full disk ends no run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.procedures.test_deep_q import game
from tests.training.test_session import train, values
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.training import checkpoints
from visualnet.training.capsules.names import fault_of
from visualnet.training.run_records import kept_weights as module
from visualnet.training.run_records.kept_weights import MOST, drop_epochs, epoch_file, kept_epochs, kept_weights

PLACE = {"side": 5, "steps": 20}


def steady(project: Project) -> Project:
    """With a rate that asks nothing of how many epochs there are."""
    return edits.set_recipe(project, schedule="constant")


def test_the_weights_of_an_epoch_are_those_that_a_run_of_so_many_epochs_ends_with(tmp_path: Path) -> None:
    long, short = tmp_path / "long", tmp_path / "short"
    kept = train(steady(game(data=PLACE, epochs=5, keep_every=2)), long)
    assert kept_epochs(long) == [2, 4]
    assert [one.title for one in kept_weights(long)][-2:] == ["After epoch 4", "After epoch 2"]
    assert not any(map(fault_of, ("epoch-2.safetensors", "epoch-4.safetensors")))
    assert fault_of("epoch-04.safetensors")
    plain = train(steady(game(data=PLACE, epochs=2)), short)
    assert kept_epochs(short) == []
    assert values(plain) == values(kept)[:50], "what is kept changes no number"
    ended, then = (path.read_bytes() for path in (short / "last/weights.safetensors", long / epoch_file(2)))
    assert ended == then


def test_a_full_disk_is_told_and_the_training_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = checkpoints.save_weights

    def full(path: Path, tensors: object) -> None:
        if path.name.startswith("epoch-"):
            raise OSError(28, "No space left on device")
        write(path, tensors)  # type: ignore[arg-type]

    monkeypatch.setattr(checkpoints, "save_weights", full)
    model = train(game(data=PLACE, epochs=2, keep_every=1), tmp_path)
    assert model.state == "done" and kept_epochs(tmp_path) == []
    assert model.troubles == [
        f"the weights of epoch {epoch} cannot be saved (No space left on device); training goes on" for epoch in (1, 2)
    ]


@given(st.integers(1, 400), st.integers(1, 5))
def test_of_a_long_run_the_first_and_the_newest_stay(count: int, every: int) -> None:
    """At the size that is kept, told of names alone."""
    there: set[int] = set()

    class Folder:
        def glob(self, _pattern: str) -> list[Path]:
            return [Path(epoch_file(epoch)) for epoch in there]

        def __truediv__(self, name: str) -> Gone:
            return Gone(name)

    class Gone:
        def __init__(self, name: str) -> None:
            self.name = name

        def unlink(self) -> None:
            there.remove(int(self.name.removeprefix("epoch-").partition(".")[0]))

    for number in range(1, count + 1):
        there.add(number * every)
        drop_epochs(Folder())  # type: ignore[arg-type]
        assert len(there) <= MOST
    left = sorted(there)
    assert left[0] == every and left[-1] == count * every
    assert left[-MOST // 2 :] == [number * every for number in range(max(count - MOST // 2 + 1, 1), count + 1)]
    assert module.kept_epochs(Folder()) == left  # type: ignore[arg-type]
