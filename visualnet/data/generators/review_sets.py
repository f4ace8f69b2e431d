"""Film reviews, to learn a language from without labels, and to learn opinions from with few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visualnet.data.declare import GeneratedDataSet, dataset
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, count, real

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

TOKENS = {
    "word": "whole words",
    "piece": "pieces of words, learned from the texts",
}
UNITS = {
    "word": "whole words",
    "piece": "pieces of words, learned from the texts; each is masked by itself",
    "whole_word": "pieces of words; where one is masked, all of its word are",
}
_CONTEXT = count(
    36, "So many tokens each: what is left over stays blank, what is too long is cut off.", low=24, high=512
)
_SEED = count(0, "Another seed, other samples.", low=0)


class _Reviews(GeneratedDataSet):
    """What both have: their tokens."""

    unit: str
    context: int

    def _tokens(self) -> Spec:
        return Spec((self.context,), ("T",), "int")

    def token_words(self) -> tuple[str, ...]:
        from visualnet.data.generators.reviews import token_names

        return token_names(self.unit != "word")


@dataset("masked_reviews", "Film reviews with masked words", inputs="text segment")
class MaskedReviews(_Reviews):
    """Two pieces of made-up film reviews with some words masked, and whether the second goes on with the first: no label is needed.

    ``masked`` holds the words that are asked, and −100 elsewhere, which losses and metrics ignore. Of the words that are asked 80 % are
    masked, 10 % are another word and 10 % stay, as Devlin et al. 2018 have it. ``follows`` is 1 where the same person goes on, and says
    whether they liked the film and why; 0 where the second piece is drawn from another review. ``segment`` says which of the two
    pieces. Words are those of “reviews”, and five more.
    """

    texts = ("text", "masked")
    n: int = count(12_000, "How many pairs.", low=20, high=50_000)
    context: int = _CONTEXT
    unit: str = choice("word", "What the tokens are, and what is masked.", UNITS)
    share: float = real(0.15, "Which share of the words is asked (one at least).", low=0, high=1)
    seed: int = _SEED

    def fields(self) -> dict[str, Spec]:
        return {
            **{name: self._tokens() for name in ("text", "segment", "masked")},
            "follows": Spec((), (), "int", classes=2),
        }

    def arrays(self) -> dict[str, Array]:
        from visualnet.data.generators.reviews import masked_reviews

        pieces, whole = self.unit != "word", self.unit == "whole_word"
        return masked_reviews(self.n, self.context, self.share, pieces, whole, self.seed)


@dataset("reviews", "Film reviews", inputs="text segment")
class Reviews(_Reviews):
    """Made-up film reviews, friendly or not, between the marks that a network knows which was trained on “masked_reviews”.

    The opinions are those of “opinions”; ``segment`` is 0 throughout, for there is one piece only.
    """

    n: int = count(3000, "How many reviews.", low=20, high=50_000)
    context: int = _CONTEXT
    unit: str = choice("word", "What the tokens are.", TOKENS)
    seed: int = _SEED

    def fields(self) -> dict[str, Spec]:
        return {"text": self._tokens(), "segment": self._tokens(), "label": Spec((), (), "int")}

    def class_names(self) -> tuple[str, ...]:
        return ("unfriendly", "friendly")

    def arrays(self) -> dict[str, Array]:
        from visualnet.data.generators.reviews import reviews

        return reviews(self.n, self.context, self.unit != "word", self.seed)
