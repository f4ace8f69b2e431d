"""Files of boxes as others write them: COCO's JSON, Pascal VOC's XML, YOLO's text. Strangers wrote them: every number is checked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.parsers import expat

import msgspec

from visualnet.core.storage.regular_files import open_regular, read_regular
from visualnet.data.sources.source import Finding

MOST_JSON = 1 << 30
MOST_XML = 1 << 20
MOST_TEXT = 1 << 22
MOST_DEPTH = 32


class AnnotatedBox(NamedTuple):
    """One box: left, top, right and bottom, in pixels or as shares of the image, and the class as the file says it."""

    left: float
    top: float
    right: float
    bottom: float
    kind: str


class AnnotatedImage(NamedTuple):
    """What a file says of one image: its path or name, its boxes, and its size (0 where it is not said)."""

    image: str
    boxes: tuple[AnnotatedBox, ...]
    width: int = 0
    height: int = 0


class BoxAnnotations(NamedTuple):
    """What a file says, and what is wrong with it. ``classes`` are in order, empty where the file has no list of them."""

    images: tuple[AnnotatedImage, ...]
    classes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


# --- COCO -------------------------------------------------------------------------------------------------------------


class _Image(msgspec.Struct):
    id: int | str
    file_name: str
    width: int | None = None
    height: int | None = None


class _Annotation(msgspec.Struct):
    image_id: int | str
    category_id: int
    bbox: tuple[float, float, float, float] | None = None
    iscrowd: int = 0


class _Category(msgspec.Struct):
    id: int
    name: str


class _Coco(msgspec.Struct):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


def read_coco(path: str, name: str) -> BoxAnnotations:
    """The boxes of a COCO file; those of crowds are left out.

    Raises:
        ValueError: it is no such file; the words name it.
    """
    try:
        found = msgspec.json.decode(read_regular(path, MOST_JSON), type=_Coco)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ValueError(f"“{name}” is no COCO file of boxes: {error}") from None
    categories = sorted(found.categories, key=lambda category: category.id)
    names = {category.id: category.name for category in categories}
    boxes: dict[int | str, list[AnnotatedBox]] = {image.id: [] for image in found.images}
    wrong: dict[str, int] = {}
    for number, annotation in enumerate(found.annotations, 1):
        if annotation.iscrowd or annotation.bbox is None:
            words = "boxes of crowds left out" if annotation.iscrowd else "annotations without a box left out"
        elif annotation.image_id not in boxes:
            words = "boxes of images that the file does not list left out"
        elif annotation.category_id not in names:
            raise ValueError(
                f"“{name}”: annotation {number:,} is of category {annotation.category_id}, which is not listed"
            )
        else:
            x, y, width, height = annotation.bbox
            boxes[annotation.image_id].append(AnnotatedBox(x, y, x + width, y + height, names[annotation.category_id]))
            continue
        wrong[words] = wrong.get(words, 0) + 1
    images = tuple(
        AnnotatedImage(image.file_name, tuple(boxes[image.id]), image.width or 0, image.height or 0)
        for image in found.images
    )
    findings = tuple(Finding("hint", f"{count:,} {words}", name) for words, count in wrong.items())
    return BoxAnnotations(images, tuple(category.name for category in categories), findings)


def is_coco(path: str) -> bool:
    """Whether the beginning of a JSON file looks like COCO's.

    Raises:
        OSError: it cannot be read.
    """
    with open_regular(path) as file:
        start = file.read(1 << 16)
    return any(f'"{word}"'.encode() in start for word in ("images", "annotations", "categories"))


# --- Pascal VOC -------------------------------------------------------------------------------------------------------


class _VocReader:
    """Takes what VOC's XML says of an image, as the parser meets it."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.objects: list[dict[str, str]] = []
        self._open: list[str] = []
        self._text: list[str] = []

    def begin(self, tag: str, attributes: object) -> None:
        self._open.append(tag)
        self._text = []
        if len(self._open) > MOST_DEPTH:
            raise ValueError("its elements are nested too deep")
        if self._open[1:] == ["object"]:
            self.objects.append({})

    def end(self, tag: str) -> None:
        place, text = "/".join(self._open[1:]), "".join(self._text).strip()
        if place.startswith("object/") and "/part" not in place:
            self.objects[-1][place.removeprefix("object/")] = text
        elif place in ("filename", "size/width", "size/height"):
            self.texts[place] = text
        self._open.pop()
        self._text = []

    def take(self, text: str) -> None:
        self._text.append(text)


