"""Images with boxes around what is on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np

from visualnet.core.project import DataFacts, FieldFacts
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.samples import Samples
from visualnet.data.sources.common.classes import PARTS, name_class, number_classes
from visualnet.data.sources.common.files import MOST_FINDINGS, FolderScan, list_findings, walk
from visualnet.data.sources.common.first_entries import first_entries
from visualnet.data.sources.images.annotations import (
    AnnotatedImage,
    check_boxes,
    is_coco,
    read_class_names,
    read_coco,
    read_voc,
    read_yolo,
)
from visualnet.data.sources.images.image_source import ArrangedImages, ImageSource
from visualnet.data.sources.images.samples import BoxedSamples
from visualnet.data.sources.images.survey import ImageSurvey
from visualnet.data.sources.source import Check, Finding, Guess, source
from visualnet.layers.declaration.params import choice

ANNOTATION_SUFFIXES = (".json", ".xml", ".txt", ".yaml", ".yml", ".names")
MOST_BOXES = 1_000
"""Of one image."""
NAME_FILES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names", "labels.txt")


class _Table(NamedTuple):
    """The boxes of all samples, one after another: those of sample n stand from ``starts[n]`` to ``starts[n + 1]``."""

    starts: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    is_scaled: bool
    stated: Mapping[int, tuple[int, int]]


class _Read(NamedTuple):
    """What the files of boxes say, by image: its place in what was walked."""

    boxed: Mapping[int, AnnotatedImage]
    names: tuple[str, ...]
    is_scaled: bool
    findings: list[Finding]
    parts: Mapping[int, str]


@source("image_boxes", "Images with boxes", inputs="image", picks="folder")
class ImageBoxes(ImageSource):
    """Images with boxes around objects: COCO (JSON), Pascal VOC (XML) or YOLO (text files)."""

    format: str = choice(
        "auto",
        "How the boxes are written.",
        {
            "auto": "as the files show",
            "coco": "COCO: one JSON file for many images",
            "voc": "Pascal VOC: an XML file for each image",
            "yolo": "YOLO: a text file for each image, lines of class, x, y, width, height from 0 to 1",
        },
    )

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        if not path.is_dir():
            return None
        seen = first_entries(path)
        if not seen.holds_images:
            return None
        names = {name.lower() for name in seen.folders}
        if seen.count_files(".xml"):
            return Guess(0.95, {"format": "voc"}, "images with boxes (Pascal VOC)")
        here = [path / name for name in seen.files if name.lower().endswith(".json")]
        below = [path / folder / name for folder, inner in seen.folders.items() for name in inner.files]
        if any(_may_be_coco(str(file)) for file in (*here, *below)[:8] if file.suffix.lower() == ".json"):
            return Guess(0.95, {"format": "coco"}, "images with boxes (COCO)")
        has_labels = "labels" in names or any("labels" in inner.folders for inner in seen.folders.values())
        if seen.count_files(".txt") and (has_labels or set(seen.files) & set(NAME_FILES)):
            return Guess(0.95, {"format": "yolo"}, "images with boxes (YOLO)")
        return None

    def arrange(self, walked: FolderScan) -> ArrangedImages:
        found = walk(self.path, suffixes=ANNOTATION_SUFFIXES)
        written = self._find_format(found)
        read = {"coco": _read_coco, "voc": _read_voc, "yolo": _read_yolo}[written](walked, found)
        if not any(boxed.boxes for boxed in read.boxed.values()):
            first = f" (“{read.findings[0].file}”: {read.findings[0].words})" if read.findings else ""
            raise ValueError(f"no boxes were found in “{self.path.name}”{first}: look at the format in the options")
        kept = np.array(sorted(read.boxed), np.int64)
        # An empty text file of YOLO's means an image without boxes; an empty file of another format is broken.
        findings = [f for f in found.findings if f.file.lower().endswith((".xml", ".json"))] + read.findings
        if left := [at for at in range(len(walked.files)) if at not in read.boxed]:
            words = "left out: no file of boxes tells of it"
            findings += list_findings("warning", [(visible(walked.files.relative(at)), words) for at in left])
        table, classes, more = _make_table([read.boxed[int(at)] for at in kept], walked, kept, read)
        parts = np.array([read.parts.get(int(at)) or _part_of(walked.files.relative(int(at))) for at in kept])
        columns = {"part": parts} if parts.any() else {}
        return ArrangedImages(
            walked.take(kept), columns, classes, (*findings[:MOST_FINDINGS], *more), table, found.fingerprint()
        )

    def _find_format(self, found: FolderScan) -> str:
        if self.format != "auto":
            return self.format
        suffixes = Counter(PurePosixPath(file).suffix.lower() for file in found.files)
        if suffixes[".xml"]:
            return "voc"
        jsons = [at for at, file in enumerate(found.files) if file.lower().endswith(".json")]
        if any(_may_be_coco(found.files.absolute(at)) for at in jsons):
            return "coco"
        if suffixes[".txt"]:
            return "yolo"
        if any(_may_be_coco(found.files.absolute(at), unreadable=True) for at in jsons):
            return "coco"
        raise ValueError(
            f"there are no files of boxes in “{self.path.name}”: a COCO file (.json), Pascal VOC files (.xml) or YOLO files (.txt) "
            "are wanted beside the images"
        )

    def describe_fields(self, arranged: ArrangedImages, survey: ImageSurvey) -> dict[str, FieldFacts]:
        table: _Table = arranged.extra
        most = max(1, int(np.diff(table.starts).max()))
        return {
            **super().describe_fields(arranged, survey),
            "boxes": FieldFacts(shape=(most, 4), axes=("N", "D")),
            "box_labels": FieldFacts(shape=(most,), axes=("N",), dtype="int", classes=len(arranged.classes)),
        }

    def describe_more(
        self, arranged: ArrangedImages, survey: ImageSurvey, check: Check
    ) -> tuple[dict[str, Any], list[Finding]]:
        table: _Table = arranged.extra
        wrong = []
        for at, (width, height) in survey.header_sizes.items():
            stated = table.stated.get(at) if at < len(arranged.walked.files) else None
            if stated and stated != (width, height):
                words = f"the boxes are for {stated[0]} × {stated[1]} pixels; the image has {width} × {height}"
                wrong.append((visible(arranged.walked.files.relative(at)), words))
        empty = np.flatnonzero(np.diff(table.starts) == 0)
        found = list(list_findings("warning", wrong))
        if len(empty):
            words = f"{format_quantity(len(empty), 'image')} without a box: background alone"
            found.append(Finding("hint", words, samples=tuple(empty[:100].tolist())))
        return {}, found

    def make_samples(self, arranged: ArrangedImages, facts: DataFacts) -> Samples:
        table: _Table = arranged.extra
        if int(np.diff(table.starts).max()) > facts.fields["box_labels"].shape[0]:
            raise ValueError(f"“{self.path.name}” has images with more boxes now: look it through again")
        return BoxedSamples(
            arranged.walked.files,
            facts.fields,
            arranged.columns,
            arranged.fingerprint(),
            self.background,
            table.starts,
            table.boxes,
            table.labels,
            table.is_scaled,
        )


def _make_table(
    boxed: list[AnnotatedImage], walked: FolderScan, kept: np.ndarray, read: _Read
) -> tuple[_Table, tuple[str, ...], list[Finding]]:
    findings: list[Finding] = []
    checked = []
    for at, one in zip(kept, boxed, strict=True):
        boxes, wrong = check_boxes(one, visible(walked.files.relative(int(at))), read.is_scaled)
        if len(boxes) > MOST_BOXES:
            raise ValueError(
                f"“{visible(walked.files.relative(int(at)))}” has {len(boxes):,} boxes; {MOST_BOXES:,} are allowed"
            )
        checked.append(boxes)
        findings += wrong
    words = [box.kind for boxes in checked for box in boxes]
    if read.names:
        number = {name: at for at, name in enumerate(read.names)}
        labels = np.fromiter((number[word] for word in words), np.int64, len(words))
        classes = tuple(map(name_class, read.names))
    else:
        labels, classes = number_classes(words)
    starts = np.cumsum([0, *map(len, checked)])
    corners = np.array([box[:4] for boxes in checked for box in boxes], np.float32).reshape(-1, 4)
    stated = {at: (one.width, one.height) for at, one in enumerate(boxed) if one.width and one.height}
    return _Table(starts, corners, labels, read.is_scaled, stated), classes, findings[:MOST_FINDINGS]


# --- the formats ------------------------------------------------------------------------------------------------------


def _may_be_coco(path: str, unreadable: bool = False) -> bool:
    """Whether this looks like COCO's file; ``unreadable`` is the answer for one that cannot be read."""
    try:
        return is_coco(path)
    except OSError:
        return unreadable


