"""Every shipped network gives its twin's answers, with the twin's weights: a right count of parameters proves no network.

Of the twins by hand every third is compared in the suite, all in CI; those of torchvision, timm and transformers where these
are installed (see tests/twins/libraries.py), the large ones only in the thorough run and in tests/benchmarks/bench_twins.py,
which keeps its results.
"""

from __future__ import annotations

import pytest

from tests.sampling import one_in
from tests.twins.comparing import TOLERANCE, Twin, compare, opened
from tests.twins.libraries import library
from tests.twins.table import BY_HAND, LARGE, PUBLISHED
from visualnet.core import edits
from visualnet.core.project import MAIN
from visualnet.templates.index import template_list

ACTIVATIONS = ("relu", "silu", "gelu", "tanh", "sigmoid")


def test_every_published_network_has_a_twin() -> None:
    published = {t.name for t in template_list() if not t.of}
    assert published == {twin.template for twin in BY_HAND}
    assert published >= {twin.template for twin in PUBLISHED}


@pytest.mark.few(12)
@pytest.mark.parametrize("twin", one_in(3, BY_HAND, lambda t: t.template))
def test_it_answers_as_the_paper_says(twin: Twin) -> None:
    assert compare(twin).difference <= TOLERANCE


@pytest.mark.parametrize("twin", PUBLISHED, ids=lambda t: f"{t.template}-{t.source}")
def test_it_answers_as_the_library_does(twin: Twin, request: pytest.FixtureRequest) -> None:
    try:
        library("torchvision.models" if twin.source == "torchvision" else twin.source)
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"{twin.source} is not here to be compared with ({error}): pip install visualnet[twins]")
    if twin.template.startswith(LARGE) and not request.config.getoption("--thorough"):
        pytest.skip("takes seconds: python -m tests.benchmarks bench_twins, or pytest --thorough")
    assert compare(twin).difference <= TOLERANCE


@pytest.mark.few(2)
@pytest.mark.parametrize("name", ["squeezenet-1.1", "lenet5-32", "vgg-a", "transformer"])
def test_a_layer_left_out_is_noticed(name: str) -> None:
    """What the comparison is for: without any one activation of the main sheet, without a pooling, the answers differ."""
    twin = next(t for t in BY_HAND if t.template == name)
    project = opened(name, twin.sizes)
    quiet = [n for n in project.graph if n.kind in (*ACTIVATIONS, "scale", "sinusoidal_positions")]
    assert quiet
    for node in quiet:
        without = edits.set_node(project, MAIN, [node.id], mode="mute")
        assert compare(twin, project=without).difference > 100 * TOLERANCE, node.name
