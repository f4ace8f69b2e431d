"""Scenes seen as samples of one region each: what R-CNN is trained on (Girshick et al. 2014)."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.data.regions.box_geometry import box_overlaps, encode_refinement
from visualnet.data.regions.crops import RegionCropper
from visualnet.data.samples import ArraySamples, Batch, BrokenSample, Samples

Array = NDArray[Any]
BACKGROUND = "background"
PICTURE = "picture"
"""The column that says which scene a region is of: what is divided by it keeps a scene in one part."""
OBJECT_OVERLAP = 0.5
"""A region is of an object where it shares so much (IoU) with a true box; all others are background."""
OBJECTS = 0.5
"""So large a share of a scene's regions is of objects at most."""
KEPT_SCENES = 4


class Scene(NamedTuple):
    """A picture (C, H, W), the true boxes (n, 4) in px and what is in each (n,), counted without the background."""

    image: Array
    boxes: Array
    labels: Array


class Regions(NamedTuple):
    """The regions of a scene that are trained on: ``boxes`` (R, 4) in px, ``labels`` (R,) with 0 for background, the ``refinement`` (R, 4)
    that leads to the true box, and ``is_object`` (R,), 1 where there is one."""

    boxes: Array
    labels: Array
    refinement: Array
    is_object: Array


