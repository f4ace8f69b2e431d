"""Writes the reference of data from the declarations of sets, sources, steps and divisions: ``python -m tests.generators.data_docs``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from visualnet.data.declare import DataSet
from visualnet.data.division.registry import DIVISIONS
from visualnet.data.examination.report import describe_field
from visualnet.data.preparation.registry import GROUPS, STEPS
from visualnet.data.registry import DATASETS
from visualnet.data.sources.registry import SOURCES
from visualnet.layers.declaration.params import Param
from visualnet.layers.publish.docs_page import params_table

PAGE = Path(__file__).parent.parent.parent / "docs" / "data.md"

HEAD = """# Data

What can be learned from, and how it is prepared and divided. This page is written from the declarations in `visualnet/data/`;
`python -m tests.generators.data_docs` writes it anew. [Your own data](guide/data.md) has a worked example of each kind.

In a file the choice of data is `data`: `name`, `options`, `split` and `seed`; for own data also `path`, `preparation` (steps with their
`kind` and `options`), `division` with `division_options`, and `facts`: what was found there, so that sizes are known without a file being
touched.
"""
OWN = """What a person's own files are read as. What they hold is looked through before anything is trained, and nothing is decoded for
that; a sample is decoded when it is asked for. `visualnet data PATH --kind NAME --option NAME=VALUE` looks through from the command line.
"""
PREPARED = """An ordered list: each step sees what the one before it leaves. What a step learns of the data (a vocabulary, a median) it
learns on the training part alone. Augmentation is drawn anew for each batch of training, and rests in validation and test.
"""
DIVIDED = "How samples come into training, validation and test."


def text() -> str:
    """The whole page."""
    own = (_entry(k.title, k.name, k.summary(), k.params, _taken(k.picks, k.suffixes)) for k in _by_title(SOURCES))
    return "\n".join(
        (
            HEAD,
            _chapter("Data that come with the program", "", map(_shipped, _by_title(DATASETS))),
            _chapter("Own data", OWN, own),
            _chapter("Preparation", PREPARED, _steps()),
            _chapter(
                "Division", DIVIDED, (_entry(k.title, k.name, k.summary(), k.params) for k in _by_title(DIVISIONS))
            ),
        )
    )


def _chapter(title: str, words: str, entries: Iterable[str]) -> str:
    return "\n\n".join(filter(None, (f"## {title}", words.strip(), *entries))) + "\n"


def _entry(title: str, name: str, words: str, params: Mapping[str, Param], more: str = "") -> str:
    return "\n\n".join(filter(None, (f"### {title}", f"`{name}`: {words}", more, params_table(params))))


def _taken(picks: str, suffixes: tuple[str, ...]) -> str:
    endings = ", ".join("`." + suffix.removeprefix(".") + "`" for suffix in suffixes)
    return f"Reads a {picks}{f' ({endings})' if endings else ''}."


def _by_title(kinds: Mapping[str, Any]) -> list[Any]:
    """In the order of their titles: that in which they are declared depends on what is imported first."""
    return sorted(kinds.values(), key=lambda kind: str(kind.title))


def _shipped(kind: type[DataSet]) -> str:
    made = kind({})
    fields = ", ".join(f"`{field}` ({describe_field(spec)})" for field, spec in made.specs().items())
    return _entry(
        kind.title, kind.name, kind.summary(), kind.params, f"{made.size:,} samples: {fields}. Source: {kind.source}"
    )


def _steps() -> Iterable[str]:
    for group, title in GROUPS.items():
        for step in _by_title(STEPS):
            if step.group == group:
                traits = [title]
                traits += ["fitted on the training part"] if step.fits else []
                traits += ["augmentation, in training alone"] if step.augments else []
                yield _entry(step.title, step.name, step.summary(), step.params, f"{'; '.join(traits)}.")


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