def _read_coco(walked: FolderScan, found: FolderScan) -> _Read:
    by_path = {path: at for at, path in enumerate(walked.files)}
    by_name = _by_key(walked, lambda path: path.name)
    boxed: dict[int, AnnotatedImage] = {}
    parts: dict[int, str] = {}
    findings: list[Finding] = []
    missing: list[tuple[str, str]] = []
    names: tuple[str, ...] = ()
    for at, file in enumerate(found.files):
        if not file.lower().endswith(".json"):
            continue
        try:
            if not is_coco(found.files.absolute(at)):
                continue
        except OSError as error:
            missing.append((visible(file), f"left out: it cannot be read: {(error.strerror or str(error)).lower()}"))
            continue
        told = read_coco(found.files.absolute(at), visible(file))
        findings += told.findings
        names = names + tuple(name for name in told.classes if name not in names)
        for one in told.images:
            where = by_path.get(one.image, by_name.get(PurePosixPath(one.image.replace("\\", "/")).name))
            if where is None:
                missing.append((visible(one.image), f"“{visible(file)}” lists it, and it is not there"))
            elif where not in boxed:
                boxed[where] = one
                parts[where] = _part_of(file)
    return _Read(boxed, names, False, [*list_findings("warning", missing), *findings], parts)


def _read_voc(walked: FolderScan, found: FolderScan) -> _Read:
    by_stem = _by_key(walked, lambda path: path.stem)
    boxed: dict[int, AnnotatedImage] = {}
    wrong: list[tuple[str, str]] = []
    for at, file in enumerate(found.files):
        if not file.lower().endswith(".xml"):
            continue
        try:
            told = read_voc(found.files.absolute(at), visible(file))
        except ValueError as error:
            wrong.append((visible(file), f"left out: {error}"))
            continue
        where = by_stem.get(PurePosixPath(told.image).stem, by_stem.get(PurePosixPath(file).stem))
        if where is None:
            wrong.append((visible(file), f"left out: its image “{visible(told.image)}” is not there"))
        else:
            boxed[where] = told
    return _Read(boxed, (), False, list(list_findings("warning", wrong)), {})


