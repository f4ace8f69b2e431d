"""A project goes into a picture and comes out as it was; a broken or hostile picture is refused with words, quickly."""

from __future__ import annotations

import base64
import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image

from tests.core.drawing import projects
from tests.counting import count_calls
from tests.sampling import examples
from visualnet.core.document import Document
from visualnet.core.errors import FileError
from visualnet.core.project import DataChoice, Project
from visualnet.core.storage import embedded_project, project_file

SVG = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<svg width="10" xmlns="http://www.w3.org/2000/svg" note="a > b">\n'
    b"<title>x</title>\n<g/></svg>\n"
)


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3, 2), "white").save(out, "PNG")
    return out.getvalue()


PNG = _png()
PUT: dict[str, Callable[[bytes], bytes]] = {
    "png": lambda text: embedded_project.into_png(PNG, text),
    "svg": lambda text: embedded_project.into_svg(SVG, text),
}
formats = pytest.mark.parametrize("form", PUT)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunks(*chunks: bytes) -> bytes:
    return PNG[:33] + b"".join(chunks) + PNG[33:]


def text_chunk(packed: bytes, keyword: bytes = embedded_project.KEYWORD, head: bytes = b"\0\1\0\0\0") -> bytes:
    return chunk(b"iTXt", keyword + head + packed)


def svg_with(text: bytes) -> bytes:
    return SVG.replace(b"<title>", b"<metadata>" + text + b"</metadata><title>")


@pytest.mark.few(1)
@formats
@settings(max_examples=examples(12, wide=40), deadline=None)
@given(project=projects)
def test_a_picture_gives_back_the_very_project(form: str, project: Project) -> None:
    project = embedded_project.strip_local_paths(project)
    text = project_file.dumps(project)
    picture = PUT[form](text)
    assert embedded_project.project_in(io.BytesIO(picture), "x") == text
    assert project_file.loads(picture) == project_file.loads(text)


def test_the_picture_is_still_a_picture_and_others_can_read_the_text() -> None:
    picture = PUT["png"](project_file.dumps(Project(name="größe")))
    with Image.open(io.BytesIO(picture)) as image:
        image.load()
        assert "größe" in str(image.info["visualnet-project"])  # type: ignore[attr-defined]
    svg = PUT["svg"](b"{}")
    assert svg.index(b"<metadata>") < svg.index(b"<title>") and svg.endswith(b"<g/></svg>\n")


def test_a_picture_without_a_project_says_so() -> None:
    for data in (PNG, SVG, b"<svg>", b"\xef\xbb\xbf <svg xmlns='x'/>"):
        with pytest.raises(FileError, match="carries no project"):
            project_file.loads(data, "pic")
    for data, words in {b"\xff\xd8\xff\xe0": "JPEG", b"GIF89a": "GIF", b"%PDF-1.4": "attachment"}.items():
        with pytest.raises(FileError, match=words):
            project_file.loads(data, "pic")


def test_the_one_loader_opens_it_and_saving_never_writes_over_it(tmp_path: Path) -> None:
    picture = tmp_path / "net.png"
    picture.write_bytes(PUT["png"](project_file.dumps(Project(name="inside"))))
    assert project_file.load(picture).name == "inside"
    document = Document.open(picture)
    assert document.path is None and document.project.name == "inside"
    with pytest.raises(FileError, match="no file yet"):
        document.save()
    assert not document.changed_on_disk()


def test_a_picture_larger_than_a_project_may_be_is_read_all_the_same(tmp_path: Path) -> None:
    large = with_chunks(
        text_chunk(zlib.compress(project_file.dumps(Project(name="big")))), chunk(b"IDAT", bytes(9_000_000))
    )
    (tmp_path / "big.png").write_bytes(large)
    tracemalloc.start()
    try:
        assert project_file.load(tmp_path / "big.png").name == "big"
        assert tracemalloc.get_traced_memory()[1] < 2_000_000, "the picture's own data are skipped, not read"
    finally:
        tracemalloc.stop()


def test_places_on_this_machine_are_not_carried() -> None:
    options = {"folder": "/somewhere/photos", "more": ("~/x", 3), "disk": "C:\\data", "n": 3, "shape": "spiral"}
    shared = embedded_project.strip_local_paths(Project(data=DataChoice(name="own", options=options), readonly="newer"))
    assert shared.data.options == {"n": 3, "shape": "spiral"}
    assert shared.readonly == ""
    untouched = Project(data=DataChoice(name="moons", options={"n": 3}))
    assert embedded_project.strip_local_paths(untouched) == untouched


