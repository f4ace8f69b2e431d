"""Writing a capsule: a run's folder, and if wished its data, into one file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import time
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from visualnet.core.errors import FileError, os_reason
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.embedded_project import strip_local_paths
from visualnet.core.storage.regular_files import open_regular
from visualnet.core.storage.temporaries import ReplacementFile
from visualnet.core.text.format import format_bytes
from visualnet.training import events
from visualnet.training.capsules.archive import CHUNK, MAX_RATIO, Check, no_check
from visualnet.training.capsules.local_places import LocalPlaces
from visualnet.training.capsules.manifest import CapsuleFile, Manifest
from visualnet.training.capsules.names import (
    ANNOTATIONS,
    LOG,
    MANIFEST,
    MAX_TOTAL,
    MOST,
    NETWORK,
    PROJECT,
    RECORD,
    SUFFIX,
    most_bytes,
)
from visualnet.training.capsules.own_data import DataFile, find_files, note_data, path_inside
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.kept_weights import epoch_file, kept_epochs
from visualnet.training.run_records.record import RunRecord
from visualnet.training.runs.run_model import LOG as RUN_LOG
from visualnet.training.runs.run_model import read_project
from visualnet.version import __version__

_WRITE: Literal["w"] = "w"
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
TOLD_OFTEN = (b'{"event":"steps"', b'{"event":"epoch"')
"""Lines of numbers, as most of a log are: there are no words in them."""


class _Part(NamedTuple):
    """What becomes one file of the capsule: bytes, or a file on disk."""

    name: str
    source: bytes | Path
    size: int
    time: str = ""


def pack_run(run: Path, target: Path, *, data: bool = False, check: Check = no_check) -> Manifest:
    """Write the run of a folder into a capsule; what it says of itself. What stood at ``target`` is replaced only when all is written.

    Places on this machine (where the project lay, its data, tracebacks, folders in the words of what went wrong) do not go with it. What
    the person wrote, notes and code, stays as it is.

    Args:
        data: pack the data too, where they are own files: who says so answers for that they may be passed on.
        check: called with the share that is done; what it raises ends the work, and nothing is left.

    Raises:
        FileError: there is no run, it is too large, or the capsule cannot be written.
    """
    project = read_project(run)
    if project is None or not (run / RUN_LOG).is_file():
        raise FileError(str(run), "there is no run in it", way_out=f"A run's folder holds {PROJECT} and {LOG}.")
    try:
        files = find_files(project.data) if data and project.data.path else None
    except (ValueError, OSError) as error:
        raise FileError(str(run), f"its data cannot be packed: {error}", way_out="Pack it without the data.") from None
    record = read_record(run)
    places = LocalPlaces((run, run.parent, run.absolute(), run.absolute().parent, record.place, *_data_places(project)))
    shared = replace(strip_local_paths(project), runs=())
    if files is not None:
        shared = replace(shared, data=replace(shared.data, path=path_inside(project.data)))
    manifest = Manifest(
        run=run.name,
        project=project.name,
        packed=time.time(),
        versions={"visualnet": __version__},
        data=note_data(project.data, record.data, files),
        starts=project.recipe.start_from,
        entries={},
    )
    parts = [
        _Part(PROJECT, text := project_file.dumps(shared), len(text)),
        _Part(RECORD, text := _record_of(record, places), len(text)),
        *_files_of(run, places),
        *(_Part(file.name, file.path, file.size, str(file.time)) for file in files or ()),
    ]
    for part in parts:
        if part.size > (most := most_bytes(part.name)):
            reason = f"{part.name} has {format_bytes(part.size)}; {format_bytes(most)} fit into a capsule"
            raise FileError(str(run), reason)
    if (whole := sum(part.size for part in parts)) > MAX_TOTAL - (64 << 20):
        raise FileError(str(run), f"it has {format_bytes(whole)}; {format_bytes(MAX_TOTAL)} fit into a capsule")
    return _write(target, manifest, parts, check)


def _data_places(project: Project) -> tuple[str, ...]:
    return (project.data.path, str(Path(project.data.path).parent)) if project.data.path else ()


def _record_of(record: RunRecord, places: LocalPlaces) -> bytes:
    """The run's record without where its project lay on this machine."""
    tree = msgspec.to_builtins(replace(record, place=""))
    return msgspec.json.format(msgspec.json.encode(places.of_tree(tree)), indent=1)


