"""Files of weights: what is read, what is refused in words, and that nothing in them can run."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from visualnet.training.checkpoints import BadCheckpoint
from visualnet.training.transfer.weight_files import keep_copy, non_finite_tensors, read_weights


def net() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)).state_dict()


class Evil:
    """Run a command while it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


def equal(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return list(a) == list(b) and all(torch.equal(a[k], b[k]) for k in a)


@pytest.mark.parametrize(
    "wrap", [lambda s: s, lambda s: {"epoch": 3, "state_dict": s, "lr": 0.1}, lambda s: {"model": s}]
)
@pytest.mark.parametrize("suffix", ["pt", "pth"])
def test_what_torch_saves_is_read(tmp_path: Path, wrap: Any, suffix: str) -> None:
    path = tmp_path / f"net.{suffix}"
    torch.save(wrap(net()), path)
    assert equal(read_weights(path), net())


def test_safetensors_are_read_and_a_copy_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "my net.safetensors"
    save_file(net(), path)
    found = read_weights(path)
    assert found.keys() == net().keys() and all(torch.equal(found[k], v) for k, v in net().items())
    name = keep_copy(path)
    path.unlink()
    torch.save(net(), tmp_path / "my net.pt")
    assert keep_copy(tmp_path / "my net.pt").startswith("my-net-") and name.startswith("my-net-")


def test_layers_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    save_file({f"layer.{at}.weight": torch.zeros(1) for at in (10, 2, 1)}, tmp_path / "net.safetensors")
    assert [name.split(".")[1] for name in read_weights(tmp_path / "net.safetensors")] == ["1", "2", "10"]


@pytest.mark.parametrize("bare", [False, True])
def test_a_file_that_wants_to_run_code_runs_nothing(tmp_path: Path, bare: bool) -> None:
    mark, path = tmp_path / "was run", tmp_path / "evil.pt"
    torch.save({"weight": torch.zeros(2), "more": Evil(mark)}, path, _use_new_zipfile_serialization=not bare)
    with pytest.raises(BadCheckpoint, match=r"run code|code to be run"):
        read_weights(path)
    assert not mark.exists()


def test_a_whole_module_is_refused_in_words(tmp_path: Path) -> None:
    torch.save(nn.Linear(2, 2), tmp_path / "module.pt")
    with pytest.raises(BadCheckpoint, match="save its state_dict alone"):
        read_weights(tmp_path / "module.pt")


def torn(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def packed(_whole: bytes) -> bytes:
    """A megabyte of zeros in a kilobyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("net/data.pkl", bytes(1 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("spoil", "name", "words"),
    [
        (torn, "a.pt", "torn or not whole"),
        (packed, "a.pt", "would unpack to"),
        (lambda _: b"", "a.pt", "not what torch.save writes"),
        (lambda _: b"PK\x03\x04" + bytes(60), "a.pth", "torn or not whole"),
        (torn, "a.safetensors", "header"),
        (lambda _: (1 << 40).to_bytes(8, "little") + bytes(64), "a.safetensors", "header of"),
        (lambda w: w, "a.bin", "weights are read from"),
    ],
)
def test_what_is_torn_or_no_file_of_weights_says_so(tmp_path: Path, spoil: Any, name: str, words: str) -> None:
    whole = tmp_path / "whole.pt"
    torch.save(net(), whole)
    (tmp_path / name).write_bytes(spoil(whole.read_bytes()))
    with pytest.raises(BadCheckpoint, match=words):
        read_weights(tmp_path / name)


def test_a_torn_safetensors_with_a_whole_header(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    save_file(net(), path)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(BadCheckpoint, match="cannot be read"):
        read_weights(path)


def test_what_poses_as_a_huge_tensor_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    strange = {"a": torch.zeros(1).expand(10**6, 10**6), "b": torch.eye(3).to_sparse(), "c": 3, "w": torch.ones(2)}
    torch.save(strange, tmp_path / "strange.pt")
    assert list(read_weights(tmp_path / "strange.pt")) == ["w"]
    torch.save({"epoch": 3, "names": ["a"]}, tmp_path / "none.pt")
    with pytest.raises(BadCheckpoint, match="no state_dict"):
        read_weights(tmp_path / "none.pt")
    with pytest.raises(BadCheckpoint, match="cannot be read"):
        read_weights(tmp_path / "gone.pt")
    with pytest.raises(BadCheckpoint, match="cannot be read"):
        read_weights(tmp_path)


def test_a_file_larger_than_the_memory_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save(net(), tmp_path / "net.pt")
    monkeypatch.setattr("visualnet.training.transfer.weight_files.memory_budget", lambda: 100)
    with pytest.raises(BadCheckpoint, match="memory of this machine"):
        read_weights(tmp_path / "net.pt")


def test_numbers_that_are_none_are_found() -> None:
    tensors = net() | {"0.weight": torch.full((3, 4), float("nan"))}
    assert non_finite_tensors(tensors) == {"0.weight"}
