"""Samples from the prior: held against the decoder computed by hand; first samples stay; refusals in words."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.contract.observed_networks import Observed, observed
from visualnet.analysis import infer
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training.generating import at_outputs
from visualnet.training.generating.generate import generate
from visualnet.training.generating.method import (
    GenerationError,
    choices,
    find_methods,
    find_place,
    make_method,
    why_none,
)
from visualnet.training.generating.results import (
    GeneratedImages,
    GeneratedPoints,
    GeneratedResult,
    GeneratedRows,
    contact_sheet,
)
from visualnet.training.observations.context import in_evaluation_mode
from visualnet.training.run_records.kept_weights import kept_weights


def images(found: Observed, method: str, **settings: float) -> np.ndarray:
    made = run(found, method, **settings)
    assert isinstance(made, GeneratedImages)
    return made.images


def run(found: Observed, method: str, **settings: float) -> GeneratedResult:
    place = find_place(find_methods()[method], found.analysis)
    with in_evaluation_mode(found.model), torch.no_grad():
        return make_method(method, settings).make(found.context, place, lambda share: None)


def test_the_prior_is_decoded_as_by_hand() -> None:
    found = observed("generative")
    made = images(found, "prior", count=70, seed=4)
    chance = torch.Generator().manual_seed(4)
    codes = torch.stack([torch.empty(5).normal_(generator=chance) for _ in range(70)])
    net = found.model.net
    with in_evaluation_mode(found.model), torch.no_grad():
        hidden = net.decode2(net.decode1(codes).relu()).relu()
        by_hand = net.decode3(hidden).sigmoid().reshape(-1, 28, 28, 1).numpy()
    assert np.allclose(made, by_hand, atol=1e-6)
    assert made.shape == (70, 28, 28, 1)


def test_the_first_of_many_are_those_of_few() -> None:
    found = observed("generative")
    for method in ("prior", "codes"):
        many = images(found, method, count=70, seed=2)
        assert np.allclose(many[:5], images(found, method, count=5, seed=2), atol=1e-6)
        assert not np.allclose(many[:5], images(found, method, count=5, seed=3), atol=1e-3)


def test_without_warmth_all_are_alike() -> None:
    cold = images(observed("generative"), "prior", count=4, temperature=0)
    assert np.array_equal(cold[0], cold[3])


def test_codes_are_spread_as_those_of_the_data() -> None:
    found = observed("generative")
    place = find_place(find_methods()["codes"], found.analysis)
    with in_evaluation_mode(found.model), torch.no_grad():
        code = place.ports[1]
        codes = found.context.values([code], found.context.batch(found.context.places(512)))[code]
        cold = make_method("codes", {"count": 1, "temperature": 0.0}).make(found.context, place, lambda share: None)
        middle = found.context.values([place.ports[0]], replace={code: codes.mean(0, keepdim=True)})[place.ports[0]]
    assert isinstance(cold, GeneratedImages)
    assert np.allclose(cold.images[0, :, :, 0], middle[0, 0].numpy(), atol=1e-5)


def test_what_is_too_much_is_refused_in_words() -> None:
    found = observed("generative")
    wish = make_method("prior", {"count": 10_000})
    place = find_place(find_methods()["prior"], found.analysis)
    with pytest.MonkeyPatch.context() as patch, in_evaluation_mode(found.model), torch.no_grad():
        patch.setattr(at_outputs, "MOST_BYTES", 1 << 20)
        with pytest.raises(GenerationError, match="ask for at most 334"):
            wish.make(found.context, place, lambda share: None)


def test_a_network_without_a_code_is_told_what_it_would_need() -> None:
    project = project_file.load(resource("templates", "lenet5-28.vnet"))
    analysis = infer(project)
    assert choices(analysis) == {}
    assert all(kind.needs in why_none() for kind in find_methods().values())
    with pytest.raises(ValueError, match="this network has none"):
        find_place(find_methods()["prior"], analysis)
    vae = infer(project_file.load(resource("templates", "vae.vnet")))
    with pytest.raises(ValueError, match="it can at “reconstruction”"):
        find_place(find_methods()["prior"], vae, "nowhere")
    with pytest.raises(ValueError, match="there is no method"):
        make_method("nothing")


def test_a_run_without_weights_says_so(tmp_path: Path) -> None:
    project = project_file.load(resource("templates", "vae.vnet"))
    analysis = infer(project)
    place = find_place(find_methods()["prior"], analysis)
    assert kept_weights(tmp_path) == []
    with pytest.raises(ValueError, match="no weights yet"):
        generate(project, analysis, "prior", place, {}, tmp_path)


@pytest.mark.parametrize(("template", "method", "count"), [("gan-points", "noise", 400), ("vae", "prior", 36)])
def test_of_points_in_the_plane_there_are_many_where_no_count_is_said(template: str, method: str, count: int) -> None:
    project = project_file.load(resource("templates", f"{template}.vnet"))
    analysis = infer(project)
    place = find_place(find_methods()[method], analysis)
    made = generate(project, analysis, method, place).made
    assert (made.points.shape[-2] if isinstance(made, GeneratedPoints) else len(made.images)) == count  # type: ignore[attr-defined]
    few = generate(project, analysis, method, place, {"count": 3}).made
    assert (few.points.shape[-2] if isinstance(few, GeneratedPoints) else len(few.images)) == 3  # type: ignore[attr-defined]


def test_what_was_made_is_read_back_from_its_files() -> None:
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4, 1)
    files = GeneratedImages(values, (0, 24)).files()
    assert np.array_equal(np.load(io.BytesIO(files[".npy"]())), values)
    head, _, second = files[".csv"]().decode().splitlines()
    assert head.startswith("c0_y0_x0,c0_y0_x1")
    assert [float(one) for one in second.split(",")] == values[1].reshape(-1).tolist()
    sheet = contact_sheet(np.zeros((5, 28, 28, 3), np.uint8))
    assert sheet.shape == (2 + 2 * 58, 2 + 3 * 58, 3)
    points = GeneratedPoints(np.zeros((4, 7, 2)), words=("a", "b", "c", "d"))
    assert points.moments == 4
    assert points.moment_words(2) == "c"
    assert points.files()[".csv"]().decode().count("\n") == 8
    assert GeneratedRows(np.ones((2, 3)), ("a", "b", "c")).files()[".csv"]().decode().startswith("a,b,c")
