"""Checkpoints: whole or not there, and nothing is read that does not fit."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from visualnet.core.project import Recipe
from visualnet.training import checkpoints as c
from visualnet.training import optimizers


def _net(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 3))
    return net


def _trained(seed: int = 0) -> tuple[nn.Module, torch.optim.Optimizer]:
    net = _net(seed)
    optimizer = optimizers.make(Recipe(), net.parameters(), torch.device("cpu"))
    net(torch.randn(8, 3)).sum().backward()
    optimizer.step()
    return net, optimizer


def _state(step: int = 1) -> c.State:
    return c.State(step=step, epoch=0, position=step, lr=0.001, optimizer="Adam")


def _same(a: nn.Module, b: nn.Module) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


EXTRAS = {"order": torch.arange(5)}
EXPECTED = {"order": ((5,), "I64")}


def test_a_checkpoint_brings_everything_back(tmp_path: Path) -> None:
    net, optimizer = _trained()
    c.save(tmp_path, _state(), c.weights(net), c.optimizer_tensors({"": optimizer}), EXTRAS)
    other, fresh = _net(1), None
    fresh = optimizers.make(Recipe(), other.parameters(), torch.device("cpu"))
    folder = c.find_checkpoints(tmp_path)[0]
    found = c.restore(folder, c.read_state(folder), other, {"": fresh}, EXPECTED)
    assert found["order"].tolist() == [0, 1, 2, 3, 4]
    assert _same(net, other)
    for mine, theirs in zip(optimizer.state.values(), fresh.state.values(), strict=True):
        assert all(torch.equal(mine[key], theirs[key]) for key in mine)


def test_the_last_two_are_kept_and_a_crash_between_renames_loses_nothing(tmp_path: Path) -> None:
    net, optimizer = _trained()
    for step in (1, 2, 3):
        c.save(tmp_path, _state(step), c.weights(net), c.optimizer_tensors({"": optimizer}), EXTRAS)
    assert sorted(os.listdir(tmp_path)) == ["before-last", "last"]
    assert [c.read_state(tmp_path / name).step for name in ("before-last", "last")] == [2, 3]
    os.rename(tmp_path / "last", tmp_path / ".last-x")
    folder = c.find_checkpoints(tmp_path)[0]
    assert c.read_state(folder).step == 2


@pytest.mark.parametrize("broken", range(12))
def test_a_write_that_fails_leaves_the_last_checkpoint_whole(
    tmp_path: Path, broken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, optimizer = _trained()
    c.save(tmp_path, _state(1), c.weights(net), c.optimizer_tensors({"": optimizer}), EXTRAS)
    calls = [0]

    def failing(real):  # type: ignore[no-untyped-def]
        def call(*args, **kwargs):  # type: ignore[no-untyped-def]
            calls[0] += 1
            if calls[0] == broken + 1:
                raise OSError(28, "No space left on device")
            return real(*args, **kwargs)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(c.os, "fsync", failing(os.fsync))
        patch.setattr(c.os, "replace", failing(os.replace))
        patch.setattr(c, "save_file", failing(save_file))
        try:
            c.save(tmp_path, _state(2), c.weights(net), c.optimizer_tensors({"": optimizer}), EXTRAS)
        except OSError:
            assert calls[0] == broken + 1
    folder = c.find_checkpoints(tmp_path)[0]
    fresh = _net(1)
    optimizer = optimizers.make(Recipe(), fresh.parameters(), torch.device("cpu"))
    c.restore(folder, c.read_state(folder), fresh, {"": optimizer}, EXPECTED)
    assert _same(net, fresh)
    assert not list(tmp_path.glob(".*"))


def test_tied_weights_are_saved_once_and_stay_tied(tmp_path: Path) -> None:
    net = nn.ModuleDict({"a": nn.Linear(3, 3), "b": nn.Linear(3, 3)})
    net["b"].weight = net["a"].weight
    assert list(c.weights(net)) == ["a.weight", "a.bias", "b.bias"]
    c.save_weights(tmp_path / "w.safetensors", c.weights(net))
    before = net["a"].weight.detach().clone()
    with torch.no_grad():
        net["b"].weight.zero_()
    c.load_weights(tmp_path / "w.safetensors", net)
    assert torch.equal(net["b"].weight, before)
    assert net["b"].weight is net["a"].weight


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        ({"0.weight": torch.zeros(4, 3)}, "another network"),
        ({"evil": torch.zeros(1)}, "another network"),
    ],
)
def test_other_names_are_refused(tmp_path: Path, tensors: dict[str, torch.Tensor], words: str) -> None:
    save_file(tensors, tmp_path / "w.safetensors")
    with pytest.raises(c.BadCheckpoint, match=words):
        c.load_weights(tmp_path / "w.safetensors", _net())


@pytest.mark.parametrize("change", [lambda t: t[:1], lambda t: t.double()])
def test_other_shapes_and_types_are_refused(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    tensors = {name: t.clone() for name, t in _net().state_dict().items()}
    tensors["0.weight"] = change(tensors["0.weight"]).contiguous()
    save_file(tensors, tmp_path / "w.safetensors")
    net = _net(1)
    before = [t.clone() for t in net.state_dict().values()]
    with pytest.raises(c.BadCheckpoint, match=r"0\.weight"):
        c.load_weights(tmp_path / "w.safetensors", net)
    assert all(torch.equal(a, b) for a, b in zip(before, net.state_dict().values(), strict=True))


def test_torn_and_hostile_files_are_refused_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    c.save_weights(path, c.weights(_net()))
    whole = path.read_bytes()
    bombs = [whole[:size] for size in range(0, len(whole), 61)]
    bombs += [
        (1 << 40).to_bytes(8, "little") + whole[8:],
        b"\xff" * 64,
        (20).to_bytes(8, "little") + b'{"a":[1]}' + b" " * 11,
    ]
    huge = json.dumps({"a": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}).encode()
    bombs.append(len(huge).to_bytes(8, "little") + huge)
    for bomb in bombs:
        path.write_bytes(bomb)
        with pytest.raises(c.BadCheckpoint):
            c.load_weights(path, _net())


@pytest.mark.parametrize(
    "change",
    [{"step": -1}, {"epoch": "x"}, {"lr": None}, {"position": 1 << 60}, {"format": 99}, {"sums": 3}],
)
def test_numbers_out_of_bounds_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    raw = msgspec.to_builtins(_state()) | change
    (tmp_path / "state.json").write_text(json.dumps(raw))
    with pytest.raises(c.BadCheckpoint):
        c.read_state(tmp_path)
    (tmp_path / "state.json").write_text(json.dumps(raw)[:20])
    with pytest.raises(c.BadCheckpoint):
        c.read_state(tmp_path)
