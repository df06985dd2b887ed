"""Reports: from the page of a case to the keeper, and to nobody else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

import amends.inbox
from amends.case import Case, Reason
from amends.inbox import Inbox, reports
from amends.inbox.reports import Report
from amends.intake.forms import MAX_WORDS, REASONS
from tests.factories import NUMBER, OTHER_NUMBER, START, a_case, an_event, put, put_case
from tests.house import NOON, URL, House
from tests.test_intake import give_trouble

ADDRESS = f"/acme/report/{NUMBER}"
KEY = "k" * 32
ITS_OWN = {"Origin": URL, "Sec-Fetch-Site": "same-origin"}
SAID = {"reason": "personal-data", "words": "My telephone number stands there.", "email": "ida@x.example", "key": KEY}


@pytest.fixture
def board(house: House) -> House:
    """A house with one public case."""
    put_case(house.content, a_case(received=NOON, text="The wheel came bent.", author="Anna", language="en"))
    return house


def get(house: House, address: str = ADDRESS) -> TestResponse:
    return house.visitor().get(address, base_url=URL)


def report(house: House, address: str = ADDRESS, **fields: str) -> TestResponse:
    """Send the form as a browser does."""
    return house.post(address, {**SAID, **fields}, **ITS_OWN)


def stored(house: House) -> list[Report]:
    with house.inbox.reading() as connection:
        return reports.open_ones(connection, 1000)


def test_a_report_goes_from_the_page_to_the_keeper_and_is_closed_there(board: House) -> None:
    form = get(board).text
    assert NUMBER in form
    assert "The wheel came bent." in form
    assert f'href="https://board.example/acme/{NUMBER}/"' in form
    assert "<script" not in form
    key = re.search(r'name="key" type="hidden" value="([\w-]{22,})"', form)
    assert key
    answer = report(board, key=key[1])
    assert answer.status_code == 303
    assert "The keeper reads it" in get(board, answer.headers["Location"]).text
    kim = board.at_the_desk("kim")
    assert 'Reports <span class="count">1</span>' in kim.get("/desk/").text
    page = kim.get("/desk/reports").text
    for words in ("Personal data", SAID["words"], "mailto:ida@x.example", "The wheel came bent.", f"acme/{NUMBER}"):
        assert words in page
    assert kim.get(f"/desk/acme/{NUMBER}").status_code == 200
    (open_one,) = stored(board)
    board.pass_time(hours=1)
    closed = kim.submit("/desk/reports", report=str(open_one.id), why="The number is masked now.")
    assert closed.status_code == 302
    assert stored(board) == []
    assert "No report is open" in kim.get("/desk/reports").text
    with board.inbox.reading() as connection:
        kept = reports.get(connection, open_one.id)
    assert kept is not None
    assert (kept.closed, kept.answer, kept.words) == (board.now, "The number is masked now.", SAID["words"])
    assert kept.closed_by is not None


def test_what_is_stored_is_what_was_sent_and_when(board: House) -> None:
    report(board)
    (only,) = stored(board)
    assert only == Report("acme", NUMBER, "personal-data", SAID["words"], "ida@x.example", NOON, id=only.id)


def test_words_and_address_may_be_left_empty(board: House) -> None:
    assert report(board, words=" ", email="").status_code == 303
    assert [(only.words, only.email) for only in stored(board)] == [("", "")]


def test_every_reason_of_the_record_can_be_chosen_and_something_else_too(board: House) -> None:
    assert set(REASONS) == {*Reason, "other"}
    form = get(board).text
    for reason in REASONS:
        assert f'type="radio" value="{reason}"' in form
        assert report(board, reason=reason, key=f"{reason:-<32}").status_code == 303
    assert [only.reason for only in stored(board)] == list(REASONS)
    assert "Something else" in board.at_the_desk("kim").get("/desk/reports").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": ""}, "Please choose"),
        ({"reason": "bad-for-us"}, "Please choose"),
        ({"reason": "other", "words": " \u200b\n"}, "Please say what is wrong"),
        ({"words": "x" * (MAX_WORDS + 1)}, "1 character too long"),
        ({"words": "ü" * 10_000}, "8000 characters too long"),
        ({"email": "not an address"}, "no e-mail address"),
        ({"email": "ida@x.example\nBcc: all@x.example"}, "no e-mail address"),
        ({"website": "http://spam.example"}, "for robots"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_a_sentence_and_everything_typed(
    board: House, wrong: dict[str, str], sentence: str
) -> None:
    answer = report(board, **wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    sent = {**SAID, **wrong}
    assert sent["words"] in answer.text
    assert f'value="{KEY}"' in answer.text
    assert sent["email"] in answer.text
    if sent["reason"] in REASONS:
        assert re.search(rf'<input checked[^>]*value="{sent["reason"]}"', answer.text)
    assert stored(board) == []


def test_two_thousand_characters_can_be_sent(board: House) -> None:
    assert report(board, words="ü" * MAX_WORDS).status_code == 303


def test_one_network_reports_so_often_and_no_more_within_an_hour(board: House) -> None:
    board.limits = {"hourly_network": 2}
    board.open_service()

    def sent(address: str, index: int, **fields: str) -> TestResponse:
        facts = {**SAID, "key": f"{index:032}", **fields}
        where = {"REMOTE_ADDR": address}
        return board.visitor().post(ADDRESS, data=facts, headers=ITS_OWN, base_url=URL, environ_base=where)

    addresses = [
        "198.51.100.1",
        "198.51.100.200",
        "198.51.100.3",
        "198.51.101.1",
        "127.0.0.1",
        "127.0.0.1",
        "127.0.0.1",
    ]
    statuses = [sent(address, index).status_code for index, address in enumerate(addresses)]
    assert statuses == [303, 303, 429, 303, 303, 303, 303]
    assert sent("198.51.100.1", 0).status_code == 303
    assert sent("198.51.100.1", 0, words="Other words.").status_code == 409
    refused = sent("198.51.100.9", 9)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert "Please try again later" in refused.text
    assert SAID["words"] in refused.text
    assert len(stored(board)) == 6
    client = board.visitor()
    case = client.post("/acme/feedback", data={"text": "x", "key": KEY}, headers={"Origin": URL}, base_url=URL)
    assert case.status_code == 201
    board.pass_time(hours=2)
    assert sent("198.51.100.9", 9).status_code == 303


def test_without_a_limit_a_network_reports_as_often_as_it_likes(board: House) -> None:
    board.limits = {"hourly_network": 0}
    board.open_service()
    for index in range(3):
        facts = {**SAID, "key": f"{index:032}"}
        where = {"REMOTE_ADDR": "198.51.100.1"}
        answer = board.visitor().post(ADDRESS, data=facts, headers=ITS_OWN, base_url=URL, environ_base=where)
        assert answer.status_code == 303


def test_the_same_form_sent_twice_is_one_report(board: House) -> None:
    first, second = report(board), report(board)
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert len(stored(board)) == 1
    kim = board.at_the_desk("kim")
    kim.submit("/desk/reports", report=str(stored(board)[0].id), why="Masked.")
    assert report(board).status_code == 303
    assert stored(board) == []


def test_other_words_under_the_same_key_are_told_and_the_first_are_kept(board: House) -> None:
    report(board)
    answer = report(board, words="Something more.")
    assert answer.status_code == 409
    assert "Something more." in answer.text
    assert [only.words for only in stored(board)] == [SAID["words"]]


def test_two_companies_readers_may_have_the_same_key(board: House) -> None:
    put_case(board.content, a_case(number=OTHER_NUMBER, company="bolt", received=NOON, text="Loose."))
    assert report(board).status_code == 303
    assert report(board, f"/bolt/report/{OTHER_NUMBER}").status_code == 303
    assert len(stored(board)) == 2


GONE: dict[str, tuple[Callable[[], Case], str]] = {
    "hidden": (lambda: a_case(an_event("hidden"), text="Secret words"), "reviewing"),
    "removed": (lambda: a_case(an_event("reply", 1, text="Secret words"), an_event("removed", 2)), "has removed"),
    "withdrawn": (lambda: a_case(an_event("reply", 1, text="Secret words"), an_event("withdrawn", 2)), "has withdrawn"),
    "not read": (a_case, "Nobody has read"),
}


@pytest.mark.parametrize("what", GONE)
def test_where_no_words_are_public_there_is_nothing_to_report(house: House, what: str) -> None:
    make, sentence = GONE[what]
    put_case(house.content, make())
    for answer in (get(house), report(house)):
        assert answer.status_code == 404
        assert sentence in answer.text
        assert "Secret words" not in answer.text
        assert f'href="https://board.example/acme/{NUMBER}/"' in answer.text
    assert stored(house) == []


def test_a_case_shown_again_can_be_reported_again(house: House) -> None:
    put_case(house.content, a_case(an_event("hidden", 1), an_event("restored", 2), text="Shown again"))
    assert "Shown again" in get(house).text
    assert report(house).status_code == 303


def test_nothing_tells_a_private_case_from_one_that_never_was(board: House) -> None:
    private, unread = board.receive(publicity="private"), board.receive()
    pages = [get(board, f"/acme/report/{number}") for number in (private, unread, OTHER_NUMBER)]
    assert [page.status_code for page in pages] == [404, 404, 404]
    assert "no public case" in pages[0].text
    shown = {
        re.sub(f"{private}|{unread}|{OTHER_NUMBER}", "NUMBER", page.text) + str(sorted(page.headers)) for page in pages
    }
    assert len(shown) == 1


@pytest.mark.parametrize(
    "address",
    [
        f"/nobody/report/{NUMBER}",
        f"/bolt/report/{NUMBER}",
        "/acme/report/board",
        "/acme/report/..%2f..%2fboard",
        "/acme/report/*",
        "/acme/report/%00",
        "/acme/report/<script>alert(1)</script>",
        f"/../report/{NUMBER}",
    ],
)
def test_what_is_not_here_is_a_404_with_a_sentence(board: House, address: str) -> None:
    for answer in (get(board, address), report(board, address), get(board, f"{address}/thanks")):
        assert answer.status_code == 404
        assert "<h1" in answer.text
        assert "<script" not in answer.text
    assert stored(board) == []


def test_a_case_whose_file_has_a_fault_can_still_be_reported(board: House) -> None:
    (file,) = board.content.rglob(f"{NUMBER}.md")
    put(file, "---\ncase: broken\n")
    page = get(board)
    assert page.status_code == 200
    assert "The wheel came bent." not in page.text
    assert report(board).status_code == 303
    assert SAID["words"] in board.at_the_desk("kim").get("/desk/reports").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://acme.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": URL, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_no_other_site_reports_through_its_visitors(board: House, headers: dict[str, str]) -> None:
    answer = board.post(ADDRESS, SAID, **headers)
    assert answer.status_code == 403
    assert "nothing was saved" in answer.text
    assert stored(board) == []


def test_a_client_that_says_nothing_of_its_origin_is_nobodys_visitor(board: House) -> None:
    assert board.post(ADDRESS, SAID).status_code == 303


def test_none_of_the_pages_sets_a_cookie_or_is_kept_in_a_cache(board: House) -> None:
    for answer in (
        get(board),
        report(board),
        get(board, f"{ADDRESS}/thanks"),
        report(board, reason=""),
        get(board, "/acme/report/x"),
    ):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"reason=spam&words=%ff", 400), (b"reason=spam&words=\xff", 400), (b"reason=spam&words=" + b"x" * 140_000, 413)],
)
def test_what_cannot_be_read_is_told_and_not_stored(board: House, body: bytes, status: int) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = board.visitor().post(ADDRESS, data=body, content_type=kind, headers=ITS_OWN, base_url=URL)
    assert answer.status_code == status
    assert "<h1" in answer.text
    assert stored(board) == []


@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_a_report_that_cannot_be_stored_is_a_503_with_the_words_kept(board: House, trouble: str) -> None:
    give_trouble(board, trouble)
    answers = (report(board, words="x" * 2000, key=f"{attempt:032d}") for attempt in range(60))
    answer = next(answer for answer in answers if answer.status_code != 303)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "x" * 2000 in answer.text


@given(
    words=st.text(max_size=200),
    reason=st.sampled_from(list(REASONS)) | st.text(max_size=20),
    email=st.text(max_size=60),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_report_makes_intake_or_the_keepers_page_fail(board: House, words: str, reason: str, email: str) -> None:
    fields = {"words": words, "reason": reason, "email": email, "key": ""}
    sent = {name: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for name, value in fields.items()}
    before = len(stored(board))
    answer = report(board, **sent)
    assert answer.status_code in (303, 422)
    assert len(stored(board)) == before + (answer.status_code == 303)
    with board.app.test_request_context(base_url=URL):
        assert all(len(only.words) <= MAX_WORDS and only.reason in REASONS for only in stored(board))


def test_a_hostile_report_stays_words_on_the_keepers_page(board: House) -> None:
    report(
        board, words="<script>alert(1)</script> \u202eevil **bold** http://evil.example", email="a?bcc=x&b@x.example"
    )
    page = board.at_the_desk("kim").get("/desk/reports").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; evil **bold** http://evil.example" in page
    assert 'href="mailto:a%3Fbcc%3Dx%26b@x.example"' in page


def test_a_company_sees_no_report_and_closes_none(board: House) -> None:
    report(board)
    for login in ("olga", "bo"):
        seat = board.at_the_desk(login)
        assert seat.get("/desk/reports").status_code == 403
        assert seat.submit("/desk/reports", page="/desk/", report="1", why="Mine").status_code == 403
        for page in ("/desk/", f"/desk/acme/{NUMBER}"):
            shown = seat.get(page).text
            assert "Reports" not in shown
            assert SAID["words"] not in shown
            assert SAID["email"] not in shown
    assert len(stored(board)) == 1


def test_nobody_reads_reports_without_a_sign_in(board: House) -> None:
    report(board)
    assert get(board, "/desk/reports").headers["Location"] == "/desk/sign-in"


def test_a_report_is_closed_with_words_only_and_what_was_typed_stays_at_its_place(board: House) -> None:
    report(board, words="First")
    report(board, words="Second", key="2" * 32)
    first, second = stored(board)
    kim = board.at_the_desk("kim")
    empty = kim.submit("/desk/reports", report=str(second.id), why="\u200b ")
    assert empty.status_code == 422
    assert f'id="why-{second.id}-wrong"' in empty.text
    assert f'id="why-{first.id}-wrong"' not in empty.text
    long = kim.submit("/desk/reports", report=str(second.id), why="x" * 501)
    assert long.status_code == 422
    assert long.text.count("x" * 501) == 1
    assert len(stored(board)) == 2


@pytest.mark.parametrize("which", ["1", "", "0", "x", "9" * 30, "1 or 1=1"])
def test_a_report_that_is_not_open_is_told_with_the_words_kept(board: House, which: str) -> None:
    report(board, words="Closed already")
    kim = board.at_the_desk("kim")
    kim.submit("/desk/reports", report=str(stored(board)[0].id), why="Once")
    report(board, words="Still open", key="2" * 32)
    answer = kim.submit("/desk/reports", report=which, why="Twice over")
    assert answer.status_code == 409
    assert "Twice over" in answer.text
    assert [only.words for only in stored(board)] == ["Still open"]
    with board.inbox.reading() as connection:
        kept = reports.get(connection, 1)
    assert kept is not None
    assert kept.answer == "Once"


def test_the_newest_report_stands_last_and_a_flood_does_not_bury_the_first(board: House) -> None:
    with board.inbox.writing() as connection:
        for place in range(103):
            reports.add(connection, Report("acme", NUMBER, "spam", f"Report {place}.", "", NOON), f"key {place}")
    page = board.at_the_desk("kim").get("/desk/reports").text
    assert page.index("Report 0.") < page.index("Report 99.")
    assert "Report 100." not in page
    assert "3 more" in page
    assert 'Reports <span class="count">103</span>' in page


# --- The store ---


def test_a_key_is_stored_as_its_digest_and_once(house: House) -> None:
    inbox = house.inbox
    new = Report("acme", NUMBER, "spam", "", "", START)
    with inbox.writing() as connection:
        reports.add(connection, new, KEY)
        assert KEY.encode() not in connection.execute(text("SELECT key FROM report")).scalar_one()
    with inbox.reading() as connection:
        assert reports.with_key(connection, "acme", KEY) is not None
        assert reports.with_key(connection, "bolt", KEY) is None
    with pytest.raises(IntegrityError), inbox.writing() as connection:
        reports.add(connection, new, KEY)


def test_of_two_keepers_who_close_the_same_report_the_first_has_the_word(house: House) -> None:
    house.at_the_desk("kim")
    with house.inbox.writing() as connection:
        reports.add(connection, Report("acme", NUMBER, "spam", "", "", START), KEY)
        (only,) = reports.open_ones(connection, 1)
        assert reports.close(connection, only.id, 1, "First", NOON)
        assert not reports.close(connection, only.id, 1, "Second", NOON)
        kept = reports.get(connection, only.id)
    assert kept is not None
    assert kept.answer == "First"


def test_a_database_of_the_first_version_gets_the_table_and_keeps_what_it_has(tmp_path: Path) -> None:
    inbox = Inbox(f"sqlite:///{tmp_path}/amends.db")
    config = Config()
    config.set_main_option("script_location", str(Path(amends.inbox.__file__).parent / "migrations"))
    with inbox.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        assert "report" not in inspect(connection).get_table_names()
        connection.execute(text("INSERT INTO company VALUES ('acme', 'a', 'b')"))
    inbox.migrate()
    with inbox.writing() as connection:
        assert connection.execute(text("SELECT slug FROM company")).scalars().all() == ["acme"]
        reports.add(connection, Report("acme", NUMBER, "spam", "", "", START), KEY)
        assert reports.count_open(connection) == 1
    with inbox.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        assert "report" not in inspect(connection).get_table_names()
    inbox.close()
