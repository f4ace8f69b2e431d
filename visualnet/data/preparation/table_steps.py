"""Steps that change the columns of tables and of series: missing values, categories, scales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visualnet.data.preparation.field_checks import NORMALISED, get_field, get_table
from visualnet.data.preparation.step import Fitted, Specs, Step, step
from visualnet.layers.declaration.layer import Column, Spec
from visualnet.layers.declaration.params import choice, field, flag, real

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visualnet.data.samples import Batch

MOST_COLUMNS = 20_000
"""So many columns may a table have behind a step."""
FILLINGS = {
    "mean": "the mean of the column over the training part",
    "median": "the median of the column over the training part: half of the values lie below it",
    "most_frequent": "the value that is most frequent in the training part",
    "constant": "the number below",
}
"""What stands in place of a number that is missing."""


class ColumnsStep(Step):
    """Base of the steps that change columns. ``fit_columns`` learns from the rows of the training part, ``change`` does it to rows."""

    field: str

    def columns_behind(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        """The columns behind the step.

        Raises:
            ValueError: the step does not fit these columns.
        """
        return columns

    def fit_columns(self, rows: Any, columns: tuple[Column, ...]) -> Fitted:
        """What is learned from rows (an array of rows × columns, with NaN where a value is missing)."""
        raise NotImplementedError

    def change(self, rows: Any, fitted: Fitted) -> Any:
        """Rows behind the step; each by itself."""
        raise NotImplementedError

    def specs(self, fields: Specs) -> dict[str, Spec]:
        spec, columns = get_table(fields, self.field)
        behind = self.columns_behind(columns)
        if len(behind) > MOST_COLUMNS:
            largest = max(columns, key=lambda column: column.categories)
            raise ValueError(
                f"“{self.field}” would have {len(behind):,} columns; {MOST_COLUMNS:,} are allowed: “{largest.name}” alone has "
                f"{largest.categories:,} categories. Leave it out, or give each category one number"
            )
        return {**fields, self.field: spec._replace(shape=(*spec.shape[:-1], len(behind)), columns=behind)}

    def learn(self, batches: Iterable[Batch], fields: Specs) -> Fitted:
        from visualnet.data.preparation.arrays import table_arrays  # not at start-up: it computes

        _, columns = get_table(fields, self.field)
        rows = table_arrays.join_rows((batch[self.field] for batch in batches), len(columns))
        return self.fit_columns(rows, columns)

    def apply(self, batch: Batch, fitted: Fitted) -> Batch:
        from visualnet.data.preparation.arrays import table_arrays

        changed = table_arrays.map_rows(batch[self.field], lambda rows: self.change(rows, fitted))
        return {**batch, self.field: changed}


@step("fill_missing", "Fill in missing values", "table", fits=True)
class FillMissing(ColumnsStep):
    """Put a value in place of what is missing, learned from the training part; a category that is missing becomes the most frequent."""

    field: str = field("features", "The columns that are filled in.")
    numbers: str = choice("mean", "What stands for a number that is missing.", FILLINGS)
    value: float = real(0.0, "The number for “constant”.", more=True)
    categories: str = choice(
        "most_frequent",
        "What stands for a category that is missing.",
        {
            "most_frequent": "the category that is most frequent in the training part",
            "leave": "nothing: “Categories to columns” then gives 0 in all its columns",
        },
        more=True,
    )
    indicator: bool = flag(
        False, "Add a column of 0 and 1 for each one that lacks values: 1 where one was missing.", more=True
    )

    def columns_behind(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        filled = [c._replace(missing=c.missing and c.categories > 0 and self.categories == "leave") for c in columns]
        added = [Column(f"{c.name} is missing") for c in columns if c.missing] if self.indicator else []
        return (*filled, *added)

    def fit_columns(self, rows: Any, columns: tuple[Column, ...]) -> Fitted:
        from visualnet.data.preparation.arrays import table_arrays

        values: list[float | None] = []
        for at, column in enumerate(columns):
            how = "most_frequent" if column.categories else self.numbers
            if column.categories and self.categories == "leave":
                values.append(None)
            elif how == "constant":
                values.append(self.value)
            else:
                values.append(table_arrays.fill_value(rows[:, at], how))
        marked = [at for at, column in enumerate(columns) if column.missing] if self.indicator else []
        return {"values": values, "marked": marked}

    def change(self, rows: Any, fitted: Fitted) -> Any:
        from visualnet.data.preparation.arrays import table_arrays

        return table_arrays.fill(rows, fitted["values"], fitted["marked"])


@step("one_hot", "Categories to columns", "table", fits=True)
class OneHot(ColumnsStep):
    """Give each category a column of its own, “colour = red”: 1 where it holds and 0 elsewhere (one-hot). What is missing, and what the
    training part does not have, is 0 everywhere."""

    field: str = field("features", "The columns; those that are numbers stay as they are.")

    def columns_behind(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        if not any(column.categories for column in columns):
            raise ValueError(f"no column of “{self.field}” holds categories: leave this step out")
        behind: list[Column] = []
        for column in columns:
            if column.categories > MOST_COLUMNS:
                raise ValueError(
                    f"“{column.name}” has {column.categories:,} categories, perhaps it tells samples apart as a number of an order "
                    "does: leave it out, or give each category one number"
                )
            behind += [Column(name) for name in column.category_names] if column.categories else [column]
        return tuple(behind)

    def fit_columns(self, rows: Any, columns: tuple[Column, ...]) -> Fitted:
        from visualnet.data.preparation.arrays import table_arrays

        seen = [table_arrays.categories_of(rows[:, at]) if c.categories else [] for at, c in enumerate(columns)]
        return {"categories": [column.categories for column in columns], "seen": seen}

    def change(self, rows: Any, fitted: Fitted) -> Any:
        from visualnet.data.preparation.arrays import table_arrays

        return table_arrays.to_one_hot(rows, fitted["categories"], fitted["seen"])


@step("ordinal", "Categories to one number", "table", fits=True)
class Ordinal(ColumnsStep):
    """Let the number of a category (0, 1, 2 …, in the order in which the data name them) be an amount: right for what has an order
    (small, middle, large). What is missing becomes −1."""

    field: str = field("features", "The columns; those that are numbers stay as they are.")

    def columns_behind(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        if not any(column.categories for column in columns):
            raise ValueError(f"no column of “{self.field}” holds categories: leave this step out")
        return tuple(Column(column.name) if column.categories else column for column in columns)

    def fit_columns(self, rows: Any, columns: tuple[Column, ...]) -> Fitted:
        return {"categories": [column.categories for column in columns]}

    def change(self, rows: Any, fitted: Fitted) -> Any:
        from visualnet.data.preparation.arrays import table_arrays

        return table_arrays.to_ordinal(rows, fitted["categories"])


@step("standardise", "Standardise", "table", fits=True)
class Standardise(ColumnsStep):
    """Bring every column of numbers to the same scale, by figures of the training part. Categories, and what is missing, stay."""

    field: str = field("features", "The columns that are scaled.")
    scale: str = choice(
        "deviation",
        "To which scale.",
        {
            "deviation": "mean 0 and standard deviation 1",
            "range": "from 0, the least of the training part, to 1, the greatest",
            "quartiles": "median 0, and 1 between the quartiles: outliers do not count",
        },
    )

    def fit_columns(self, rows: Any, columns: tuple[Column, ...]) -> Fitted:
        from visualnet.data.preparation.arrays import table_arrays

        known = [
            (0.0, 1.0) if c.categories else table_arrays.scale_of(rows[:, i], self.scale) for i, c in enumerate(columns)
        ]
        return {"centre": [centre for centre, _ in known], "unit": [unit for _, unit in known]}

    def change(self, rows: Any, fitted: Fitted) -> Any:
        from visualnet.data.preparation.arrays import table_arrays

        return table_arrays.rescale(rows, fitted["centre"], fitted["unit"])


@step("clip_outliers", "Clip outliers", "table", fits=True)
class ClipOutliers(ColumnsStep):
    """Numbers beyond the range that most of the training part has are set to its ends."""

    field: str = field("features", "The columns that are clipped.")
    low: float = real(1.0, "So much of the training part lies below the range.", low=0.0, high=49.0, unit="%")
    high: float = real(1.0, "So much of the training part lies above the range.", low=0.0, high=49.0, unit="%")

    def fit_columns(self, rows: Any, columns: tuple[Column, ...]) -> Fitted:
        from visualnet.data.preparation.arrays import table_arrays

        ends = [
            None if c.categories else table_arrays.ends_of(rows[:, i], self.low, self.high)
            for i, c in enumerate(columns)
        ]
        return {"ends": ends}

    def change(self, rows: Any, fitted: Fitted) -> Any:
        from visualnet.data.preparation.arrays import table_arrays

        return table_arrays.clip(rows, fitted["ends"])


@step("normalise", "Normalise", "any", fits=True)
class Normalise(Step):
    """Take out the mean and the deviation of the training part: of each channel of images and sounds, of each column of tables."""

    field: str = field("image", "What is normalised.")

    def specs(self, fields: Specs) -> dict[str, Spec]:
        spec = get_field(fields, self.field, (1, 2, 3, 4), "a field of real numbers")
        if not spec.shape[channel_axis(spec)]:
            raise ValueError(f"the samples of “{self.field}” differ in their channels: bring them to one number before")
        return {**fields, self.field: spec._replace(holds=NORMALISED)}

    def learn(self, batches: Iterable[Batch], fields: Specs) -> Fitted:
        from visualnet.data.preparation.arrays import table_arrays

        axis = channel_axis(fields[self.field])
        mean, deviation = table_arrays.moments((batch[self.field] for batch in batches), axis)
        return {"mean": mean, "deviation": deviation, "axis": axis}

    def apply(self, batch: Batch, fitted: Fitted) -> Batch:
        from visualnet.data.preparation.arrays import table_arrays

        return {**batch, self.field: table_arrays.normalise(batch[self.field], fitted)}


def channel_axis(spec: Spec) -> int:
    """Along which axis of a sample figures are kept apart: the channels of images; of series, whose samples are rows, the columns."""
    return -1 if spec.axes[:1] == ("T",) else 0
