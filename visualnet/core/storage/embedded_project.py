"""The project inside a picture: put there when a picture is saved, taken out when one is opened.

A PNG carries it in an iTXt chunk (keyword ``visualnet-project``, compressed as the format allows), an SVG in its ``<metadata>``, in a
namespace of its own. Any tool that shows such texts shows it. What comes out passes the same checks as a .vnet file. Nothing here
decodes the picture itself: of a PNG only the chunks' heads are read, and an SVG with a DTD (which could define entities) is refused.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, BinaryIO, NoReturn
from xml.parsers import expat

from msgspec.structs import replace

from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage.safe_json import MAX_BYTES
from visualnet.core.text.format import format_bytes

KEYWORD = b"visualnet-project"
NAMESPACE = "urn:visualnet:project"
ENCODING = "zlib base64"
PICTURES = (".png", ".svg")
"""How the names of pictures end that can carry a project."""

CARRIED = (
    "The network with its blocks, notes and layers of your own, the recipe, the names of the data set and of runs. "
    "No data, no weights, no folders."
)
"""What travels with a picture, in words."""

_PNG = b"\x89PNG\r\n\x1a\n"
_FOREIGN = {
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"RIFF": "a WebP picture",
    b"BM": "a BMP picture",
}
_SVG = re.compile(rb"(?:\xef\xbb\xbf)?\s*+<(?:\?xml|!DOCTYPE|!--|(?:\w{1,20}:)?svg\b)")
_ROOT = re.compile(rb"<svg\b(?>[^>\"']|\"[^\"]*\"|'[^']*')*>")
_PATH = re.compile(r"[/~]|\\\\|[A-Za-z]:[\\/]|file:")
_MAX_CHUNKS = 20_000
_MAX_HEAD = 256 * 1024
"""So far into an SVG the project begins: it stands before the drawing."""
_MAX_SVG = _MAX_HEAD + 2 * MAX_BYTES
_MAX_RATIO = 200
"""The text of a graph shrinks 5 to 25 times; what shrinks more was made to fill the memory."""
_BLOCK = 64 * 1024
_SHARE = (
    "A picture carries its project only if VisualNet saved it so, and if no program or web site has rewritten it since: "
    "open the .vnet file instead."
)


# --- what is carried ----------------------------------------------------------------------------------------------------------------


def strip_local_paths(project: Project) -> Project:
    """The project as strangers may have it: without the places on this machine where data or weights lie."""
    options = _without_paths(project.data.options)
    data = project.data if len(options) == len(project.data.options) else replace(project.data, options=options)
    if data.path:
        data = replace(data, path=PurePosixPath(data.path).name)
    named = dict.fromkeys((k for k in project.recipe.__struct_fields__ if _is_path(getattr(project.recipe, k))), "")
    kept = _without_paths(project.recipe.options)
    recipe = project.recipe
    if named or len(kept) != len(recipe.options):
        recipe = replace(recipe, **named, options=kept)
    learners = tuple(replace(learner, options=_without_paths(learner.options)) for learner in recipe.learners)
    if learners != recipe.learners:
        recipe = replace(recipe, learners=learners)
    search = project.search
    if search is not None:
        search = replace(search, entries=tuple(e for e in search.entries if not any(map(_is_path, e.choices))))
    return replace(project, data=data, recipe=recipe, search=search, readonly="")


def _without_paths(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if not any(map(_is_path, v if isinstance(v, tuple | list) else (v,)))}


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and bool(_PATH.match(value))


# --- into a picture -----------------------------------------------------------------------------------------------------------------


def into_png(picture: bytes, project: bytes) -> bytes:
    """The PNG with the project's file inside, right behind its head."""
    assert picture.startswith(_PNG), "no PNG"
    end = 8 + 12 + int(struct.unpack(">I", picture[8:12])[0])
    text = KEYWORD + b"\0\1\0\0\0" + zlib.compress(project, 9)
    chunk = b"iTXt" + text
    length, check = struct.pack(">I", len(text)), struct.pack(">I", zlib.crc32(chunk))
    return b"".join([picture[:end], length, chunk, check, picture[end:]])


def into_svg(picture: bytes, project: bytes) -> bytes:
    """The SVG with the project's file inside, before what is drawn."""
    root = _ROOT.search(picture)
    assert root is not None, "no SVG"
    text = base64.encodebytes(zlib.compress(project, 9))
    element = f'\n<metadata>\n<project xmlns="{NAMESPACE}" encoding="{ENCODING}">\n'.encode()
    return b"".join([picture[: root.end()], element, text, b"</project>\n</metadata>", picture[root.end() :]])


# --- out of a picture ---------------------------------------------------------------------------------------------------------------


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so is a picture or a page: nothing that is a project's text itself."""
    return head.startswith((_PNG, b"%PDF-", *_FOREIGN)) or _SVG.match(head) is not None


def project_in(file: BinaryIO, name: str) -> bytes:
    """The text of the project that a picture carries. ``file`` stands at its beginning and can seek.

    Raises:
        FileError: there is none, or it is damaged or larger than a project may be.
    """
    head = file.read(256)
    file.seek(0)
    if head.startswith(_PNG):
        return _inflated(_from_png(file, name), name)
    if head.startswith(b"%PDF-"):
        words = "If VisualNet wrote it, a PDF reader shows the network as an attachment: save that and open it."
        raise FileError(name, "it is a PDF, which is not opened here", way_out=words)
    for start, what in _FOREIGN.items():
        if head.startswith(start):
            raise FileError(name, f"it is {what}; only PNG and SVG pictures carry a project", way_out=_SHARE)
    return _inflated(_from_svg(file.read(_MAX_SVG), name), name)


