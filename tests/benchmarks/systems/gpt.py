"""The small GPT that goes on with stories, against the best that counting words side by side can do on the same pieces.

Order, kind of smoothing and discount of the n-grams are chosen by the very loss that they are judged by, which favours them.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tests.benchmarks.systems.system import System, Wanted

MOST_WORDS = 16
"""n-grams of so many words are tried at most; more make it no better by 0.01."""


def measure(seed: int) -> Mapping[str, float]:
    """Train from the template; count on the same training part; both losses are in nats a word, on the validation part."""
    import visualnet as vn
    from visualnet.core.storage import project_file
    from visualnet.resources import resource
    from visualnet.training.decoding.ngrams import best_ngrams

    project = project_file.load(resource("templates", "gpt-small.vnet"))
    project = replace(project, recipe=replace(project.recipe, seed=seed))
    training = vn.train(project, device="cpu").finish()
    data = training.data
    text, following = data.whole("text"), data.whole("following")
    train, held_out = ((text[part], following[part]) for part in (data.train, data.validation))
    counted = best_ngrams(train, held_out, int(text.max()) + 1, MOST_WORDS)
    loss = min(value for epoch in training.run.epochs if (value := epoch.validation["loss"]) is not None)
    return {
        "loss by that of n-grams": loss / counted.loss,
        "loss": loss,
        "loss of the best n-grams": counted.loss,
        "their order": float(counted.order),
        "Kneser-Ney": float(counted.continuation),
    }


SYSTEM = System(
    "gpt",
    "GPT, small",
    {
        "loss by that of n-grams": Wanted(most=0.999),
        "loss": Wanted(unit="nats"),
        "loss of the best n-grams": Wanted(unit="nats"),
        "their order": Wanted(unit="words"),
        "Kneser-Ney": Wanted(),
    },
    measure,
)
