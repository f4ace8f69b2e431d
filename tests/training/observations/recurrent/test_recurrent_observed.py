"""States and gates are those of the network that runs, under the words of the text that arrives there."""

from __future__ import annotations

import numpy as np
import torch

from tests.training.observations.observing import look, observed, see, subjects, values
from visualnet.data.generators.texts import OPINION_WORDS
from visualnet.figures.sequences.heat_map import HeatMaps
from visualnet.training.observations.observation import find_observations
from visualnet.training.observations.token_words import BLANK


def draw(name: str, result: object, **options: object) -> HeatMaps:
    chart = find_observations()[name](options).draw(result, [(0, result)])  # type: ignore[arg-type]
    assert isinstance(chart, HeatMaps)
    return chart


def test_the_state_is_what_flows_with_the_words_of_the_sample() -> None:
    found = observed("gated")
    lstm = next(subject for subject in subjects(found, "state_over_time") if subject[1] == "output")
    result = see(found, "state_over_time", lstm, sample=3)
    assert np.allclose(result.arrays["values"], values(found, lstm, 3).numpy(), atol=1e-6)
    numbers = found.data.whole("text")[found.data.validation[3]].tolist()
    assert result.words["steps"] == tuple(OPINION_WORDS[n] or BLANK for n in numbers)
    chart = draw("state_over_time", result)
    assert chart.column_names == result.words["steps"]
    assert chart.panels[0].signed and chart.panels[0].low == -chart.panels[0].high
    assert np.array_equal(chart.panels[0].values, result.arrays["values"].T)

    lively = draw("state_over_time", result, order="activity", most=5)
    changes = np.abs(np.diff(result.arrays["values"], axis=0)).sum(0)
    assert [int(name) for name in lively.row_names] == np.argsort(-changes, kind="stable")[:5].tolist()
    assert lively.note == "5 of 32 units"


def test_gates_lead_to_the_states_that_flow() -> None:
    for network, gates in (
        ("gated", ["input gate", "forget gate", "candidate", "output gate", "cell", "state"]),
        ("recurrent", ["reset gate", "update gate", "candidate", "state"]),
    ):
        found = observed(network)
        (subject,) = subjects(found, "gates")
        result = see(found, "gates", subject, sample=2)
        assert list(result.arrays) == gates
        assert np.allclose(result.arrays["state"], values(found, subject, 2).numpy(), atol=1e-5)
        chart = draw("gates", result)
        for panel in chart.panels:
            assert (panel.low, panel.high, panel.signed) == (0, 1, False) if "gate" in panel.title else panel.signed


def test_a_decoder_begins_with_the_state_that_it_is_handed_and_reads_its_own_words() -> None:
    found = observed("translating")
    encoder, decoder = subjects(found, "gates")
    result = see(found, "gates", decoder, sample=5)
    assert np.allclose(result.arrays["state"], values(found, decoder, 5).numpy(), atol=1e-5)
    place = found.data.validation[5]
    for subject, field in ((encoder, "source"), (decoder, "written")):
        words = see(found, "gates", subject, sample=5).words["steps"]
        assert words == tuple(str(n) if n else "·" for n in found.data.whole(field)[place].tolist())
    module = found.context.module(decoder[0])
    assert isinstance(module, torch.nn.GRU)
    # By the formula, for the first step: h_0 is what the encoder ended with.
    with torch.no_grad():
        last = values(found, encoder, 5)[-1]
        wired = found.model.analysis.main.graph.wires
        arriving = next(port for to, port in wired.items() if to.node == decoder[0][0] and to.port == "x")
        x = values(found, ((arriving.node,), arriving.port), 5)[0]
        a = module.weight_ih_l0 @ x + module.bias_ih_l0
        b = module.weight_hh_l0 @ last + module.bias_hh_l0
        reset, update = (torch.sigmoid(a[s] + b[s]) for s in (slice(0, 64), slice(64, 128)))
        candidate = torch.tanh(a[128:] + reset * b[128:])
    assert np.allclose(result.arrays["reset gate"][0], reset, atol=1e-5)
    assert np.allclose(result.arrays["update gate"][0], update, atol=1e-5)
    assert np.allclose(result.arrays["candidate"][0], candidate, atol=1e-5)


def test_a_layer_that_is_not_there_is_told_and_no_hook_stays() -> None:
    found = observed("gated")
    (subject,) = subjects(found, "gates")
    told = look(found, "gates", subject, layer=2)
    assert told == "This cannot be shown: there is no stacked layer 2; there are 1. Choose another in the settings."
    assert "one direction only" in str(look(found, "gates", subject, backward=True))
    assert not any(module._forward_pre_hooks for module in found.model.net.modules())
