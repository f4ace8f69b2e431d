"""A division that keeps one class out of training: what a network has never seen is to be found out."""

from __future__ import annotations

import numpy as np

from visualnet.core.project import DataChoice
from visualnet.data.division.division import Division, division
from visualnet.data.samples import Samples
from visualnet.data.split import Index, split
from visualnet.layers.declaration.params import count


@division("odd_class", "One class held out as odd", uses="split seed")
class OddClass(Division):
    """By chance, but one class is never trained on: all of its samples are in validation and test, in proportion to their shares.

    For anomaly detection: a network learns what is usual, and is judged by whether it tells what is not.
    """

    odd: int = count(
        0, "The number of the class that training never sees, counted from 0 (of digits: the digit).", low=0
    )

    def divide(self, samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
        found = samples.column("label")
        if found is None:
            raise ValueError("these data have no classes (no field “label”), so that none can be held out as odd")
        label = np.asarray(found).astype(np.int64)
        odd, usual = np.flatnonzero(label == self.odd), np.flatnonzero(label != self.odd)
        if not len(odd):
            raise ValueError(
                f"no sample is of class {self.odd}: there are the classes 0 to {int(label.max(initial=0))}"
            )
        if not len(usual):
            raise ValueError(f"all samples are of class {self.odd}: nothing is left to be trained on")
        met = choice.split[1] + choice.split[2]
        if met <= 0:
            raise ValueError("the odd class would be in no part: give validation or test a share (80 / 20)")
        train, validation, test = (usual[part] for part in split(len(usual), choice.split, choice.seed, label[usual]))
        order = np.random.default_rng(choice.seed).permutation(odd)
        end = round(len(odd) * choice.split[1] / met)
        validation, test = (np.sort(np.concatenate(pair)) for pair in ((validation, order[:end]), (test, order[end:])))
        return train, validation, test
