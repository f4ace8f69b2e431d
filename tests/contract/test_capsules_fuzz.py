"""Whatever a capsule is made of: it is unpacked as its manifest says, or refused in words with nothing written; fast, in little memory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract import hostile_zips
from tests.contract.test_files_fuzz import opened
from visualnet.core.errors import FileError
from visualnet.training.capsules.archive import Archive
from visualnet.training.capsules.names import collision_in, fault_of
from visualnet.training.capsules.opening import unpack_capsule


@pytest.mark.wide
@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory needs Linux")
def test_bombs_are_refused_fast_and_in_little_memory(tmp_path: Path) -> None:
    names = {}
    for number, (name, make) in enumerate(hostile_zips.BOMBS.items()):
        names[f"b{number:02}.vnetz"] = name
        (tmp_path / f"b{number:02}.vnetz").write_bytes(make())
    told = {file: rest for file, *rest in opened("bounded", str(tmp_path))}
    faults = {}
    for file, name in names.items():
        verdict, words, seconds = told.get(file, ("died", "", 0.0))
        if verdict != "refused" or seconds >= 1:
            faults[name] = (verdict, words, seconds)
    assert faults == {}
    assert sorted(os.listdir(tmp_path)) == sorted(names), "something was left behind"


def test_the_sound_one_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.vnetz"
    path.write_bytes(hostile_zips.make())
    found = unpack_capsule(path, tmp_path / "run")
    parts = hostile_zips.sound_parts()
    assert {p.relative_to(found.folder).as_posix() for p in found.folder.rglob("*") if p.is_file()} == {
        *parts,
        "capsule.json",
    }
    assert all((found.folder / name).read_bytes() == data for name, data in parts.items())
    with pytest.raises(FileError, match="there already"):
        unpack_capsule(path, tmp_path / "run")


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_capsule_is_refused_or_gives_the_same_files(tmp_path: Path, data: st.DataObject) -> None:
    raw = bytearray(hostile_zips.make())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(("set", "cut", "put", "move")))
        if kind == "set":
            raw[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 40))]
        elif kind == "put":
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=40))
        else:
            begin = data.draw(st.integers(0, len(raw) - 1))
            raw[at:at] = raw[begin : begin + 60]
        raw = raw or bytearray(b"P")
    place = tmp_path / str(len(os.listdir(tmp_path)))
    place.mkdir()
    path = place / "a.vnetz"
    path.write_bytes(raw)
    try:
        found = unpack_capsule(path, place / "run")
    except FileError as error:
        told = bool(error.reason and error.way_out)
    else:
        told = None
    if told is not None:
        assert told
        assert os.listdir(place) == ["a.vnetz"]
        return
    # What the manifest lists stands in the zip's directory too: a manifest that was changed may only tell other things.
    with Archive(path) as archive:
        written = {p.relative_to(found.folder).as_posix() for p in found.folder.rglob("*") if p.is_file()}
        assert written == {*archive.manifest.entries, "capsule.json"}
    parts = hostile_zips.sound_parts()
    assert all((found.folder / name).read_bytes() == value for name, value in parts.items() if name in written)
    assert "project.vnet" in written


NAMES = st.text(st.sampled_from("aAb./\\:~ \u0301\u202eß\x00cC\u0130"), max_size=12).map(lambda text: f"data/{text}")


@settings(max_examples=300)
@given(NAMES, st.sampled_from(("posix", "nt")))
def test_a_name_without_a_fault_stays_below_its_folder(name: str, system: str) -> None:
    import ntpath
    import posixpath

    if fault_of(name):
        return
    module = posixpath if system == "posix" else ntpath
    root = "/runs/new" if system == "posix" else "C:\\runs\\new"
    found = module.normpath(module.join(root, name))
    assert found.startswith(module.join(root, "data"))
    assert found.replace("\\", "/").endswith(name)


@settings(max_examples=200)
@given(st.lists(st.text(st.sampled_from("aAbB/ßS"), min_size=1, max_size=6), max_size=6))
def test_names_without_a_collision_are_files_of_their_own_where_case_does_not_count(names: list[str]) -> None:
    names = [name for name in dict.fromkeys(names) if all(name.split("/"))]
    if collision_in(names):
        return
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        parts = name.split("/")
        assert files.setdefault(name.casefold(), name) == name
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            assert folders.setdefault(folder.casefold(), folder) == folder
    assert not files.keys() & folders.keys()
