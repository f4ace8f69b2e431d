"""BERT: what a text without labels teaches for a task with few."""

from __future__ import annotations

from visualnet.core import edits
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training.experiments.curves import OVER_AXIS
from visualnet.training.experiments.declare import Claim, Experiment, ExperimentObservation, Variant, VariedAxis
from visualnet.training.experiments.networks import ids

ENCODER = ("embedding", "positions", "segments", "norm", "encoder")
"""What has read texts; the pooler, which was trained to tell whether two pieces follow each other, learns anew with the head."""
STEPS, BATCH = 240, 20
"""So many steps each run takes, however few labels there are."""
LABELS = (40.0, 100.0, 400.0)


def network() -> Project:
    """The template for opinions: it begins from the weights of the pre-training that come with the program."""
    return project_file.load(resource("templates", "bert-opinions.vnet"))


def with_labels(project: Project, labels: float) -> Project:
    """So many labels, half of each class, for the same number of steps."""
    project = edits.set_data(project, division="per_class", division_options={"samples": int(labels) // 2})
    return edits.set_recipe(project, epochs=max(STEPS // -(-int(labels) // BATCH), 1))


def frozen(project: Project) -> Project:
    """The encoder stays as the texts have taught it."""
    return edits.set_node(project, MAIN, ids(project, names=ENCODER), trainable=False)


def from_scratch(project: Project) -> Project:
    """Fresh weights everywhere."""
    return edits.set_recipe(project, start_from="")


EXPERIMENT = Experiment(
    "bert",
    "BERT: fine-tuned, frozen, from scratch",
    "What has a network learned from texts without labels?",
    network,
    (
        Variant("fine-tuned", "Begin with what filling in masked words has taught; all weights learn on."),
        Variant("frozen", "The same beginning, but only the dense layers behind the encoder learn.", frozen),
        Variant("from scratch", "The same network with fresh weights.", from_scratch),
    ),
    axis=VariedAxis("labels", LABELS, with_labels),
    observations=(
        ExperimentObservation(
            "embedding_pca",
            "The first place of each review before the head: friendly and unfriendly apart, or one cloud.",
            "pooler",
        ),
    ),
    claims=(
        Claim("fine-tuned", "from scratch", 0.0, at=100.0),
        Claim("frozen", "from scratch", 0.0, at=100.0),
    ),
    watch="The middle: 100 labels. From scratch the network learns its reviews by heart and guesses others.",
    why="Filling in a word between “not” and “and” takes knowing which words praise and that “not” turns them round. That is most of what "
    "it takes to tell a friendly review, and none of it needed a label: few labels then only have to say which side is called friendly.",
    sources=(
        "Devlin, Chang, Lee and Toutanova, BERT: pre-training of deep bidirectional transformers for language understanding, 2018, "
        "arXiv:1810.04805",
    ),
    shown=("", OVER_AXIS),
)