def read_voc(path: str, name: str) -> AnnotatedImage:
    """What a Pascal VOC file says of its image. Entities and document types are refused, for they can be made to explode.

    Raises:
        ValueError: it is no such file; the words name it, and the line where there is one.
    """

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type or entities, which are not read")

    reader, parser = _VocReader(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    parser.CharacterDataHandler = reader.take
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(read_regular(path, MOST_XML), True)
        boxes = tuple(_voc_box(found) for found in reader.objects)
        width, height = (int(float(reader.texts.get(f"size/{side}") or 0)) for side in ("width", "height"))
    except (OSError, ValueError, OverflowError, expat.ExpatError) as error:
        raise ValueError(f"“{name}” is no Pascal VOC file of boxes: {error}") from None
    return AnnotatedImage(reader.texts.get("filename", ""), boxes, width, height)


def _voc_box(found: dict[str, str]) -> AnnotatedBox:
    if not found.get("name"):
        raise ValueError("an object has no name")
    sides = [found.get(f"bndbox/{side}", "") for side in ("xmin", "ymin", "xmax", "ymax")]
    if "" in sides:
        raise ValueError(f"the object “{found['name']}” has no box of xmin, ymin, xmax and ymax")
    left, top, right, bottom = map(float, sides)
    return AnnotatedBox(left, top, right, bottom, found["name"])


# --- YOLO -------------------------------------------------------------------------------------------------------------


def read_yolo(path: str, name: str) -> tuple[tuple[AnnotatedBox, ...], tuple[Finding, ...]]:
    """The boxes of a YOLO file, as shares of the image, and the lines that cannot be read.

    Raises:
        ValueError: the file cannot be read; the words name it.
    """
    try:
        text = read_regular(path, MOST_TEXT).decode("utf-8", "replace")
    except OSError as error:
        raise ValueError(f"“{name}” cannot be read: {error}") from None
    boxes, findings = [], []
    for line, words in enumerate(text.splitlines(), 1):
        parts = words.split()
        if not parts:
            continue
        try:
            if len(parts) != 5:
                raise ValueError(f"it has {len(parts)} numbers; class, x, y, width and height are wanted")
            kind, (x, y, width, height) = int(parts[0]), map(float, parts[1:])
            if kind < 0 or not all(0 <= value <= 1 for value in (x, y, width, height)):
                raise ValueError("classes count from 0, and the other numbers lie between 0 and 1")
        except ValueError as error:
            findings.append(Finding("warning", f"line left out: {error}", name, line))
            continue
        boxes.append(AnnotatedBox(x - width / 2, y - height / 2, x + width / 2, y + height / 2, str(kind)))
    return tuple(boxes), tuple(findings)


def read_class_names(path: str, name: str) -> tuple[str, ...]:
    """The names of classes: those under ``names:`` of a YAML file (a list, or numbered), or the lines of a text file.

    Raises:
        ValueError: the file cannot be read, or has no names that can be understood.
    """
    try:
        lines = read_regular(path, MOST_TEXT).decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise ValueError(f"“{name}” cannot be read: {error}") from None
    if not name.lower().endswith((".yaml", ".yml")):
        return tuple(line.strip() for line in lines if line.strip())
    return _names_of_yaml(lines, name)


def _names_of_yaml(lines: Sequence[str], name: str) -> tuple[str, ...]:
    """The few forms that tools write; YAML as a whole is a language of its own."""
    at = next((number for number, line in enumerate(lines) if re.match(r"names\s*:", line)), None)
    if at is None:
        return ()
    rest = lines[at].partition(":")[2].partition("#")[0].strip()
    if rest:
        more: Iterable[str] = [] if rest.endswith(("]", "}")) else lines[at + 1 :]
        for line in more:
            rest += " " + line.partition("#")[0].strip()
            if line.rstrip().endswith(("]", "}")):
                break
        items = [item for item in rest.strip("[]{} ").split(",") if item.strip()]
    else:
        items = []
        for line in lines[at + 1 :]:
            if line.strip() and not line.startswith((" ", "-", "\t")):
                break
            if line.strip() and not line.strip().startswith("#"):
                items.append(line.strip().removeprefix("- "))
    found: dict[int, str] = {}
    for number, item in enumerate(items):
        numbered = re.fullmatch(r"\s*(\d{1,6})\s*:\s*(.*)", item)
        word = numbered[2] if numbered else item
        found[int(numbered[1]) if numbered else number] = word.strip().strip("'\"")
    if sorted(found) != list(range(len(found))):
        raise ValueError(f"“{name}”: the names of the classes are not numbered from 0 on")
    return tuple(found[number] for number in range(len(found)))


# --- what all have in common ------------------------------------------------------------------------------------------


def check_boxes(
    found: AnnotatedImage, name: str, is_scaled: bool
) -> tuple[tuple[AnnotatedBox, ...], tuple[Finding, ...]]:
    """The boxes that can be used, cut at the edges of the image, and what was wrong with the others."""
    width, height = (1.0, 1.0) if is_scaled else (found.width or math.inf, found.height or math.inf)
    kept, empty, cut = [], 0, 0
    for box in found.boxes:
        inside = AnnotatedBox(
            min(max(box.left, 0), width),
            min(max(box.top, 0), height),
            min(max(box.right, 0), width),
            min(max(box.bottom, 0), height),
            box.kind,
        )
        if not (all(map(math.isfinite, box[:4])) and inside.right > inside.left and inside.bottom > inside.top):
            empty += 1
            continue
        cut += max(abs(a - b) for a, b in zip(box[:4], inside[:4], strict=True)) > (1e-4 if is_scaled else 1.0)
        kept.append(inside)
    findings = []
    if empty:
        findings.append(Finding("warning", f"{empty:,} boxes without an area in the image left out", name))
    if cut:
        findings.append(Finding("warning", f"{cut:,} boxes reach out of the image and are cut at its edge", name))
    return tuple(kept), tuple(findings)
