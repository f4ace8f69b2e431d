"""JSON lines: one object a line, of which one member is the text."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from visualnet.data.sources.common.labels import Codes, SkippedLines
from visualnet.data.sources.texts.columns import NO_LABEL, choose_column, guess_label, guess_text
from visualnet.data.sources.texts.decode import TextContent
from visualnet.data.sources.texts.records import LONGEST, LineReader, TextScan, decode_record
from visualnet.data.sources.texts.tables import GUESS_LINES, MOST_COLUMNS

KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


class JsonReader(NamedTuple):
    """Reads the text of a line."""

    encoding: str
    member: str

    def read(self, record: bytes) -> str:
        found = parse_object(decode_record(record, self.encoding))[self.member]
        if not isinstance(found, str):
            raise ValueError(f"“{self.member}” is {_kind(found)}")
        return found


def parse_object(line: str) -> dict[str, Any]:
    """The object of a line.

    Raises:
        ValueError: it is no JSON, or something else than an object.
    """
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"it is no JSON ({error.msg.lower().removesuffix(' at')} at character {error.colno:,})"
        ) from None
    except RecursionError:
        raise ValueError("it is no JSON that can be read: it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError(f"it holds {_kind(found)} where an object is wanted")
    return found


def scan_json_lines(
    content: TextContent, text: str, label: str, check: Callable[[float], None]
) -> tuple[TextScan, JsonReader]:
    """Find every line of a file of JSON lines.

    Raises:
        ValueError: there is no line with a text, or not the member that was named.
    """
    first = _first_objects(content)
    names = list(dict.fromkeys(name for found in first for name in found))
    if not names:
        raise ValueError(
            f"“{content.path.name}” holds no JSON lines: each line must be an object such as "
            '{"text": "…", "label": "…"}'
        )
    texts = {n: [f[n] for f in first if isinstance(f.get(n), str)] for n in names}
    member = choose_column(text, names, "texts") if text else guess_text({n: v for n, v in texts.items() if v})
    if not member:
        raise ValueError(f"“{content.path.name}” has no member with texts (it has {', '.join(names[:12])}): name it")
    if not label:
        plain = {n: [_plain(f.get(n)) for f in first if _plain(f.get(n))] for n in names}
        label = guess_label({n: v for n, v in plain.items() if v}, member)
    elif label != NO_LABEL:
        choose_column(label, names, "labels")
    label = "" if label == NO_LABEL else label
    reader = JsonReader(content.encoding, member)
    scan = _find_lines(content, reader, label, [n for n in names if n not in (member, label)][:MOST_COLUMNS], check)
    scan.dialect = {"text": member, "label": label, "columns": names, "encoding": content.original}
    return scan, reader


def _find_lines(
    content: TextContent, reader: JsonReader, label: str, others: list[str], check: Callable[[float], None]
) -> TextScan:
    scan, left_out = TextScan(), SkippedLines(content.path.name)
    scan.labels = Codes() if label else None
    scan.others = {name: Codes() for name in others}
    lines = LineReader(content, check)
    for raw in lines.lines():
        if not raw.strip():
            continue
        try:
            found = parse_object(decode_record(raw, content.encoding))
            text = _read_text(found, reader.member)
            value = _read_label(found, label) if label else ""
        except ValueError as error:
            left_out.add(lines.number, str(error))
            continue
        scan.add(lines.begin, len(raw), lines.number, len(text))
        if scan.labels is not None:
            scan.labels.append(value)
        for name, codes in scan.others.items():
            codes.append(_plain(found.get(name)))
    scan.findings = left_out.findings()
    scan.fingerprint = lines.fingerprint
    return scan


def _read_text(found: dict[str, Any], member: str) -> str:
    text = found.get(member)
    if not isinstance(text, str):
        raise ValueError(f"“{member}” is {_kind(text)}, not a text" if member in found else f"it has no “{member}”")
    if not text.strip():
        raise ValueError("its text is empty")
    if len(text) > LONGEST:
        raise ValueError(f"its text is longer than {LONGEST:,} characters")
    return text


def _read_label(found: dict[str, Any], member: str) -> str:
    value = _plain(found.get(member))
    if not value:
        kind = found.get(member)
        raise ValueError(f"its label is {_kind(kind)}" if isinstance(kind, (dict, list)) else "its label is missing")
    return value


def _plain(value: Any) -> str:
    """A value as a word; empty for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def _kind(value: Any) -> str:
    return KINDS.get(type(value), "null")


def _first_objects(content: TextContent) -> list[dict[str, Any]]:
    lines = LineReader(content, lambda share: None)
    found = []
    for raw in lines.lines():
        with contextlib.suppress(ValueError):  # told with its line when all are gone through
            found.append(parse_object(decode_record(raw, content.encoding)))
        if lines.number == GUESS_LINES:
            break
    return found
