"""Where systems say that less should move."""

from pathlib import Path

import pytest

from visualnet.core.user import system_motion


@pytest.mark.parametrize(
    ("file", "text", "moves"),
    [
        ("kdeglobals", "[KDE]\nAnimationDurationFactor=0\n", False),
        ("kdeglobals", "[KDE]\nAnimationDurationFactor=0.5\n", True),
        ("gtk-3.0/settings.ini", "[Settings]\ngtk-enable-animations=false\n", False),
        ("gtk-4.0/settings.ini", "[Settings]\ngtk-enable-animations=1\n", True),
        ("other", "", True),
    ],
)
def test_the_systems_wish_for_less_motion_is_heard(tmp_path: Path, file: str, text: str, moves: bool) -> None:
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert system_motion._linux({}, tmp_path) is moves