def bomb(megabytes: int) -> bytes:
    """What ``zlib.compress`` makes of so many megabytes of zeros, but without packing each of them: two seconds for 200."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    one = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    check = (megabytes * 1_000_000 % 65_521) << 16 | 1
    return b"\x78\xda" + one * megabytes + packer.flush() + struct.pack(">I", check)


BOMB = bomb(200)
SMALL = zlib.compress(project_file.dumps(Project()))
ENTITIES = b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
ELEMENT = f'<project xmlns="{embedded_project.NAMESPACE}" encoding="{embedded_project.ENCODING}">'.encode()
BROKEN = {
    "bomb.png": (with_chunks(text_chunk(BOMB)), "more than|packed"),
    "bomb.svg": (svg_with(ELEMENT + base64.b64encode(BOMB) + b"</project>"), "more than"),
    "steep.png": (with_chunks(text_chunk(zlib.compress(b" " * 8_000_000, 9))), "more than"),
    "twice.png": (with_chunks(text_chunk(SMALL), text_chunk(SMALL)), "more than one"),
    "length.png": (with_chunks(struct.pack(">I", 2**31 - 1) + b"iTXt" + embedded_project.KEYWORD), "follow each other"),
    "sum.png": (with_chunks(text_chunk(SMALL)[:-1] + b"\0"), "check sum"),
    "plain.png": (with_chunks(text_chunk(project_file.dumps(Project()), head=b"\0\0\0\0\0")), "not packed"),
    "keyword.png": (with_chunks(text_chunk(SMALL, b"visualnet-projecu")), "carries no project"),
    "longer.png": (with_chunks(text_chunk(SMALL, embedded_project.KEYWORD + b"s")), "carries no project"),
    "behind.png": (with_chunks(text_chunk(SMALL + b"more")), "behind its end"),
    "cut.png": (with_chunks(text_chunk(SMALL[:-9])), "cut off"),
    "rubbish.png": (with_chunks(text_chunk(b"rubbish")), "unpacked"),
    "no-json.png": (with_chunks(text_chunk(zlib.compress(b"[1, 2]"))), "no VisualNet project"),
    "headless.png": (PNG[:8] + PNG[33:], "follow each other"),
    "chunks.png": (with_chunks(chunk(b"teXt", b"") * 30_000), "parts"),
    "dtd.svg": (svg_with(ELEMENT + base64.b64encode(SMALL) + b"</project>").replace(b"<svg", ENTITIES + b"<svg", 1), "DTD"),
    "entity.svg": (svg_with(ELEMENT + b"&lol;</project>"), "no SVG"),
    "encoding.svg": (svg_with(ELEMENT.replace(b"zlib", b"gzip") + b"</project>"), "not packed"),
    "letters.svg": (svg_with(ELEMENT + "é".encode() + b"</project>"), "letters"),
    "child.svg": (svg_with(ELEMENT + b"<a/></project>"), "cut off|not where|no SVG"),
    "elsewhere.svg": (SVG.replace(b"<g/>", ELEMENT + base64.b64encode(SMALL) + b"</project>"), "not where"),
    "code.svg": (SVG.replace(b"UTF-8", b"klingon").replace(b"<g/>", ELEMENT + b"</project>"), "unknown|no SVG"),
    "open.svg": (SVG[:-20] + ELEMENT + b"AAAA", "ends in the middle"),
    "attributes.svg": (svg_with(ELEMENT[:-1] + b"".join(b' a%d=""' % n for n in range(200_000)) + b"></project>"), "no project"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_or_hostile_is_refused_at_once_and_says_why(name: str) -> None:
    data, words = BROKEN[name]
    tracemalloc.start()

    def read() -> None:
        with pytest.raises(FileError, match=words) as told:
            project_file.loads(data, name)
        assert name in str(told.value)

    try:
        _, calls = count_calls(read)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
    assert calls < 40_000


@formats
@settings(max_examples=examples(60, wide=150), deadline=None)
@given(data=st.data())
def test_a_mutated_picture_gives_an_error_or_a_project(form: str, data: st.DataObject) -> None:
    whole = PUT[form](project_file.dumps(replace(Project(name="x"), constants={"k": 3})))
    start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    way = data.draw(st.sampled_from(["cut", "drop", "double", "put", "flip"]))
    if way == "cut":
        broken = whole[:stop]
    elif way == "drop":
        broken = whole[:start] + whole[stop:]
    elif way == "double":
        broken = whole[:stop] + whole[start:]
    elif way == "put":
        broken = whole[:start] + data.draw(st.binary(max_size=9)) + whole[start:]
    else:
        at = min(start, len(whole) - 1)
        broken = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    assert _read_or_told(broken)


def _read_or_told(picture: bytes) -> bool:
    try:
        return isinstance(project_file.loads(picture, "mutant"), Project)
    except FileError as error:
        return "mutant" in str(error)
