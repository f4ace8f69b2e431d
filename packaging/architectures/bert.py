"""BERT, small enough to be trained here: pre-training on text without labels, and the same encoder with a head for opinions."""

from __future__ import annotations

from architectures.reduced import BEGINNINGS
from architectures.sheet import Sheet
from architectures.transformers import BOTH_WAYS, after, pool, read_both_ways
from visualnet.core import edits
from visualnet.core.project import MAIN, DataChoice, Project, Recipe

LAYERS, WIDTH, HEADS, CONTEXT = 2, 64, 4, 36
WORDS = 41
"""So many words there are, with the marks."""
LABELS = 50
"""So many labels of each of two classes the opinions are learned from."""


def _sheet() -> Sheet:
    # Without dropout: so small a network does not learn so many texts by heart, and what one word says of another is found sooner.
    block = after(WIDTH, HEADS, "gelu", 1e-12, BOTH_WAYS, drop=0)
    return Sheet(
        {"encoder": block}, {"layers": LAYERS, "width": WIDTH, "heads": HEADS, "words": WORDS, "context": CONTEXT}
    )


def _begin_small(project: Project) -> Project:
    """The tables begin at about 1/√width, since that of the words also scores them."""
    kinds, init = BEGINNINGS["tied"]
    return edits.set_node(project, MAIN, [node.id for node in project.graph if node.kind in kinds], init=init)


def pretraining() -> Project:
    s = _sheet()
    x, table = read_both_ways(s, drop=0)
    pooled = pool(s, x)
    scores = s.add("linear", "words", x, out_features="words", bias=False, shares=table)
    logits = s.add("permute", "by_word", scores, dims=(2, 1))
    masked = s.add("target", "masked", field="masked", size=("context",))
    s.add("cross_entropy", "masked_loss", logits, masked)
    s.add("accuracy", "masked_accuracy", logits, masked)
    goes_on = s.add("linear", "goes_on", pooled, out_features=2)
    follows = s.add("target", "follows", field="follows")
    s.add("cross_entropy", "next_loss", goes_on, follows)
    s.add("accuracy", "next_accuracy", goes_on, follows)
    s.add("output", "scores", logits)
    s.add("output", "next", goes_on)
    return _begin_small(
        s.project(
            "BERT, pre-training",
            "A small BERT learns a language from texts without labels: it fills in masked words from both sides, and says whether the "
            "second piece goes on with the first (Devlin et al. 2018). Two losses, one encoder. Then begin “BERT for opinions” from it.",
            DataChoice(name="masked_reviews", normalise=False),
            Recipe(optimizer="AdamW", lr=0.002, weight_decay=0.01, batch_size=32, epochs=14, schedule="cosine"),
        )
    )


def opinions() -> Project:
    s = _sheet()
    x, _ = read_both_ways(s, drop=0)
    s.classify(s.add("linear", "opinion", pool(s, x), out_features=2), "opinions")
    return _begin_small(
        s.project(
            "BERT for opinions",
            "The encoder of “BERT, pre-training” and a head learn from 100 labels whether a review is friendly. They begin with "
            "weights that have read thousands of texts without a label (Devlin et al. 2018); all of them learn on.",
            DataChoice(name="reviews", normalise=False, division="per_class", division_options={"samples": LABELS}),
            Recipe(
                optimizer="AdamW",
                lr=0.0005,
                weight_decay=0.01,
                batch_size=20,
                epochs=48,
                best_by="accuracy",
                start_from="trained/bert-pretraining",
            ),
        )
    )


TEMPLATES = {"bert-pretraining": pretraining, "bert-opinions": opinions}
