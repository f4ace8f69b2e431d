"""Images with boxes, seen as samples of one region each: what R-CNN learns from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from visualnet.core.graph import Value
from visualnet.core.project import DataFacts, FieldFacts, PreparationStep
from visualnet.data.regions.crops import RegionCropper
from visualnet.data.regions.region_samples import PICTURE, RegionSamples, region_classes, region_fingerprint
from visualnet.data.regions.selective_search import SelectiveSearch
from visualnet.data.samples import Samples
from visualnet.data.sources.common.classes import read_strings
from visualnet.data.sources.images.image_boxes import MOST_BOXES, ImageBoxes
from visualnet.data.sources.source import Check, Guess, SourceScan, source
from visualnet.layers.declaration.params import count, real

AGAIN = "look it through again on the data page"


@source("image_regions", "Images with boxes, as regions (R-CNN)", inputs="image", picks="folder")
class ImageRegions(ImageBoxes):
    """Regions that selective search proposes in images with boxes (COCO, Pascal VOC, YOLO), each to be given a class and a better box."""

    regions: int = count(32, "How many regions of each image are trained on.", low=4, high=256)
    crop: int = count(28, "Height and width of what is cut out, once it is warped.", low=16, high=224, unit="px")
    proposals: int = count(200, "So many regions of an image are proposed at most.", low=10, high=2000, more=True)
    scale: float = real(
        100.0,
        "How large the segments are that selective search begins with (Felzenszwalb and Huttenlocher's k).",
        low=1,
        high=10_000,
        more=True,
    )

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        found = super().guess(path)
        return found and found._replace(score=found.score / 2, words=f"{found.words}, as regions for R-CNN")

    def look_through(self, check: Check) -> SourceScan:
        found = super().look_through(check)
        facts, image = found.facts, found.facts.fields["image"]
        cutter = self._cutter(image.shape[0])
        fields = {
            "image": FieldFacts(shape=(cutter.channels, self.crop, self.crop), axes=("C", "H", "W")),
            "label": FieldFacts(dtype="int", classes=len(facts.classes) + 1),
            "refinement": FieldFacts(shape=(4,), axes=("D",)),
            "is_object": FieldFacts(),
        }
        extra = {
            **facts.extra,
            "regions": self.regions,
            "most_boxes": facts.fields["box_labels"].shape[0],
            "image_size": list(image.shape),
        }
        regions = replace(
            facts,
            size=facts.size * self.regions,
            fields=fields,
            classes=region_classes(facts.classes),
            columns=(PICTURE, *facts.columns),
            fingerprint=region_fingerprint(facts.fingerprint, self.regions, cutter, 0),
            extra=extra,
        )
        findings = tuple(
            one._replace(samples=tuple(sample * self.regions for sample in one.samples)) for one in found.findings
        )
        return SourceScan(regions, findings, (*found.figures, ("Regions", f"{regions.size:,}")))

    def open(self) -> Samples:
        facts = self.known
        kept, most, size = (facts.extra.get(name) for name in ("regions", "most_boxes", "image_size"))
        shape = tuple(read_strings(size, int))
        if kept != self.regions or not isinstance(most, int) or not 0 < most <= MOST_BOXES or len(shape) != 3:
            raise ValueError(
                f"the regions of “{self.path.name}” were set otherwise when it was looked through: {AGAIN}"
            )
        fields = {
            "image": FieldFacts(shape=shape, axes=("C", "H", "W")),
            "boxes": FieldFacts(shape=(most, 4), axes=("N", "D")),
            "box_labels": FieldFacts(shape=(most,), axes=("N",), dtype="int", classes=len(facts.classes) - 1),
        }
        whole = replace(facts, size=facts.size // self.regions, fields=fields, classes=facts.classes[1:])
        options = {"format": self.format, "background": self.background}
        scenes = ImageBoxes(options, str(self.path), whole).open()
        return RegionSamples(scenes, self.regions, self._cutter(shape[0]))

    def cutter(self) -> RegionCropper:
        return self._cutter(self.known.fields["image"].shape[0])

    def propose(self, facts: DataFacts) -> tuple[PreparationStep, ...]:
        return ()

    def propose_division(self, facts: DataFacts) -> tuple[str, Mapping[str, Value]]:
        return "group", {"column": PICTURE}

    def _cutter(self, channels: int) -> RegionCropper:
        return RegionCropper(channels, self.crop, SelectiveSearch(self.scale, most=self.proposals))
