"""Only regular files are opened, and no opening waits."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visualnet.core.storage.regular_files import (
    NotRegular,
    TooLarge,
    open_bounded,
    open_regular,
    read_regular,
    read_text,
)
from visualnet.data.safe_npz import read_npz
from visualnet.templates.index import Template, _rows
from visualnet.training import checkpoints
from visualnet.training.loop.sinks import EventLog

if os.name == "nt":
    pytest.skip("there are no pipes and signals of this kind here", allow_module_level=True)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


TRAPS: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a socket": a_socket,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("mode", ["rb", "r+b", "ab", "wb", "w"])
@pytest.mark.parametrize("trap", TRAPS)
def test_what_is_no_file_is_named_and_not_opened(
    trap: str, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trap"
    TRAPS[trap](path)
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("opening alone makes some devices act"))
    with pytest.raises(NotRegular, match=f"it is {trap}, not a file"):
        open_regular(path, mode)


def test_what_is_put_there_between_the_look_and_the_opening_is_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trap"
    path.touch()
    look = os.stat

    def late(*args: Any, **more: Any) -> os.stat_result:
        found = look(*args, **more)
        if stat.S_ISREG(found.st_mode):
            path.unlink()
            os.mkfifo(path)
        return found

    monkeypatch.setattr(os, "stat", late)
    with pytest.raises(NotRegular, match="a pipe"):
        open_regular(path)


def test_a_file_is_opened_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with open_regular(path, "w", encoding="utf-8") as file:
        file.write("one\n")
    with open_regular(path, "ab", buffering=0) as file:
        file.write(b"two\r\n")
    assert read_regular(path, 9) == b"one\ntwo\r\n"
    assert read_text(path) == "one\ntwo\n"
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "gone")


def test_no_more_is_read_than_is_wanted_though_a_file_tells_no_size(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(11))
    with pytest.raises(TooLarge, match="it has 11 B; at most 10 B are read"):
        open_bounded(path, 10)
    assert len(read_regular("/proc/self/status", 1 << 20)) > 100, "the system makes it up and calls it empty"
    with pytest.raises(TooLarge):
        read_regular("/proc/self/status", 100)


@pytest.mark.parametrize("trap", TRAPS)
def test_data_weights_notes_indexes_and_records_may_be_traps(
    trap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("x.npz", "w.safetensors", "state.json", "note.md", "index.json", "events.jsonl"):
        TRAPS[trap](tmp_path / name)
    with pytest.raises(ValueError, match=trap):
        read_npz(tmp_path / "x.npz", {"x": ((1,), "uint8")})
    with pytest.raises(checkpoints.BadCheckpoint, match=trap):
        checkpoints.read_header(tmp_path / "w.safetensors")
    with pytest.raises(checkpoints.BadCheckpoint, match=trap):
        checkpoints.read_state(tmp_path)
    monkeypatch.setattr(Template, "page", property(lambda self: tmp_path / "note.md"))
    assert Template("a", tmp_path, "", "a", "", "", 0).read_page() == ""
    told: list[Any] = []
    EventLog(tmp_path / "events.jsonl", told.append)
    assert trap in told[0].words
    monkeypatch.setattr("visualnet.templates.index.log.warning", lambda *words: told.append(words))
    assert _rows(tmp_path / "index.json") == []
    assert trap in str(told[1])


def test_the_shipped_data_is_read_as_ever(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=np.arange(3, dtype=np.uint8))
    assert read_npz(tmp_path / "x.npz", {"x": ((3,), "uint8")})["x"].tolist() == [0, 1, 2]
