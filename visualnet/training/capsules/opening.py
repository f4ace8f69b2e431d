"""Opening a capsule: what it says of itself, and its run as a folder, made only when all of it is in order."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from visualnet.core.errors import FileError, os_reason
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import runs_dir
from visualnet.core.storage.regular_files import open_regular, read_regular, sync_folder, write_all
from visualnet.core.storage.temporaries import folder_aside
from visualnet.core.text.format import format_bytes, format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.core.text.timestamps import moment
from visualnet.training.capsules.archive import Archive, Check, no_check
from visualnet.training.capsules.manifest import BUILT_IN, INSIDE, Manifest, parse_manifest
from visualnet.training.capsules.names import ANNOTATIONS, MANIFEST, MOST, PROJECT, RECORD
from visualnet.training.run_records.annotations import parse_annotations
from visualnet.training.run_records.record import parse_record

KEPT = "capsule.json"
"""The manifest beside an unpacked run: it tells that the run came in a capsule, and in which."""


class OpenedCapsule(NamedTuple):
    """An unpacked capsule: its run's folder, and what it says of itself."""

    folder: Path
    manifest: Manifest


def read_capsule(path: Path) -> tuple[Manifest, Project]:
    """What a capsule says of itself, and its project; nothing is unpacked, and of the digests only the project's is compared.

    Raises:
        FileError: it is no capsule, or is not in order.
    """
    with Archive(path) as archive:
        return archive.manifest, project_file.loads(archive.read(PROJECT), path.name)


def check_capsule(path: Path, check: Check = no_check) -> Manifest:
    """Compare every digest of a capsule; what it says of itself.

    Raises:
        FileError: it is no capsule, or something in it was changed.
    """
    with Archive(path) as archive:
        archive.check_digests(check)
        return archive.manifest


def unpack_capsule(path: Path, folder: Path, check: Check = no_check) -> OpenedCapsule:
    """Make a new folder of the run in a capsule. Everything is checked first; it is written aside and renamed.

    Args:
        folder: what must not be there yet.
        check: called with the share that is done; what it raises ends the work, and nothing is left.

    Raises:
        FileError: it is no capsule, something in it was changed or cannot be used, or the folder cannot be made.
    """
    if os.path.lexists(folder):
        raise FileError(str(folder), "something of this name is there already", way_out="Name a new folder.")
    with Archive(path) as archive:
        archive.check_digests(lambda share: check(share / 2))
        _check_parts(archive)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            _make(archive, folder, lambda share: check(0.5 + share / 2))
        except OSError as error:
            reason = os_reason(error)
            raise FileError(
                str(folder), f"the run cannot be unpacked there ({reason})", way_out="Free some space, or name another."
            ) from None
        return OpenedCapsule(folder, archive.manifest)


def unpack_among_runs(path: Path, check: Check = no_check) -> OpenedCapsule:
    """Make a run of one's own of a capsule's; if it was unpacked before, that folder.

    Raises:
        FileError: as `unpack_capsule`.
    """
    with Archive(path) as archive:
        archive.check_digests(lambda share: check(share / 3))
        mark = mark_of(archive.manifest)
    stem = f"{visible(archive.manifest.run)[:60].strip('. ') or 'run'}"
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in stem)
    for number in range(1, 1000):
        folder = runs_dir() / (stem if number == 1 else f"{stem}-{number}")
        if not os.path.lexists(folder):
            return unpack_capsule(path, folder, lambda share: check((1 + 2 * share) / 3))
        if (there := read_kept(folder)) is not None and mark_of(there) == mark:
            return OpenedCapsule(folder, there)
    raise FileError(str(path), "too many runs of this name are here", way_out="Delete some of them.")


def read_kept(folder: Path) -> Manifest | None:
    """What the capsule said in which the run of a folder came; None for a run that was trained here."""
    try:
        return parse_manifest(read_regular(folder / KEPT, MOST[MANIFEST]))
    except (OSError, ValueError):
        return None


def mark_of(manifest: Manifest) -> str:
    """The same for two capsules that hold the same files."""
    return sha256("\n".join(f"{name} {e.sha256}" for name, e in sorted(manifest.entries.items())).encode()).hexdigest()


def describe_manifest(manifest: Manifest) -> list[str]:
    """What is inside and where it was made, a sentence each."""
    packed = moment(manifest.packed)
    made = f"Packed {packed:%Y-%m-%d %H:%M}" if packed is not None else "Packed at an unknown time"
    versions = ", ".join(f"{name} {visible(version)}" for name, version in manifest.versions.items())
    size = format_bytes(sum(entry.size for entry in manifest.entries.values()))
    count = format_quantity(len(manifest.entries), "file")
    return [f"{made}{f' by {versions}' if versions else ''}: {count}, {size}.", describe_data(manifest)]


def describe_data(manifest: Manifest) -> str:
    """Whether the data of the run are there, in a sentence."""
    data = manifest.data
    name = visible(data.name)
    if data.kept == INSIDE:
        size = format_bytes(data.bytes)
        return f"The data “{name}” are inside ({format_quantity(data.files, 'file')}, {size})."
    if data.kept == BUILT_IN:
        return f"The data “{name}” come with every VisualNet."
    return f"The data “{name}” are not inside: it can be looked at and predicts, but not be trained again."


def _check_parts(archive: Archive) -> None:
    """What a run cannot do without can be read: its project, record and notes."""
    readers: dict[str, Callable[[bytes], object]] = {
        PROJECT: lambda data: project_file.loads(data, PROJECT),
        RECORD: parse_record,
        ANNOTATIONS: parse_annotations,
    }
    for name, reader in readers.items():
        if name in archive.manifest.entries:
            try:
                reader(archive.read(name))
            except FileError as error:
                words = f"{name} in it cannot be read: {error.reason}"
                raise FileError(str(archive.path), words, way_out=error.way_out) from None
            except ValueError as error:
                raise FileError(
                    str(archive.path), str(error), way_out="Ask whoever made it to pack it again."
                ) from None


def _make(archive: Archive, folder: Path, check: Check) -> None:
    done, whole = 0, max(archive.size, 1)
    with folder_aside(folder) as aside:
        new = aside / "run"
        new.mkdir()
        for name, entry in archive.manifest.entries.items():
            path = new.joinpath(*name.split("/"))
            path.parent.mkdir(parents=True, exist_ok=True)
            with open_regular(path, "xb", buffering=0) as file:
                for piece in archive.stream(name):
                    write_all(file.fileno(), piece)
                    done += len(piece)
                    check(done / whole)
                os.fsync(file.fileno())
            if entry.time:
                with contextlib.suppress(
                    OSError, OverflowError
                ):  # a drive without such times: the data then say that they differ
                    os.utime(path, ns=(int(entry.time), int(entry.time)))
        with open_regular(new / KEPT, "xb", buffering=0) as file:
            write_all(file.fileno(), archive.manifest.encode())
            os.fsync(file.fileno())
        os.rename(new, folder)
    sync_folder(folder.parent)
