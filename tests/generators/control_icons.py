"""The icons inside controls, in every theme: a style sheet can only take them from files.

Run `python -m tests.generators.control_icons` after a change of colours; `tests/app/theme/test_tokens.py` compares files and tokens.
"""

from __future__ import annotations

from visualnet.app.theme.apply import CONTROL_ICONS, control_icon_path
from visualnet.app.theme.tokens import THEMES, Theme
from visualnet.resources import resource


def control_icon(theme: Theme, name: str) -> str:
    """What the file of an icon must hold."""
    source, role = CONTROL_ICONS[name]
    drawn = resource("icons", f"{source}.svg").read_text(encoding="utf-8")
    heavier = 'stroke-width="2.25"' if role == "accent_text" else 'stroke-width="1.75"'
    return drawn.replace("currentColor", theme.colour(role)).replace('stroke-width="1.5"', heavier)


if __name__ == "__main__":
    for each in THEMES.values():
        for icon in CONTROL_ICONS:
            control_icon_path(each, icon).write_text(control_icon(each, icon), encoding="utf-8")
