"""Words without the folders of this machine: of a path in a text only its last name stays."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from visualnet.core.storage.paths import data_dir

_PART = r"[^\s/\\\"'“”‘’«»<>|:;,(){}\[\]]+"
_FOLDERS = re.compile(
    rf"\bfile:(?://)?/(?:{_PART}/)*"
    rf"|(?<![\w./~-])(?<!:/)(?:~[\w.-]*)?/(?!/)(?:{_PART}/)+"
    rf"|~/(?={_PART})"
    rf"|(?<!\w)[A-Za-z]:[\\/]+(?:{_PART}[\\/]+)*"
    rf"|(?<![\w\\])\\\\(?:{_PART}\\)+"
)
"""The folders before the last name of a path, of Unix, of Windows and of its network. An address of the web is none."""


class LocalPlaces:
    """Takes the folders of this machine out of texts. ``known`` ones are found also where their names have spaces."""

    def __init__(self, known: Iterable[str | Path] = ()) -> None:
        usual = (Path.home(), Path.cwd(), data_dir(), tempfile.gettempdir(), sys.prefix, Path(__file__).parents[3])
        found = {str(one) for one in (*usual, *known) if str(one)}
        # The one within comes before the one around it.
        self._known = sorted((one for one in found if len(one) > 1 and Path(one).is_absolute()), key=len, reverse=True)

    def leave_out(self, text: str) -> str:
        """The text without them: ``the file /srv/runs/a/log cannot …`` becomes ``the file log cannot …``."""
        for folder in self._known:
            if folder in text:
                alone = rf"(?<![\w./~-]){re.escape(folder)}"
                text = re.sub(rf"{alone}[\\/]+(?:{_PART}[\\/]+)*", "", text)
                text = re.sub(rf"{alone}(?![\w-])", Path(folder).name.replace("\\", r"\\"), text)
        return _FOLDERS.sub("", text)

    def of_tree(self, tree: Any) -> Any:
        """The same of every text in a tree of plain values; the keys of its objects stay."""
        if isinstance(tree, str):
            return self.leave_out(tree)
        if isinstance(tree, list):
            return [self.of_tree(one) for one in tree]
        if isinstance(tree, dict):
            return {key: self.of_tree(value) for key, value in tree.items()}
        return tree

    def of_line(self, line: bytes) -> bytes:
        """A line of JSON without them; what is none, or names none, stays as it is."""
        try:
            tree = msgspec.json.decode(line)
        except (ValueError, RecursionError):
            return line
        cleaned = self.of_tree(tree)
        return line if cleaned == tree else msgspec.json.encode(cleaned) + b"\n" * line.endswith(b"\n")
