"""Project files: readable JSON, one node and one wire a line, checked in full before anything is built, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import math
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from msgspec.structs import replace

from visualnet.core.errors import FileError, os_reason
from visualnet.core.project import DataChoice, Project, Recipe, SearchSpec
from visualnet.core.storage import embedded_project, safe_json
from visualnet.core.storage.data_places import absolute_path, relative_path
from visualnet.core.storage.decoding import decode
from visualnet.core.storage.decoding.decode_data import data_choice
from visualnet.core.storage.decoding.decode_search import decode_search
from visualnet.core.storage.disk_state import ChangedOnDisk
from visualnet.core.storage.encode import (
    block_text,
    data_fields,
    graph_text,
    lines,
    recipe_fields,
    run_fields,
    search_fields,
    to_json,
)
from visualnet.core.storage.regular_files import (
    NotRegular,
    TooLarge,
    kind_of,
    open_bounded,
    open_regular,
    sync_folder,
    write_all,
)
from visualnet.core.storage.safe_json import MAX_BYTES, Place, RefusedJson
from visualnet.core.storage.temporaries import ReplacementFile
from visualnet.core.text.format import format_bytes
from visualnet.core.text.hidden_characters import visible

__all__ = ["FORMAT", "ChangedOnDisk", "FileError", "check_part", "dumps", "load", "loads", "read", "save"]

PROGRAM = "visualnet"
FORMAT = 1
SUFFIX = ".vnet"

MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""For each older format: the plain values of the next one. A file of every released format stays in tests/fixtures."""


# --- reading --------------------------------------------------------------------------------------------------------------------------


def load(path: Path | str) -> Project:
    """Read a project from a file, or from a picture that carries one.

    Raises:
        FileError: it cannot be read; the words say where and why.
    """
    return loads(read(Path(path)), Path(path).name, Path(path).parent)


def read(path: Path) -> bytes:
    """A file's bytes, if it is one and not too large; of a picture, the project that it carries.

    Raises:
        FileError: it is not there, cannot be read, is no file, or is too large for a project.
    """
    return read_either(path)[0]


def read_either(path: Path) -> tuple[bytes, bool]:
    """What ``read`` gives, and whether it came in a picture.

    Raises:
        FileError: as ``read``.
    """
    name = _spelled(path)
    picture = path.suffix.lower() in embedded_project.PICTURES
    try:
        with cast(BinaryIO, open_regular(path)) if picture else open_bounded(path, MAX_BYTES) as file:
            if embedded_project.is_picture(file.read(256)):
                file.seek(0)
                return embedded_project.project_in(file, path.name), True
            file.seek(0)
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TooLarge(path, len(data), MAX_BYTES)
        return data, False
    except FileNotFoundError:
        raise FileError(name, "there is no such file", way_out="Was it moved or renamed?") from None
    except NotRegular as error:
        raise FileError(name, str(error.strerror), way_out="Choose a file.") from None
    except TooLarge as error:
        words = f"it has {format_bytes(error.size)}; a project has at most {format_bytes(MAX_BYTES)}"
        raise FileError(name, words, way_out="Weights and data do not belong into it.") from None
    except OSError as error:
        raise FileError(name, f"it cannot be read ({os_reason(error)})", way_out="Check who may read it.") from None


def loads(data: bytes, name: str = "this text", folder: Path | None = None) -> Project:
    """The project that these bytes describe; ``name`` is what errors call them, ``folder`` where their file lies.

    Raises:
        FileError: they describe none; the words say where and why.
    """
    if embedded_project.is_picture(data[:256]):
        data = embedded_project.project_in(io.BytesIO(data), name)
    try:
        tree = safe_json.scan(data)
    except RefusedJson as fault:
        raise _file_error(fault, data, fault.tree, name) from None
    try:
        tree, newer = _to_current(tree)
        result = decode.project(tree)
        if result.data.path:
            place = absolute_path(result.data.path, folder)
            result = replace(result, data=replace(result.data, path=place))
    except RefusedJson as fault:
        raise _file_error(fault, data, tree, name) from None
    if newer:
        words = f"“{name}” was written by a newer VisualNet (format {newer}; this one writes {FORMAT}), so saving could lose parts of it"
        return replace(result, readonly=words)
    return result


