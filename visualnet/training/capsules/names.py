"""What the files in a capsule may be called, and how large each may be. Names are a closed table; below ``data/`` they are free."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from visualnet.core.storage.safe_json import MAX_BYTES as MAX_PROJECT
from visualnet.core.text.format import format_bytes
from visualnet.core.text.hidden_characters import clean, visible
from visualnet.training.run_records.kept_weights import EPOCH

SUFFIX = ".vnetz"
MANIFEST, PROJECT, LOG, RECORD, ANNOTATIONS = (
    "manifest.json",
    "project.vnet",
    "events.jsonl",
    "record.json",
    "annotations.json",
)
DATA = "data/"
MIB = 1 << 20
MAX_TOTAL = (4 << 30) - 1
"""Bytes that all files have together: what a zip can hold without its 64-bit form."""
MAX_ENTRIES = 20_000
MAX_NAME, MAX_PART, MAX_DEPTH = 240, 120, 16
MOST: dict[str, int] = {
    MANIFEST: 4 * MIB,
    PROJECT: MAX_PROJECT,
    LOG: 512 * MIB,
    RECORD: MIB,
    ANNOTATIONS: MIB,
    "preparation.json": 64 * MIB,
    "normalization.json": MIB,
    "best.safetensors": MAX_TOTAL,
    "average.safetensors": MAX_TOTAL,
    "last/weights.safetensors": MAX_TOTAL,
    "last/optimizer.safetensors": MAX_TOTAL,
    "last/generators.safetensors": MAX_TOTAL,
    "last/state.json": 4 * MIB,
}
"""Bytes that each file of a run may have. There is no other name, but for those of networks that were changed (`NETWORK`), the weights of
epochs (`EPOCH`) and the data."""
NETWORK = re.compile(r"network-(?:0|[1-9]\d{0,4})/(project\.vnet|best\.safetensors|earlier\.(safetensors|json))")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\\]')


def most_bytes(name: str) -> int:
    """How many bytes a file of this name may have; 0 where there is no such file in a capsule."""
    if name in MOST:
        return MOST[name]
    if EPOCH.fullmatch(name):
        return MAX_TOTAL
    if NETWORK.fullmatch(name):
        return MAX_PROJECT if name.endswith(".vnet") else MAX_TOTAL
    return MAX_TOTAL if name.startswith(DATA) and len(name) > len(DATA) else 0


def fault_of(name: str) -> str:
    """What is wrong with a file's name in an archive, in words; nothing if it can be written below a folder on every system."""
    shown = visible(name[:80])
    if not name or len(name.encode("utf-8", "surrogatepass")) > MAX_NAME:
        return f"a name in it is empty, or longer than {format_bytes(MAX_NAME)}: “{shown}”"
    if name != clean(name):
        return f"the name “{shown}” holds characters that nobody sees"
    if name.startswith("/") or name.startswith("~") or _FORBIDDEN.search(name):
        return f"the name “{shown}” leads out of the folder, or is none on every system"
    parts = name.split("/")
    if len(parts) > MAX_DEPTH or any(not part or part in (".", "..") or len(part) > MAX_PART for part in parts):
        return f"the name “{shown}” leads out of the folder, or is too long or too deep"
    if any(part.endswith((".", " ")) or part.startswith(" ") or _RESERVED.fullmatch(part) for part in parts):
        return f"the name “{shown}” is none on every system"
    if name != unicodedata.normalize("NFC", name):
        return f"the name “{shown}” is not in the usual form of Unicode (NFC)"
    return "" if most_bytes(name) else f"“{shown}” is no file of a run"


def collision_in(names: Iterable[str]) -> str:
    """What is wrong with names side by side: two that are one on some system, or a file that is a folder too. Nothing if all is well."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        key = unicodedata.normalize("NFC", name.casefold())
        if key in seen:
            return f"“{visible(name)}” and “{visible(seen[key])}” are one name on some systems"
        seen[key] = name
        parts = key.split("/")
        spelled = name.split("/")
        for depth in range(1, len(parts)):
            folder, as_is = "/".join(parts[:depth]), "/".join(spelled[:depth])
            if folders.setdefault(folder, as_is) != as_is:
                return f"the folders “{visible(as_is)}” and “{visible(folders[folder])}” are one on some systems"
    both = seen.keys() & folders.keys()
    return f"“{visible(seen[min(both)])}” is both a file and a folder" if both else ""
