"""Small real tables that come with the program, in CSV files: flowers, wines, tissue samples, patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from visualnet.data.builtin import FEW_SAMPLES
from visualnet.data.declare import DataSet, dataset
from visualnet.layers.declaration.spec import Column, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualnet.data.table_files.table_samples import TableSamples

LICENCE = "tables-LICENCE.txt"
MEASURES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)


class ShippedTable(DataSet):
    """Base of the tables that are shipped: columns of numbers, and as the last one a class or a number."""

    rows: ClassVar[int]
    columns: ClassVar[tuple[str, ...]]
    target: ClassVar[str]
    classes: ClassVar[tuple[str, ...]] = ()

    @property
    def size(self) -> int:
        return self.rows

    def fields(self) -> dict[str, Spec]:
        columns = tuple(Column(name) for name in self.columns)
        fields = {"features": Spec((len(columns),), ("D",), columns=columns)}
        if self.classes:
            return {**fields, "label": Spec((), (), "int")}
        return {**fields, "y": Spec((1,), ("D",))}

    def class_names(self) -> tuple[str, ...]:
        return self.classes

    def arrays(self) -> dict[str, NDArray[Any]]:
        return self.open().arrays

    def open(self) -> TableSamples:
        """The rows as samples.

        Raises:
            ValueError: the file is not there, or is another one.
        """
        from visualnet.data.table_files.cells import CellFormat
        from visualnet.data.table_files.roles import ColumnPlan
        from visualnet.data.table_files.rows import TextRows
        from visualnet.data.table_files.table_samples import ColumnLayout, TableSamples
        from visualnet.data.table_files.text_format import TextFormat
        from visualnet.resources import resource

        path = resource("data", f"{self.name}.csv")
        how = CellFormat()
        plans = [ColumnPlan(name, "number", "input") for name in self.columns]
        plans.append(ColumnPlan(self.target, "category" if self.classes else "number", "target", self.classes))
        rows = TextRows(path, TextFormat("utf-8", ",", True, (*self.columns, self.target), how))
        try:
            return TableSamples(rows, how, ColumnLayout(tuple(plans)), self.rows, path.name)
        except (OSError, ValueError) as error:
            raise ValueError(f"{path.name} cannot be read: {error}. Set the program up again to get it back.") from None


@dataset(
    "iris",
    "Iris flowers",
    inputs="features",
    source="R. A. Fisher, Iris, 1936, UCI Machine Learning Repository, as scikit-learn ships it. CC BY 4.0.",
    licence=LICENCE,
    recipe=FEW_SAMPLES,
)
class Iris(ShippedTable):
    """150 iris flowers of three species, by length and width of their sepals and petals in centimetres."""

    rows = 150
    columns = ("sepal length", "sepal width", "petal length", "petal width")
    target, classes = "species", ("setosa", "versicolor", "virginica")


@dataset(
    "wine",
    "Wines",
    inputs="features",
    source="S. Aeberhard and M. Forina, Wine, UCI Machine Learning Repository, as scikit-learn ships it. CC BY 4.0.",
    licence=LICENCE,
    recipe=FEW_SAMPLES,
)
class Wine(ShippedTable):
    """178 wines of three cultivars from one region of Italy, by 13 chemical measures."""

    rows = 178
    columns = (
        "alcohol",
        "malic acid",
        "ash",
        "alcalinity of ash",
        "magnesium",
        "total phenols",
        "flavanoids",
        "nonflavanoid phenols",
        "proanthocyanins",
        "colour intensity",
        "hue",
        "od280/od315",
        "proline",
    )
    target, classes = "cultivar", ("cultivar 1", "cultivar 2", "cultivar 3")


@dataset(
    "breast_cancer",
    "Breast cancer cells",
    inputs="features",
    source="W. Wolberg and others, Breast Cancer Wisconsin, UCI Machine Learning Repository, as scikit-learn ships it. CC BY 4.0.",
    licence=LICENCE,
    recipe=FEW_SAMPLES,
)
class BreastCancer(ShippedTable):
    """569 tissue samples, malignant or benign, by 30 measures of the cell nuclei in a picture of each."""

    rows = 569
    columns = tuple(name.format(measure) for name in ("mean {}", "{} error", "worst {}") for measure in MEASURES)
    target, classes = "diagnosis", ("malignant", "benign")


@dataset(
    "diabetes",
    "Diabetes",
    inputs="features",
    source="B. Efron and others, Least Angle Regression, Annals of Statistics, 2004, as scikit-learn ships it. BSD 3-Clause.",
    licence=LICENCE,
    recipe=FEW_SAMPLES,
)
class Diabetes(ShippedTable):
    """442 patients by ten measures, and a number from 25 to 346 for how far their disease went on in a year."""

    rows = 442
    columns = (
        "age",
        "sex",
        "body mass index",
        "blood pressure",
        "total cholesterol",
        "ldl",
        "hdl",
        "cholesterol ratio",
        "log triglycerides",
        "blood sugar",
    )
    target = "progression"
