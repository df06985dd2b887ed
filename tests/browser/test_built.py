"""What the measurements stand on: the kinds of pages, the host that serves them, and the packages from npm."""

import json
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.browser.built import kind_of, read_headers, serving, specimens
from tests.browser.npm import HERE, NpmError, installed

HEADERS = """\
# For every page
/*
  X-Frame-Options: DENY
  Content-Security-Policy: default-src 'none'; base-uri 'none'

/:company/cases.json
  Content-Type: application/json
  Content-Security-Policy: sandbox
"""


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/", "/"),
        ("/404.html", "/404.html"),
        ("/search/", "/search/"),
        ("/acme/", "/<company>/"),
        ("/acme/7k3m9qxz/", "/<company>/<case>/"),
        ("/acme/topic-delivery/2/", "/<company>/<list>/<page>/"),
        ("/acme/2026-11/", "/<company>/<list>/"),
        ("/acme/figures/", "/<company>/figures/"),
    ],
)
def test_addresses_that_differ_in_names_and_numbers_only_are_of_one_kind(address: str, kind: str) -> None:
    assert kind_of(address) == kind


def test_the_fullest_page_stands_for_its_kind_and_another_look_is_measured_too(tmp_path: Path) -> None:
    for name, page in {
        "acme": '<p class="x"><p><b>',
        "bolt": '<p><b class="late"><i><b class="late done">',
        "cord": '<p><i><b class="late">',
        "dune": '<p><b class="kept">',
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(page)
    assert specimens(tmp_path) == ["/bolt/", "/acme/", "/dune/"]


def test_the_host_sends_the_headers_of_every_rule_that_fits_and_its_own_page_where_there_is_none(
    tmp_path: Path,
) -> None:
    (tmp_path / "_headers").write_text(HEADERS)
    (tmp_path / "404.html").write_text("<h1>Lost</h1>")
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "cases.json").write_text("[]")
    with serving(tmp_path) as site:
        with urlopen(f"{site}/acme/cases.json?v=1") as answer:
            assert answer.headers.get_all("Content-Type") == ["application/json"]
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; base-uri 'none', sandbox"
        with pytest.raises(HTTPError) as lost:
            urlopen(f"{site}/acme/nothing/")
        assert (lost.value.code, lost.value.read()) == (404, b"<h1>Lost</h1>")
        assert lost.value.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("line", ["  X-Early: before any address", "/*\nX-Flush: left", "/*\n  no header"])
def test_a_line_of_headers_that_no_host_would_understand_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="neither an address nor a header"):
        read_headers(line)


@pytest.mark.parametrize(
    "project", [file.parent for file in HERE.rglob("package-lock.json")], ids=lambda path: path.name
)
def test_each_project_pins_its_packages_by_version_and_hash(project: Path) -> None:
    wanted = json.loads((project / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((project / "package-lock.json").read_text("utf-8"))["packages"]
    assert locked.pop("")["dependencies"] == wanted
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(package["integrity"].startswith("sha512-") for package in locked.values())


def test_where_npm_reaches_nothing_one_line_says_why_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1/")  # closed everywhere
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(NpmError, match="ECONNREFUSED") as raised:
        installed(HERE / "checks", tmp_path)
    assert "\n" not in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