class RegionSamples(Samples):
    """Scenes as ``regions`` samples each, one behind the other: sample i is of scene i // regions. Searched and cut when they are fetched.

    Fields: ``image`` (C, side, side), ``label`` (0 is background), ``refinement`` (4,), ``is_object`` (1 or 0).
    """

    def __init__(self, scenes: Samples, regions: int, cutter: RegionCropper, seed: int = 0) -> None:
        self.scenes, self.regions, self.cutter, self.seed = scenes, regions, cutter, seed
        self.size = scenes.size * regions
        self.fingerprint = region_fingerprint(scenes.fingerprint, regions, cutter, seed)
        self._drawn: dict[int, Regions] = {}
        self._scenes: dict[int, Scene] = {}
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_lock": None, "_scenes": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.Lock())

    # --- as samples --------------------------------------------------------------------------------------------------

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        parts = [self._fetch_of(int(sample), fields) for sample in index]
        if not parts:
            return {name: self._none(name) for name in fields}
        return {name: np.stack([part[name] for part in parts]) for name in fields}

    def column(self, name: str) -> Array | None:
        if name == PICTURE:
            return np.repeat(np.arange(self.scenes.size), self.regions)
        values = self.scenes.column(name)
        return None if values is None else np.repeat(values, self.regions, 0)

    def describe(self, sample: int) -> str:
        place = self.scenes.describe(sample // self.regions)
        return f"{place}, region {sample % self.regions + 1}" if place else ""

    # --- as scenes ---------------------------------------------------------------------------------------------------

    def scene(self, at: int) -> Scene:
        """One scene, with its true boxes that have an area, cut off at its edges.

        Raises:
            BrokenSample: it cannot be read.
        """
        with self._lock:
            found = self._scenes.get(at)
        if found is None:
            values = self.scenes.fetch(np.array([at]), ("image", "boxes", "box_labels"))
            image, boxes, labels = (np.asarray(values[name][0]) for name in ("image", "boxes", "box_labels"))
            height, width = image.shape[1:]
            boxes = np.clip(np.nan_to_num(boxes), 0, [width, height, width, height]).astype(np.float32)
            there = (labels >= 0) & (boxes[:, 2:] - boxes[:, :2] >= 1).all(1)
            found = Scene(image, boxes[there], labels[there])
            with self._lock:
                self._scenes[at] = found
                while len(self._scenes) > KEPT_SCENES:
                    del self._scenes[next(iter(self._scenes))]
        return found

    def proposals(self, at: int) -> Array:
        """What selective search proposes in a scene: boxes (n, 4)."""
        return self.cutter.proposals(self.scene(at).image)

    def drawn(self, at: int) -> Regions:
        """The regions of a scene that are trained on; the same ones each time."""
        found = self._drawn.get(at)
        if found is None:
            scene = self.scene(at)
            rng = np.random.default_rng((self.seed, at))
            found = self._drawn[at] = draw_regions(scene, self.proposals(at), self.regions, rng)
        return found

    def region_box(self, sample: int) -> Array:
        """The box of a sample's region in its scene, (4,)."""
        box: Array = self.drawn(sample // self.regions).boxes[sample % self.regions]
        return box

    def _fetch_of(self, sample: int, fields: Sequence[str]) -> dict[str, Array]:
        at, number = divmod(sample, self.regions)
        try:
            regions = self.drawn(at)
            found = {
                "label": regions.labels[number],
                "refinement": regions.refinement[number],
                "is_object": regions.is_object[number],
            }
            if "image" in fields:
                found["image"] = self.cutter.crops(self.scene(at).image, regions.boxes[number : number + 1])[0]
        except BrokenSample as error:
            raise BrokenSample(sample, str(error)) from None
        except ValueError as error:
            raise BrokenSample(sample, f"{self.scenes.describe(at) or f'scene {at:,}'}: {error}") from None
        return found

    def _none(self, name: str) -> Array:
        side = self.cutter.side
        shapes = {"image": (0, self.cutter.channels, side, side), "refinement": (0, 4)}
        return np.zeros(shapes.get(name, (0,)), np.int64 if name == "label" else np.float32)


class RegionArrays(ArraySamples):
    """All regions of scenes that are in memory, cut at once. ``of`` is the view that they were fetched from."""

    def __init__(self, of: RegionSamples, check: Callable[[float], None] = lambda share: None) -> None:
        self.of = of
        every: dict[str, list[Array]] = {"image": [], "label": [], "refinement": [], "is_object": []}
        for at in range(of.scenes.size):
            check(at / of.scenes.size)
            regions = of.drawn(at)
            every["image"].append(of.cutter.crops(of.scene(at).image, regions.boxes))
            for name in ("labels", "refinement", "is_object"):
                every["label" if name == "labels" else name].append(getattr(regions, name))
        super().__init__({name: np.concatenate(parts) for name, parts in every.items()})

    def column(self, name: str) -> Array | None:
        return self.of.column(PICTURE) if name == PICTURE else super().column(name)


def draw_regions(scene: Scene, proposals: Array, count: int, rng: np.random.Generator) -> Regions:
    """So many of a scene's proposals and true boxes, those of objects and of background balanced as far as there are enough; where there
    are fewer than ``count`` in all, some come twice."""
    boxes = np.concatenate([scene.boxes, proposals]).astype(np.float32)
    overlaps = box_overlaps(boxes, scene.boxes) if len(scene.boxes) else np.zeros((len(boxes), 1))
    best = overlaps.argmax(1)
    is_object = overlaps.max(1) >= OBJECT_OVERLAP
    objects, ground = (rng.permutation(np.flatnonzero(which)) for which in (is_object, ~is_object))
    take = min(len(objects), max(round(count * OBJECTS), count - len(ground)))
    chosen = np.concatenate([objects[:take], ground[: count - take]])
    if len(chosen) < count:
        chosen = np.concatenate([chosen, rng.choice(chosen, count - len(chosen))])
    chosen = rng.permutation(chosen)
    there, found = is_object[chosen], boxes[chosen]
    refinement = np.zeros((count, 4), np.float32)
    labels = np.zeros(count, np.int64)
    if there.any():
        refinement[there] = encode_refinement(found[there], scene.boxes[best[chosen][there]])
        labels[there] = scene.labels[best[chosen][there]] + 1
    return Regions(found, labels, refinement, there.astype(np.float32))


def find_regions(samples: Samples) -> RegionSamples | None:
    """The view of scenes that these samples come from, behind whatever prepares or keeps them; None where they come from none."""
    for _ in range(8):
        if isinstance(samples, RegionSamples):
            return samples
        inner = next(
            (getattr(samples, name, None) for name in ("of", "raw", "samples") if hasattr(samples, name)), None
        )
        if not isinstance(inner, Samples):
            return None
        samples = inner
    return None


def region_classes(classes: Iterable[str]) -> tuple[str, ...]:
    """The classes of regions: the background before those of the objects."""
    return (BACKGROUND, *classes)


def region_fingerprint(scenes: str, regions: int, cutter: RegionCropper, seed: int) -> str:
    """A sha256 of the scenes' fingerprint and of all that decides what their regions are."""
    told = f"{scenes} regions {regions} {cutter!r} {seed} {OBJECT_OVERLAP} {OBJECTS}"
    return hashlib.sha256(told.encode()).hexdigest()
