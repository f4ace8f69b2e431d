"""What the sources of images share: the walk, the look at the headers, and the check that the files are still the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.project import DataFacts, FieldFacts, PreparationStep
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.samples import Samples
from visualnet.data.sources.common.classes import read_strings
from visualnet.data.sources.common.files import FolderScan, walk
from visualnet.data.sources.images.samples import ImageSamples
from visualnet.data.sources.images.survey import ImageSurvey, look_at_headers
from visualnet.data.sources.source import Check, FileSource, Finding, SourceScan
from visualnet.layers.declaration.params import choice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

USUAL_SIDE = 64
"""Images of many sizes are brought to this size at first, if most of them are no smaller."""


class ArrangedImages(NamedTuple):
    """Which of the images are samples, and what is known of each without decoding it. ``extra`` is kept for the samples."""

    walked: FolderScan
    columns: Mapping[str, Array]
    classes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    extra: Any = None
    digest: str = ""
    """Of other files that belong to the samples."""

    def fingerprint(self) -> str:
        """A sha256 of all files' names, sizes and times, and of the classes."""
        return self.walked.fingerprint(self.digest.encode(), *map(str.encode, self.classes))


class ImageSource(FileSource):
    """Base of the sources of images. A subclass arranges what was walked, and declares the fields."""

    picks = "folder"

    background: str = choice(
        "white",
        "What is laid behind transparent pixels.",
        {"white": "white", "black": "black"},
        more=True,
    )

    def arrange(self, walked: FolderScan) -> ArrangedImages:
        """Choose the samples and their labels from the paths alone.

        Raises:
            ValueError: the folder is not arranged as it has to be; the words say how it should be.
        """
        raise NotImplementedError

    def describe_fields(self, arranged: ArrangedImages, survey: ImageSurvey) -> dict[str, FieldFacts]:
        """The fields of the raw samples."""
        found = {"image": survey.image_facts()}
        if "label" in arranged.columns:
            found["label"] = FieldFacts(dtype="int", classes=len(arranged.classes))
        return found

    def describe_more(
        self, arranged: ArrangedImages, survey: ImageSurvey, check: Check
    ) -> tuple[dict[str, Any], list[Finding]]:
        """What else is to be kept with the facts, and what else a person should know."""
        return {}, []

    def look_through(self, check: Check) -> SourceScan:
        self.check_place()
        walked = walk(self.path, check)
        if not len(walked.files):
            raise ValueError(
                f"there are no images below “{self.path.name}”{_list_others(walked.others)}: "
                "choose a folder with PNG, JPEG, BMP, WebP, TIFF or GIF files"
            )
        arranged = self.arrange(walked)
        survey = look_at_headers(arranged.walked, check)
        left_out = [file for file, _ in survey.broken]
        if left_out:
            arranged = self.arrange(walked.without(left_out))
        more, findings = self.describe_more(arranged, survey, check)
        facts = DataFacts(
            size=len(arranged.walked.files),
            fields=self.describe_fields(arranged, survey) | more.pop("fields", {}),
            classes=more.pop("classes", arranged.classes),
            columns=tuple(name for name in arranged.columns if name not in ("image", "mask", "boxes", "y")),
            fingerprint=arranged.fingerprint(),
            extra={**({"left_out": left_out} if left_out else {}), "common_size": list(survey.common_size), **more},
        )
        found = [*walked.findings, *survey.findings(), *arranged.findings, *findings]
        if walked.others:
            count = format_quantity(sum(walked.others.values()), "thing")
            found.append(Finding("hint", f"{count} left out that are no images{_list_others(walked.others)}"))
        found.sort(key=lambda finding: ("error", "warning", "hint").index(finding.severity))
        return SourceScan(facts, tuple(found), (("Images", f"{facts.size:,}"), *survey.figures()))

    def open(self) -> Samples:
        facts = self.known
        self.check_place()
        arranged = self.arrange(walk(self.path).without(read_strings(facts.extra.get("left_out"))))
        now = len(arranged.walked.files)
        if now != facts.size:
            raise ValueError(
                f"“{self.path.name}” has {now:,} samples now; {facts.size:,} were there when it was looked through: "
                "look it through again on the data page"
            )
        if arranged.classes and arranged.classes != facts.classes:
            raise ValueError(f"the classes of “{self.path.name}” are others now: look it through again")
        return self.make_samples(arranged, facts)

    def make_samples(self, arranged: ArrangedImages, facts: DataFacts) -> Samples:
        """The samples, to be fetched by index."""
        return ImageSamples(
            arranged.walked.files,
            facts.fields,
            arranged.columns,
            arranged.fingerprint(),
            self.background,
        )

    def propose(self, facts: DataFacts) -> tuple[PreparationStep, ...]:
        if 0 not in facts.fields["image"].shape:
            return ()
        side = read_strings(facts.extra.get("common_size"), int)
        width, height = side if len(side) == 2 else [USUAL_SIDE, USUAL_SIDE]
        scale = min(1.0, USUAL_SIDE / max(1, min(width, height)))
        size = {"height": max(1, round(height * scale)), "width": max(1, round(width * scale))}
        return (PreparationStep(kind="resize", options={"field": "image", **size}),)


def _list_others(others: Counter[str]) -> str:
    if not others:
        return ""
    listed = [f"{visible(suffix)} {count:,}" for suffix, count in others.most_common(4)]
    return f" ({', '.join(listed)}{', …' if len(others) > 4 else ''})"
