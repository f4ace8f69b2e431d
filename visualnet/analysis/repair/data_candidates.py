"""Candidates that make data and network fit: images are brought to the size of the input, the last layer to the number of classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from msgspec.structs import replace

from visualnet.analysis.inference import graph_checks
from visualnet.analysis.repair.parameter_candidates import Candidate, ProblemPlace, set_words
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import DataChoice, PreparationStep, Project
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import Int

FieldsOf = Callable[[DataChoice], Mapping[str, Spec] | None]
"""What samples of a choice of data hold behind its preparation; None where it cannot be made."""
IMAGE_AXES = 3
CHANNEL_STEPS = {(3, 1): ("grey", "to grey"), (1, 3): ("rgb", "to RGB")}
"""The steps that make one number of channels of another."""


def preparations(place: ProblemPlace) -> Iterator[Candidate]:
    """Resize the images of a field, and make them grey or RGB, so that they fit the input that reads them."""
    layer = place.node.layer
    if place.problem.code != "field-size" or layer is None or place.fields is None:
        return
    name, size = str(layer.values()["field"]), tuple(map(int, layer.values()["size"]))
    found = place.fields.get(name)
    if found is None or len(found.shape) != IMAGE_AXES or len(size) != IMAGE_AXES or found.dtype != "float":
        return
    channels, *extent = map(int, found.shape)
    kind, told = CHANNEL_STEPS.get((channels, size[0]), ("", ""))
    if channels != size[0] and not kind:
        return
    height, width = size[1:]
    resizes = extent != [height, width]
    words = f"Resize the images to {height}×{width}" if resizes else f"Turn the images {told}"
    if resizes and kind:
        words += f" and turn them {told}"
    change = partial(_prepare, name=name, size=(height, width) if resizes else None, channels=kind)
    yield Candidate(words, change, 0.6 + 0.2 * bool(kind))


def widths_of_classes(place: ProblemPlace) -> Iterator[Candidate]:
    """Give the layer that tells the classes apart one output for each class of the data: the nearest whose width is what it has now."""
    given = graph_checks.classes(place.node)
    if place.problem.code not in ("labels", "more-classes") or place.fields is None or given is None:
        return
    targets = [
        f.layer.values()["field"] for f in graph_checks.label_sources(place.facts, place.node) if f.layer is not None
    ]
    wanted = max((place.fields[name].classes for name in targets if name in place.fields), default=0)
    for node_id, distance in place.near() if wanted else ():
        facts = place.facts.nodes[node_id]
        for name, param in facts.layer.params.items() if facts.layer is not None else ():
            if isinstance(param, Int) and facts.layer is not None and facts.layer.values()[name] == given:
                change = partial(edits.set_params, sheet=place.sheet, ids=[node_id], values={name: wanted})
                yield Candidate(set_words(facts.node, name, param, wanted), change, 0.3 * distance)


def _prepare(project: Project, name: str, size: tuple[int, int] | None, channels: str) -> Project:
    steps = list(project.data.preparation)
    if channels:
        steps.insert(0, PreparationStep(kind=channels, options={"field": name}))
    if size is not None:
        wanted: dict[str, Value] = {"field": name, "height": size[0], "width": size[1]}
        at = next(
            (i for i, s in enumerate(steps) if s.kind == "resize" and s.options.get("field", "image") == name), None
        )
        if at is None:
            steps.insert(0, PreparationStep(kind="resize", options=wanted))
        else:
            steps[at] = replace(steps[at], options={**steps[at].options, **wanted})
    return edits.set_data(project, preparation=tuple(steps))
