"""What a capsule says of itself: the file ``manifest.json``, the first in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from visualnet.core.storage.safe_json import RefusedJson, scan
from visualnet.training.capsules.names import MAX_ENTRIES, MAX_TOTAL

FORMAT = 1
PROGRAM = "visualnet"
INSIDE, BUILT_IN, LEFT_OUT = "inside", "built in", "left out"
Text = Annotated[str, msgspec.Meta(max_length=1_000)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class CapsuleFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file in the capsule: its size in bytes, the SHA-256 of what it holds, and of a file of the data when it was changed last
    (nanoseconds since 1970), which belongs to the fingerprint of folders."""

    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_TOTAL)]
    sha256: Digest
    time: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,19}$")] = ""
    """As digits: JSON has no whole numbers of that size."""


class PackedData(msgspec.Struct, frozen=True, kw_only=True):
    """The data that the run was trained on. ``kept``: ``inside`` the capsule, ``built in`` (they come with every VisualNet), or
    ``left out``."""

    name: Text = ""
    kept: Text = LEFT_OUT
    files: Annotated[int, msgspec.Meta(ge=0, le=MAX_ENTRIES)] = 0
    bytes: Annotated[int, msgspec.Meta(ge=0, le=MAX_TOTAL)] = 0
    fingerprint: Text = ""
    notice: Text = ""
    """Under which terms they may be used, in words."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All that is in a capsule, and where it was made. ``packed`` is in seconds since 1970, ``versions`` of what packed it by name."""

    program: Text = PROGRAM
    format: int = FORMAT
    run: Text
    project: Text = ""
    packed: float = 0.0
    versions: Annotated[Mapping[Text, Text], msgspec.Meta(max_length=50)] = {}
    data: PackedData = PackedData()
    starts: Text = ""
    """From which weights the run began, where it did not begin from its own first ones; they are not inside."""
    entries: Annotated[Mapping[Text, CapsuleFile], msgspec.Meta(max_length=MAX_ENTRIES)]

    def encode(self) -> bytes:
        """Its file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def parse_manifest(data: bytes) -> Manifest:
    """The manifest that these bytes describe.

    Raises:
        ValueError: they describe none, or one of a newer format.
    """
    try:
        tree = scan(data)
        number = tree.get("format") if isinstance(tree, dict) and tree.get("program") == PROGRAM else None
        if type(number) is not int or number < 1:
            raise ValueError('its manifest does not say "program": "visualnet" and a format')
        if number > FORMAT:
            raise ValueError(
                f"it was packed by a newer VisualNet (format {number:,}; this one reads {FORMAT}): open it with that version"
            )
        return msgspec.convert(tree, Manifest)
    except RefusedJson as error:
        raise ValueError(f"its manifest cannot be read: {error.reason}") from None
    except (msgspec.ValidationError, RecursionError, OverflowError) as error:
        raise ValueError(f"its manifest cannot be read: {error}") from None
