"""Writes the text that is observed, and gathers what belongs to it: other words at each place, other texts, attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray

from visualnet.compiling.module import Model
from visualnet.compiling.plan import Plan
from visualnet.core.text.format import format_quantity
from visualnet.training.decoding.scores import NO_TEXT
from visualnet.training.decoding.search import Hypothesis, SamplingOptions, write
from visualnet.training.decoding.token_text import TokenText
from visualnet.training.decoding.writer import CannotWrite, Writer, WriterNetwork
from visualnet.training.evaluation.answers import find_answers, scores_of
from visualnet.training.observations.attention.places import attention_name, attention_subjects
from visualnet.training.observations.attention.streams import find_stream
from visualnet.training.observations.attention.weights import attention_weights
from visualnet.training.observations.observation import CannotObserve, Result

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

Array = NDArray[Any]
ALTERNATIVES = 8
"""So many of the tokens that may stand at a place are told."""
MOST_TEXTS = 8
"""So many of the texts of a beam search are told."""
BEGINNING = 4
"""Where nothing is typed, a text begins with so many tokens of the chosen sample."""
NOT_SPELLED = "·"
"""What stands for a token without letters."""

_found: WeakKeyDictionary[Model, tuple[Plan, WriterNetwork]] = WeakKeyDictionary()
"""What was found of each network: to look costs a few runs through it."""


def find_writer(context: ObservationContext) -> Writer:
    """What writes with the network of a context, with what a person feeds it by hand.

    Raises:
        CannotObserve: it writes no texts; the words say why.
    """
    model = context.model
    try:
        scores = next((found for answer in find_answers(model.plan) if (found := scores_of(answer)) is not None), None)
        if scores is None:
            raise CannotWrite(NO_TEXT)
        plan, reading = _found.get(model, (None, None))
        writer = Writer(
            model,
            context.data,
            scores,
            lambda ports, batch, fed: context.values(ports, batch, replace=fed),
            reading if plan is model.plan else None,
        )
    except ValueError as error:
        raise CannotObserve(str(error)) from None
    _found[model] = model.plan, writer.reading
    return writer


def write_text(
    context: ObservationContext, typed: str, choosing: SamplingOptions, most: int, forced: Sequence[int] = ()
) -> Result:
    """What the network writes: of what is typed (or else of the chosen sample), so many tokens at ``most``, those that are forced first.

    Arrays: ``tokens`` and ``each`` (place) of the best text with logarithms of their probabilities; ``scores`` of all texts; ``options``
    and ``shares`` (place, alternative), the tokens that might have stood at each place, and behind the last one where the text is not at
    its end; ``next`` the shares of those. ``most`` is how many tokens there may be, 0 for any number. ``weights N`` are those of the
    attention layer N (heads, queries, sources). Words: ``written``, ``source`` (what is read), ``texts`` and ``tokens`` (their numbers),
    ``options``, ``next``, ``layers``, ``queries``.

    Raises:
        CannotObserve: the network writes no texts, or there is nothing to go on from.
    """
    writer = find_writer(context)
    sources, start, source_words, notes = _read_given(context, writer, typed)
    wrong = next((token for token in forced if not 0 <= token < writer.scores.tokens), None)
    if wrong is not None:
        raise CannotObserve(f"There is no token {wrong}: they reach from 0 to {writer.scores.tokens - 1}.")
    longest = max(most, len(forced))
    longest = min(longest, writer.longest) if writer.begin is not None else longest
    next_tokens = writer.next_tokens(sources, start)
    texts = write(next_tokens, 1, longest, choosing, writer.end, forced)[0][:MOST_TEXTS]
    best = texts[0]
    if not writer.sources and len(start) + len(best.tokens) > writer.scores.places:
        notes.append(f"The network sees the last {writer.scores.places} words of the text.")
    arrays, words = _alternatives(writer, next_tokens, best)
    arrays |= {
        "tokens": np.array(best.tokens, np.int64),
        "each": np.array(best.each, np.float64),
        "scores": np.array([one.log_probability for one in texts]),
        "ended": np.array(best.ended),
        "most": np.array(writer.longest if writer.begin is not None else 0),
    }
    words |= {
        "written": _name_all(writer.text, best.tokens),
        "source": source_words,
        "texts": tuple(writer.text.spell(one.tokens) for one in texts),
        "tokens": tuple(" ".join(map(str, one.tokens)) for one in texts),
    }
    attention, layers = _attention(context, writer, sources, start, best)
    return Result({**arrays, **attention}, {**words, **layers}, " ".join(note for note in notes if note))


class Texts(NamedTuple):
    """Texts that were written, what stands before each (what was read, or gone on from), and the logarithms of their probabilities."""

    texts: tuple[str, ...]
    heads: tuple[str, ...]
    scores: tuple[float, ...]
    note: str


def go_on(
    context: ObservationContext,
    typed: str,
    count: int,
    words: int,
    choosing: SamplingOptions,
    check: Callable[[float], None],
) -> Texts:
    """Texts that the network goes on with, each drawn by itself: from what is typed, or else from the beginnings of samples.

    Raises:
        CannotObserve: it writes no texts, or there is nothing to go on from.
    """
    writer = find_writer(context)
    read = writer.text.read(typed)
    note = writer.text.tell_unknown(read.unknown) if typed.strip() else ""
    if typed.strip() and not read.numbers:
        raise CannotObserve(f"{note} There is nothing to go on from.")
    own = context.batch(context.places(count))[writer.reading.own].tolist()
    texts, heads, scores = [], [], []
    for number in range(count):
        check(number / count)
        start = read.numbers if typed.strip() else tuple(own[number % len(own)][:BEGINNING])
        drawn = choosing._replace(seed=choosing.seed * 1_000 + number)
        sources = {name: value for name, value in context.batch().items() if name in writer.sources}
        ((found,),) = write(writer.next_tokens(sources, start), 1, words, drawn, writer.end)
        head = writer.text.spell(start)
        texts.append(writer.text.spell((*start, *found.tokens))[len(head) :])
        heads.append(head)
        scores.append(found.log_probability)
    return Texts(tuple(texts), tuple(heads), tuple(scores), note)


def translate(
    context: ObservationContext, typed: str, count: int, choosing: SamplingOptions, check: Callable[[float], None]
) -> Texts:
    """Translations of what is typed, the best first where several are found, or else of samples.

    Raises:
        CannotObserve: the network translates nothing, or nothing of the text can be read.
    """
    writer = find_writer(context)
    if not writer.sources:
        raise CannotObserve(
            "This network reads no other text than the one that it writes: there is nothing to translate."
        )
    texts, heads, scores, note = [], [], [], ""
    places = [-1] if typed.strip() else context.places(count).tolist()
    for number, place in enumerate(places):
        check(number / len(places))
        if place < 0:
            sources, _, words, notes = _read_given(context, writer, typed)
            note = " ".join(each for each in notes if each)
        else:
            batch = context.batch([place])
            sources = {name: batch[name] for name in writer.sources}
            reader = TokenText(context.data, writer.sources[0], writer.scores.tokens)
            words = _name_all(reader, _unpadded(sources[writer.sources[0]][0].tolist()))
        found = write(writer.next_tokens(sources), 1, writer.longest, choosing, writer.end)[0]
        for one in found if place < 0 else found[:1]:
            texts.append(writer.text.spell(one.tokens))
            heads.append(f"{' '.join(words)} → ")
            scores.append(one.log_probability)
    return Texts(tuple(texts), tuple(heads), tuple(scores), note)


def _read_given(
    context: ObservationContext, writer: Writer, typed: str
) -> tuple[dict[str, torch.Tensor], tuple[int, ...], tuple[str, ...], list[str]]:
    """The other inputs as tensors, the tokens to go on from, what is read in words, and what there is to say of it."""
    batch = context.batch()
    sources = {name: batch[name] for name in writer.sources}
    own = writer.reading.own
    if not writer.sources:
        read = writer.text.read(typed)
        start = read.numbers if typed.strip() else tuple(int(n) for n in batch[own][0, :BEGINNING].tolist())
        if not start:
            unknown = writer.text.tell_unknown(read.unknown)
            raise CannotObserve(f"{unknown} Type a word that the network knows, for it to go on from.".strip())
        return sources, start, _name_all(writer.text, start), [writer.text.tell_unknown(read.unknown)]
    name = writer.sources[0]
    reader = TokenText(context.data, name, writer.scores.tokens)
    if not typed.strip():
        return sources, (), _name_all(reader, _unpadded(sources[name][0].tolist())), []
    read = reader.read(typed)
    notes = [reader.tell_unknown(read.unknown)]
    numbers, places = read.numbers, int(sources[name].shape[1])
    if not numbers:
        raise CannotObserve(f"{notes[0]} Nothing of it can be read.")
    if len(numbers) > places:
        said = format_quantity(len(numbers), "token")
        notes.append(f"The network reads {places} tokens, and this are {said}: what is behind is left out.")
        numbers = numbers[:places]
    elif len(numbers) < places and not _is_padded(context, name):
        missing = places - len(numbers)
        raise CannotObserve(
            f"The network has learned from texts of {places} tokens, none shorter, and this has {len(numbers)}: type {missing} more."
        )
    given = torch.zeros_like(sources[name])
    given[0, : len(numbers)] = torch.tensor(numbers, dtype=given.dtype, device=given.device)
    return {**sources, name: given}, (), _name_all(reader, numbers), notes


def _is_padded(context: ObservationContext, field: str) -> bool:
    """Whether short texts of the data are filled up with 0."""
    return bool((np.asarray(context.data.fetch(context.data.train[:256], (field,))[field])[:, -1] == 0).any())


def _unpadded(numbers: Sequence[int]) -> list[int]:
    found = list(numbers)
    while found and found[-1] == 0:
        found.pop()
    return found


def _name_all(spelled: TokenText, numbers: Sequence[int]) -> tuple[str, ...]:
    return tuple(name if (name := spelled.name(int(number))).strip() else NOT_SPELLED for number in numbers)


def _alternatives(
    writer: Writer, next_tokens: Any, best: Hypothesis
) -> tuple[dict[str, Array], dict[str, tuple[str, ...]]]:
    """What else might have stood at each place of a text, and what may come behind it."""
    lengths = range(len(best.tokens) + (not best.ended and (writer.begin is None or len(best.tokens) < writer.longest)))
    count = min(ALTERNATIVES, writer.scores.tokens)
    options, shares = np.zeros((len(lengths), count), np.int64), np.zeros((len(lengths), count))
    for length in lengths:
        logs = next_tokens(np.array([best.tokens[:length]], np.int64).reshape(1, length), np.zeros(1, np.int64))[0]
        order = np.argsort(-logs, kind="stable")[:count]
        options[length], shares[length] = order, np.exp(logs[order])
    last = len(lengths) > len(best.tokens)
    names = _name_all(writer.text, options.reshape(-1).tolist())
    return (
        {"options": options, "shares": shares, "next": shares[-1] if last else np.zeros(0)},
        {"options": names, "next": names[-count:] if last else ()},
    )


def _attention(
    context: ObservationContext,
    writer: Writer,
    sources: dict[str, torch.Tensor],
    start: Sequence[int],
    best: Hypothesis,
) -> tuple[dict[str, Array], dict[str, tuple[str, ...]]]:
    """What each place of the text looks at: in the layers that look from it at what is read, else at itself."""
    model = context.model
    every = [one for one in attention_subjects(model.analysis) if one[1] != "weights" or context.has(one)]
    streams = {one: find_stream(model, one, every) for one in every}
    own = writer.reading.own
    across = [
        one
        for one in every
        if own in streams[one].queries and own not in streams[one].sources[:1] and not streams[one].is_self
    ]
    chosen = across or [one for one in every if own in streams[one].queries and streams[one].is_self]
    if not chosen:
        return {}, {}
    prefixes = np.array([best.tokens], np.int64).reshape(1, len(best.tokens))
    text, last = writer.own_text(prefixes, start)
    kept = context.own
    context.own = {**kept, **sources, own: torch.from_numpy(text).to(context.device)}
    try:
        weights = attention_weights(context, chosen)
    finally:
        context.own = kept
    # What looks across is the place at which a word is answered; behind the end nothing is. What looks back is the word that stands there.
    rows = max(len(best.tokens), 1) if across else last + 1
    read = len(_unpadded(sources[writer.sources[0]][0].tolist())) if across else last + 1
    found = {f"weights {at}": np.ascontiguousarray(weights[one][:, :rows, :read]) for at, one in enumerate(chosen)}
    queries = (
        _name_all(writer.text, best.tokens) or ("next",) if across else _name_all(writer.text, text[0, :rows].tolist())
    )
    names = tuple(attention_name(model.analysis, one) for one in chosen)
    return found, {"layers": names, "queries": queries}
