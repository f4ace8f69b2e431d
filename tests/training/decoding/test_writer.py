"""Networks that write, found in their drawings and held against the whole network computed at once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from tests.contract.observed_networks import Observed, observe_template
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.training.decoding.search import SamplingOptions, write
from visualnet.training.decoding.token_text import TokenText
from visualnet.training.decoding.writer import CannotWrite, Writer
from visualnet.training.evaluation.answers import find_answers, scores_of
from visualnet.training.observations.context import in_evaluation_mode


@cache
def network(name: str) -> Observed:
    return observe_template(name)


def writer_of(name: str) -> Writer:
    found = network(name)
    scores = next(one for answer in find_answers(found.model.plan) if (one := scores_of(answer)) is not None)
    return Writer(found.model, found.data, scores)


WRITERS = {
    "seq2seq-small": ("written", ("source",), 0, None),
    "transformer-small": ("written", ("source",), 0, None),
    "translation": ("written", ("source",), 1, 2),
    "gpt-small": ("text", (), None, None),
}


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_so_far_is_found(name: str) -> None:
    writer = writer_of(name)
    assert (writer.reading.own, writer.sources, writer.begin, writer.end) == WRITERS[name]
    assert bool(writer.reading.memory) == bool(writer.sources), "what an encoder gives is computed once"


@pytest.mark.parametrize("name", WRITERS)
def test_word_by_word_it_says_what_the_whole_network_says_at_once(name: str) -> None:
    """The probabilities behind each beginning of a text of the data are those of the objective itself, with the true text shown."""
    found, writer = network(name), writer_of(name)
    index = found.data.validation[:3]
    fields = {field: torch.from_numpy(found.data.fetch(index, (field,))[field]) for field in found.model.fields}
    with in_evaluation_mode(found.model), torch.no_grad():
        (said,) = found.model.view([writer.scores.port])(*fields.values())
        wanted = said.log_softmax(1).numpy()
        own = fields[writer.reading.own].numpy()
        next_tokens = writer.next_tokens(writer.source_batch(index))
        for place in range(0, writer.scores.places, 3):
            prefixes = own[:, 1 : place + 1] if writer.begin is not None else own[:, : place + 1]
            assert next_tokens(prefixes, np.arange(3)) == pytest.approx(wanted[:, :, place], abs=2e-4)
            # Several beginnings of one sample beside those of others.
            both = next_tokens(np.concatenate([prefixes, prefixes[:1]]), np.array([0, 1, 2, 0]))
            assert both[3] == pytest.approx(wanted[0, :, place], abs=2e-4)


def test_greedy_in_the_network_is_the_most_probable_each_time() -> None:
    writer = writer_of("transformer-small")
    sources = writer.source_batch(network("transformer-small").data.validation[:4])
    texts = write(writer.next_tokens(sources), 4, writer.longest, SamplingOptions(), writer.end)
    one = write(writer.next_tokens(sources), 4, writer.longest, SamplingOptions("beam", width=1), writer.end)
    assert [t[0].tokens for t in texts] == [t[0].tokens for t in one]
    assert all(len(t[0].tokens) == writer.longest for t in texts)


def test_a_text_longer_than_the_input_is_seen_from_its_end() -> None:
    writer = writer_of("gpt-small")
    tokens = np.arange(60).reshape(1, 60) % 50
    own, place = writer.own_text(tokens)
    assert place == 47 and (own[0] == tokens[0, -48:]).all()
    with pytest.raises(ValueError, match="go on from"):
        writer.own_text(np.zeros((1, 0), np.int64))
    texts = write(writer.next_tokens({}, (3, 4)), 1, 60, SamplingOptions("sampling", seed=2))
    assert len(texts[0][0].tokens) == 60


def test_a_network_that_sees_what_it_is_asked_for_writes_nothing() -> None:
    """The decoder's attention without its causal mask."""
    found = network("gpt-small")
    block = found.project.blocks["decoder"]
    attention = next(node.id for node in block.graph if node.kind == "multihead_attention")
    project = edits.set_params(found.project, "decoder", [attention], {"causal": False})
    model = compile_project(project, seed=0)
    scores = scores_of(find_answers(model.plan)[0])
    assert scores is not None
    with pytest.raises(CannotWrite, match="sees what it is asked for"):
        Writer(model, found.data, scores)


