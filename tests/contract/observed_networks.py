"""Small networks of every kind with their data, as observations are given them."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from msgspec.structs import replace

from visualnet.analysis import Analysis, infer
from visualnet.compiling.module import Model, compile_project
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.loading import Loaded, load
from visualnet.data.registry import fields_or_none
from visualnet.data.tensors import Tensors
from visualnet.resources import resource
from visualnet.training.observations.context import ObservationContext, plain_fields

NETWORKS = {
    "points": "perceptron-points",
    "dense": "mlp-mnist",
    "convolutional": "lenet5-28",
    "residual": "resnet-small",
    "recurrent": "gru-rows",
    "gated": "lstm-classifier-small",
    "attention": "vit-small",
    "translating": "seq2seq-small",
    "generative": "vae",
    "adversarial": "gan-points",
    "flow": "realnvp-points",
    "flow_of_images": "glow-small",
    "playing": "mouse",
    "segmenting": "unet-boundary",
    "forecasting": "gru-forecast",
    "detecting": "rcnn",
}
"""Templates by what they are here for."""


class Observed(NamedTuple):
    """A network and all that it is looked at with."""

    project: Project
    analysis: Analysis
    model: Model
    data: Loaded
    tensors: Tensors
    context: ObservationContext


@cache
def observed(name: str) -> Observed:
    """The network of this name, compiled, with its data."""
    return observe_template(NETWORKS[name])


def analysis_of(template: str) -> Analysis:
    """What is known of it before anything is loaded or compiled."""
    project = project_file.load(resource("templates", f"{template}.vnet"))
    return infer(project, None, fields_or_none(project.data))


def observe_template(template: str) -> Observed:
    """Any template, compiled, with its data."""
    project = project_file.load(resource("templates", f"{template}.vnet"))
    project = replace(project, recipe=replace(project.recipe, epochs=1, start_from=""))
    data = load(project.data)
    analysis = infer(project, None, data.fields)
    model = compile_project(project, analysis, seed=0)
    tensors = Tensors(data, model.fields, model.device, plain_fields(model))
    return Observed(project, analysis, model, data, tensors, ObservationContext(model, data, tensors))
