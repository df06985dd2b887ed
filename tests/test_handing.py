"""Handing out the widget: small, in the coding that is asked for, the pinned launchers for ever."""

import gzip
import json
import logging
import re
import shutil
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from amends import access
from amends.intake.widget import (
    MANIFEST,
    VERSION,
    Widget,
    integrity,
    newest,
    own_widget,
    read_widget,
    widget_dir,
    with_exports,
)
from amends.record import Board, Company
from tests.house import URL, House

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
NEWEST = f"/w/{newest(own_widget().launchers)}.js"
FORM = "/w/form/acme/en.js"
SCRIPTS = {
    "/w/v1.js": "public, max-age=300, stale-while-revalidate=86400",
    NEWEST: "public, max-age=31536000, immutable",
    FORM: "public, max-age=300",
    "/w/more/en.js": "public, max-age=300",
}
MODULE = re.compile(r"\nexport const (\w+) = (.*);")


def ask(house: House, address: str, accept: str | None = None, method: str = "GET", **headers: str) -> TestResponse:
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    asked |= {} if accept is None else {"Accept-Encoding": accept}
    return house.visitor().open(address, method=method, base_url=URL, headers=asked)


def unpacked(answer: TestResponse) -> bytes:
    return bytes(UNPACK[answer.headers.get("Content-Encoding")](answer.data))


def exports_of(module: str) -> dict[str, object]:
    return {name: json.loads(value) for name, value in MODULE.findall(module)}


def form_of(widget: Widget, language: str = "en", **facts: object) -> str:
    company = Company("acme", "Acme", "https://acme.example/")
    board = Board("The board", "https://board.example/")
    return widget.form(replace(company, **facts), board, "https://x.example/", language)  # type: ignore[arg-type]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the widget's files."""
    return Path(shutil.copytree(widget_dir(), tmp_path / "widget"))


# --- What every script says ---


@pytest.mark.parametrize(("address", "cache"), SCRIPTS.items())
def test_any_site_may_load_a_script_and_keep_it_as_long_as_is_said(house: House, address: str, cache: str) -> None:
    answer = ask(house, address, "br")
    assert answer.status_code == 200
    said = dict(answer.headers)
    assert said["Cache-Control"] == cache
    assert said["Content-Type"] == "text/javascript; charset=utf-8"
    assert said["Access-Control-Allow-Origin"] == "*"
    assert said["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in said


@pytest.mark.parametrize("address", SCRIPTS)
def test_every_coding_holds_the_same_script_and_has_a_strong_tag_of_its_own(house: House, address: str) -> None:
    answers = {coding: ask(house, address, coding) for coding in ("br", "gzip", "identity")}
    assert [answer.headers.get("Content-Encoding") for answer in answers.values()] == ["br", "gzip", None]
    assert {unpacked(answer) for answer in answers.values()} == {answers["identity"].data}
    tags = {answer.headers["ETag"] for answer in answers.values()}
    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)
    assert len(answers["br"].data) < len(answers["gzip"].data) < len(answers["identity"].data)


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
@pytest.mark.parametrize("address", SCRIPTS)
def test_what_a_cache_has_is_not_sent_again_and_what_it_has_in_another_coding_is(
    house: House, address: str, coding: str
) -> None:
    first = ask(house, address, coding)
    again = ask(house, address, coding, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Vary", "Cache-Control", "Access-Control-Allow-Origin"):
        assert again.headers[name] == first.headers[name]
    other = ask(house, address, "gzip" if coding == "br" else "br", If_None_Match=first.headers["ETag"])
    assert other.status_code == 200
    assert unpacked(other) == unpacked(first)


@pytest.mark.parametrize("address", SCRIPTS)
def test_who_asks_for_the_head_alone_is_told_the_same(house: House, address: str) -> None:
    whole, head = ask(house, address, "br"), ask(house, address, "br", method="HEAD")
    assert head.data == b""
    assert dict(head.headers) == dict(whole.headers)
    assert head.headers["Content-Length"] == str(len(whole.data))


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        (None, None),
        ("", None),
        ("br", "br"),
        ("BR", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("deflate, zstd", None),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.5", "br"),
        ("br;q=0.1", "br"),
        ("br;q=0, gzip;q=0", None),
        ("br;q=0", None),
        ("identity", None),
        ("identity, br;q=0.9", None),
        ("identity;q=0.5, br;q=0.9", "br"),
        ("identity;q=0, *;q=0", None),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("*;q=0", None),
        ("*;q=0.5, br;q=0.1", "gzip"),
        ("gzip, *;q=0", "gzip"),
        ("br;q=much", None),
    ],
)
def test_a_script_comes_in_the_coding_that_is_liked_best_and_in_none_that_is_refused(
    house: House, accept: str | None, coding: str | None
) -> None:
    answer = ask(house, "/w/v1.js", accept)
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, coding)
    assert unpacked(answer).decode() == own_widget().launcher


