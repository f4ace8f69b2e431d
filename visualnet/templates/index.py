"""The templates that come with the program, as their index tells them: no file of theirs is read."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from visualnet.core.storage.regular_files import read_regular, read_text
from visualnet.core.text.format import format_bytes
from visualnet.resources import resource

SUFFIX = ".vnet"
SMALL = "-small"
MAX_INDEX = 1 << 20
log = logging.getLogger("visualnet.templates")

Text = Annotated[str, msgspec.Meta(max_length=2000)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=80)]


class TemplateEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the index says of one template, and what it may not leave out."""

    name: Name
    group: Text
    title: Text
    line: Text
    note: Text
    parameters: Annotated[int, msgspec.Meta(ge=0)]
    small: Name | None = None
    of: Name | None = None


class Template(NamedTuple):
    """A shipped project. ``group`` is where the start page shows it, ``line`` what it says there in a few words; ``note`` is the
    project's own; ``parameters`` how many it learns. ``small`` is the name of its small version, which trains on data that comes with the
    program: its own name, if it does so itself. Of a small version ``of`` is what it is a small version of."""

    name: str
    path: Path
    group: str
    title: str
    line: str
    note: str
    parameters: int
    small: str = ""
    of: str = ""

    @property
    def trains(self) -> bool:
        """Whether it trains as it is, on data that comes with the program."""
        return self.small == self.name or bool(self.of)

    @property
    def page(self) -> Path:
        """Its one-page note, in Markdown; a small version shares that of what it is one of."""
        return resource("notes", f"{self.of or self.name}.md")

    def read_page(self) -> str:
        """The text of that note; nothing if it has none."""
        try:
            return read_text(self.page)
        except OSError:
            return ""


def read_index(data: bytes) -> list[TemplateEntry]:
    """The rows of an index.

    Raises:
        ValueError: it is no index; the words name the place, what came and what was wanted.
    """
    if len(data) > MAX_INDEX:
        raise ValueError(
            f"the index of the templates has {format_bytes(len(data))}; at most {format_bytes(MAX_INDEX)} are read"
        )
    try:
        rows = msgspec.json.decode(data, type=list[TemplateEntry])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"the index of the templates cannot be read: {error}") from None
    names = [row.name for row in rows]
    for at, row in enumerate(rows):
        if row.name in names[:at]:
            raise ValueError(f"the index of the templates lists “{row.name}” twice")
        for key, other in (("small", row.small), ("of", row.of)):
            if other is not None and other not in names:
                raise ValueError(
                    f"the index of the templates: `{key}` of “{row.name}” is “{other}”, which it does not list"
                )
    return rows


def template_list() -> list[Template]:
    """Every shipped template, in the order in which a student meets them. One that the index lacks comes last, under its name."""
    folder = resource("templates")
    index = folder / "index.json"
    return list(_listed(folder, tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in (folder, index))))


@lru_cache(maxsize=2)
def _listed(folder: Path, _changed: tuple[int, ...]) -> tuple[Template, ...]:
    """Kept while folder and index are as they were: it is asked for at every change of the window's document."""
    found = {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}
    listed = [_template(row, found.pop(row.name)) for row in _rows(folder / "index.json") if row.name in found]
    return (*listed, *(Template(name, path, "", name, "", "", 0) for name, path in found.items()))


def _rows(index: Path) -> list[TemplateEntry]:
    """A damaged index keeps nobody from the templates: they are then listed by their files' names, and it is told."""
    try:
        return read_index(read_regular(index, MAX_INDEX))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        log.warning("%s; the templates are listed by the names of their files", error)
        return []


def _template(row: TemplateEntry, path: Path) -> Template:
    return Template(
        row.name, path, row.group, row.title, row.line, row.note, row.parameters, row.small or "", row.of or ""
    )


def origin(title: str, note: str, templates: Iterable[Template] | None = None) -> Template | None:
    """The template that a project was made from, as far as its name or its note still tell; None for one's own."""
    listed = list(template_list() if templates is None else templates)
    by_title = (t for t in listed if t.title == title)
    by_note = (t for t in listed if note and t.note == note)
    return next(by_title, None) or next(by_note, None)
