"""Intake: what visitors send, and what they are told."""

import io
import json
import re
import sqlite3
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from amends.clock import stamp
from amends.inbox import cases
from amends.inbox.schema import case
from tests.conftest import DATABASES, database_of
from tests.house import NOON, PAGE, SHOP, URL, House


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


def test_a_complaint_is_stored_before_its_receipt_is_given(house: House) -> None:
    answer = house.send(text="It broke.", email="anna@x.example", reference="A-1", author="Anna")
    assert answer.status_code == 201
    assert answer.json is not None
    with house.inbox.reading() as connection:
        received = cases.get(connection, answer.json["case"])
        contact = cases.contacts_of(connection, answer.json["case"])
    assert received is not None
    assert (received.text, received.author, received.company) == ("It broke.", "Anna", "acme")
    assert (contact.email, contact.reference) == ("anna@x.example", "A-1")
    assert answer.json["reply_by"] == stamp(NOON + timedelta(hours=24))
    assert answer.json["link"].startswith(f"{URL}/c/{received.number}-")
    assert answer.json["board"] == "https://board.example/acme/"


def test_what_the_log_will_commit_to_is_stored_with_a_salt(house: House) -> None:
    number = house.receive(text="Cafe\u0301 closed")
    with house.inbox.reading() as connection:
        row = connection.execute(select(case).where(case.c.number == number)).one()
    assert len(row.salt) == 32
    assert row.committed == '{"company":"acme","kind":"complaint","text":"Café closed"}'.encode()


def test_the_same_key_with_the_same_words_gives_the_same_receipt(house: House) -> None:
    first, second = house.send(text="Once"), house.send(text="Once")
    assert first.json == second.json
    assert second.status_code == 201
    assert len(house.numbers()) == 1


def test_the_same_key_with_other_words_is_refused_and_the_first_words_are_kept(house: House) -> None:
    house.send(text="First")
    answer = house.send(text="Second")
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["error"]["code"] == "key_reused"
    assert len(house.numbers()) == 1