def test_the_log_names_the_rule_of_a_script(house: House, caplog: pytest.LogCaptureFixture) -> None:
    access.log_requests(house.app)
    caplog.set_level(logging.INFO, "amends.access")
    for address in SCRIPTS:
        ask(house, address)
    told = [vars(record)["facts"]["rule"] for record in caplog.records if record.name == "amends.access"]
    assert told == ["/w/v1.js", "/w/<version>.js", "/w/form/<company>/<language>.js", "/w/more/<language>.js"]


# --- The form ---


def test_what_a_company_changes_is_in_the_next_form_under_another_tag(house: House) -> None:
    first = ask(house, FORM, "br")
    path = house.content / "acme" / "company.toml"
    path.write_text(path.read_text().replace('name = "Acme"', 'name = "Ещё <b>one"'))
    house.worker.copy_settings()
    second = ask(house, FORM, "br", If_None_Match=first.headers["ETag"])
    assert second.status_code == 200
    module = unpacked(second).decode()
    assert exports_of(module)["company"]["name"] == "Ещё <b>one"  # type: ignore[index]
    assert "<b>" not in module.split("\nexport const company", 1)[1]


@pytest.mark.parametrize("asked", ["en", "tlh", "", "x" * 5000, "..", "en/../../form"])
def test_a_language_that_there_is_not_gets_the_english_form(asked: str) -> None:
    english = own_widget().strings["en"]
    assert exports_of(form_of(own_widget(), asked))["strings"] == {"lang": "en", "dir": "ltr", **english["form"]}
    assert exports_of(own_widget().more(asked))["strings"] == english["more"]


@pytest.mark.parametrize(
    ("asked", "given"), [("de", "de"), ("de-AT", "de"), ("zh-TW", "zh-Hant"), ("zh", "zh-Hans"), ("it", "en")]
)
def test_a_form_speaks_the_nearest_language_that_there_is(asked: str, given: str) -> None:
    tags = ("en", "de", "zh-Hans", "zh-Hant")
    said = {tag: {"lang": tag, "dir": "ltr", "form": {}, "more": {"sent": tag}} for tag in tags}
    widget = replace(own_widget(), strings=said)
    assert exports_of(form_of(widget, asked))["strings"] == {"lang": given, "dir": "ltr"}
    assert exports_of(widget.more(asked))["strings"] == {"sent": given}


@given(st.dictionaries(st.sampled_from(["company", "strings", "css"]), st.recursive(st.text(), st.lists)))
def test_a_module_exports_any_value_as_it_is_and_ends_no_element(values: dict[str, object]) -> None:
    module = with_exports("let one=1", **values)
    assert exports_of(module) == values
    assert "<" not in module


# --- What is made of the sources ---


def test_the_style_of_a_module_is_exported_as_it_is(sources: Path) -> None:
    for name in ("form.css", "more.css"):
        (sources / name).write_text(f'{name} > b::after {{ content: "\\201d" }}\n')
    widget = read_widget(sources)
    assert list(exports_of(form_of(widget))) == ["company", "strings", "css"]
    assert exports_of(form_of(widget))["css"] == 'form.css > b::after { content: "\\201d" }'
    assert exports_of(widget.more("en"))["css"] == 'more.css > b::after { content: "\\201d" }'


def test_what_is_made_is_handed_out_and_a_source_that_was_changed_since_is_itself(sources: Path) -> None:
    assert read_widget(sources).modules["form"] == (sources / "made" / "form.js").read_text()
    assert read_widget(sources).launcher == (sources / "made" / NEWEST.removeprefix("/w/")).read_text()
    for name in ("form.js", "widget.js"):
        path = sources / name
        path.write_text(path.read_text() + "// changed\n")
    widget = read_widget(sources)
    assert widget.modules["form"] == (sources / "form.js").read_text()
    assert widget.launcher == (sources / "widget.js").read_text()


def test_a_launcher_of_an_earlier_version_is_handed_out_byte_for_byte_after_an_update(sources: Path) -> None:
    facts = json.loads((sources / MANIFEST).read_text())
    old = own_widget().launcher.encode() + "/* naïve */\r\n".encode()
    (sources / "made" / "0.9.10.js").write_bytes(old)
    facts["launchers"]["0.9.10"] = integrity(old)
    (sources / MANIFEST).write_text(json.dumps(facts))
    widget = read_widget(sources)
    assert widget.launchers["0.9.10"].encode() == old
    assert widget.launcher == own_widget().launcher


def test_the_newest_launcher_is_the_one_with_the_highest_number() -> None:
    assert newest(["1.0.9", "1.0.10", "0.12.0"]) == "1.0.10"


def test_every_launcher_that_came_out_still_has_the_bytes_that_pages_pin(house: House) -> None:
    told = json.loads((widget_dir() / MANIFEST).read_text())["launchers"]
    kept = {path.stem for path in (widget_dir() / "made").glob("*.js") if VERSION.fullmatch(path.stem)}
    assert kept == set(told) != set()
    for number, pin in told.items():
        assert integrity(unpacked(ask(house, f"/w/{number}.js", "br"))) == pin


@pytest.mark.parametrize("number", ["0.0.0", "v2", "form", "1.0", "../widget", "made"])
def test_a_launcher_that_never_came_out_is_not_there(house: House, number: str) -> None:
    assert ask(house, f"/w/{number}.js").status_code == 404
