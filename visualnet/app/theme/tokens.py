"""Every colour and measure of the window, as values.

Text keeps a contrast of at least 4.5:1 on every surface, 7:1 in the high-contrast themes, and family colours 3:1 on a
card; `tests/app/theme/test_tokens.py` measures them. Colours are `#rrggbb`, which `QColor` reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.uint8]

GRID = 8
RADIUS = 8
FONT_PX = 13
SANS = "Inter"
MONO = "JetBrains Mono"

FAMILIES = (
    "data",
    "dense",
    "convolution",
    "pooling",
    "activation",
    "normalization",
    "recurrent",
    "attention",
    "shape",
    "loss",
    "metric",
    "block",
)


def _table(*anchors: tuple[int, int, int]) -> Table:
    """256 colours through evenly spaced anchors."""
    points = np.array(anchors, dtype=float)
    at = np.linspace(0, len(points) - 1, 256)
    columns = [np.interp(at, np.arange(len(points)), points[:, channel]) for channel in range(3)]
    table = np.stack(columns, axis=1).round().astype(np.uint8)
    table.setflags(write=False)
    return table


# Dark violet to yellow: lightness rises evenly, so equal steps of the value look equal.
SEQUENTIAL = _table(
    (68, 1, 84),
    (71, 44, 122),
    (59, 81, 139),
    (44, 113, 142),
    (33, 144, 141),
    (39, 173, 129),
    (92, 200, 99),
    (170, 220, 50),
    (253, 231, 37),
)

# Blue, white, red: white is zero. Both arms have the same lightness, so the sign never outshines the size.
DIVERGING = _table(
    (16, 46, 122),
    (40, 103, 184),
    (126, 171, 222),
    (200, 219, 240),
    (248, 248, 248),
    (247, 209, 197),
    (232, 145, 124),
    (190, 62, 56),
    (110, 12, 34),
)


@dataclass(frozen=True, slots=True)
class Theme:
    """One look of the window: a name, its colours, its colour maps."""

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
    sequential: Table = field(default_factory=lambda: SEQUENTIAL, compare=False, repr=False)
    diverging: Table = field(default_factory=lambda: DIVERGING, compare=False, repr=False)

    @property
    def ring(self) -> int:
        """How many px wide the edge of what has the focus is."""
        return 2 if self.strong else 1

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

    def severity(self, key: str) -> str:
        """The colour of "error", "warning", "hint" or "ok"."""
        return {"error": self.error, "warning": self.warning, "hint": self.hint, "ok": self.ok}[key]

    def colour(self, role: str) -> str:
        """The colour of a role by name: "muted", "accent", a family such as "family:dense", or `#rrggbb` itself."""
        if role.startswith("#"):
            return role
        if role.startswith("family:"):
            return self.family(role.removeprefix("family:"))
        found = getattr(self, role)
        assert isinstance(found, str), role
        return found


def _families(*colours: str) -> Mapping[str, str]:
    return MappingProxyType(dict(zip(FAMILIES, colours, strict=True)))


DARK = Theme(
    name="dark",
    dark=True,
    ground="#16181d",
    canvas="#16181d",
    surface="#1e2128",
    raised="#272b34",
    hover="#2e333e",
    pressed="#363b47",
    field="#191c22",
    line="#363b47",
    outline="#6b7385",
    text="#e8eaf0",
    muted="#9aa3b5",
    disabled="#646c7c",
    accent="#6ea8fe",
    accent_hover="#8ab9ff",
    accent_text="#0d1526",
    error="#ff7b72",
    warning="#e3b341",
    hint="#6ea8fe",
    ok="#56c288",
    selection="#24406b",
    shadow="#0b0c0f",
    grid="#2a2e37",
    wire="#7c8598",
    families=_families(
        "#8ea3c4",
        "#e69f00",
        "#56b4e9",
        "#2482c8",
        "#f0e442",
        "#d583b1",
        "#10a87c",
        "#e8702a",
        "#949cad",
        "#d07766",
        "#d07766",
        "#a99bf0",
    ),
    plot_lines=("#6ea8fe", "#e69f00", "#10b981", "#d583b1", "#f0e442", "#e8702a", "#a99bf0", "#9aa3b5"),
)

LIGHT = Theme(
    name="light",
    dark=False,
    ground="#f4f5f8",
    canvas="#f4f5f8",
    surface="#ffffff",
    raised="#ffffff",
    hover="#eef0f5",
    pressed="#e4e7ee",
    field="#f4f5f8",
    line="#d8dce5",
    outline="#868e9e",
    text="#1c2028",
    muted="#5d6678",
    disabled="#9aa1af",
    accent="#2563eb",
    accent_hover="#1d53cc",
    accent_text="#ffffff",
    error="#c42b2b",
    warning="#8a5a00",
    hint="#1d5fd0",
    ok="#17713f",
    selection="#d6e4fd",
    shadow="#aab1c0",
    grid="#dfe2ea",
    wire="#7b8494",
    families=_families(
        "#6e84a8",
        "#b87a00",
        "#2b93cc",
        "#005f99",
        "#9a8b00",
        "#b85f92",
        "#00875f",
        "#d55e00",
        "#7b8494",
        "#b0503f",
        "#b0503f",
        "#7a64d6",
    ),
    plot_lines=("#2563eb", "#b87a00", "#00875f", "#b85f92", "#9a8b00", "#d55e00", "#7a64d6", "#5d6678"),
)

CONTRAST = Theme(
    name="contrast",
    dark=True,
    ground="#000000",
    canvas="#000000",
    surface="#000000",
    raised="#0c0c0c",
    hover="#262626",
    pressed="#333333",
    field="#000000",
    line="#a8a8a8",
    outline="#ffffff",
    text="#ffffff",
    muted="#d6d6d6",
    disabled="#909090",
    accent="#ffd60a",
    accent_hover="#ffe566",
    accent_text="#000000",
    error="#ff8a80",
    warning="#ffcf4d",
    hint="#8fc1ff",
    ok="#6ee7a0",
    selection="#123f7a",
    shadow="#000000",
    grid="#2e2e2e",
    wire="#c4c4c4",
    families=_families(
        "#b4c6e4",
        "#ffb000",
        "#66c2ff",
        "#4a9ff0",
        "#fff04d",
        "#f09aca",
        "#2fd09f",
        "#ff8a47",
        "#c0c7d4",
        "#f0907e",
        "#f0907e",
        "#c2b6ff",
    ),
    plot_lines=("#66c2ff", "#ffb000", "#2fd09f", "#f09aca", "#fff04d", "#ff8a47", "#c2b6ff", "#ffffff"),
    strong=True,
)

CONTRAST_LIGHT = Theme(
    name="contrast-light",
    dark=False,
    ground="#ffffff",
    canvas="#ffffff",
    surface="#ffffff",
    raised="#ffffff",
    hover="#ededed",
    pressed="#dcdcdc",
    field="#ffffff",
    line="#5a5a5a",
    outline="#000000",
    text="#000000",
    muted="#333333",
    disabled="#6b6b6b",
    accent="#0037a6",
    accent_hover="#002b80",
    accent_text="#ffffff",
    error="#960018",
    warning="#5c3a00",
    hint="#003f9e",
    ok="#00451f",
    selection="#bcd5ff",
    shadow="#ffffff",
    grid="#dcdcdc",
    wire="#3d3d3d",
    families=_families(
        "#42587c",
        "#8a5a00",
        "#0a6aa3",
        "#004a80",
        "#6b6000",
        "#96386e",
        "#006644",
        "#a84400",
        "#4f5766",
        "#8c3122",
        "#8c3122",
        "#553fb5",
    ),
    plot_lines=("#0037a6", "#8a5a00", "#006644", "#96386e", "#6b6000", "#a84400", "#553fb5", "#333333"),
    strong=True,
)

THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in (DARK, LIGHT, CONTRAST, CONTRAST_LIGHT)})


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
