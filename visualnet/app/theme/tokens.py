"""Every colour and measure of the window, as values.

Text keeps a contrast of at least 4.5:1 on every surface, 7:1 in the high-contrast themes, and family colours 3:1 on a
card; `tests/app/theme/test_tokens.py` measures them. Colours are `#rrggbb`, which `QColor` reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

GRID = 8
RADIUS = 8
FONT_PX = 13
SANS = "Inter"
MONO = "JetBrains Mono"

NAMES = ("dark", "light", "contrast", "contrast-light")
"""The themes, in the order of the columns below."""

_COLOURS = {
    "ground": ("#16181d", "#f4f5f8", "#000000", "#ffffff"),
    "canvas": ("#16181d", "#f4f5f8", "#000000", "#ffffff"),
    "surface": ("#1e2128", "#ffffff", "#000000", "#ffffff"),
    "raised": ("#272b34", "#ffffff", "#0c0c0c", "#ffffff"),
    "hover": ("#2e333e", "#eef0f5", "#262626", "#ededed"),
    "pressed": ("#363b47", "#e4e7ee", "#333333", "#dcdcdc"),
    "field": ("#191c22", "#f4f5f8", "#000000", "#ffffff"),
    "line": ("#363b47", "#d8dce5", "#a8a8a8", "#5a5a5a"),
    "outline": ("#6b7385", "#868e9e", "#ffffff", "#000000"),
    "text": ("#e8eaf0", "#1c2028", "#ffffff", "#000000"),
    "muted": ("#9aa3b5", "#5d6678", "#d6d6d6", "#333333"),
    "disabled": ("#646c7c", "#9aa1af", "#909090", "#6b6b6b"),
    "accent": ("#6ea8fe", "#2563eb", "#ffd60a", "#0037a6"),
    "accent_hover": ("#8ab9ff", "#1d53cc", "#ffe566", "#002b80"),
    "accent_text": ("#0d1526", "#ffffff", "#000000", "#ffffff"),
    "error": ("#ff7b72", "#c42b2b", "#ff8a80", "#960018"),
    "warning": ("#e3b341", "#8a5a00", "#ffcf4d", "#5c3a00"),
    "hint": ("#6ea8fe", "#1d5fd0", "#8fc1ff", "#003f9e"),
    "ok": ("#56c288", "#17713f", "#6ee7a0", "#00451f"),
    "selection": ("#24406b", "#d6e4fd", "#123f7a", "#bcd5ff"),
    "shadow": ("#0b0c0f", "#aab1c0", "#000000", "#ffffff"),
    "grid": ("#2a2e37", "#dfe2ea", "#2e2e2e", "#dcdcdc"),
    "wire": ("#7c8598", "#7b8494", "#c4c4c4", "#3d3d3d"),
}

_FAMILIES = {
    "data": ("#8ea3c4", "#6e84a8", "#b4c6e4", "#42587c"),
    "dense": ("#e69f00", "#b87a00", "#ffb000", "#8a5a00"),
    "convolution": ("#56b4e9", "#2b93cc", "#66c2ff", "#0a6aa3"),
    "pooling": ("#2482c8", "#005f99", "#4a9ff0", "#004a80"),
    "activation": ("#f0e442", "#9a8b00", "#fff04d", "#6b6000"),
    "normalization": ("#d583b1", "#b85f92", "#f09aca", "#96386e"),
    "recurrent": ("#10a87c", "#00875f", "#2fd09f", "#006644"),
    "attention": ("#e8702a", "#d55e00", "#ff8a47", "#a84400"),
    "shape": ("#949cad", "#7b8494", "#c0c7d4", "#4f5766"),
    "loss": ("#d07766", "#b0503f", "#f0907e", "#8c3122"),
    "metric": ("#d07766", "#b0503f", "#f0907e", "#8c3122"),
    "block": ("#a99bf0", "#7a64d6", "#c2b6ff", "#553fb5"),
}
FAMILIES = tuple(_FAMILIES)

_PLOT_LINES = (
    ("#6ea8fe", "#e69f00", "#10b981", "#d583b1", "#f0e442", "#e8702a", "#a99bf0", "#9aa3b5"),
    ("#2563eb", "#b87a00", "#00875f", "#b85f92", "#9a8b00", "#d55e00", "#7a64d6", "#5d6678"),
    ("#66c2ff", "#ffb000", "#2fd09f", "#f09aca", "#fff04d", "#ff8a47", "#c2b6ff", "#ffffff"),
    ("#0037a6", "#8a5a00", "#006644", "#96386e", "#6b6000", "#a84400", "#553fb5", "#333333"),
)


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
        families=MappingProxyType({family: colours[column] for family, colours in _FAMILIES.items()}),
        plot_lines=_PLOT_LINES[column],
        **{role: colours[column] for role, colours in _COLOURS.items()},
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
