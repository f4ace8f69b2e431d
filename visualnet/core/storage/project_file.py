"""Project files: readable JSON, one node and one wire a line, checked in full before anything is built, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from msgspec.structs import replace

from visualnet.core.errors import FileError
from visualnet.core.graph import Graph, Init, Node
from visualnet.core.project import About, Block, DataChoice, Project, Recipe, RunRef
from visualnet.core.storage import decode, decode_annotations, embedded_project, safe_json
from visualnet.core.storage.disk_state import ChangedOnDisk
from visualnet.core.storage.regular_files import (
    NotRegular,
    TooLarge,
    kind_of,
    open_bounded,
    open_regular,
    sync_folder,
    write_all,
)
from visualnet.core.storage.safe_json import MAX_BYTES, Place, Refused
from visualnet.core.storage.temporaries import Aside
from visualnet.core.text.format import format_bytes
from visualnet.core.text.visible import visible

__all__ = ["FORMAT", "ChangedOnDisk", "FileError", "check_part", "dumps", "load", "loads", "read", "save"]

PROGRAM = "visualnet"
FORMAT = 1
SUFFIX = ".vnet"

MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""For each older format: the plain values of the next one. A file of every released format stays in tests/fixtures."""

_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


# --- reading --------------------------------------------------------------------------------------------------------------------------


def load(path: Path | str) -> Project:
    """Read a project from a file, or from a picture that carries one.

    Raises:
        FileError: it cannot be read; the words say where and why.
    """
    return loads(read(Path(path)), Path(path).name)


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
        raise FileError(name, f"it cannot be read ({_told(error)})", way_out="Check who may read it.") from None


def loads(data: bytes, name: str = "this text") -> Project:
    """The project that these bytes describe; ``name`` is what errors call them.

    Raises:
        FileError: they describe none; the words say where and why.
    """
    if embedded_project.is_picture(data[:256]):
        data = embedded_project.project_in(io.BytesIO(data), name)
    try:
        tree = safe_json.scan(data)
    except Refused as fault:
        raise _file_error(fault, data, fault.tree, name) from None
    try:
        tree, newer = _to_current(tree)
        result = decode.project(tree)
    except Refused as fault:
        raise _file_error(fault, data, tree, name) from None
    if newer:
        words = f"“{name}” was written by a newer VisualNet (format {newer}; this one writes {FORMAT}), so saving could lose parts of it"
        return replace(result, readonly=words)
    return result


def _to_current(tree: Any) -> tuple[dict[str, Any], int]:
    """The values as the current format has them, and the file's format if that is a newer one."""
    if type(tree) is not dict or tree.get("program") != PROGRAM:
        raise Refused(
            'it is no VisualNet project: it does not say "program": "visualnet"', way_out="Choose a .vnet file."
        )
    number = tree.get("format")
    if type(number) is not int or number < 1:
        raise Refused("the number of the format is missing or wrong", "format")
    if number > FORMAT:
        return tree, number
    while number < FORMAT:
        tree = MIGRATIONS[number](tree)
        number += 1
    return tree, 0


def _file_error(fault: Refused, data: bytes, tree: Any, name: str) -> FileError:
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


def check_part(what: str, value: DataChoice | Recipe) -> None:
    """Hold the recipe or the choice of data against what a file may say.

    Raises:
        ValueError: a file could not hold it.
    """
    try:
        tree = safe_json.scan(_json(_recipe(value) if isinstance(value, Recipe) else _data(value)).encode())
        (decode.recipe if isinstance(value, Recipe) else decode.data_choice)(tree)
    except Refused as fault:
        raise ValueError(f"{'.'.join((what, *map(str, fault.place)))}: {fault.reason}") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: {error}") from None


# --- writing --------------------------------------------------------------------------------------------------------------------------


def dumps(project: Project) -> bytes:
    """The file of a project, the same bytes for the same project."""
    head = {"program": PROGRAM, "format": FORMAT, "name": project.name, "note": project.note}
    parts = [f"  {_json(k)}: {_json(v)}" for k, v in head.items() if v or k == "name"]
    if project.constants:
        parts.append(f'  "constants": {_json(dict(project.constants))}')
    parts.append(f'  "data": {_json(_data(project.data))}')
    parts.append(f'  "recipe": {_json(_recipe(project.recipe))}')
    parts.append(f'  "graph": {graph_text(project.graph, 1)}')
    if project.blocks:
        blocks = (f"    {_json(name)}: {block_text(block, 2)}" for name, block in project.blocks.items())
        parts.append('  "blocks": {\n' + ",\n".join(blocks) + "\n  }")
    if project.runs:
        parts.append(f'  "runs": {_lines("[]", (_json(_run(r)) for r in project.runs), 1)}')
    parts += (f"  {_json(k)}: {_json(v)}" for k, v in project.extra.items())
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("utf-8", "strict")


