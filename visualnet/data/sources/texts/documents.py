"""A file for each document: the folder that it lies in is its class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.core.storage.regular_files import read_regular
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.samples import BrokenSample
from visualnet.data.sources.common.folders import SortedFiles
from visualnet.data.sources.source import Finding
from visualnet.data.sources.texts.decode import detect_encoding
from visualnet.data.sources.texts.records import LONGEST, TextSamples, decode_record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MOST_READ = 64 << 20
"""Documents are read through while a folder is looked through, until so many bytes were read; of more a part is looked at."""


class DocumentSamples(TextSamples):
    """A file for each text."""

    def __init__(self, found: SortedFiles, encoding: str) -> None:
        super().__init__(len(found.files), found.fingerprint, found.classes, found.label, found.columns)
        self._files, self._encoding = found.files, encoding

    def read(self, index: Array) -> list[str]:
        texts = []
        for sample in index.tolist():
            try:
                texts.append(read_document(Path(self._files.absolute(sample)), self._encoding))
            except (OSError, ValueError) as error:
                raise BrokenSample(sample, f"“{self.describe(sample)}” cannot be read: {error}") from None
        return texts

    def describe(self, sample: int) -> str:
        return visible(self._files.relative(sample))


def read_document(path: Path, encoding: str) -> str:
    """The text of a file; with ``auto``, in the encoding that it seems to be in.

    Raises:
        ValueError: it is no text, or not in this encoding.
        OSError: it cannot be read, or is too large.
    """
    known = detect_encoding(path) if encoding == "auto" else encoding
    if not known:
        raise ValueError("it is no text: there are zero bytes in it")
    known = "utf-8-sig" if known == "utf-8" else known
    return decode_record(read_regular(path, 4 * LONGEST), known)


def find_in_documents(
    found: SortedFiles, encoding: str, check: Callable[[float], None]
) -> tuple[list[int], tuple[Finding, ...], tuple[tuple[str, str], ...]]:
    """Read documents through: lengths in characters of those that were, what is wrong with others, and figures."""
    sizes = found.sizes
    step = max(1, int(np.ceil(sizes.sum() / MOST_READ)))
    lengths, findings, encodings = [], [], dict[str, int]()
    looked_at = range(0, len(sizes), step)
    for at in looked_at:
        check(at / len(sizes))
        path = Path(found.files.absolute(at))
        try:
            name = detect_encoding(path) if encoding == "auto" else encoding
            text = read_document(path, encoding)
        except (OSError, ValueError) as error:
            findings.append(
                Finding("warning", f"it cannot be read: {error}", visible(found.files.relative(at)), 0, (at,))
            )
            continue
        encodings[name] = encodings.get(name, 0) + 1
        lengths.append(len(text))
        if not text.strip():
            findings.append(Finding("warning", "there is no word in it", visible(found.files.relative(at)), 0, (at,)))
    figures = [("encodings", ", ".join(f"{name}: {number:,}" for name, number in sorted(encodings.items())))]
    if step > 1:
        figures.append(("looked into", f"{format_quantity(len(looked_at), 'document')} of {len(sizes):,}"))
    return lengths, tuple(findings), tuple(figures)
