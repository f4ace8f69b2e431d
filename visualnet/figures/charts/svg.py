"""A drawing as SVG, in colours for paper."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import Final

from visualnet.figures.charts.colours import resolve
from visualnet.figures.charts.marks import Area, Chart, ChartDrawing, Dots, Label, Mark, Pixels, Rectangle, Stroke

LIGHT: Final = {
    "text": "#1c2028",
    "muted": "#5d6678",
    "line": "#d8dce5",
    "surface": "#ffffff",
    "accent": "#2563eb",
    "warning": "#8a5a00",
}
CURVES: Final = ("#2563eb", "#b87a00", "#00875f", "#b85f92", "#9a8b00", "#d55e00", "#7a64d6", "#5d6678")
ANCHOR: Final = {"left": "start", "centre": "middle", "right": "end"}


def colour_of(role: str) -> str:
    """The colour of a role on paper."""
    return resolve(role, LIGHT, CURVES)


def svg_of(chart: Chart, width: float = 640, height: float = 400) -> str:
    """A chart as an ``svg`` element that stands by itself."""
    return svg_of_drawing(chart.lay_out(width, height), chart.description())


def svg_of_drawing(drawing: ChartDrawing, title: str) -> str:
    """A drawing as an ``svg`` element."""
    size = f'width="{drawing.width:g}" height="{drawing.height:g}" viewBox="0 0 {drawing.width:g} {drawing.height:g}"'
    font = "font-family=\"Inter, 'Segoe UI', system-ui, sans-serif\""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} {font}><title>{escape(title)}</title>'
    return "\n".join([head, *map(_element, drawing.marks), "</svg>"])


def _element(mark: Mark) -> str:
    if isinstance(mark, Stroke):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in mark.points)
        dash = f' stroke-dasharray="{" ".join(f"{part:g}" for part in mark.dash)}"' if mark.dashed else ""
        style = f'stroke="{colour_of(mark.colour)}" stroke-width="{mark.width:g}" stroke-opacity="{mark.alpha:g}"{dash}'
        return f'<polyline points="{points}" fill="none" {style} stroke-linejoin="round"/>'
    if isinstance(mark, Rectangle):
        place = f'x="{mark.x:.1f}" y="{mark.y:.1f}" width="{mark.width:.1f}" height="{max(mark.height, 0):.1f}"'
        return f'<rect {place} fill="{colour_of(mark.colour)}" fill-opacity="{mark.alpha:g}"/>'
    if isinstance(mark, Dots):
        colour = colour_of(mark.colour)
        dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{mark.radius:g}"/>' for x, y in mark.points)
        return f'<g fill="{colour}" fill-opacity="{mark.alpha:g}">{dots}</g>'
    if isinstance(mark, Area):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in mark.points)
        return f'<polygon points="{points}" fill="{colour_of(mark.colour)}" fill-opacity="{mark.alpha:g}"/>'
    if isinstance(mark, Pixels):
        return _image_element(mark)
    return _text_element(mark)


def _image_element(mark: Pixels) -> str:
    from visualnet.figures.colours.pixels import png_of, rgb_of

    place = f'x="{mark.x:.1f}" y="{mark.y:.1f}" width="{mark.width:.1f}" height="{mark.height:.1f}"'
    hard = "" if mark.smooth else ' style="image-rendering:pixelated"'
    code = b64encode(png_of(rgb_of(mark.values, mark.map))).decode()
    return f'<image {place} preserveAspectRatio="none" opacity="{mark.alpha:g}"{hard} href="data:image/png;base64,{code}"/>'


def _text_element(mark: Label) -> str:
    weight = ' font-weight="600"' if mark.bold else ""
    turn = f' transform="rotate(-90 {mark.x:.1f} {mark.y:.1f})"' if mark.upward else ""
    style = f'font-size="{mark.size:g}" fill="{colour_of(mark.colour)}" text-anchor="{ANCHOR[mark.align]}"{weight}'
    return f'<text x="{mark.x:.1f}" y="{mark.y:.1f}" dy="0.35em" {style}{turn}>{escape(mark.text)}</text>'