def _from_png(file: BinaryIO, name: str) -> bytes:
    """The compressed text in the one chunk that is ours."""
    found: list[bytes] = []
    for kind, length in _chunks(file, name):
        if kind != b"iTXt" or length < len(KEYWORD) + 5:
            file.seek(length + 4, 1)
            continue
        start = file.read(len(KEYWORD) + 1)
        if start != KEYWORD + b"\0":
            file.seek(length + 4 - len(start), 1)
            continue
        if length > MAX_BYTES:
            _too_large(name)
        found.append(_text_of(start, file.read(length - len(start)), file.read(4), name))
    if not found:
        raise FileError(name, "this PNG carries no project", way_out=_SHARE)
    if len(found) > 1:
        raise _damaged(name, "it carries more than one project")
    return found[0]


def _chunks(file: BinaryIO, name: str) -> Iterator[tuple[bytes, int]]:
    """Kind and length of each chunk; whoever asks for the next one has read or skipped the data and the sum behind it."""
    end = file.seek(0, 2)
    file.seek(len(_PNG))
    for number in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            raise _damaged(name, "the picture ends in the middle")
        length, kind = struct.unpack(">I4s", head)
        if (kind == b"IHDR") != (number == 0) or length > end - file.tell() - 4:
            raise _damaged(name, "the parts of the picture do not follow each other as they should")
        yield kind, length
        if kind == b"IEND":
            return
    raise _damaged(name, f"it has more than {_MAX_CHUNKS:,} parts")


def _text_of(start: bytes, rest: bytes, summed: bytes, name: str) -> bytes:
    if zlib.crc32(rest, zlib.crc32(b"iTXt" + start)) != struct.unpack(">I", summed)[0]:
        raise _damaged(name, "its check sum is wrong")
    language, gap, behind = rest[2:].partition(b"\0")
    translated, second, text = behind.partition(b"\0")
    if rest[:2] != b"\1\0" or not gap or not second or len(language) > 80 or len(translated) > 200:
        raise _damaged(name, "it is not packed as VisualNet packs it")
    return text


class _Found(Exception):
    """The project has been read to its end; what follows does not matter."""


class _Svg:
    """Looks for the one element that carries the project."""

    def __init__(self, name: str) -> None:
        self.name, self.path = name, list[str]()
        self.text: list[str] | None = None
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.opened
        parser.EndElementHandler = self.closed
        parser.CharacterDataHandler = self.said
        parser.StartDoctypeDeclHandler = self.refuse

    def refuse(self, *_: object) -> NoReturn:
        raise _damaged(self.name, "it holds a DTD, which could make it explode; no picture of VisualNet has one")

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, local = tag.rpartition(" ")
        self.path.append(local)
        if space == NAMESPACE and self.path == ["svg", "metadata", "project"]:
            if attributes.get("encoding") != ENCODING:
                raise _damaged(self.name, "it is not packed as VisualNet packs it")
            self.text = []

    def closed(self, _tag: str) -> None:
        self.path.pop()
        if self.text is not None:
            raise _Found

    def said(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)


def _from_svg(data: bytes, name: str) -> bytes:
    # Only what leads to the project, its letters and the end of its element go to the parser: little memory, whatever else is there.
    at = data.find(NAMESPACE.encode(), 0, _MAX_HEAD)
    start = data.find(b">", at, at + 1024)
    if at < 0 or start < 0:
        raise FileError(name, "this picture carries no project", way_out=_SHARE)
    stop = data.find(b"<", start)
    end = data.find(b">", stop, stop + 256) + 1
    if stop < 0 or not end:
        raise _damaged(name, "the picture ends in the middle")
    seeker = _Svg(name)
    try:
        seeker.parser.Parse(data[:end], False)
    except _Found:
        return _letters(seeker.text or [], name)
    except expat.ExpatError as error:
        raise _damaged(name, f"it is no SVG (line {error.lineno})") from None
    except FileError:
        raise
    except (ValueError, LookupError):
        raise _damaged(name, "its letters are in an unknown encoding") from None
    raise _damaged(name, "it is not where VisualNet puts it")


def _letters(parts: list[str], name: str) -> bytes:
    try:
        return base64.b64decode("".join("".join(parts).split()), validate=True)
    except ValueError:
        raise _damaged(name, "its letters are not those of a packed project") from None


def _inflated(data: bytes, name: str) -> bytes:
    """Unpacked a block at a time, and no further than a project may go."""
    most = min(MAX_BYTES, max(_BLOCK, len(data) * _MAX_RATIO))
    unpack, parts, size = zlib.decompressobj(), list[bytes](), 0
    try:
        while data and not unpack.eof:
            parts.append(unpack.decompress(data, _BLOCK))
            size += len(parts[-1])
            data = unpack.unconsumed_tail
            if size > most:
                _too_large(name)
    except zlib.error:
        raise _damaged(name, "it cannot be unpacked") from None
    if not unpack.eof or unpack.unused_data:
        raise _damaged(name, "it is cut off or has something behind its end")
    return b"".join(parts)


def _damaged(name: str, why: str) -> FileError:
    return FileError(name, f"the project in this picture cannot be read: {why}", way_out=_SHARE)


def _too_large(name: str) -> NoReturn:
    raise _damaged(name, f"unpacked it has more than the {format_bytes(MAX_BYTES)} that a project may have")
