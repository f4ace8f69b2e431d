"""Capsules that a stranger could make: a sound one of a few files, and the list of what must be refused."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256

from tests.core.drawing import chain
from visualnet.core.storage import project_file
from visualnet.training.capsules.manifest import CapsuleFile, Manifest

REGULAR, LINK, FOLDER, DEVICE = 0o100644, 0o120777, 0o040755, 0o020644
LOG = (
    b'{"event":"started","time":1.0,"run":"r","device":"cpu","threads":1,"parameters":1,"epochs":1,"steps_per_epoch":1,'
    + (b'"batch_size":1,"sizes":[1,0,0],"best_by":"loss"}\n')
)


def sound_parts() -> dict[str, bytes]:
    """The files of a small run."""
    return {"project.vnet": project_file.dumps(chain(3)), "events.jsonl": LOG, "data/a/b.csv": b"x,y\n1,2\n"}


def manifest_of(parts: Mapping[str, bytes], **changes: object) -> bytes:
    entries = {name: CapsuleFile(size=len(data), sha256=sha256(data).hexdigest()) for name, data in parts.items()}
    return Manifest(**{"run": "r", "entries": entries, **changes}).encode()  # type: ignore[arg-type]


def make(
    parts: Mapping[str, bytes] | None = None,
    *,
    more: Mapping[str, bytes] | None = None,
    listed: Mapping[str, bytes] | None = None,
    mode: int = REGULAR,
    manifest: bytes | None = None,
    packing: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A zip with a manifest of ``listed`` (its own files): ``more`` are put in besides, with this mode."""
    parts = {**(sound_parts() if parts is None else parts), **(more or {})}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("manifest.json", manifest or manifest_of(listed or parts))
        for name, data in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = packing
            info.external_attr = (mode if more and name in more else REGULAR) << 16
            archive.writestr(info, data)
    return out.getvalue()


def _twice(name: str) -> bytes:
    import warnings

    out = io.BytesIO()
    parts = sound_parts()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of what is wanted here
        archive.writestr("manifest.json", manifest_of(parts))
        for one, data in (*parts.items(), (name, b"other")):
            archive.writestr(one, data)
    return out.getvalue()


def _patched(change: Callable[[bytearray, int, int], None], data: bytes | None = None) -> bytes:
    """A sound capsule, changed where its end record and its directory begin."""
    raw = bytearray(make() if data is None else data)
    end = raw.rindex(b"PK\x05\x06")
    (offset,) = struct.unpack_from("<L", raw, end + 16)
    change(raw, end, offset)
    return bytes(raw)