def _to_current(tree: Any) -> tuple[dict[str, Any], int]:
    """The values as the current format has them, and the file's format if that is a newer one."""
    if type(tree) is not dict or tree.get("program") != PROGRAM:
        raise RefusedJson(
            'it is no VisualNet project: it does not say "program": "visualnet"', way_out="Choose a .vnet file."
        )
    number = tree.get("format")
    if type(number) is not int or number < 1:
        raise RefusedJson("the number of the format is missing or wrong", "format")
    if number > FORMAT:
        return tree, number
    while number < FORMAT:
        tree = MIGRATIONS[number](tree)
        number += 1
    return tree, 0


def _file_error(fault: RefusedJson, data: bytes, tree: Any, name: str) -> FileError:
    offset = fault.offset if fault.offset >= 0 else safe_json.offset_of(data, fault.place) if tree is not None else -1
    line = safe_json.line_of(data, offset)
    place = _spell(fault.place, tree)
    if line:
        place = f"{place} (line {line})" if place else f"line {line}"
    return FileError(
        name, fault.reason, place=place, way_out=fault.way_out or "Mend it in a text editor, or open an earlier copy."
    )


def _spell(place: Place, tree: Any) -> str:
    """``graph.nodes[3] “conv1” → params.stride``."""
    text, value, named = "", tree, False
    for key in place:
        part = f"[{key}]" if isinstance(key, int) else str(key)[:80]
        joint = "" if isinstance(key, int) or not text else " → " if named else "."
        text, named = f"{text}{joint}{part}", False
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(key, int) and isinstance(value, dict) and isinstance(value.get("name"), str):
            text, named = f"{text} “{visible(value['name'][:40])}”", True
    return text


def check_part(what: str, value: DataChoice | Recipe | SearchSpec) -> None:
    """Hold the recipe, the choice of data or the search against what a file may say.

    Raises:
        ValueError: a file could not hold it.
    """
    fields: dict[str, Any]
    read: Callable[[Any], object]
    if isinstance(value, Recipe):
        fields, read = recipe_fields(value), decode.recipe
    elif isinstance(value, SearchSpec):
        fields, read = search_fields(value), decode_search
    else:
        fields, read = data_fields(value), data_choice
    for place, number in _not_finite(what, fields):
        raise ValueError(f"{place} is {number}; a number is wanted that is not NaN or infinite")
    try:
        tree = safe_json.scan(to_json(fields).encode())
        read(tree)
    except RefusedJson as fault:
        raise ValueError(f"{'.'.join((what, *map(str, fault.place)))}: {fault.reason}") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: {error}") from None


