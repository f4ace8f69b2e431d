"""What does not fit between data and network is mended on the data's side too: images are resized, made grey or RGB."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.training.nets import lenet
from visualnet.analysis import infer
from visualnet.analysis.repair.search import repairs
from visualnet.core.project import DataChoice, DataFacts, FieldFacts, PreparationStep, Project
from visualnet.data.registry import fields_or_none


def on_images(channels: int, edge: int, classes: int = 10, steps: tuple[PreparationStep, ...] = ()) -> Project:
    """LeNet, which wants 1×28×28, on images of another size."""
    fields = {
        "image": FieldFacts(shape=(channels, edge, edge), axes=("C", "H", "W")),
        "label": FieldFacts(dtype="int", classes=classes),
    }
    facts = DataFacts(size=90, fields=fields, classes=tuple(map(str, range(classes))), columns=("label",))
    data = DataChoice(name="image_folder", path="/photos", facts=facts, preparation=steps)
    return replace(lenet(), data=data)


def offered(project: Project, code: str) -> list[tuple[str, Project, int]]:
    fields = fields_or_none(project.data)
    assert fields is not None
    analysis = infer(project, None, fields)
    problem = next(p for p in analysis.problems if p.code == code)
    found = repairs(project, problem, analysis, fields=fields, seconds=2.0, fields_of=fields_or_none)
    return [(one.words, one.edit(project), one.after) for one in found]


@pytest.mark.parametrize(
    ("channels", "edge", "words", "steps"),
    [
        (1, 64, "Resize the images to 28×28", ["resize"]),
        (3, 28, "Turn the images to grey", ["grey"]),
        (3, 64, "Resize the images to 28×28 and turn them to grey", ["resize", "grey"]),
    ],
)
def test_images_of_another_size_are_brought_to_that_of_the_input(
    channels: int, edge: int, words: str, steps: list[str]
) -> None:
    project = on_images(channels, edge)
    found = {said: (after, left) for said, after, left in offered(project, "field-size")}
    mended, left = found[words]
    assert left == 0 and [step.kind for step in mended.data.preparation] == steps
    fields = fields_or_none(mended.data)
    assert fields is not None and fields["image"].shape == (1, 28, 28)
    assert not infer(mended, None, fields).errors() and mended.graph is project.graph
    assert any(said.startswith("Read “image”") for said in found), "the input can be changed instead"


def test_a_step_that_resizes_already_is_set_and_keeps_what_else_it_says() -> None:
    steps = (PreparationStep(kind="resize", options={"height": 40, "width": 40, "fit": "pad"}),)
    found = {said: after for said, after, _ in offered(on_images(1, 0, steps=steps), "field-size")}
    (step,) = found["Resize the images to 28×28"].data.preparation
    assert step.options == {"field": "image", "height": 28, "width": 28, "fit": "pad"}


def test_more_classes_than_the_network_tells_apart_widen_its_last_layer() -> None:
    project = on_images(1, 28, classes=26)
    words = [said for said, after, left in offered(project, "labels") if left == 0]
    assert words and "→ 26" in words[0]


def test_fewer_classes_than_the_network_tells_apart_are_a_hint_with_own_data_alone() -> None:
    project = on_images(1, 28, classes=2)
    analysis = infer(project, None, fields_or_none(project.data))
    (hint,) = [p for p in analysis.problems if p.code == "more-classes"]
    assert hint.severity == "hint" and "“label” of “photos” has 2" in hint.words
    mended = next(after for said, after, _ in offered(project, "more-classes") if "→ 2" in said)
    assert not infer(mended, None, fields_or_none(mended.data)).problems
    shipped = replace(project, data=replace(project.data, path=""))
    assert not infer(shipped, None, fields_or_none(project.data)).problems
