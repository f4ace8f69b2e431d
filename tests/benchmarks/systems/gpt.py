"""The small GPT that goes on with stories, against the best that counting words side by side can do on the same pieces.

Order, kind of smoothing and discount of the n-grams are chosen by the very loss that they are judged by, which favours them.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.benchmarks.systems.system import System, Wanted

MOST_WORDS = 16
"""n-grams of so many words are tried at most; more make it no better by 0.01."""


def measure(seed: int) -> Mapping[str, float]:
    """Train from the template; count on the same training part; both losses are in nats a word, on the test part."""
    from tests.benchmarks import held_out
    from visualnet.training.decoding.ngrams import best_ngrams

    values, data = held_out.judge(held_out.template("gpt-small", seed))
    text, following = data.whole("text"), data.whole("following")
    train, test = ((text[part], following[part]) for part in (data.train, data.test))
    counted = best_ngrams(train, test, int(text.max()) + 1, MOST_WORDS)
    loss = values["loss"]
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
