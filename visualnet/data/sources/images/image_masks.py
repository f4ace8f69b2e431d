"""Images with masks: which class each pixel is of."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from visualnet.core.project import DataFacts, FieldFacts
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.samples import Samples
from visualnet.data.sources.common.classes import PARTS, name_class, read_strings
from visualnet.data.sources.common.files import FolderScan, list_findings
from visualnet.data.sources.common.first_entries import first_entries
from visualnet.data.sources.images.decode import decode_mask
from visualnet.data.sources.images.image_source import ArrangedImages, ImageSource
from visualnet.data.sources.images.samples import MaskedSamples
from visualnet.data.sources.images.survey import ImageSurvey
from visualnet.data.sources.source import Check, Finding, Guess, source
from visualnet.layers.declaration.params import text

MASK_FOLDERS = {
    "masks",
    "mask",
    "labels",
    "annotations",
    "annot",
    "segmentation",
    "segmentations",
    "segmentationclass",
    "trimaps",
    "gt",
    "groundtruth",
    "ground_truth",
}
IMAGE_FOLDERS = {"images", "image", "imgs", "img", "jpegimages", "inputs", "photos"}
MASK_ENDINGS = ("_mask", "-mask", "_masks", "_seg", "_segmentation", "_label", "_labels", "_gt")
LEAST_MASKS, MOST_PIXELS = 200, 400_000_000
"""So many masks are decoded to see which values stand in them, and more up to so many pixels (about two seconds): of usual data all."""
MOST_VALUES = 256
VOID = 255
"""The value that many masks give to pixels of no class."""


def _read_numbers(words: str) -> list[int]:
    """Numbers of 0 to 16,777,215, or colours such as #ff8800, apart by blanks or commas."""
    found = []
    for word in words.replace(",", " ").split():
        try:
            value = int(word[1:], 16) if word.startswith("#") else int(word)
        except ValueError:
            raise ValueError(f"“{word}” is no value of a pixel: a whole number or a colour such as #ff8800") from None
        if not 0 <= value < 1 << 24:
            raise ValueError(f"{word} is no value of a pixel")
        found.append(value)
    if len(set(found)) != len(found):
        raise ValueError("a value stands there twice")
    return found


def _read_ignored(words: str) -> list[int]:
    found = [] if words.strip() == "none" else _read_numbers(words)
    if len(found) > 1:
        raise ValueError("one value is wanted, or none")
    return found


