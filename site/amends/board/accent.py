"""A company's accent colour, fitted to the light and the dark page so that it can be read on both."""

import colorsys
import re
from functools import lru_cache
from typing import NamedTuple

READABLE = 4.5
"""The contrast that text needs (WCAG 2.2, success criterion 1.4.3)."""

VIVID = 7.0
"""The contrast of the dark twin: at 4.5 a colour on black looks weaker than its original does on white."""

CALMER = 0.75
"""What is left of the saturation in the dark twin: a full one glares on a dark page."""

LIGHT = ("#ffffff", "#f4f5f6")
"""The page and the quiet surface of the light theme, as in board.css."""

DARK = ("#121518", "#1b1f24")
"""The page and the quiet surface of the dark theme, as in board.css."""

HEX = re.compile(r"#[0-9a-fA-F]{6}")


class Fitting(NamedTuple):
    """The accent on the light page and its twin on the dark one, as `#rrggbb`."""

    light: str
    dark: str


@lru_cache(maxsize=1024)
def fitting(accent: str) -> Fitting:
    """Return the nearest readable shades of `#rrggbb`; ValueError for any other spelling.

    The light one is the accent itself, darkened only if it has less than 4.5:1; the dark one is the accent with its
    lightness raised.
    """
    return Fitting(_fitted(accent, LIGHT, READABLE, -0.005), _fitted(accent, DARK, VIVID, 0.005))


def warning(accent: str) -> str | None:
    """Say what is wrong with an accent that cannot be used as it is; None where it can."""
    found = _worst(accent, LIGHT)
    if found >= READABLE:
        return None
    return (
        f"accent {accent} has a contrast of {found:.1f} where {READABLE} is needed: "
        f"{fitting(accent).light} is used in its place"
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def rule(slug: str, accent: str) -> str:
    """Return the CSS that gives everything of one company its accent, in both themes."""
    light, dark = fitting(accent)
    return (
        f".accent-{slug} {{ --accent: {light}; }}\n"
        f"@media (prefers-color-scheme: dark) {{ .accent-{slug} {{ --accent: {dark}; }} }}\n"
    )


def _fitted(accent: str, surfaces: tuple[str, ...], need: float, step: float) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(accent))
    if step > 0:
        saturation *= CALMER
    colour = accent.lower()
    while _worst(colour, surfaces) < need:
        lightness += step
        colour = _written(colorsys.hls_to_rgb(hue, min(max(lightness, 0.0), 1.0), saturation))
    return colour


def _worst(colour: str, surfaces: tuple[str, ...]) -> float:
    return min(contrast(colour, surface) for surface in surfaces)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _channels(colour: str) -> tuple[float, float, float]:
    if not HEX.fullmatch(colour):
        raise ValueError(f"not a colour like #0c5a70: {colour}")
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _written(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