def _not_finite(place: str, value: object) -> Iterator[tuple[str, float]]:
    """What a JSON file cannot hold among the numbers of a recipe or a choice of data, each with its place."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _not_finite(f"{place}.{name}", part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _not_finite(place, part)
    elif isinstance(value, float) and not math.isfinite(value):
        yield place, value


# --- writing --------------------------------------------------------------------------------------------------------------------------


def dumps(project: Project, folder: Path | None = None) -> bytes:
    """The file of a project, the same bytes for the same project. Where it lies in a ``folder``, own data are named from there."""
    if folder is not None and project.data.path:
        project = replace(project, data=replace(project.data, path=relative_path(project.data.path, folder)))
    head = {"program": PROGRAM, "format": FORMAT, "name": project.name, "note": project.note}
    parts = [f"  {to_json(k)}: {to_json(v)}" for k, v in head.items() if v or k == "name"]
    if project.constants:
        parts.append(f'  "constants": {to_json(dict(project.constants))}')
    parts.append(f'  "data": {to_json(data_fields(project.data))}')
    parts.append(f'  "recipe": {to_json(recipe_fields(project.recipe))}')
    parts.append(f'  "graph": {graph_text(project.graph, 1)}')
    if project.blocks:
        blocks = (f"    {to_json(name)}: {block_text(block, 2)}" for name, block in project.blocks.items())
        parts.append('  "blocks": {\n' + ",\n".join(blocks) + "\n  }")
    if project.runs:
        parts.append(f'  "runs": {lines("[]", (to_json(run_fields(r)) for r in project.runs), 1)}')
    if project.search is not None:
        parts.append(f'  "search": {to_json(search_fields(project.search))}')
    parts += (f"  {to_json(k)}: {to_json(v)}" for k, v in project.extra.items())
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("utf-8", "strict")


# --- to disk --------------------------------------------------------------------------------------------------------------------------


def save(path: Path | str, project: Project, check: Callable[[], None] | None = None) -> bytes:
    """Write a project's file, whole or not at all; the bytes that were written.

    Raises:
        FileError: the project must not be saved, or the file cannot be written; the old one is as it was.
    """
    target = Path(path)
    if project.readonly:
        raise FileError(str(target), project.readonly, way_out="Open it with the newer version.")
    try:
        data = dumps(project, target.parent)
        loads(data, target.name)  # what could not be opened again is never written over what can
    except FileError as error:
        place = f" ({error.place})" if error.place else ""
        raise FileError(
            str(target), f"it could not be opened again: {error.reason}{place}", way_out=error.way_out
        ) from None
    except (TypeError, ValueError) as error:
        raise FileError(str(target), f"a value cannot be written: {error}") from None
    write(target, data, check)
    return data


def write(path: Path, data: bytes, check: Callable[[], None] | None = None) -> None:
    """Put these bytes into a file so that at every moment it holds either all of the old or all of the new ones.

    ``check`` is called last, when all is written aside: what it raises leaves the file as it is.

    Raises:
        FileError: it cannot be done; the old file is as it was, and nothing is left beside it.
    """
    write_by(path, lambda handle: write_all(handle, data), check)


def write_by(path: Path, fill: Callable[[int], None], check: Callable[[], None] | None = None) -> None:
    """The same for what is too large to be held as bytes: ``fill`` writes it into a descriptor. What it raises leaves the file as it is.

    Raises:
        FileError: it cannot be done; the old file is as it was, and nothing is left beside it.
    """
    _spelled(path)
    try:
        real = Path(os.path.realpath(path))
        mode = _mode(real)
        if kind := kind_of(mode) if mode is not None else "":
            raise FileError(str(path), f"{kind} has this name", way_out="Choose another name.")
        if mode is not None and not os.access(real, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is write-protected")
        with ReplacementFile(real) as aside:
            fill(aside.handle)
            _keep_mode(aside.handle, mode)
            os.fsync(aside.handle)
            if check is not None:
                check()
            aside.put_in_place()
    except OSError as error:
        raise FileError(
            str(path),
            f"it cannot be written ({os_reason(error)}); the file on disk is as it was",
            way_out=_way_out(error),
        ) from None
    with contextlib.suppress(OSError):  # the file is whole by now, so a system that cannot do this is no failure
        sync_folder(real.parent)


def _mode(path: Path) -> int | None:
    """What stands there and its rights; None for nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _keep_mode(descriptor: int, mode: int | None) -> None:
    """The rights of the file that is replaced; of a new one, those that any new file gets here."""
    if not hasattr(os, "fchmod"):
        return
    if mode is None:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    os.fchmod(descriptor, stat.S_IMODE(mode))


def _spelled(path: Path) -> str:
    name = str(path)
    if "\0" in name:
        raise FileError(repr(name), "this cannot be the name of a file", way_out="Choose another name.")
    return name


def _way_out(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Free some space, or save to another disk."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Save it in a folder of your own."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "The folder is gone: save it in another one."
    return "Try again, or save it elsewhere."
