"""What a person says of a run: the file ``annotations.json`` in its folder. A training never writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from visualnet.core.text.hidden_characters import clean
from visualnet.training.run_records import bounded_file
from visualnet.training.run_records.bounded_file import short_text

ANNOTATIONS = "annotations.json"
FORMAT = 1
MAX_NAME, MAX_NOTES, MAX_TAG, MAX_TAGS = 80, 50_000, 40, 32


class RunAnnotations(msgspec.Struct, frozen=True, kw_only=True):
    """A run's name, notes (Markdown), tags and group; ``archived`` and ``hidden`` keep it out of lists where they are not asked for.

    ``named``: whether a name was ever given here, so that an empty one was taken away (earlier versions kept names in projects).
    """

    format: int = FORMAT
    name: Annotated[str, msgspec.Meta(max_length=MAX_NAME)] = ""
    notes: Annotated[str, msgspec.Meta(max_length=MAX_NOTES)] = ""
    tags: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TAG)], ...], msgspec.Meta(max_length=MAX_TAGS)
    ] = ()
    group: Annotated[str, msgspec.Meta(max_length=MAX_NAME)] = ""
    named: bool = False
    archived: bool = False
    hidden: bool = False


def parse_annotations(data: bytes, name: str = ANNOTATIONS) -> RunAnnotations:
    """The annotations that these bytes describe.

    Raises:
        ValueError: they describe none, or break a bound; the words say why.
    """
    return bounded_file.parse(data, RunAnnotations, name)


def read_annotations(folder: Path) -> RunAnnotations:
    """What a person said of the run in a folder; nothing where that is not there or cannot be read."""
    try:
        return bounded_file.read(folder / ANNOTATIONS, RunAnnotations)
    except (OSError, ValueError):
        return RunAnnotations()


def annotate(folder: Path, **changes: Any) -> RunAnnotations:
    """Change some fields of a run's annotations on disk; what stands there afterwards.

    Raises:
        ValueError: a text is too long, or there are too many tags.
        FileError: it cannot be written.
    """
    before = read_annotations(folder)
    now = clean_annotations(replace(before, **changes))
    if now.name != before.name:
        now = replace(now, named=True)
    bounded_file.write(folder / ANNOTATIONS, now)
    return now


def clean_annotations(said: RunAnnotations) -> RunAnnotations:
    """The same without hidden characters, blank ends and tags that stand twice.

    Raises:
        ValueError: a text is too long, or there are too many tags.
    """
    tags = tuple(dict.fromkeys(tag for one in said.tags if (tag := _one_line(one))))
    now = replace(
        said,
        name=_one_line(said.name),
        group=_one_line(said.group),
        notes=clean(said.notes, lines=True).rstrip(),
        tags=tags,
        format=FORMAT,
    )
    bounds = {"the name": (now.name, MAX_NAME), "the group": (now.group, MAX_NAME), "the notes": (now.notes, MAX_NOTES)}
    bounds |= {f"the tag “{tag[:20]}”": (tag, MAX_TAG) for tag in tags}
    for what, (text, most) in bounds.items():
        if len(text) > most:
            raise ValueError(f"{what} would have {len(text):,} characters; {most:,} are allowed")
    if len(tags) > MAX_TAGS:
        raise ValueError(f"a run has at most {MAX_TAGS} tags; these are {len(tags)}")
    return now


def _one_line(text: str) -> str:
    return " ".join(short_text(text, len(text)).split())