def _many(count: int) -> bytes:
    """So many entries that are there only in the directory."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)
    directory = b"".join(entry + f"{n:06}".encode()[:6] for n in range(count))
    here = min(count, 0xFFFE)
    return directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, here, here, len(directory), 0, 0)


def _overlapping() -> bytes:
    """Two entries that share their packed bytes."""

    def change(raw: bytearray, end: int, offset: int) -> None:
        first = offset
        second = raw.index(b"PK\x01\x02", first + 4)
        third = raw.index(b"PK\x01\x02", second + 4)
        raw[third + 42 : third + 46] = raw[second + 42 : second + 46]

    return _patched(change)


def _put(at: int, form: str, value: int, of: str = "directory") -> bytes:
    def change(raw: bytearray, end: int, offset: int) -> None:
        struct.pack_into(form, raw, (end if of == "end" else offset) + at, value)

    return _patched(change)


def _claims(name: str, size: int) -> bytes:
    """A sound capsule whose directory and manifest say that a file unpacks to so many bytes."""
    parts = sound_parts()
    entries = {
        n: CapsuleFile(size=size if n == name else len(d), sha256=sha256(d).hexdigest()) for n, d in parts.items()
    }

    def change(raw: bytearray, end: int, offset: int) -> None:
        at = raw.index(name.encode(), offset) - 46
        struct.pack_into("<L", raw, at + 24, size)

    return _patched(change, make(manifest=Manifest(run="r", entries=entries).encode()))


ZEROS = b"\0" * (64 << 20)
BOMBS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no zip": lambda: b"PK\x03\x04" + b"x" * 100,
    "a zip of something else": lambda: make(parts={"a.txt": b"a"}),
    "cut off": lambda: make()[:-30],
    "something behind it": lambda: make() + b"more",
    "something before it": lambda: b"more" + make(),
    "64 MB of zeros": lambda: make(more={"data/zeros.bin": ZEROS}),
    "64 MB of zeros as a log": lambda: make(parts={**sound_parts(), "events.jsonl": ZEROS}),
    "4 GB claimed": lambda: _claims("events.jsonl", 0xFFFFFFF0),
    "less claimed": lambda: _claims("data/a/b.csv", 3),
    "a million files": lambda: _many(1_000_000),
    "60,000 files": lambda: _many(60_000),
    "200,000 files that are said to be one": lambda: _many(200_000)[:-14] + struct.pack("<2H2LH", 1, 1, 200_000 * 52, 0, 0),
    "the 64-bit form": lambda: _put(10, "<H", 0xFFFF, "end"),
    "several disks": lambda: _put(4, "<H", 1, "end"),
    "one file more than there is": lambda: _put(10, "<H", 9, "end"),
    "files over each other": _overlapping,
    "an absolute name": lambda: make(more={"/etc/cron.d/x": b"x"}),
    "a way up": lambda: make(more={"data/../../x": b"x"}),
    "a way up, backwards": lambda: make(more={"data\\..\\..\\x": b"x"}),
    "a drive": lambda: make(more={"C:/x": b"x"}),
    "a stream": lambda: make(more={"data/x:y": b"x"}),
    "a device of Windows": lambda: make(more={"data/NUL.txt": b"x"}),
    "a dot at the end": lambda: make(more={"data/x.": b"x"}),
    "a hidden character": lambda: make(more={"data/a\u202eb": b"x"}),
    "a name in another form": lambda: make(more={"data/e\u0301": b"x"}),
    "a long name": lambda: make(more={"data/" + "x" * 300: b"x"}),
    "a deep name": lambda: make(more={"data/" + "x/" * 30 + "y": b"x"}),
    "a foreign name": lambda: make(more={"sitecustomize.py": b"x"}),
    "a folder": lambda: make(more={"data/folder/": b""}),
    "a link": lambda: make(more={"data/link": b"/etc/passwd"}, mode=LINK),
    "a device": lambda: make(more={"data/device": b""}, mode=DEVICE),
    "names that differ by case": lambda: make(more={"data/A/B.csv": b"x"}),
    "folders that differ by case": lambda: make(more={"data/A/c.csv": b"x"}),
    "a file that is a folder": lambda: make(more={"data/a": b"x"}),
    "a name twice": lambda: _twice("events.jsonl"),
    "encrypted": lambda: _put(8, "<H", 1),
    "another packing": lambda: make(packing=zipfile.ZIP_LZMA),
    "a file that is not listed": lambda: make(more={"data/x": b"x"}, listed=sound_parts()),
    "a file that is missing": lambda: make(parts=sound_parts(), listed={**sound_parts(), "data/x": b"x"}),
    "another digest": lambda: make(listed={**sound_parts(), "data/a/b.csv": b"x,y\n1,3\n"}),
    "a newer format": lambda: make(manifest=manifest_of(sound_parts(), format=2)),
    "no manifest": lambda: make(manifest=b"{}"),
    "a deep manifest": lambda: make(manifest=b"[" * 100_000),
    "a manifest of 5 MB": lambda: make(manifest=b'{"program":"visualnet","format":1,"run":"' + b"x" * (5 << 20) + b'"}'),
    "a hostile project": lambda: make(parts={**sound_parts(), "project.vnet": b'{"program": "visualnet", "format": 1, "graph": 3}'}),
    "a hostile record": lambda: make(parts={**sound_parts(), "record.json": b'{"started": "x"}'}),
}  # fmt: skip
