"""The usual sets of pictures, from the files that torchvision or a download of them left."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.project import DataFacts, FieldFacts
from visualnet.core.storage.regular_files import read_text
from visualnet.core.text.format import format_quantity
from visualnet.data.samples import Batch, BrokenSample, Samples
from visualnet.data.sources.source import Check, FileSource, Finding, Guess, SourceScan, source
from visualnet.data.sources.torchvision_sets.layouts import LAYOUTS, PICKLED, FolderLayout
from visualnet.layers.declaration.params import choice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualnet.data.sources.torchvision_sets.raw_files import Records

    Array = NDArray[Any]

WHITE = 255


class _Opened(NamedTuple):
    """Pictures and labels of all parts that are there."""

    layout: FolderLayout
    images: tuple[Records, ...]
    label: Array
    part: Array
    classes: tuple[str, ...]
    findings: tuple[Finding, ...]
    fingerprint: str


@source("torchvision", "MNIST, CIFAR and others, as torchvision keeps them", inputs="image", picks="folder")
class TorchvisionSets(FileSource):
    """MNIST, Fashion-MNIST, CIFAR-10, CIFAR-100, SVHN or STL-10, from files that lie on this machine; torchvision is not needed."""

    dataset: str = choice(
        "auto",
        "Which of the sets.",
        {"auto": "the one whose files are there", **{name: layout.title for name, layout in LAYOUTS.items()}},
    )

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        if not path.is_dir():
            return None
        names = [name for name in LAYOUTS if _find_files(path, LAYOUTS[name])]
        if not names:
            return None
        return Guess(0.97, {"dataset": names[0]}, f"the files of {LAYOUTS[names[0]].title}")

    def look_through(self, check: Check) -> SourceScan:
        import numpy as np

        self.check_place()
        check(0.0)
        opened = self._open_all(check)
        shape = opened.images[0].shape
        fields = {
            "image": FieldFacts(shape=shape, axes=("C", "H", "W")),
            "label": FieldFacts(dtype="int", classes=len(opened.classes)),
        }
        facts = DataFacts(
            size=len(opened.label),
            fields=fields,
            classes=opened.classes,
            columns=("part",),
            fingerprint=opened.fingerprint,
        )
        counts = {
            str(part): int(number) for part, number in zip(*np.unique(opened.part, return_counts=True), strict=True)
        }
        parts = ", ".join(f"{part}: {number:,}" for part, number in counts.items())
        figures = (("set", opened.layout.title), ("pictures", f"{facts.size:,} ({parts})"))
        return SourceScan(facts, opened.findings, figures)

    def open(self) -> Samples:
        self.check_place()
        opened = self._open_all(lambda share: None)
        facts = self.known
        if len(opened.label) != facts.size or opened.classes != facts.classes:
            raise ValueError(
                f"the files in “{self.path.name}” are others now: look them through again on the data page"
            )
        return SetSamples(opened)

    def _choose(self) -> tuple[str, FolderLayout, dict[str, list[Path]]]:
        names = [self.dataset] if self.dataset != "auto" else list(LAYOUTS)
        for name in names:
            if files := _find_files(self.path, LAYOUTS[name]):
                return name, LAYOUTS[name], files
        pickled = next((name for name in PICKLED if (self.path / name).is_dir() or self.path.name == name), "")
        if pickled:
            raise ValueError(
                f"“{pickled}” holds pickled files, which could run anything when they are opened: they are not read. Get the "
                "binary version of this set (cifar-10-binary.tar.gz, cifar-100-binary.tar.gz) and unpack it beside them"
            )
        titles = LAYOUTS[names[0]].title if len(names) == 1 else "one of these sets"
        wanted = ", ".join(f"{LAYOUTS[name].folders[0]}/{LAYOUTS[name].files['train'][0]}" for name in names[:3])
        raise ValueError(
            f"the files of {titles} are not in “{self.path.name}” (wanted is {wanted} …): choose their folder"
        )

    def _open_all(self, check: Check) -> _Opened:
        import numpy as np

        name, layout, files = self._choose()
        images: list[Records] = []
        labels, parts, findings = [], [], []
        digest = hashlib.sha256(name.encode())
        done = 0
        for part, wanted in layout.files.items():
            if part not in files:
                listed = ", ".join(wanted)
                findings.append(Finding("warning", f"the part {part} is not there ({listed}): it is left out"))
                continue
            for path in files[part]:
                status = path.stat()
                digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns} ".encode())
            for records, label in _open_part(layout, files[part]):
                check(done / 10)
                done = min(10, done + 1)
                images.append(records)
                labels.append(label.astype(np.int64))
                parts.append(np.full(len(label), part))
                digest.update(label.tobytes())
        label = np.concatenate(labels)
        classes = _read_names(files["train" if "train" in files else "test"][0].parent, layout)
        if len(label) and label.max() >= len(classes):
            raise ValueError(
                f"a label is {label.max()}; {layout.title} has {format_quantity(len(classes), 'class', 'classes')}"
            )
        if len({records.shape for records in images}) > 1:
            raise ValueError(f"the pictures of the parts of {layout.title} differ in size")
        return _Opened(
            layout, tuple(images), label, np.concatenate(parts), classes, tuple(findings), digest.hexdigest()
        )


class SetSamples(Samples):
    """Fields ``image`` from 0 to 1 and ``label``; pictures are read from their files when they are asked for."""

    def __init__(self, opened: _Opened) -> None:
        import numpy as np

        self.size, self.fingerprint = len(opened.label), opened.fingerprint
        self._images, self._label, self._part = opened.images, opened.label, opened.part
        self._ends = np.cumsum([records.size for records in opened.images])

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        batch: Batch = {}
        for name in fields:
            if name == "image":
                batch[name] = self._read(index)
            elif name == "label":
                batch[name] = self._label[index]
            else:
                raise KeyError(name)
        return batch

    def column(self, name: str) -> Array | None:
        return {"label": self._label, "part": self._part}.get(name)

    def describe(self, sample: int) -> str:
        import numpy as np

        file = int(np.searchsorted(self._ends, sample, "right"))
        first = int(self._ends[file - 1]) if file else 0
        return f"{self._images[file].path.name}, picture {sample - first + 1:,}"

    def _read(self, index: Array) -> Array:
        import numpy as np

        found = np.empty((len(index), *self._images[0].shape), np.float32)
        files = np.searchsorted(self._ends, index, "right")
        for file in np.unique(files).tolist():
            where = np.flatnonzero(files == file)
            first = int(self._ends[file - 1]) if file else 0
            try:
                found[where] = self._images[file].read(index[where] - first)
            except (OSError, ValueError) as error:
                sample = int(index[where[0]])
                raise BrokenSample(sample, f"“{self._images[file].path.name}” cannot be read: {error}") from None
        return found / np.float32(WHITE)


def _find_files(root: Path, layout: FolderLayout) -> dict[str, list[Path]]:
    """The files of each part that is there whole, in the chosen folder or in one of the set's own in it."""
    places = [root / folder for folder in layout.folders]
    if _may_be(root, layout):
        places += [root / "raw", root]
    for place in places:
        found = {}
        for part, names in layout.files.items():
            paths = [next((p for p in (place / name, place / f"{name}.gz") if p.is_file()), None) for name in names]
            there = [path for path in paths if path is not None]
            if len(there) == len(names):
                found[part] = there
        if found:
            return found
    return {}