def test_another_company_may_get_the_same_key(house: House) -> None:
    house.send(text="First")
    answer = house.post("/bolt/feedback", {"text": "Other", "key": "k" * 32}, Accept="application/json")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("company", "fields", "headers", "status", "code"),
    [
        ("acme", {"text": " \n "}, PAGE, 422, "empty"),
        ("acme", {"text": "x" * 4001}, PAGE, 422, "too_long"),
        ("acme", {"text": "x", "email": "not an address"}, PAGE, 422, "not_an_address"),
        ("acme", {"text": "x", "website": "http://spam.example"}, PAGE, 422, "trap"),
        ("nobody", {"text": "x"}, PAGE, 404, "unknown_company"),
        ("acme", {"text": "x"}, {**PAGE, "Origin": "https://evil.example"}, 403, "foreign_origin"),
        ("acme", {"text": "x"}, {**PAGE, "Origin": "null"}, 403, "foreign_origin"),
        ("acme", {"text": "x" * 140_000}, PAGE, 413, "too_large"),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_stored(
    house: House, company: str, fields: dict[str, str], headers: dict[str, str], status: int, code: str
) -> None:
    answer = house.post(f"/{company}/feedback", fields, **headers)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"]["code"] == code
    assert answer.json["error"]["message"].endswith(".")
    assert house.numbers() == []
    page = house.post(f"/{company}/feedback", fields, Origin=headers["Origin"])
    assert page.status_code == status
    assert "<h1" in page.text


def test_a_refused_page_keeps_every_word(house: House) -> None:
    words = {"text": "Ünïcode " * 600, "author": "Anna <b>", "email": "broken", "reference": "A-1", "key": "q" * 32}
    page = house.post("/acme/feedback", words)
    assert page.status_code == 422
    assert "Ünïcode " * 600 in page.text
    assert "Anna &lt;b&gt;" in page.text
    assert 'value="broken"' in page.text
    assert "q" * 32 in page.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"text=%ff%fe", "application/x-www-form-urlencoded"),
        (b"text=\xff", "application/x-www-form-urlencoded"),
        (
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_invalid_utf8_is_told_and_not_stored(house: House, body: bytes, kind: str) -> None:
    answer = house.visitor().post("/acme/feedback", data=body, content_type=kind, headers=PAGE, base_url=URL)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"]["code"] == "not_utf8"
    assert house.numbers() == []


def test_a_huge_body_is_refused_before_it_is_read(house: House) -> None:
    class Untouchable(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read  # type: ignore[assignment]  # nobody calls it either

    answer = house.visitor().post(
        "/acme/feedback",
        input_stream=Untouchable(),
        environ_overrides={"CONTENT_LENGTH": "10000000"},
        content_type="application/x-www-form-urlencoded",
        headers=PAGE,
        base_url=URL,
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_a_disk_that_cannot_be_written_is_a_503_and_the_words_stay_on_the_page(house: House, trouble: str) -> None:
    give_trouble(house, trouble)
    answers = (house.send(text="x" * 4000, key=f"{attempt:032d}") for attempt in range(60))
    answer = next(answer for answer in answers if answer.status_code != 201)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    stored = house.numbers()
    page = house.post("/acme/feedback", {"text": "y" * 3000, "key": "z" * 32})
    assert page.status_code == 503
    assert "y" * 3000 in page.text
    assert "not be saved" in page.text
    assert house.numbers() == stored


TROUBLE = """
CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'cannot be written' USING ERRCODE = '{}'; END $$;
CREATE TRIGGER trouble BEFORE INSERT ON "case" EXECUTE FUNCTION trouble();
CREATE TRIGGER trouble BEFORE INSERT ON report EXECUTE FUNCTION trouble();
"""


def give_trouble(house: House, trouble: str) -> None:
    """Let the database itself say that the disk is full, SQLite a few kilobytes from here, or that it is read-only."""
    if house.inbox.is_shared:
        with house.inbox.writing() as connection:
            code = "disk_full" if trouble == "full" else "read_only_sql_transaction"
            connection.exec_driver_sql(TROUBLE.format(code))
        return
    house.inbox.close()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 6}" if trouble == "full" else "PRAGMA query_only = ON")

    event.listen(house.inbox._writer, "connect", limit)


def test_the_answer_can_be_read_by_the_companys_own_pages_only(house: House) -> None:
    assert house.send().headers["Access-Control-Allow-Origin"] == SHOP
    own = house.post("/acme/feedback", {"text": "x"}, Accept="application/json", Origin=URL)
    assert own.status_code == 201
    assert "Access-Control-Allow-Origin" not in own.headers
    foreign = house.post("/acme/feedback", {"text": "x"}, Accept="application/json", Origin="https://bolt.example")
    assert foreign.status_code == 403
    for answer in (own, foreign):
        assert "Origin" in answer.headers["Vary"]


def test_no_page_of_a_visitor_sets_a_cookie(house: House) -> None:
    link = json.loads(house.send().text)["link"]
    for answer in (house.send(), house.visitor().get("/acme/new", base_url=URL), house.visitor().get(link)):
        assert answer.status_code in (200, 201)
        assert "Set-Cookie" not in answer.headers


def test_a_sensitive_company_gets_private_cases_unless_the_customer_says_otherwise(house: House) -> None:
    with (house.content / "acme" / "company.toml").open("a") as file:
        file.write("sensitive = true\n")
    house.worker.copy_settings()
    assert house.send(key="a" * 32).json["publicity"] == "private"
    assert house.send(key="b" * 32, publicity="public").json["publicity"] == "public"
    form = house.visitor().get("/acme/new", base_url=URL).text
    assert 'checked id="publicity-1" name="publicity" type="radio" value="private"' in form


def test_the_form_remembers_whose_case_this_happened_to_me_too_is(house: House) -> None:
    form = house.visitor().get("/acme/new?same=7k3m9qxz", base_url=URL).text
    assert 'name="same" type="hidden" value="7k3m9qxz"' in form
    assert "<script>" not in house.visitor().get("/acme/new?same=<script>", base_url=URL).text


@given(text=st.text(st.characters(), max_size=200), author=st.text(max_size=100))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_of_a_visitor_makes_intake_fail(house: House, text: str, author: str) -> None:
    body = {"text": text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "author": author}
    answer = house.post("/acme/feedback", body, Accept="application/json")
    assert answer.status_code in (201, 422)


def test_no_page_may_be_read_by_another_site_and_a_company_that_is_not_there_has_no_form(house: House) -> None:
    assert house.visitor().get("/w/form/nobody/en.js", base_url=URL).status_code == 404
    assert "Access-Control-Allow-Origin" not in house.visitor().get("/acme/new", base_url=URL).headers


def test_the_forms_module_cannot_be_broken_by_a_companys_name(house: House) -> None:
    path = house.content / "acme" / "company.toml"
    path.write_text(path.read_text().replace('"Acme"', '"</script>\\u2028\\";alert(1)"'))
    house.worker.copy_settings()
    module = house.visitor().get("/w/form/acme/en.js", base_url=URL).text
    assert "</script>" not in module
    facts = module.split("\nexport const company = ", 1)[1].split(";\nexport const strings", 1)[0]
    assert json.loads(facts)["name"] == '</script>\u2028";alert(1)'


def test_two_cases_with_the_same_words_have_different_salts(house: House) -> None:
    house.receive(text="The same")
    house.receive(text="The same")
    with house.inbox.reading() as connection:
        one, other = connection.execute(select(case.c.salt)).scalars()
    assert one != other


def test_a_key_is_forgotten_after_thirty_days(house: House) -> None:
    house.send(text="First")
    house.pass_time(days=31)
    house.work()
    assert house.send(text="Second").status_code == 201


def test_a_number_that_is_taken_is_made_up_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.intake.receive.new_number", iter(["7k3m9qxz", "7k3m9qxz", "2abc4def"]).__next__)
    assert house.receive() == "7k3m9qxz"
    assert house.receive() == "2abc4def"


def test_the_answer_is_promised_in_the_companys_own_hours(house: House) -> None:
    path = house.content / "acme" / "company.toml"
    path.write_text(path.read_text().replace("reply_hours = 24", "reply_hours = 72"))
    house.worker.copy_settings()
    answer = house.send()
    assert answer.json is not None
    assert answer.json["reply_by"] == stamp(NOON + timedelta(hours=72))


def test_a_private_case_has_its_outcome_from_the_start(house: House) -> None:
    number = house.receive(publicity="private")
    with house.inbox.reading() as connection:
        received = cases.get(connection, number)
    assert received is not None
    assert (received.outcome, received.outcome_at) == ("private", NOON)


def test_what_is_wrong_can_be_read_by_the_companys_own_pages(house: House) -> None:
    answer = house.send(text="")
    assert answer.status_code == 422
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP


def test_neither_form_nor_receipt_is_kept_in_a_cache(house: House) -> None:
    page = house.post("/acme/feedback", {"text": "x"})
    assert page.status_code == 201
    for answer in (page, house.send(), house.visitor().get("/acme/new", base_url=URL)):
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_no_number_is_not_remembered_as_one(house: House) -> None:
    form = house.visitor().get("/acme/new?same=another-word", base_url=URL).text
    assert "another-word" not in form


def test_the_form_takes_its_language_from_the_browser(house: House) -> None:
    form = house.visitor().get("/acme/new", base_url=URL, headers={"Accept-Language": "ar, en;q=0.5"}).text
    (field,) = re.findall(r"<input[^>]*name=\"language\"[^>]*>", form)
    assert 'value="ar"' in field


def test_a_form_of_too_many_parts_is_refused(house: House) -> None:
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="a{place}"\r\n\r\n\r\n' for place in range(41))
    body = f'{parts}--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nWords\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x"
    answer = house.visitor().post("/acme/feedback", data=body, content_type=kind, headers=PAGE, base_url=URL)
    assert answer.status_code == 413
    assert house.numbers() == []


@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_a_disk_that_is_full_soon_ends_in_a_503_and_not_in_more_receipts(house: House, trouble: str) -> None:
    give_trouble(house, trouble)
    statuses = [house.send(text="x" * 4000, key=f"{index:032d}").status_code for index in range(20)]
    assert set(statuses) <= {201, 503}
    assert statuses[-1] == 503
    assert len(house.numbers()) == statuses.count(201)


def test_a_body_that_was_cut_off_on_its_way_is_not_taken(house: House) -> None:
    body = b"text=My+therapist+never+called+back.+My+name+is"
    answer = house.visitor().post(
        "/acme/feedback",
        data=body,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(len(body) + 30)},
        headers=PAGE,
        base_url=URL,
    )
    assert answer.status_code == 400
    assert house.numbers() == []
