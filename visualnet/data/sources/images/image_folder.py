"""Images in folders: the name of the folder is the class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.sources.common.classes import PARTS, find_class_faults, number_classes
from visualnet.data.sources.common.files import FolderScan, list_findings
from visualnet.data.sources.common.first_entries import first_entries
from visualnet.data.sources.images.image_source import ArrangedImages, ImageSource
from visualnet.data.sources.source import Finding, Guess, source
from visualnet.layers.declaration.params import choice


@source("image_folder", "Images in folders, one per class", inputs="image", picks="folder")
class ImageFolder(ImageSource):
    """A folder of images for each class; train, validation and test folders above them are understood."""

    labels: str = choice(
        "folders",
        "What tells the class of an image.",
        {
            "folders": "the name of the folder it lies in",
            "none": "nothing: there are images alone (for an autoencoder)",
        },
    )

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        if not path.is_dir():
            return None
        seen = first_entries(path)
        folders = {name: inner for name, inner in seen.folders.items() if inner.holds_images}
        parts = [name for name in folders if name.lower() in PARTS]
        inside = {name for part in parts for name, inner in folders[part].folders.items() if inner.images}
        if parts and inside:
            return Guess(0.95, {}, f"{', '.join(parts)}, with {format_quantity(len(inside), 'class', 'classes')}")
        if len(folders) > 1:
            count = sum(inner.holds_images or not inner.is_seen for inner in seen.folders.values())
            return Guess(0.9, {}, f"{format_quantity(count, 'folder')} with images, one for each class")
        if seen.holds_images:
            return Guess(0.3, {"labels": "none"}, "images without labels")
        return None

    def arrange(self, walked: FolderScan) -> ArrangedImages:
        folders = walked.files.folders
        used = set(walked.files.folder_of.tolist())
        split = {number: folders[number].split("/") if folders[number] else [] for number in used}
        parts = _find_parts(split) if self.labels == "folders" else {}
        if self.labels == "none":
            return ArrangedImages(walked, {})
        depth = 1 if parts else 0
        words = {number: names[depth] for number, names in split.items() if len(names) > depth}
        if parts:
            words = {number: word for number, word in words.items() if split[number][0] in parts}
        kept = np.flatnonzero(np.isin(walked.files.folder_of, list(words))) if words else np.zeros(0, np.int64)
        if not len(kept):
            raise ValueError(
                f"the images lie in “{self.path.name}” itself, not in a folder for each class: put them into folders, choose "
                "“images with a table of labels”, or set labels to none"
            )
        findings = _report_left_out(walked, kept)
        chosen = walked.take(kept)
        folder_of = chosen.files.folder_of.tolist()
        numbers, classes = _number(words)
        label = np.fromiter((numbers[number] for number in folder_of), np.int64, len(folder_of))
        columns = {"label": label}
        if parts:
            columns["part"] = np.array([parts[split[number][0]] for number in folder_of])
        if any(len(names) > depth + 1 for names in split.values()):
            columns["folder"] = np.array([folders[number] for number in folder_of])
        return ArrangedImages(chosen, columns, classes, (*findings, *find_class_faults(label, classes)))


def _number(words: Mapping[int, str]) -> tuple[dict[int, int], tuple[str, ...]]:
    label, classes = number_classes(list(words.values()))
    return dict(zip(words, label.tolist(), strict=True)), classes


def _find_parts(split: Mapping[int, list[str]]) -> dict[str, str]:
    """The part by the name of each top folder that stands for one; empty where top folders are classes."""
    tops = {names[0] for names in split.values() if names}
    parts = {top: PARTS[top.lower()] for top in tops if top.lower() in PARTS}
    deeper = any(len(names) > 1 and names[0] in parts for names in split.values())
    return parts if deeper and ("train" in parts.values() or len(parts) > 1) else {}


def _report_left_out(walked: FolderScan, kept: np.ndarray) -> tuple[Finding, ...]:
    if len(kept) == len(walked.files):
        return ()
    left = np.setdiff1d(np.arange(len(walked.files)), kept)
    words = "left out: it lies in no folder of a class"
    return list_findings("warning", [(visible(walked.files.relative(int(at))), words) for at in left])
