"""A run is packed, opened elsewhere, predicts the same, and is trained again to the same bits; nothing of this machine goes with it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import visualnet
from tests.training.changed_run import train_changed
from tests.training.nets import small
from tests.training.verifying.test_replay import keep, table
from visualnet.cli.main import main
from visualnet.core.errors import FileError
from visualnet.core.storage import data_places, project_file
from visualnet.core.storage.paths import runs_dir
from visualnet.training import events
from visualnet.training.capsules.local_places import LocalPlaces
from visualnet.training.capsules.manifest import BUILT_IN, INSIDE, LEFT_OUT, CapsuleFile, Manifest, PackedData
from visualnet.training.capsules.names import MAX_ENTRIES, MAX_TOTAL, MOST
from visualnet.training.capsules.opening import KEPT, check_capsule, unpack_among_runs, unpack_capsule
from visualnet.training.capsules.packing import pack_run
from visualnet.training.capsules.replaying import verify_capsule
from visualnet.training.run_records.annotations import annotate, read_annotations
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import write_record
from visualnet.training.runs.run_changes import project_of_run
from visualnet.training.runs.run_model import read_project, read_run
from visualnet.training.verifying.comparing import compare


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = keep(small(epochs=2), tmp_path_factory.mktemp("runs") / "digits")
    annotate(folder, name="My digits", notes="# What I saw\nIt learns.", tags=("kept",))
    return folder


def test_all_of_a_run_is_there_again_elsewhere(run: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    told = pack_run(run, tmp_path / "a.vnetz", check=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert told.data.kept == BUILT_IN
    with zipfile.ZipFile(tmp_path / "a.vnetz") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "manifest.json"
    capsule = visualnet.load_capsule(tmp_path / "a.vnetz", tmp_path / "elsewhere")
    assert capsule.manifest == told
    assert compare(read_run(run), capsule.curves).equal
    assert read_annotations(capsule.folder) == read_annotations(run)
    assert read_record(capsule.folder).versions == read_record(run).versions
    for name in ("best.safetensors", "last/weights.safetensors", "last/optimizer.safetensors", "preparation.json"):
        assert (capsule.folder / name).read_bytes() == (run / name).read_bytes()
    image = np.random.default_rng(0).random((3, 1, 8, 8), np.float32)
    assert torch.equal(capsule.predict(image), visualnet.load_run(run).predict(image))
    assert capsule.verify().kind == "equal"


def test_verify_replays_and_names_the_step_that_departs(run: Path, tmp_path: Path) -> None:
    found = verify_capsule_of(run, tmp_path / "a.vnetz")
    assert found.kind == "equal"
    assert found.describe().startswith("All digests are right.")
    log = run / "events.jsonl"
    whole = log.read_bytes()
    first = next(line for line in whole.splitlines() if b'"event":"steps"' in line)
    event = events.decode(first)
    assert isinstance(event, events.Steps)
    loss = list(event.values["loss"])
    spelled, other = json.dumps(loss[0]).encode(), json.dumps(np.nextafter(loss[0], 9).item()).encode()
    log.write_bytes(whole.replace(spelled, other, 1))
    try:
        found = verify_capsule_of(run, tmp_path / "b.vnetz")
    finally:
        log.write_bytes(whole)
    assert found.kind == "departs"
    assert "departs at step 1: loss was" in found.describe()


def test_a_run_whose_network_was_changed_goes_along_with_the_one_that_it_began_with(tmp_path: Path) -> None:
    begun = train_changed(tmp_path / "run", changes=2)
    told = pack_run(tmp_path / "run", tmp_path / "a.vnetz")
    assert {f"network-{at}/best.safetensors" for at in (0, 1)} < told.entries.keys()
    opened = unpack_capsule(tmp_path / "a.vnetz", tmp_path / "there")
    again = project_of_run(opened.folder)
    assert (again.graph, again.recipe) == (begun.graph, begun.recipe)
    found = verify_capsule(tmp_path / "a.vnetz")
    assert found.kind == "equal"
    assert "where another network took its place" in found.describe()


def verify_capsule_of(run: Path, path: Path):  # type: ignore[no-untyped-def]
    pack_run(run, path)
    return verify_capsule(path)


def test_own_data_go_with_it_only_if_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a secret place" / "weather.csv"
    source.parent.mkdir()
    source.write_text("\n".join(["size,kind", *(f"{n % 7 + n % 2 * 9},{'ab'[n % 2]}" for n in range(60))]))
    folder = keep(table(source), tmp_path / "run")
    alone = pack_run(folder, tmp_path / "alone.vnetz")
    assert alone.data.kept == LEFT_OUT
    whole = pack_run(folder, tmp_path / "whole.vnetz", data=True)
    assert (whole.data.kept, whole.data.files) == (INSIDE, 1)
    for name in ("alone.vnetz", "whole.vnetz"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert not any(b"secret" in archive.read(member) for member in archive.namelist())
    text = source.read_bytes()
    source.unlink()
    monkeypatch.setattr(data_places, "is_known", lambda path: False)  # as on another machine
    assert "not inside" in verify_capsule(tmp_path / "alone.vnetz").describe()
    assert verify_capsule(tmp_path / "alone.vnetz").kind == "cannot"
    assert verify_capsule(tmp_path / "whole.vnetz").kind == "equal"
    opened = unpack_capsule(tmp_path / "whole.vnetz", tmp_path / "there")
    project = project_file.load(opened.folder / "project.vnet")
    assert Path(project.data.path) == tmp_path / "there" / "data" / "weather.csv"
    assert Path(project.data.path).read_bytes() == text


def test_a_failure_goes_without_the_folders_of_this_machine(run: Path, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "failed"
    shutil.copytree(run, folder)
    failed = events.Failed(kind="error", words="no", traceback='File "C:/somebody/x.py"')
    with (folder / "events.jsonl").open("ab") as log:
        log.write(events.encode(failed) + b"\n")
    pack_run(folder, tmp_path / "a.vnetz")
    opened = unpack_capsule(tmp_path / "a.vnetz", tmp_path / "there")
    model = read_run(opened.folder)
    assert model.failed is not None
    assert (model.failed.words, model.failed.traceback) == ("no", "")
    assert b"somebody" not in (opened.folder / "events.jsonl").read_bytes()


PLACES = (
    ("the file /srv/some body/runs/a/log.txt", "the file log.txt"),  # a known folder may have spaces
    ("“/srv/data/weather.csv” has no column", "“weather.csv” has no column"),
    ("see D:\\work\\me\\x.py and \\\\nas\\share\\y.csv", "see x.py and y.csv"),
    ("file:///mnt/disk/a.png, ~/b/c.png", "a.png, c.png"),
    ("at https://example.org/a/b and 3 of 4 samples/s, 1/2, and/or", "at https://example.org/a/b and 3 of 4 samples/s, 1/2, and/or"),
    ("step:/var/tmp/a", "step:a"),
)  # fmt: skip


@pytest.mark.parametrize(("words", "wanted"), PLACES)
def test_of_a_path_in_words_the_last_name_stays(words: str, wanted: str) -> None:
    assert LocalPlaces(["/srv/some body/runs/a"]).leave_out(words) == wanted


NAMES = st.text("abcxyz._0", min_size=1, max_size=6).filter(lambda text: text.strip("."))


@given(st.lists(NAMES, min_size=2, max_size=5), st.text("ab :“(", max_size=4))
def test_no_folder_stays_whatever_stands_around_it(parts: list[str], before: str) -> None:
    path = "/" + "/".join(parts)
    found = LocalPlaces().leave_out(f"{before} {path}, and more")
    assert f"/{parts[0]}/" not in found
    assert found == LocalPlaces().leave_out(found)


def test_nothing_in_a_capsule_names_a_folder_of_this_machine(run: Path, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "a private place" / "failed"
    shutil.copytree(run, folder)
    project = read_project(folder)
    assert project is not None
    project = msgspec.structs.replace(
        project, data=msgspec.structs.replace(project.data, path=str(tmp_path / "private" / "x.csv"))
    )
    (folder / "network-1").mkdir()
    project_file.save(folder / "network-1" / "project.vnet", project)
    words = f"the run's record {folder}/events.jsonl can no longer be written, nor {tmp_path}/private/x.csv"
    with (folder / "events.jsonl").open("ab") as log:
        log.write(events.encode(events.Trouble(words=words)) + b"\n")
        log.write(events.encode(events.Failed(kind="data", words=f"{words}: stop", traceback=f"File {folder}")) + b"\n")
    write_record(folder, msgspec.structs.replace(read_record(folder), state="failed", words=words, place=str(folder)))
    pack_run(folder, tmp_path / "a.vnetz")
    with zipfile.ZipFile(tmp_path / "a.vnetz") as archive:
        for member in archive.namelist():
            held = archive.read(member)
            for place in ("private", str(tmp_path), str(Path.home()), str(Path(__file__).parents[3])):
                assert place.encode() not in held, (member, place)
    opened = unpack_capsule(tmp_path / "a.vnetz", tmp_path / "there")
    found = read_run(opened.folder)
    assert found.failed is not None
    assert found.failed.words == "the run's record events.jsonl can no longer be written, nor x.csv: stop"
    assert read_record(opened.folder).words == "the run's record events.jsonl can no longer be written, nor x.csv"
    assert compare(read_run(run), found).departure is None, "the numbers are as they were"


def test_who_cancels_leaves_nothing_and_what_stood_there_stays(run: Path, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    target = tmp_path / "a.vnetz"
    target.write_bytes(b"before")
    for limit in (0.1, 0.6, 0.99):

        def check(share: float, limit: float = limit) -> None:
            if share > limit:
                raise Enough

        with pytest.raises(Enough):
            pack_run(run, target, check=check)
        assert [path.name for path in tmp_path.iterdir()] == ["a.vnetz"]
        assert target.read_bytes() == b"before"
    pack_run(run, target)
    for limit in (0.3, 0.8):
        with pytest.raises(Enough):
            unpack_capsule(target, tmp_path / "there", lambda share, limit=limit: check(share, limit))  # type: ignore[misc]
        assert [path.name for path in tmp_path.iterdir()] == ["a.vnetz"]


def test_a_full_disk_is_told_in_words(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from visualnet.training.capsules import opening

    pack_run(run, tmp_path / "a.vnetz")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(opening, "write_all", full)
    with pytest.raises(FileError, match="no space left"):
        unpack_capsule(tmp_path / "a.vnetz", tmp_path / "there")
    assert [path.name for path in tmp_path.iterdir()] == ["a.vnetz"]
    with pytest.raises(FileError, match="cannot be written"):
        pack_run(run, tmp_path / "nowhere" / "a.vnetz")


def test_opened_twice_it_is_one_run_and_another_of_its_name_is_a_second(run: Path, tmp_path: Path) -> None:
    pack_run(run, tmp_path / "a.vnetz")
    first = unpack_among_runs(tmp_path / "a.vnetz")
    assert first.folder == runs_dir() / "digits"
    assert unpack_among_runs(tmp_path / "a.vnetz").folder == first.folder
    annotate(run, notes="Other notes")
    pack_run(run, tmp_path / "a.vnetz")
    second = unpack_among_runs(tmp_path / "a.vnetz")
    assert second.folder == runs_dir() / "digits-2"
    assert read_annotations(second.folder).notes == "Other notes"
    assert (second.folder / KEPT).is_file()


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no run in it"):
        pack_run(tmp_path, tmp_path / "a.vnetz")
    with pytest.raises(FileError, match="no such file"):
        check_capsule(tmp_path / "a.vnetz")


def test_the_shell_packs_tells_unpacks_predicts_and_verifies(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shared.vnetz"
    assert main(["pack", str(run), str(tmp_path / "shared")]) == 0
    assert file.is_file()
    assert "come with every VisualNet" in capsys.readouterr().out
    assert main(["pack", str(run), str(file)]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["pack", str(run), str(file), "--force", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["kept"] == BUILT_IN
    assert main(["unpack", str(file), "--list"]) == 0
    assert "best.safetensors" in capsys.readouterr().out
    assert main(["unpack", str(file), str(tmp_path / "there"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["folder"] == str(tmp_path / "there")
    assert main(["unpack", str(file), str(tmp_path / "there")]) == 2
    assert "already" in capsys.readouterr().err
    assert main(["evaluate", str(file)]) == 0
    assert "accuracy" in capsys.readouterr().out.lower()
    assert main(["verify", str(tmp_path / "there")]) == 0
    assert "Equal to the last bit" in capsys.readouterr().out
    assert main(["verify", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "equal"
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)
    assert main(["verify", str(file)]) == 2
    assert "damaged" in capsys.readouterr().err


def test_the_page_names_every_file_of_a_capsule_and_its_bound() -> None:
    page = (Path(__file__).parents[3] / "docs" / "file-format.md").read_text(encoding="utf-8")
    section = page.split("## A run in one file", 1)[1]
    for name, most in MOST.items():
        assert f"`{name}`" in section or name == "manifest.json"
        rows = [line for line in section.splitlines() if line.startswith("|") and f"`{name}`" in line]
        assert most == MAX_TOTAL or name == "manifest.json" or any(f"{most >> 20} MiB" in row for row in rows), name
    for field in (*Manifest.__struct_fields__, *PackedData.__struct_fields__, *CapsuleFile.__struct_fields__):
        assert f"`{field}`" in section, field
    assert f"at most {MAX_ENTRIES:,} files" in section