def _may_be(root: Path, layout: FolderLayout) -> bool:
    """Whether files in this folder itself are of this set: the kin of MNIST has files of the same names, and the folder tells which."""
    around = (root.name, root.parent.name)
    same = [other.folders[-1] for other in LAYOUTS.values() if other.files is layout.files]
    named = [name for name in same if name in around]
    return layout.folders[-1] == (named or same)[0]


def _open_part(layout: FolderLayout, files: Sequence[Path]) -> list[tuple[Records, Array]]:
    from visualnet.data.sources.torchvision_sets import raw_files

    path = files[0]
    try:
        if layout.form == "idx":
            images = raw_files.find_idx_images(path)
            path = files[1]
            label = raw_files.read_idx_labels(path)
            if images.size != len(label):
                raise ValueError(f"it has {len(label):,} labels, “{files[0].name}” {images.size:,} pictures")
            return [(images, label)]
        if layout.form == "stl":
            return [raw_files.find_stl(files[0], files[1], layout.shape)]
        found = []
        for path in files:
            one = _open_mat(path) if layout.form == "mat" else None
            found.append(one or raw_files.find_records(path, layout.shape, layout.label_bytes))
        return found
    except (OSError, ValueError) as error:
        raise ValueError(f"“{path.name}” cannot be read: {error}") from None


def _open_mat(path: Path) -> tuple[Records, Array]:
    import numpy as np

    from visualnet.data.sources.torchvision_sets.mat_file import read_mat
    from visualnet.data.sources.torchvision_sets.raw_files import Records

    arrays = read_mat(path)
    if set(arrays) != {"X", "y"} or arrays["X"].ndim != 4 or arrays["X"].dtype != np.uint8:
        raise ValueError("it has no pictures X and labels y")
    pictures = np.ascontiguousarray(arrays["X"].transpose(3, 2, 0, 1))
    label = arrays["y"].ravel().astype(np.int64) % 10  # the digit 0 is written as 10
    if len(label) != len(pictures):
        raise ValueError(f"it has {len(pictures):,} pictures and {len(label):,} labels")
    channels, height, width = pictures.shape[1:]
    return Records(path, len(pictures), (channels, height, width), held=pictures), label


def _read_names(folder: Path, layout: FolderLayout) -> tuple[str, ...]:
    try:
        lines = read_text(folder / layout.names).split("\n") if layout.names else []
    except OSError:
        lines = []
    names = tuple(line.strip() for line in lines if line.strip())
    return names if len(names) == len(layout.classes) and len(set(names)) == len(names) else layout.classes