def _read_yolo(walked: FolderScan, found: FolderScan) -> _Read:
    texts = {file: at for at, file in enumerate(found.files) if file.lower().endswith(".txt")}
    listed = next((at for at, file in enumerate(found.files) if PurePosixPath(file).name in NAME_FILES), None)
    names = () if listed is None else read_class_names(found.files.absolute(listed), found.files.relative(listed))
    boxed: dict[int, AnnotatedImage] = {}
    findings: list[Finding] = []
    for at, path in enumerate(walked.files):
        boxes: tuple[Any, ...] = ()
        for candidate in _label_files(PurePosixPath(path)):
            if candidate in texts:
                boxes, wrong = read_yolo(found.files.absolute(texts[candidate]), visible(candidate))
                findings += wrong
                break
        boxed[at] = AnnotatedImage(path, boxes)
    most = max((int(box.kind) for one in boxed.values() for box in one.boxes), default=-1) + 1
    if names and most > len(names):
        at = next(at for at, one in boxed.items() if any(int(box.kind) >= len(names) for box in one.boxes))
        file = next(str(file) for file in _label_files(PurePosixPath(boxed[at].image)) if file in texts)
        number = next(int(box.kind) for box in boxed[at].boxes if int(box.kind) >= len(names))
        raise ValueError(
            f"“{visible(file)}” has a box of class {number}; “{found.files.relative(listed or 0)}” names {len(names):,} "
            f"(0 to {len(names) - 1}): name the others there, or mend the file"
        )
    numbers = [str(number) for number in range(max(most, len(names)))]
    if not names:
        return _Read(boxed, tuple(numbers), True, findings, {})
    renamed = {
        at: one._replace(boxes=tuple(box._replace(kind=names[int(box.kind)]) for box in one.boxes))
        for at, one in boxed.items()
    }
    return _Read(renamed, names, True, findings, {})


def _label_files(image: PurePosixPath) -> Iterable[str]:
    """Where the text file of an image may lie: in a folder `labels` instead of `images`, or beside it."""
    parts = list(image.with_suffix(".txt").parts)
    for at in reversed([at for at, part in enumerate(parts[:-1]) if part.lower() == "images"]):
        yield "/".join([*parts[:at], "labels", *parts[at + 1 :]])
    yield "/".join(parts)
    yield f"labels/{parts[-1]}"


def _by_key(walked: FolderScan, key: Any) -> dict[str, int]:
    return {key(PurePosixPath(path)): at for at, path in enumerate(walked.files)}


def _part_of(path: str) -> str:
    """The part that a folder or a word in the name of a file stands for; empty where there is none."""
    words = path.lower().replace("_", "/").replace(".", "/").replace("2017", "").replace("2014", "").split("/")
    return next((PARTS[word] for word in words[:-1] if word in PARTS), "")
