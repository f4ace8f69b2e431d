"""Files in a folder per class, with or without folders for the parts above: for texts and sounds alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.sources.common.classes import PARTS
from visualnet.data.sources.common.files import FileList, walk
from visualnet.data.sources.common.labels import Codes
from visualnet.data.sources.source import Check, Finding

Array = NDArray[Any]


class SortedFiles(NamedTuple):
    """The files that are samples, with the number of their class (none where all lie in one folder) and, by ``part``, their part."""

    files: FileList
    sizes: Array
    classes: tuple[str, ...]
    label: Array | None
    columns: dict[str, Array]
    findings: tuple[Finding, ...]
    fingerprint: str


def sort_into_classes(
    root: Path, suffixes: tuple[str, ...], things: tuple[str, str], check: Check, *, by_folder: bool = True
) -> SortedFiles:
    """The files with these suffixes below a folder, by the folder that they lie in; ``by_folder`` False leaves them without a class.

    Raises:
        ValueError: there is no such folder, or no such file in it; the words say what is there.
    """
    walked = walk(root, check, suffixes)
    if not len(walked.files):
        others = ", ".join(f"{number:,} {suffix}" for suffix, number in walked.others.most_common(5))
        there = f"; there are {others}" if others else ""
        wanted = ", ".join(suffixes)
        wrong = "".join(f"; “{finding.file}”: {finding.words}" for finding in walked.findings[:1])
        raise ValueError(f"“{root.name}” holds no {things[1]} ({wanted}){there}{wrong}: choose another folder")
    findings = list(walked.findings)
    if walked.others:
        others = ", ".join(f"{number:,} {suffix}" for suffix, number in walked.others.most_common(5))
        number = walked.others.total()
        findings.append(Finding("hint", f"{format_quantity(number, 'other file')} left out ({others})"))
    folders = [path.split("/")[:-1] for path in walked.files]
    if not by_folder:
        folders = [[] for _ in folders]
    has_parts = all(folder and folder[0].lower() in PARTS for folder in folders)
    columns = {}
    if has_parts:
        columns["part"] = np.array([PARTS[folder[0].lower()] for folder in folders], object)
        folders = [folder[1:] for folder in folders]
    if any(folders) and not all(folders):
        kept = np.array([at for at, folder in enumerate(folders) if folder])
        first = next(path for path, folder in zip(walked.files, folders, strict=True) if not folder)
        number = len(folders) - len(kept)
        words = (
            f"{format_quantity(number, *things)} left out: they lie beside the folders of the classes, in none of them"
        )
        findings.append(Finding("warning", words, visible(first)))
        walked = walked.take(kept)
        folders = [folder for folder in folders if folder]
        columns = {name: values[kept] for name, values in columns.items()}
    classes: tuple[str, ...] = ()
    label = None
    if all(folders):
        codes = Codes()
        for folder in folders:
            codes.append(folder[0])
        classes, label = codes.classes()
    return SortedFiles(walked.files, walked.sizes, classes, label, columns, tuple(findings), walked.fingerprint())


def find_tables(root: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The tables in a folder, or, where there is none, those in the folders in it.

    Raises:
        ValueError: there is no such folder, or it cannot be read.
    """
    here = list(walk(root, suffixes=suffixes).files)
    top = [name for name in here if "/" not in name]
    return [root / name for name in (top or [name for name in here if name.count("/") == 1])]
