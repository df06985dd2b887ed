"""The desk: what nobody can do there, whatever they send."""

import re
import time
from dataclasses import replace

import pytest

from amends.inbox import cases, deeds
from amends.service import create_service
from tests.factories import a_case, put_case
from tests.house import NOON, URL, House


def test_pages_over_https_run_no_foreign_script_and_stay_on_https(house: House) -> None:
    headers = house.at_the_desk().get("/desk/").headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"} <= set(policy)
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(("proxies", "trusted"), [(0, False), (1, True)])
def test_a_proxy_is_believed_only_where_there_is_one(house: House, proxies: int, trusted: bool) -> None:
    app = create_service(replace(house.settings, proxies=proxies), house.inbox, lambda: house.now)
    headers = {"X-Forwarded-Proto": "https"}
    answer = app.test_client().get("/healthz", base_url="http://feedback.example", headers=headers)
    assert ("Strict-Transport-Security" in answer.headers) is trusted


def test_a_store_that_cannot_be_read_is_a_503_with_a_sentence(house: House) -> None:
    house.inbox.close()
    for file in house.settings.instance.glob("amends.db*"):
        file.write_bytes(b"no database " * 1000)
    answer = house.visitor().get("/healthz", base_url=URL)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "cannot be read just now" in answer.text


def test_a_page_left_open_overnight_can_still_be_sent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    page = f"/desk/acme/{number}"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', olga.get(page).text)
    assert token
    tomorrow = time.time() + 10 * 3600
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: tomorrow)
    facts = {"csrf_token": token[1], "topic": "delivery"}
    answer = olga.client.post(f"{page}/publish", data=facts, headers={"Referer": URL + page}, base_url=URL)
    assert answer.status_code == 302


def test_nobody_sees_or_does_anything_by_a_number_that_stands_in_their_folder(house: House) -> None:
    secret = {"email": "anna@secret.example", "reference": "B-77", "publicity": "private"}
    number = house.receive(company="bolt", text="Bolt's own case", **secret)
    house.at_the_desk("bo").decide(number, "reply", "bolt", name="Bo", text="Between us", topic="other", do="send")
    put_case(house.content, a_case(number=number, received=NOON, text="A file of acme's"))
    olga = house.at_the_desk("olga")
    page = olga.get(f"/desk/acme/{number}").text
    assert "A file of acme" in page
    assert not any(word in page for word in ("secret.example", "B-77", "Between us", "Bolt's own"))
    olga.decide(number, "undo", deed="1")
    olga.decide(number, "reply", name="Olga", text="Sorry.", topic="other", do="send")
    house.work()
    with house.inbox.reading() as connection:
        assert [answer.text for answer in cases.answers(connection, number)] == ["Between us"]


def test_a_keeper_sees_no_private_case_and_answers_nobody(house: House) -> None:
    private, public = house.receive(text="Between us", publicity="private"), house.receive(text="For all")
    kim = house.at_the_desk("kim")
    assert "Between us" not in kim.get("/desk/").text
    assert kim.get(f"/desk/acme/{private}").status_code == 404
    assert "Public reply" not in kim.get(f"/desk/acme/{public}").text
    facts = {"name": "Kim", "text": "Sorry.", "topic": "other", "do": "send"}
    assert kim.decide(public, "reply", **facts).status_code == 403


def test_what_a_company_asked_for_stands_first_in_the_keepers_inbox(house: House) -> None:
    first, asked = house.receive(text="Came first"), house.receive(text="Asked about")
    house.at_the_desk("olga").decide(asked, "ask", reason="hate", why="An insult")
    kim = house.at_the_desk("kim")
    page = kim.get("/desk/").text
    assert page.index(asked) < page.index(first)
    assert re.search(r'<option selected value="hate">', kim.get(f"/desk/acme/{asked}").text)


def test_the_same_reply_sent_twice_leaves_once_and_the_second_is_told(house: House) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    page = f"/desk/acme/{number}"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', olga.get(page).text)
    assert token
    facts = {"csrf_token": token[1], "name": "Olga", "text": "We are sorry.", "topic": "other", "do": "send"}
    answers = [
        olga.client.post(f"{page}/reply", data=facts, headers={"Referer": URL + page}, base_url=URL) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert "your words are kept here" in answers[1].text
    house.work()
    assert house.page(f"acme/{number}").count("<p>We are sorry.</p>") == 1


@pytest.mark.parametrize("nothing", ["\u200b", "\x00", "\u2060 \u3164"])
def test_a_reply_in_which_nothing_can_be_seen_is_no_reply(house: House, nothing: str) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    facts = {"topic": "other", "do": "send"}
    assert olga.decide(number, "reply", name="Olga", text=nothing, **facts).status_code == 422
    assert olga.decide(number, "reply", name=nothing, text="Sorry.", **facts).status_code == 422


def test_a_reply_typed_in_a_browser_is_stored_as_lines_that_people_can_edit(house: House) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    olga.decide(number, "reply", name="Olga", text="We are sorry.\r\nReally.", topic="other", do="send")
    house.work()
    (file,) = house.content.glob(f"acme/*/*/{number}.md")
    assert "  text: |-\n    We are sorry.\n    Really.\n" in file.read_text()


def test_a_reply_that_lost_its_button_on_the_way_is_previewed_and_not_sent(house: House) -> None:
    number = house.receive()
    answer = house.at_the_desk().decide(number, "reply", name="Olga", text="Unfinished", topic="other")
    assert answer.status_code == 200
    with house.inbox.reading() as connection:
        assert deeds.of_case(connection, number, "acme") == []


def test_a_form_part_without_a_name_is_a_400(house: House) -> None:
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\nvalue\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    for address in ("/desk/sign-in", "/desk/sign-out", "/acme/feedback"):
        answer = house.visitor().post(address, data=body, content_type=kind, base_url=URL)
        assert answer.status_code == 400, address


def test_the_desk_goes_on_while_board_toml_is_broken(house: House) -> None:
    number = house.receive()
    olga = house.at_the_desk()
    assert olga.get("/desk/").status_code == 200
    (house.content / "board.toml").write_text("title = 3\n")
    assert olga.get(f"/desk/acme/{number}").status_code == 200
    (house.content / "board.toml").unlink()
    assert olga.get("/desk/").status_code == 503