def _files_of(run: Path, places: LocalPlaces) -> Iterator[_Part]:
    """The files of a run's folder that go with it, beside the project and the record."""
    for name in (*MOST, *_networks_of(run), *(epoch_file(epoch) for epoch in kept_epochs(run))):
        path = run / name
        if name in (MANIFEST, PROJECT, RECORD) or not path.is_file() or path.is_symlink():
            continue
        if name == LOG:
            yield _log_of(path, places)
        elif name.endswith("/" + PROJECT):
            text = project_file.dumps(replace(strip_local_paths(project_file.load(path)), runs=()))
            yield _Part(name, text, len(text))
        else:
            yield _Part(name, path, path.stat().st_size)


def _networks_of(run: Path) -> list[str]:
    found = (path.relative_to(run).as_posix() for path in sorted(run.glob("network-*/*")))
    return [name for name in found if NETWORK.fullmatch(name)]


def _log_of(path: Path, places: LocalPlaces) -> _Part:
    """The event log: as it is, or, where its words name folders of this machine, without those."""
    whole = path.stat().st_size
    with open_regular(path) as file:
        if whole > MOST[LOG] or all(_shared(line, places) == line for line in file):
            return _Part(LOG, path, whole)
    with open_regular(path) as file:
        text = b"".join(_shared(line, places) for line in file)
    return _Part(LOG, text, len(text))


def _shared(line: bytes, places: LocalPlaces) -> bytes:
    """A line of the log as strangers may have it: a failure goes without its traceback, words without folders."""
    if line.startswith(TOLD_OFTEN):
        return line
    with contextlib.suppress(ValueError):
        if isinstance(event := events.decode(line), events.Failed) and event.traceback:
            line = events.encode(replace(event, traceback="")) + b"\n"
    return places.of_line(line)


def _write(target: Path, manifest: Manifest, parts: list[_Part], check: Check) -> Manifest:
    real = Path(os.path.realpath(target))
    try:
        with ReplacementFile(real) as aside:
            entries = {}
            done, whole = 0, max(sum(part.size for part in parts), 1) * 2
            for part in parts:
                digest = sha256()
                size = 0
                for piece in _pieces(part):
                    digest.update(piece)
                    size += len(piece)
                    check((done + size) / whole)
                done += part.size
                entries[part.name] = CapsuleFile(size=size, sha256=digest.hexdigest(), time=part.time)
            manifest = replace(manifest, entries=entries)
            with open_regular(aside.path, "r+b") as file, zipfile.ZipFile(file, "w", allowZip64=False) as archive:
                text = manifest.encode()
                _add(archive, _Part(MANIFEST, text, len(text)), None, no_check)
                for part in parts:
                    begin = done
                    _add(archive, part, entries[part.name], lambda count, begin=begin: check((begin + count) / whole))  # type: ignore[misc]
                    done += part.size
            os.fsync(aside.handle)
            check(1.0)
            aside.put_in_place()
    except (zipfile.LargeZipFile, zipfile.BadZipFile) as error:
        raise FileError(str(target), f"it cannot be written ({error})") from None
    except OSError as error:
        reason = os_reason(error)
        raise FileError(
            str(target), f"it cannot be written ({reason})", way_out="Free some space, or choose another folder."
        ) from None
    return manifest


def _add(archive: zipfile.ZipFile, part: _Part, entry: CapsuleFile | None, check: Check) -> None:
    info = zipfile.ZipInfo(part.name, _DATE)
    info.external_attr, info.create_system = _MODE, 3
    info.compress_type = zipfile.ZIP_DEFLATED if _packs(part) else zipfile.ZIP_STORED
    info.file_size = part.size
    digest, count = sha256(), 0
    with archive.open(info, _WRITE) as member:
        for piece in _pieces(part):
            member.write(piece)
            digest.update(piece)
            count += len(piece)
            check(count)
    if entry is not None and digest.hexdigest() != entry.sha256:
        raise FileError(
            part.name, "it was changed while it was packed", way_out="Wait for the training to end, then pack again."
        )


def _packs(part: _Part) -> bool:
    """Whether deflate is worth it: not for weights, which are noise to it, nor where a file would shrink so far that it looked like a
    bomb."""
    if part.name.endswith(".safetensors"):
        return False
    packer, before, after = zlib.compressobj(1), 0, 0
    for piece in _pieces(part):
        before += len(piece)
        after += len(packer.compress(piece))
    after += len(packer.flush())
    return after < 0.9 * before and before < MAX_RATIO / 2 * after


def _pieces(part: _Part) -> Iterator[bytes]:
    if isinstance(part.source, bytes):
        yield part.source
        return
    with open_regular(part.source) as file:
        while piece := file.read(CHUNK):
            yield piece


__all__ = ["ANNOTATIONS", "SUFFIX", "DataFile", "pack_run"]
