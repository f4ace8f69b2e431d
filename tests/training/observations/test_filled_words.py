"""Words filled in are those that the network's own scores put first, at the places that are asked and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.training.observations.watched import watch
from visualnet.analysis import infer
from visualnet.core.storage import project_file
from visualnet.data.generators.reviews import MASK, token_names
from visualnet.figures.sequences.filled_words import FilledWords
from visualnet.resources import resource
from visualnet.training.observations.observation import OBSERVATIONS, CannotObserve, find_observations

find_observations()


@pytest.mark.wide
def test_the_likeliest_words_stand_at_the_masked_places() -> None:
    found = watch(project_file.load(resource("templates", "bert-pretraining.vnet")), sample=4)
    (subject,) = OBSERVATIONS["filled_words"].subjects(found.model.analysis)
    made, result = found.look("filled_words", subject, {"likeliest": 3})
    place = found.data.validation[4]
    text, segment, masked = (found.data.whole(field)[place] for field in ("text", "segment", "masked"))
    found.model.net.eval()
    with torch.no_grad():
        scores = found.model.net(torch.tensor(text[None]), torch.tensor(segment[None]))["scores"]
    shares = scores.softmax(1)[0].numpy()
    asked = np.flatnonzero(masked >= 0)
    assert result.arrays["asked"].tolist() == asked.tolist()
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, FilledWords)
    names = token_names(False)
    for one, at in zip(chart.asked, asked, strict=True):
        best = np.argsort(-shares[:, at], kind="stable")[:3]
        assert one.words == tuple(names[i] or "·" for i in best)
        assert np.allclose(one.shares, shares[best, at], atol=1e-5)
        assert one.truth == names[masked[at]]
    assert chart.words == tuple(names[i] for i in text if i)
    drawn = chart.lay_out(700, 400)
    assert len(drawn.regions) == 3 * len(asked)
    assert all(region.x >= 0 and region.x + region.width <= 700 for region in drawn.regions)


def test_in_a_text_of_ones_own_each_mask_is_asked() -> None:
    found = watch(project_file.load(resource("templates", "bert-pretraining.vnet")))
    (subject,) = OBSERVATIONS["filled_words"].subjects(found.model.analysis)
    own = np.zeros((1, 36), np.int64)
    own[0, :6] = [1, 4, MASK, 5, MASK, 2]
    found.context.own = {"text": torch.tensor(own)}
    made, result = found.look("filled_words", subject)
    assert result.arrays["asked"].tolist() == [2, 4]
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, FilledWords)
    assert [one.truth for one in chart.asked] == ["", ""]
    found.context.own = {"text": torch.tensor(np.where(own == MASK, 5, own))}
    with pytest.raises(CannotObserve, match=r"\[mask\]"):
        found.look("filled_words", subject)


def test_what_scores_no_words_has_none_to_fill_in() -> None:
    for name in ("lenet5-28", "bert-opinions", "unet-small"):
        analysis = infer(project_file.load(resource("templates", f"{name}.vnet")))
        assert not OBSERVATIONS["filled_words"].subjects(analysis), name
