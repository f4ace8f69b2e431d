"""Declares the gallery of the Neural Network Zoo."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.dialogs.modal import answer_of


def show(studio: Studio) -> None:
    """The gallery; what is chosen there is opened."""
    from visualnet.app.features.zoo.gallery import ZooDialog

    dialog = ZooDialog(studio.shell.dialog_parent())
    dialog.template_chosen.connect(studio.template_requested)
    answer_of(dialog)


FEATURE = Feature(
    "zoo",
    "The Neural Network Zoo: 27 kinds of networks in one gallery, from the perceptron to the Kohonen map. Each tells what it is and whose,"
    " and opens as a network that trains where gradient descent trains it.",
    actions=(
        ActionSpec(
            "help.zoo",
            18,
            "Neural network zoo…",
            "27 kinds of networks, drawn and explained; each opens",
            "shape",
            "",
            show,
            anywhere=True,
        ),
    ),
)
