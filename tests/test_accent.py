"""Colours that can be read in both themes."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.board import accent
from tests.boards import STATIC

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(COLOURS)
def test_every_accent_can_be_read_on_every_surface_of_both_themes(colour: str) -> None:
    light, dark = accent.fitting(colour)
    assert all(accent.contrast(light, surface) >= 4.5 for surface in accent.LIGHT)
    assert all(accent.contrast(dark, surface) >= 4.5 for surface in accent.DARK)


@given(COLOURS)
def test_an_accent_is_changed_and_reported_only_where_it_has_to_be(colour: str) -> None:
    assert (accent.fitting(colour).light == colour) == (accent.warning(colour) is None)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert accent.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert accent.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the usual example of a near miss


def test_a_word_is_not_a_colour() -> None:
    with pytest.raises(ValueError, match="not a colour"):
        accent.fitting("teal")


def colours_of(css: str, *names: str) -> Iterator[tuple[str, dict[str, str]]]:
    light, dark = css.split("prefers-color-scheme: dark", 1)
    for theme, part in (("light", light), ("dark", dark)):
        yield theme, {name: re.findall(rf"--{name}: (#\w+)", part)[0] for name in names}


def test_every_colour_of_a_word_can_be_read_in_both_themes() -> None:
    named = ("ink", "muted", "good", "late", "wait", "said", "disp")
    css = (STATIC / "board.css").read_text()
    for theme, colours in colours_of(css, *named):
        for surface in accent.LIGHT if theme == "light" else accent.DARK:
            for name, colour in colours.items():
                assert accent.contrast(colour, surface) >= accent.READABLE, (theme, name)


def test_the_stylesheet_and_the_accents_speak_of_the_same_surfaces() -> None:
    css = (STATIC / "board.css").read_text()
    surfaces = dict(colours_of(css.replace("#fff;", "#ffffff;"), "bg", "quiet"))
    assert tuple(surfaces["light"].values()) == accent.LIGHT
    assert tuple(surfaces["dark"].values()) == accent.DARK
