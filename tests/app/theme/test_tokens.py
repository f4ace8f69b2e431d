"""Every colour that carries meaning can be read, in every theme."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.generators.control_icons import control_icon
from visualnet.app.theme.apply import CONTROL_ICONS, control_icon_path
from visualnet.app.theme.tokens import FAMILIES, THEMES, Theme, contrast, luminance, mix
from visualnet.figures.colours.maps import DIVERGING, SEQUENTIAL

each_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@each_theme
@pytest.mark.parametrize("surface", ["ground", "canvas", "surface", "raised", "field", "hover"])
def test_text_can_be_read_on_every_surface(theme: Theme, surface: str) -> None:
    for role in ("text", "muted", "error", "warning", "hint", "ok"):
        assert contrast(theme.colour(role), theme.colour(surface)) >= 4.5, (role, surface)


@pytest.mark.parametrize("theme", [t for t in THEMES.values() if t.strong], ids=lambda theme: theme.name)
def test_high_contrast_is_seven_to_one_and_draws_stronger_lines(theme: Theme) -> None:
    for role in ("text", "muted", "error", "warning", "hint", "ok", "accent"):
        for surface in ("ground", "canvas", "surface", "raised", "field"):
            assert contrast(theme.colour(role), theme.colour(surface)) >= 7, (role, surface)
    for role in ("text", "muted"):
        for surface in ("hover", "pressed", "selection"):
            assert contrast(theme.colour(role), theme.colour(surface)) >= 7, (role, surface)
    assert contrast(theme.accent_text, theme.accent) >= 7
    for role in ("line", "outline", "wire", "accent"):
        assert contrast(theme.colour(role), theme.canvas) >= 4.5, role
    for family in FAMILIES:
        assert contrast(theme.family(family), theme.raised) >= 4.5, family
    assert theme.edge > THEMES["dark"].edge
    assert theme.wire_width > THEMES["dark"].wire_width


def test_there_is_high_contrast_on_dark_and_on_light() -> None:
    assert {t.dark for t in THEMES.values() if t.strong} == {True, False}


@each_theme
def test_text_can_be_read_where_it_is_chosen_or_pressed(theme: Theme) -> None:
    assert contrast(theme.text, theme.selection) >= 4.5
    assert contrast(theme.accent_text, theme.accent) >= 4.5
    assert contrast(theme.accent_text, theme.accent_hover) >= 4.5
    assert contrast(theme.text, theme.pressed) >= 4.5
    assert contrast(theme.error, mix(theme.surface, theme.error, 0.1)) >= 4.5


@each_theme
def test_family_colours_stand_out_from_the_card(theme: Theme) -> None:
    for family in FAMILIES:
        assert contrast(theme.family(family), theme.raised) >= 3, family
    for line in theme.plot_lines:
        assert contrast(line, theme.surface) >= 3, line
    for role in ("accent", "outline", "wire"):
        assert contrast(theme.colour(role), theme.canvas) >= 3, role


@each_theme
def test_families_differ_from_one_another(theme: Theme) -> None:
    alike = {"loss", "metric"}
    seen = [theme.family(family) for family in FAMILIES if family not in alike]
    assert len(set(seen)) == len(seen)
    assert theme.family("no such family") == theme.family("shape")


def test_a_theme_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        THEMES["dark"].accent = "#000000"  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        SEQUENTIAL[0] = 0


def test_the_map_of_amounts_rises_evenly_in_lightness() -> None:
    assert SEQUENTIAL.shape == (256, 3) and SEQUENTIAL.dtype == np.uint8
    light = np.array([_lightness(row) for row in SEQUENTIAL])
    steps = np.diff(light[::15])
    assert (steps > 0).all()
    assert steps.max() < 2 * steps.min()


def test_the_map_of_signs_is_white_at_zero_and_even_on_both_sides() -> None:
    assert DIVERGING.shape == (256, 3)
    light = np.array([_lightness(row) for row in DIVERGING])
    assert light[127] > 95 and light[128] > 95
    assert np.abs(light - light[::-1]).max() < 8
    assert DIVERGING[20, 2] > DIVERGING[20, 0] and DIVERGING[-20, 0] > DIVERGING[-20, 2]


@each_theme
def test_marks_in_controls_have_the_colours_of_the_theme(theme: Theme) -> None:
    for name in CONTROL_ICONS:
        file = control_icon_path(theme, name)
        assert file.read_text(encoding="utf-8") == control_icon(theme, name), (
            "run python -m tests.generators.control_icons"
        )


def _lightness(row: np.ndarray) -> float:
    y = luminance("#{:02x}{:02x}{:02x}".format(*(int(part) for part in row)))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y
