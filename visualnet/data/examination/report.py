"""What own data hold, as a report: for the command line, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from visualnet.core.project import DataChoice
from visualnet.core.text.format import format_quantity
from visualnet.data.examination.copies import CopyGroup
from visualnet.data.examination.measure import ClassCount
from visualnet.data.samples import Samples
from visualnet.data.sources.registry import SOURCES
from visualnet.data.sources.source import Finding, SourceScan
from visualnet.layers.declaration.layer import Spec

MOST_CLASSES = 20
"""So many classes are listed in words, the largest; JSON has all."""
MOST_FINDINGS = 50


def make_report(
    choice: DataChoice,
    found: SourceScan,
    classes: Sequence[ClassCount],
    copies: Sequence[CopyGroup] | None,
    samples: Samples | None,
) -> dict[str, Any]:
    """All that is known of own data, as plain values. ``copies`` is None where nobody looked for them."""
    facts = found.facts
    told: dict[str, Any] = {
        "kind": choice.name,
        "title": SOURCES[choice.name].title,
        "path": choice.path,
        "options": dict(choice.options),
        "size": facts.size,
        "fields": {
            name: {"shape": list(field.shape), "axes": list(field.axes), "dtype": field.dtype, "classes": field.classes}
            for name, field in facts.fields.items()
        },
        "classes": [{"name": each.name, "samples": each.total} for each in classes],
        "columns": list(facts.columns),
        "fingerprint": facts.fingerprint,
        "figures": dict(found.figures),
        "findings": [each._asdict() | {"samples": list(each.samples)} for each in found.findings],
        "preparation": [{"kind": step.kind, "options": dict(step.options)} for step in choice.preparation],
    }
    if copies is not None and samples is not None:
        told["duplicates"] = [
            {"exact": group.exact, "samples": [samples.describe(s) or str(s) for s in group.samples]}
            for group in copies
        ]
    return told


def further_figures(found: SourceScan) -> tuple[tuple[str, str], ...]:
    """What a source tells of its files beside how many samples there are."""
    return tuple((name, words) for name, words in found.figures if words != f"{found.facts.size:,}")


def describe_report(told: dict[str, Any]) -> Iterator[str]:
    """The report in lines for people."""
    yield f"{told['path']}: {told['title']}"
    classes = told["classes"]
    many = f", {format_quantity(len(classes), 'class', 'classes')}" if classes else ""
    yield f"  {format_quantity(told['size'], 'sample')}{many}"
    for name, field in told["fields"].items():
        spec = Spec(tuple(field["shape"]), tuple(field["axes"]), field["dtype"], classes=field["classes"])
        yield f"  {name}: {describe_field(spec)}"
    for name, words in told["figures"].items():
        yield f"  {name}: {words}"
    ordered = sorted(classes, key=lambda each: -each["samples"])
    for each in ordered[:MOST_CLASSES]:
        yield f"    {each['samples']:>9,}  {each['name']}"
    if len(ordered) > MOST_CLASSES:
        yield f"    and {len(ordered) - MOST_CLASSES:,} more classes"
    for step in told["preparation"]:
        options = ", ".join(f"{key} {value}" for key, value in step["options"].items())
        yield f"  prepared by {step['kind']}{f' ({options})' if options else ''}"
    for each in told["findings"][:MOST_FINDINGS]:
        yield f"  {each['severity']}: {describe_finding(Finding(**each))}"
    if len(told["findings"]) > MOST_FINDINGS:
        yield f"  and {len(told['findings']) - MOST_FINDINGS:,} more findings (--json lists all)"
    if "duplicates" in told:
        yield from _describe_copies(told["duplicates"])


def _describe_copies(groups: list[dict[str, Any]]) -> Iterator[str]:
    if not groups:
        yield "  no sample is there twice"
    for group in groups[:MOST_FINDINGS]:
        yield f"  {'the same' if group['exact'] else 'nearly the same'}: {', '.join(group['samples'])}"
    if len(groups) > MOST_FINDINGS:
        yield f"  and {len(groups) - MOST_FINDINGS:,} more groups of copies (--json lists all)"


def describe_field(spec: Spec) -> str:
    """What a field holds, in words: extents that differ from sample to sample as letters."""
    extents = [
        str(extent) if extent else (spec.axes[at] if at < len(spec.axes) else "?")
        for at, extent in enumerate(spec.shape)
    ]
    size = "×".join(extents) or "one"
    if spec.dtype == "int":
        counted = f", {format_quantity(spec.classes, 'class', 'classes')}" if spec.classes else ""
        return f"{size} whole number{'s' if extents else ''}{counted}"
    return f"{size} number{'s' if extents and size != '1' else ''}"


def describe_finding(finding: Finding) -> str:
    """A finding with its file and line."""
    place = ", ".join(filter(None, (finding.file, f"line {finding.line:,}" if finding.line else "")))
    return f"{place}: {finding.words}" if place else finding.words