@source("image_masks", "Images with masks", inputs="image", picks="folder")
class ImageMasks(ImageSource):
    """Images, each with a mask of the same size whose pixels are class numbers, grey values or colours."""

    masks: str = text(
        "",
        "The folder that holds the masks, or how their names end (_mask). Empty: it is found.",
        check=lambda words: words,
        longest=200,
    )
    values: str = text(
        "",
        "The values of the classes, in order: 0 255, or colours such as #000000 #ff0000. Empty: those that are found.",
        check=_read_numbers,
        longest=2_000,
    )
    ignore: str = text(
        "",
        "The value of pixels that count for nothing, or the word none. Empty: 255 where it stands beside small numbers.",
        check=_read_ignored,
        longest=20,
    )
    names: str = text(
        "", "The names of the classes, apart by commas. Empty: their values.", check=lambda words: words, longest=4_000
    )

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        if not path.is_dir():
            return None
        seen = first_entries(path)
        folders = {name.lower() for name, inner in seen.folders.items() if inner.holds_images}
        below = {name.lower() for f in seen.folders.values() for name, inner in f.folders.items() if inner.holds_images}
        if (folders & MASK_FOLDERS and len(folders) > 1) or (below & MASK_FOLDERS and below & IMAGE_FOLDERS):
            return Guess(0.93, {}, "images with masks in a folder of their own")
        return None if not seen.holds_images else _guess_endings(path)

    def arrange(self, walked: FolderScan) -> ArrangedImages:
        images: dict[str, int] = {}
        masks: dict[str, int] = {}
        for at, path in enumerate(walked.files):
            is_mask, key = self._place(path)
            (masks if is_mask else images).setdefault(key, at)
        pairs = [(images[key], masks[key]) for key in images if key in masks]
        if not pairs:
            raise ValueError(
                f"no image in “{self.path.name}” has a mask ({len(images):,} images, {len(masks):,} masks): put the masks into a folder "
                "“masks” beside “images”, under the same names, or let their names end in _mask; or say in the options where they are"
            )
        lone = [
            (visible(walked.files.relative(at)), "left out: it has no mask")
            for k, at in images.items()
            if k not in masks
        ]
        lone += [
            (visible(walked.files.relative(at)), "left out: a mask without its image")
            for key, at in masks.items()
            if key not in images
        ]
        chosen, beside = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
        kept, kept_masks = walked.take(chosen), walked.take(beside)
        parts = np.array([_part_of(path) for path in kept.files])
        columns = {"part": parts} if parts.any() else {}
        return ArrangedImages(
            kept, columns, (), list_findings("warning", lone), kept_masks, digest=kept_masks.fingerprint()
        )

    def _place(self, path: str) -> tuple[bool, str]:
        """Whether this is a mask, and the key that it shares with its image."""
        *folders, name = PurePosixPath(path).parts
        stem = PurePosixPath(name).stem
        chosen = self.masks.strip().strip("/").lower()
        in_folder = {chosen} if chosen else MASK_FOLDERS
        endings = (chosen,) if chosen else MASK_ENDINGS
        is_mask = any(folder.lower() in in_folder for folder in folders)
        ending = next((end for end in endings if stem.lower().endswith(end) and len(stem) > len(end)), "")
        if ending and (is_mask or not any(folder.lower() in IMAGE_FOLDERS for folder in folders)):
            is_mask, stem = True, stem[: -len(ending)]
        kept = [folder for folder in folders if folder.lower() not in in_folder | IMAGE_FOLDERS]
        return is_mask, "/".join([*kept, stem])

    def describe_more(
        self, arranged: ArrangedImages, survey: ImageSurvey, check: Check
    ) -> tuple[dict[str, Any], list[Finding]]:
        masks: FolderScan = arranged.extra
        width, height = survey.common_size
        places, findings = self._look_at_masks(masks, max(LEAST_MASKS, MOST_PIXELS // (width * height)), check)
        values, is_colour = set(places), any(value > 65535 for value in places)
        chosen, ignored = _read_numbers(self.values), self._find_ignored(set(values))
        classes = chosen or sorted(values - {ignored})
        if len(classes) > MOST_VALUES:
            raise ValueError(
                f"the masks hold {len(classes):,} different values: are they masks? JPEG files change values; PNG files do not"
            )
        if unknown := sorted(values - {ignored} - set(classes)):
            files = [visible(masks.files.relative(places[value])) for value in unknown]
            listed = ", ".join(f"{value} in “{file}”" for value, file in list(zip(unknown, files, strict=True))[:5])
            told = (
                f"masks hold values that are none of the classes: {listed}; name them in the options, or mend the masks"
            )
            findings.append(Finding("error", told, files[0]))
        if ignored is not None and not self.ignore:
            findings.append(
                Finding("hint", f"pixels of value {ignored} count for nothing (the option ignore says otherwise)")
            )
        lossy = [path for path in masks.files if path.lower().endswith((".jpg", ".jpeg"))]
        if lossy:
            findings.append(
                Finding("warning", "masks in JPEG files have values that were changed by compression", lossy[0])
            )
        names = [name_class(name) for name in self.names.split(",") if name.strip()]
        if names and len(names) != len(classes):
            raise ValueError(f"{len(names)} names of classes are given; the masks have {len(classes)} values")
        words = tuple(names or (f"#{value:06x}" if is_colour else str(value) for value in classes))
        height, width = survey.image_facts().shape[1:]
        field = FieldFacts(shape=(height, width), axes=("H", "W"), dtype="int", classes=len(classes))
        return {"values": classes, "ignored": ignored, "classes": words, "fields": {"mask": field}}, findings

    def _look_at_masks(self, masks: FolderScan, most: int, check: Check) -> tuple[dict[int, int], list[Finding]]:
        """The values in the masks, or in so many of them, each with the first mask that holds it."""
        total = len(masks.files)
        count = min(total, most)
        found: dict[int, int] = {}
        broken: list[tuple[str, str]] = []
        for number in range(count):
            check(number / count)
            at = number * total // count
            try:
                for value in np.unique(decode_mask(masks.files.absolute(at))).tolist():
                    found.setdefault(value, at)
            except ValueError as error:
                broken.append((visible(masks.files.relative(at)), f"the mask cannot be read: {error}"))
            if len(found) > 16 * MOST_VALUES:
                break
        findings = list(list_findings("warning", broken))
        if count < total:
            words = f"the values of {count:,} of {format_quantity(total, 'mask')} were looked at"
            findings.append(Finding("hint", words))
        return found, findings

    def _find_ignored(self, values: set[int]) -> int | None:
        if self.ignore:
            return next(iter(_read_ignored(self.ignore)), None)
        others = values - {VOID}
        is_void = VOID in values and len(others) > 1 and max(others) < VOID - 1 and max(others) < 4 * len(others)
        return VOID if is_void and not self.values else None

    def make_samples(self, arranged: ArrangedImages, facts: DataFacts) -> Samples:
        masks: FolderScan = arranged.extra
        ignored = facts.extra.get("ignored")
        values = read_strings(facts.extra.get("values"), int)
        if not values:
            raise ValueError(
                f"which values the masks of “{self.path.name}” hold is not known: look the folder through again"
            )
        return MaskedSamples(
            arranged.walked.files,
            facts.fields,
            arranged.columns,
            arranged.fingerprint(),
            self.background,
            masks.files,
            values,
            ignored if type(ignored) is int else None,
        )


def _guess_endings(path: Path) -> Guess | None:
    """Whether masks lie beside images under names with an ending."""
    stems = set()
    try:
        with os.scandir(path) as entries:
            for number, entry in enumerate(entries):
                stems.add(PurePosixPath(entry.name).stem.lower())
                if number > 300:
                    break
    except OSError:
        return None
    paired = [s for s in stems for end in MASK_ENDINGS if s.endswith(end) and s.removesuffix(end) in stems]
    return Guess(0.92, {}, "images with masks beside them") if len(paired) * 4 >= len(stems) else None


def _part_of(path: str) -> str:
    return next((PARTS[word] for word in path.lower().split("/")[:-1] if word in PARTS), "")