def test_what_fills_in_masked_words_writes_nothing() -> None:
    with pytest.raises(CannotWrite, match="No input holds what is written so far"):
        writer_of("bert-base-small")


def test_what_is_typed_is_read_and_what_is_unknown_is_told() -> None:
    found = network("translation")
    text = TokenText(found.data, "source", 99)
    typed = text.read("The DOG buys, an appel?")
    assert text.spell(typed.numbers) == "the dog buys an?"
    assert typed.unknown == (",", "appel")
    assert "“apple”" in text.tell_unknown(typed.unknown)
    assert text.tell_unknown(()) == ""
    for field in ("source", "written"):
        for row in found.data.fetch(found.data.train[:20], (field,))[field]:
            kept = tuple(int(n) for n in row if n > 2)
            assert TokenText(found.data, field, 99).read(text.spell(row)).numbers == kept, "spelled and read again"
    rows = TokenText(network("seq2seq-small").data, "source", 11)
    assert rows.read("10 3 7").numbers == (10, 3, 7)


def test_free_running_is_judged_beside_teacher_forcing() -> None:
    """A network of fresh weights, with the arrays of an evaluation; the gap is counted as by hand."""
    from visualnet.training.evaluation.charts import charts_for
    from visualnet.training.evaluation.metrics import METRICS
    from visualnet.training.evaluation.predicting import predict

    found = network("transformer-small")
    index = np.sort(found.data.validation[:24])
    (judged,) = predict(found.model, found.data, index)
    truth, free, said = (judged.arrays[name] for name in ("truth", "free", "said"))
    assert free.shape == truth.shape == said.shape
    assert (free[:, 0] == said[:, 0]).all(), "of the first word nothing was told to either"
    ones = np.ones((1, judged.size))
    assert METRICS["free_token_accuracy"].values(judged, ones)[0] == pytest.approx((free == truth).mean())
    assert METRICS["free_exact_match"].values(judged, ones)[0] == pytest.approx((free == truth).all(1).mean())
    assert "free_running" in [one.name for one in charts_for(judged)]
    chart = next(one for one in charts_for(judged) if one.name == "free_running").chart(judged)
    assert [curve.name for curve in chart.curves] == ["told the right tokens", "reads its own tokens"]
    (writes_on,) = predict(
        network("gpt-small").model, network("gpt-small").data, network("gpt-small").data.validation[:8]
    )
    assert "free" not in writes_on.arrays, "what goes on has no right continuation"


def test_what_is_written_freely_tells_how_far_it_is_and_ends_where_nobody_waits() -> None:
    from visualnet.training.evaluation.predicting import OF_TEXTS, predict

    found, shares = network("transformer-small"), []  # type: ignore[var-annotated]
    index = np.sort(found.data.validation[:24])
    predict(found.model, found.data, index, shares.append)
    assert shares == sorted(shares)
    assert shares[0] >= 0 and shares[-1] <= 1
    assert len({round(share, 6) for share in shares if OF_TEXTS <= share < 1}) >= 3, "told between two tokens"

    class Enough(Exception):
        pass

    def check(share: float) -> None:
        if share > OF_TEXTS:
            raise Enough

    with pytest.raises(Enough):
        predict(found.model, found.data, index, check)


@pytest.mark.wide
def test_a_reduced_network_learns_to_write_in_seconds() -> None:
    """Four symbols in rows of three: a short training, judged in free running; the loss falls."""
    import visualnet as vn

    project = network("transformer-small").project
    project = edits.set_constants(project, {**project.constants, "words": 5, "context": 3, "layers": 1})
    data = replace(project.data, options={"n": 600, "length": 3, "symbols": 4})
    project = replace(project, data=data)
    training = vn.train(project, device="cpu", epochs=14, lr=0.005, batch_size=32).finish()
    losses = [epoch.validation["loss"] for epoch in training.run.epochs]
    assert losses[-1] < 0.3 * losses[0]
    from visualnet.training.evaluation.predicting import predict

    (judged,) = predict(training.model, training.data, np.sort(training.data.validation))
    assert (judged.arrays["free"] == judged.arrays["truth"]).all(1).mean() > 0.9
