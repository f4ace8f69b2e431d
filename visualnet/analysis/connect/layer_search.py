"""The search for a layer by its name and parameters: ``conv 5x5 16 s2``. What can be added, and what answers a search best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from functools import cache
from typing import Any, NamedTuple

from visualnet.analysis.families import family_of
from visualnet.core.errors import FileError
from visualnet.core.graph import BLOCK_PREFIX, Node
from visualnet.core.project import Project
from visualnet.core.user import block_library, presets
from visualnet.layers import FAMILIES, LAYERS
from visualnet.layers.shorthand import NONE, Reader, TypedParameters, looks_typed


class LayerEntry(NamedTuple):
    """One thing that can be added."""

    kind: str
    label: str
    summary: str
    family: str
    words: str
    """What else it is found by, in lower case."""
    preset: Mapping[str, Any] = {}
    """Parameters that a person kept under a name."""


class SearchResult(NamedTuple):
    """An entry that answers a search, with the parameters that were typed after its name."""

    entry: LayerEntry
    given: TypedParameters = NONE

    @property
    def given_text(self) -> str:
        """What was typed, as the card will say it: ``5×5 · ×3``."""
        params, kind = self.given.params, LAYERS.get(self.entry.kind)
        read = {n: v for n, v in params.items() if kind is not None and not isinstance(v, str)}
        parts = (
            [kind.params[n].card_text(kind.params[n].read(v, {})) for n, v in read.items()] if kind is not None else []
        )
        parts += [f"{n.replace('_', ' ')} {v}" for n, v in params.items() if n not in read]
        return " · ".join([*parts, *([f"×{self.given.repeat}"] if self.given.repeat != 1 else [])])


def entries(project: Project, sheet: str) -> list[LayerEntry]:
    """Every layer in palette order, then the project's blocks (not the one whose sheet is open), then those of the library."""
    found = [*_layers(), *_presets()]
    for name, block in project.blocks.items():
        if name != sheet:
            found.append(_block(BLOCK_PREFIX, name, project, block.note or "A block of this project.", "block"))
    for kept in block_library.entries():
        if project.blocks.get(kept.name) != kept.project.blocks[kept.name]:
            note = kept.note or "A block you kept."
            found.append(_block(block_library.PREFIX, kept.name, kept.project, note, "block library"))
    return found


def _block(prefix: str, name: str, project: Project, summary: str, words: str) -> LayerEntry:
    family = family_of(Node(id="n", kind=BLOCK_PREFIX + name, name="n"), project)
    return LayerEntry(prefix + name, name, summary, family, f"{name.replace('_', ' ').lower()} {words}")


@cache
def _layers() -> tuple[LayerEntry, ...]:
    return tuple(
        LayerEntry(t, k.label, k.summary(), k.family, f"{t} {k.keywords} {FAMILIES[k.family]}".lower())
        for t, k in LAYERS.items()
        if not k.hidden
    )


def _presets() -> Iterator[LayerEntry]:
    """The person's presets, each as an entry of its own."""
    try:
        shelves = presets.preset_groups()
    except FileError:
        return
    for entry in _layers():
        for name, values in shelves[entry.kind].presets.items() if entry.kind in shelves else ():
            summary = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in values.items()) or "the layer's own defaults"
            # What the chosen first preset sets and this one does not goes back to the layer's own.
            own = {k: LAYERS[entry.kind].params[k].default for k in presets.first_values(entry.kind)}
            label, words = f"{entry.label}: {name}", f"{entry.words} preset"
            yield entry._replace(label=label, summary=summary, words=words, preset=own | values)


def search(
    query: str, found: Iterable[LayerEntry], project: Project, used: Mapping[str, int] = {}
) -> list[SearchResult]:
    """What answers the query, the best first; among equals what is used most."""
    words = query.lower().split()
    scored = []
    for entry in found:
        score, given = _score(words, entry, project)
        if score > 0:
            scored.append(
                (score + min(used.get(entry.kind, 0), 20) * (0.01 if words else 1), SearchResult(entry, given))
            )
    return [result for _, result in sorted(scored, key=lambda row: -row[0])]


def _score(words: list[str], entry: LayerEntry, project: Project) -> tuple[float, TypedParameters]:
    """How well an entry answers a search (0: not at all), and what was typed for it. Every word must be of use."""
    total, left = 0.0, []
    for at, word in enumerate(words):
        best = 0.0 if at > 0 and looks_typed(word) else _word_score(word, entry)
        if at == 0 and not best:
            return 0.0, NONE
        total += best
        left += [] if best else [word]
    if not left:
        return total or 1.0, NONE
    reader = Reader(entry.kind, project)
    for word in left:
        if not reader.take(word):
            best = _word_score(word, entry)
            if not best:
                return 0.0, NONE
            total += best
    return total, reader.given()


def _word_score(word: str, entry: LayerEntry) -> float:
    """How well the entry answers one word: its label counts most, its summary least."""
    label, summary = _text_score(word, entry.label.lower()), _text_score(word, entry.summary.lower())
    return max(label * 4, _text_score(word, entry.words) * 2, summary)


def _text_score(word: str, text: str) -> float:
    """1 for the start, less for the start of a word, inside one, and for letters in order."""
    at = text.find(word)
    if at == 0:
        return 1.0 + 0.2 * (len(word) == len(text))
    if at > 0:
        return 0.8 if not text[at - 1].isalnum() else 0.5
    if len(word) < 2 or (" " in text and len(text) > 40):
        return 0.0
    rest = iter(text)
    return 0.25 if all(letter in rest for letter in word) else 0.0


def count_use(kept: MutableMapping[str, Any], kind: str) -> None:
    """Note that a layer, or a block of the library, was added once more."""
    if kind in LAYERS or kind.startswith(block_library.PREFIX):
        before = kept.get(kind, 0)
        kept[kind] = before + 1 if isinstance(before, int) else 1


def usage(project: Project, kept: Mapping[str, Any]) -> Counter[str]:
    """How often each kind is used: in the project, and ever before as far as that was kept."""
    used = Counter(n.kind for _, graph in project.sheets() for n in graph)
    for kind, times in kept.items():
        if isinstance(times, int):
            used[kind] += times
    return used
