"""How a source of own data is declared: what it takes for its own, how it looks files through, and how it opens them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, NamedTuple

from visualnet.core.graph import Value
from visualnet.core.project import DataChoice, DataFacts, PreparationStep
from visualnet.data.declare import DataSet
from visualnet.data.samples import Samples
from visualnet.layers.declaration.layer import Spec

Check = Callable[[float], None]
"""Called now and then with the share that is done; it raises `core.errors.Cancelled` to end the work."""


class Finding(NamedTuple):
    """Something that a person should know of own data. ``severity`` is ``error`` (nothing can be trained), ``warning`` (it was left
    out, or may be wrong) or ``hint``. ``file`` is relative to the path of the data; ``line`` counts from 1, 0 where there is none.
    ``samples`` are the indices that it is about, if they are samples still."""

    severity: str
    words: str
    file: str = ""
    line: int = 0
    samples: tuple[int, ...] = ()


class SourceScan(NamedTuple):
    """What looking through gave: facts for the project, what a person should know, and figures such as formats and sizes (name, words)."""

    facts: DataFacts
    findings: tuple[Finding, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()


class Guess(NamedTuple):
    """That a path can be read by a source: how sure (0 to 1), with which options, and what in words (“3 folders with images”)."""

    score: float
    options: Mapping[str, Value]
    words: str


class FileSource(DataSet):
    """Base of every source of own data. An instance is one choice: path, options, and what was found there."""

    picks: ClassVar[str] = "file"
    """What a person chooses: ``file`` or ``folder``."""
    suffixes: ClassVar[tuple[str, ...]] = ()
    """Of the files that it reads, for the dialog."""

    def __init__(self, options: Mapping[str, Value], path: str = "", facts: DataFacts | None = None) -> None:
        super().__init__(options)
        self.path, self.facts = Path(path), facts

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        """Whether this file or folder looks like its own: a look at names and a few bytes, at most 50 ms."""
        raise NotImplementedError

    def look_through(self, check: Check) -> SourceScan:
        """Look all through without decoding samples, and say what is there.

        Raises:
            ValueError: nothing can be read; the words say why and what to do.
            Cancelled: from ``check``.
        """
        raise NotImplementedError

    def open(self) -> Samples:
        """The samples, to be fetched by index; those that `look_through` counted, in the same order.

        Raises:
            ValueError: it cannot be read any more.
        """
        raise NotImplementedError

    def propose(self, facts: DataFacts) -> tuple[PreparationStep, ...]:
        """The preparation that these data want as a rule (images of many sizes: one size); a person may change it."""
        return ()

    def propose_division(self, facts: DataFacts) -> tuple[str, Mapping[str, Value]]:
        """How these data are divided as a rule, with settings; a person may change it."""
        return "shares", {}

    @property
    def known(self) -> DataFacts:
        """What was found.

        Raises:
            ValueError: the data were not looked through yet, or this machine does not know where they are.
        """
        if self.facts is None:
            raise ValueError(f"“{self.path.name}” was not looked through yet: open the data page")
        return self.facts

    @property
    def size(self) -> int:
        return self.known.size

    def fields(self) -> dict[str, Spec]:
        return {
            name: Spec(tuple(field.shape), tuple(field.axes), field.dtype, classes=field.classes)
            for name, field in self.known.fields.items()
        }

    def class_names(self) -> tuple[str, ...]:
        return self.known.classes

    def check_place(self) -> None:
        """Say what to do where the files are not.

        Raises:
            ValueError: the path is not known on this machine, or nothing is there.
        """
        if not self.path.is_absolute():
            raise ValueError(
                f"this machine does not know where “{self.path.name}” is, the data of this project: point to it on the data page"
            )
        if not self.path.exists():
            raise ValueError(f"“{self.path}” is not there any more: point to where the data are now on the data page")


SOURCES: dict[str, type[FileSource]] = {}
"""Every source by the name that files use, in the order in which they are offered."""


def make_source(choice: DataChoice) -> FileSource:
    """The source of this choice.

    Raises:
        ValueError: its options cannot be read.
    """
    return SOURCES[choice.name](choice.options, choice.path, choice.facts)


def source(name: str, title: str, inputs: str, picks: str = "file", suffixes: str = "") -> Callable[[type], type]:
    """Register a source. ``inputs`` are the fields that a network is shown."""

    def register(cls: type[FileSource]) -> type[FileSource]:
        assert name.isidentifier(), name
        assert name not in SOURCES, name
        cls.name, cls.title, cls.inputs = name, title, tuple(inputs.split())
        cls.picks, cls.suffixes = picks, tuple(suffixes.split())
        SOURCES[name] = cls
        return cls

    return register