def graph_text(graph: Graph, level: int) -> str:
    """A sheet: one node, one wire, one place a line, each in the order of the nodes."""
    order = {node_id: at for at, node_id in enumerate(graph.nodes)}
    wires = sorted(graph.wires.items(), key=lambda w: (order[w[0].node], len(w[0].port), w[0].port))
    parts = {
        "nodes": _lines("[]", (_json(_node(n)) for n in graph), level + 1),
        "wires": _lines("[]", (f'["{s.node}.{s.port}", "{t.node}.{t.port}"]' for t, s in wires), level + 1),
    }
    if graph.places:
        spots = ((i, graph.places[i]) for i in order if i in graph.places)
        parts["layout"] = _lines("{}", (f'"{i}": [{_px(x)}, {_px(y)}]' for i, (x, y) in spots), level + 1)
    if graph.spent:
        parts["spent"] = str(graph.spent)
    if graph.direction != "right":
        parts["direction"] = _json(graph.direction)
    if graph.bends:
        bent = ((t, graph.bends[t]) for t, _ in wires if t in graph.bends)
        parts["bends"] = _lines(
            "{}", (f'"{t.node}.{t.port}": {_json([list(p) for p in b])}' for t, b in bent), level + 1
        )
    if graph.remarks:
        parts["remarks"] = _lines(
            "[]", (_json(decode_annotations.encode_annotation(r)) for r in graph.remarks.values()), level + 1
        )
    if graph.bookmarks:
        parts["bookmarks"] = _json({name: list(view) for name, view in graph.bookmarks.items()})
    parts |= {k: _json(v) for k, v in graph.extra.items()}
    return _object(parts, level)


def block_text(block: Block, level: int) -> str:
    """A block's definition."""
    parts = {}
    if block.note:
        parts["note"] = _json(block.note)
    if block.params:
        parts["params"] = _json(dict(block.params))
    if block.about:
        parts["about"] = _json({name: _about(about) for name, about in block.about.items()})
    parts["graph"] = graph_text(block.graph, level + 1)
    return _object(parts | {k: _json(v) for k, v in block.extra.items()}, level)


def _about(about: About) -> dict[str, Any]:
    fields = {"note": about.note or None, "low": about.low, "high": about.high}
    return {k: v for k, v in fields.items() if v is not None} | dict(about.extra)


def _object(parts: Mapping[str, str], level: int) -> str:
    pad = "  " * (level + 1)
    return "{\n" + ",\n".join(f"{pad}{_json(k)}: {v}" for k, v in parts.items()) + "\n" + "  " * level + "}"


def _lines(brackets: str, items: Iterable[str], level: int) -> str:
    pad = "  " * (level + 1)
    inner = ",\n".join(pad + item for item in items)
    return f"{brackets[0]}\n{inner}\n{'  ' * level}{brackets[1]}" if inner else brackets


def _px(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _node(node: Node) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": node.id, "kind": node.kind, "name": node.name}
    if node.params:
        fields["params"] = dict(node.params)
    if not node.trainable:
        fields["trainable"] = False
    if node.statistics != "fixed":
        fields["statistics"] = node.statistics
    if node.init != Init():
        fields["init"] = _own(node.init, Init())
    if node.shares is not None:
        fields["shares"] = node.shares
    if node.repeat != 1:
        fields["repeat"] = node.repeat
    if node.mode:
        fields["mode"] = node.mode
    if node.folded:
        fields["folded"] = True
    return {**fields, **node.extra}


def _own(value: Any, plain: Any) -> dict[str, Any]:
    """What differs from the defaults, then what this version does not know."""
    fields = {
        k: getattr(value, k) for k in value.__struct_fields__ if k != "extra" and getattr(value, k) != getattr(plain, k)
    }
    return {**fields, **value.extra}


def _data(data: DataChoice) -> dict[str, Any]:
    return {"name": data.name, **_own(data, DataChoice(name=data.name))}


def _recipe(recipe: Recipe) -> dict[str, Any]:
    # Written out in full: how a network was trained must not depend on what a later version takes for granted.
    # What came after the first format is left out where it is as it always was, so that old files stay as they are.
    later = {"best_by"} if recipe.best_by == "loss" else set()
    return {**{k: getattr(recipe, k) for k in recipe.__struct_fields__ if k not in {"extra", *later}}, **recipe.extra}


def _run(run: RunRef) -> dict[str, Any]:
    fields = _own(replace(run, folder=Path(run.folder).name), RunRef(id=""))
    return {**fields, "summary": dict(run.summary)} if run.summary else fields


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
        data = dumps(project)
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
    _spelled(path)
    try:
        real = Path(os.path.realpath(path))
        mode = _mode(real)
        if kind := kind_of(mode) if mode is not None else "":
            raise FileError(str(path), f"{kind} has this name", way_out="Choose another name.")
        if mode is not None and not os.access(real, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is write-protected")
        with Aside(real) as aside:
            write_all(aside.handle, data)
            _keep_mode(aside.handle, mode)
            os.fsync(aside.handle)
            if check is not None:
                check()
            aside.put_in_place()
    except OSError as error:
        raise FileError(
            str(path), f"it cannot be written ({_told(error)}); the file on disk is as it was", way_out=_way_out(error)
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


def _told(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _way_out(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Free some space, or save to another disk."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Save it in a folder of your own."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "The folder is gone: save it in another one."
    return "Try again, or save it elsewhere."
