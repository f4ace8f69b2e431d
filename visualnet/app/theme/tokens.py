"""Every colour and measure of the window, as values; the colours of each theme stand in `themes.json`.

Text keeps a contrast of at least 4.5:1 on every surface, 7:1 in the high-contrast themes, and family colours 3:1 on a
card; `tests/app/theme/test_tokens.py` measures them. Colours are `#rrggbb`, which `QColor` reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from visualnet.core.storage.regular_files import read_text

GRID = 8
RADIUS = 8
FONT_PX = 13
SANS = "Inter"
MONO = "JetBrains Mono"

_TABLE = json.loads(read_text(Path(__file__).with_name("themes.json")))
NAMES: tuple[str, ...] = tuple(_TABLE["themes"])
"""The themes, in the order of the columns of `themes.json`."""
FAMILIES: tuple[str, ...] = tuple(_TABLE["families"])


@dataclass(frozen=True, slots=True)
class Theme:
    """One look of the window: a name and its colours."""

    name: str
    dark: bool
    ground: str
    canvas: str
    surface: str
    raised: str
    hover: str
    pressed: str
    field: str
    line: str
    outline: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_text: str
    error: str
    warning: str
    hint: str
    ok: str
    selection: str
    shadow: str
    grid: str
    wire: str
    families: Mapping[str, str]
    plot_lines: tuple[str, ...]
    strong: bool = False
    """High contrast: heavier outlines, wires and focus rings."""
    fine: bool = False
    """Thin wires, for paper."""

    @property
    def edge(self) -> float:
        """How many px wide the outline of a card is."""
        return 2.0 if self.strong else 1.0

    @property
    def wire_width(self) -> float:
        """How many px wide a wire is."""
        return 3.0 if self.strong else 1.2 if self.fine else 2.0

    def family(self, key: str) -> str:
        """The colour of a layer family; what has no colour of its own takes the one of shapes."""
        return self.families.get(key.lower(), self.families["shape"])

    def colour(self, role: str) -> str:
        """The colour of a role by name: "muted", "accent", a family such as "family:dense", or `#rrggbb` itself."""
        if role.startswith("#"):
            return role
        if role.startswith("family:"):
            return self.family(role.removeprefix("family:"))
        found = getattr(self, role)
        assert isinstance(found, str), role
        return found


def _theme(column: int, name: str) -> Theme:
    return Theme(
        name=name,
        dark=not name.endswith("light"),
        strong=name.startswith("contrast"),
        fine=False,
        families=MappingProxyType({family: colours[column] for family, colours in _TABLE["families"].items()}),
        plot_lines=tuple(_TABLE["plot_lines"][column]),
        **{role: colours[column] for role, colours in _TABLE["colours"].items()},
    )


THEMES: Mapping[str, Theme] = MappingProxyType({name: _theme(at, name) for at, name in enumerate(NAMES)})
DARK, LIGHT, CONTRAST, CONTRAST_LIGHT = THEMES.values()


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` after WCAG 2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` of `other` in it."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
