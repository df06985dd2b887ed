"""The board: every page a function of the record and the instant."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from amends import figures
from amends.board import create_board, lists, urls
from amends.case import Case, next_change
from amends.record import Board, Record, load
from amends.record.walk import NoMemory
from tests.boards import (
    CASES,
    EN,
    EXAMPLE,
    NOW,
    REPLY,
    SOLVED,
    STATIC,
    TEXT,
    a_client,
    a_page,
    a_record,
    board_of,
    every_case,
    html_of,
    read,
    words_of,
)
from tests.effort import is_thorough
from tests.factories import NUMBER, OTHER_NUMBER, START, a_case, after


@pytest.fixture(scope="module")
def example() -> Record:
    return load(EXAMPLE, NoMemory())


# --- Addresses ---


def test_every_address_is_named_once_and_answers(example: Record) -> None:
    client = create_board(example, NOW).test_client()
    named = list(urls(example, NOW))
    assert len(named) == len(set(named))
    for url in named:
        assert client.get(url).status_code == 200, url


def test_every_internal_link_leads_to_a_page_or_a_static_file(example: Record) -> None:
    app = create_board(example, NOW)
    named = set(urls(example, NOW))
    for url in named:
        for link in re.findall(r'(?:href|src)="(/[^"?#]*)', app.test_client().get(url).text):
            assert link in named or (STATIC / link.removeprefix("/static/")).is_file(), (url, link)


def test_links_carry_the_path_under_which_the_board_lives() -> None:
    record = a_record(CASES["confirmed"])
    client = create_board(record, after(100), "/board").test_client()
    for url in html_of(record, after(100)):
        links = re.findall(r'(?:href|src|action)="(/[^"]*)', read(client, url))
        assert links
        assert [link for link in links if not link.startswith("/board/")] == []


@pytest.mark.parametrize(
    "url",
    [
        "/nobody/",
        "/acme/7k3m9qx/",
        "/acme/00000000/",
        "/acme/iiiiiiii/",
        "/acme/closed/",
        "/acme/2026-13/",
        "/acme/2020-01/",
        "/acme/topic-none/",
        "/acme/topic-../",
        "/acme/all/0/",
        "/acme/all/01/",
        "/acme/all/1/",
        "/acme/open/1/",
        "/acme/open/2/",
        "/Acme/",
    ],
)
def test_an_address_that_is_not_named_is_not_found(url: str) -> None:
    response = a_client(CASES["confirmed"]).get(url)
    assert response.status_code == 404
    assert "There is no page at this address" in response.text


def test_the_board_sets_no_cookie_and_has_no_hook() -> None:
    app = create_board(a_record(CASES["confirmed"]), after(100))
    assert not app.before_request_funcs
    assert not app.after_request_funcs
    assert not app.teardown_request_funcs
    assert "Set-Cookie" not in app.test_client().get("/").headers


def test_an_empty_board_says_so() -> None:
    client = create_board(Record(Board(), (), {}, {}), START).test_client()
    assert "No company is on this board yet." in read(client, "/")


def test_a_company_without_cases_has_all_its_pages() -> None:
    record = a_record()
    client = create_board(record, START).test_client()
    for url in urls(record, START):
        read(client, url)
    assert "No case was received yet." in read(client, "/acme/")


def test_an_empty_list_says_when_the_last_case_came() -> None:
    page = words_of(read(a_client(CASES["confirmed"], now=after(100)), "/acme/open/"))
    assert "No open cases." in page
    assert "The last case came on 2 November 2026." in page


# --- Time ---


@every_case
def test_what_a_file_says_of_later_has_not_happened_yet(case: Case) -> None:
    now = START + timedelta(minutes=1)
    so_far = replace(case, events=tuple(event for event in case.events if event.at <= now))
    assert board_of(a_record(case), now) == board_of(a_record(so_far), now)


def test_the_same_record_and_instant_give_the_same_bytes(example: Record) -> None:
    one, other = (create_board(example, NOW).test_client() for _ in range(2))
    assert one.get("/").data == other.get("/").data
    assert board_of(example, NOW) == board_of(example, NOW)


@every_case
def test_pages_stay_the_same_until_time_changes_what_is_said(case: Case) -> None:
    record = a_record(case)
    now = max([case.received, *(event.at for event in case.events)]) + timedelta(minutes=1)
    (company,) = record.companies
    counted = figures.facts(record.entries["acme"], record.ledgers["acme"], company.zone)
    for _ in range(3 if is_thorough() else 1):
        change = figures.next_change(counted, now, company.zone)
        change = min(change, next_change(case, now, company.zone) or change)
        assert board_of(record, now) == board_of(record, change - timedelta(seconds=1))
        now = change


def test_only_the_front_page_says_when_the_board_was_built() -> None:
    client = a_client(CASES["awaiting"], now=after(1))
    assert "Built 2 November 2026." in words_of(read(client, "/"))
    assert "Built" not in read(client, "/acme/")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "under 1 min"),
        (59, "under 1 min"),
        (60, "1 min"),
        (38 * 60, "38 min"),
        (3600, "1 hr"),
        (8760, "2 hr 26 min"),
        (86400, "1 day"),
        (86460, "1 day"),
        (5 * 86400 + 8 * 3600 + 59 * 60, "5 days 8 hr"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: int, written: str) -> None:
    assert EN.duration(timedelta(seconds=seconds)) == written


@pytest.mark.parametrize(
    ("hours", "written"),
    [(0, "1 min"), (0.5, "30 min"), (1.4, "1 hour"), (35, "35 hours"), (95, "4 days"), (24 * 400, "400 days")],
)
def test_a_time_is_said_roughly(hours: float, written: str) -> None:
    assert EN.roughly(timedelta(hours=hours)) == written


@pytest.mark.parametrize(
    ("hours", "written"), [(1, "1 hour"), (24, "24 hours"), (48, "48 hours"), (72, "3 days"), (80, "80 hours")]
)
def test_a_promise_to_answer_is_said_in_hours_or_days(hours: int, written: str) -> None:
    assert EN.within(timedelta(hours=hours)) == written


def test_dates_are_written_in_utc_and_in_full() -> None:
    berlin = datetime(2026, 11, 3, 0, 14, tzinfo=ZoneInfo("Europe/Berlin"))
    assert EN.long(berlin) == "2 November 2026, 23:14"
    assert EN.short(berlin) == "2 Nov 2026, 23:14"


# --- Links to the service ---


def test_it_happened_to_me_too_is_counted_and_leads_to_the_service() -> None:
    other = a_case(number=OTHER_NUMBER, text=TEXT, same=NUMBER, received=after(1))
    client = a_client(CASES["awaiting"], other, now=after(2))
    page = read(client, f"/acme/{NUMBER}/")
    assert f'href="https://feedback.example/acme/new?same={NUMBER}"' in page
    assert "1 other says it happened to them too" in page
    assert f'href="/acme/{NUMBER}/"' in read(client, f"/acme/{OTHER_NUMBER}/")


@pytest.mark.parametrize("facts", [{"service_url": None}, {"status": "left"}])
def test_where_no_feedback_can_be_left_no_page_offers_it(facts: dict[str, Any]) -> None:
    record = a_record(CASES["awaiting"], **facts)
    client = create_board(record, after(1)).test_client()
    for url in urls(record, after(1)):
        assert "/new" not in client.get(url).text
        assert "happened to me" not in client.get(url).text


def test_the_boards_service_stands_in_for_a_companys_own() -> None:
    client = a_client(service_url=None, board=Board(service_url="https://all.example"))
    assert 'href="https://all.example/acme/new"' in read(client, "/acme/")


# --- Languages, weight, safety ---


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("zh-Hant", "ltr"), ("ar", "rtl")])
def test_the_page_runs_in_the_direction_of_the_boards_language(language: str, direction: str) -> None:
    page = read(a_client(board=Board(language=language)), "/")
    assert f'<html lang="{language}" dir="{direction}" ' in page


def test_what_a_person_said_names_its_language_and_finds_its_direction() -> None:
    case = a_case(REPLY, SOLVED, text=TEXT, language="ar")
    page = a_page(case, after(100))
    assert len(re.findall(r'<div class="words" lang="ar" dir="auto" data-pagefind-body>', page)) == 3
    assert '<span lang="ar" dir="auto">My parcel' in page


def test_a_company_gives_its_accent_to_all_its_pages() -> None:
    client = a_client(CASES["awaiting"], accent="#0c5a70")
    for url in ("/acme/accent.css", "/accents.css"):
        assert ".accent-acme { --accent: #0c5a70; }" in read(client, url)
    assert '<link rel="stylesheet" href="/acme/accent.css">' in read(client, f"/acme/{NUMBER}/")


@pytest.mark.parametrize(("name", "most"), [("board.css", 15 * 1024), ("lists.css", 7 * 1024), ("board.js", 4 * 1024)])
def test_a_static_file_keeps_to_its_budget(name: str, most: int) -> None:
    assert len((STATIC / name).read_bytes()) <= most


@every_case
def test_the_page_of_a_usual_case_keeps_to_its_budget(case: Case) -> None:
    assert len(a_page(case, after(1000)).encode()) <= 20 * 1024


@pytest.mark.parametrize("name", ["all", "solved", "topic-delivery", "open"])
def test_the_longest_list_with_long_titles_keeps_to_its_budget(name: str) -> None:
    events = () if name == "open" else (REPLY, SOLVED)
    cases = [
        a_case(
            *(replace(event, at=event.at + timedelta(hours=180 * index)) for event in events),
            number=f"{index:08}", author="Anna Kowalska", language="en", text="x" * 39 + " " + "y" * 60,
            title="x" * 40 + " " + "y" * 39, received=START + timedelta(hours=180 * index),
        )
        for index in range(99)
    ]  # fmt: skip
    page = read(a_client(*cases, now=after(200 * 99)), f"/acme/{name}/")
    assert page.count("<tr>") == (lists.SIZE if name == "open" else 99) + 1
    assert len(page.encode()) <= 40 * 1024


def test_no_page_has_script_or_style_of_its_own(example: Record) -> None:
    client = create_board(example, NOW).test_client()
    for url in html_of(example, NOW):
        page = client.get(url).text
        assert not re.search(
            r'<style|\sstyle=|\son[a-z]+="|<script(?! (?:type="module" )?src=| type="application/ld\+json">)', page
        ), url
        assert page.count("<h1") == 1, url
        assert "default-src &#39;none&#39;" in page, url
        assert "frame-ancestors" not in page, url


def test_every_page_is_filed_under_one_address(example: Record) -> None:
    client = create_board(example, NOW).test_client()
    for url in html_of(example, NOW):
        found = re.search(r'<link rel="canonical" href="([^"]+)"', client.get(url).text)
        if found:
            assert urlsplit(found[1]).path == url


def test_static_files_change_their_address_with_their_content() -> None:
    page = read(a_client(), "/")
    assert re.search(r'href="/static/board\.css\?v=[0-9a-f]{8}"', page)
