"""What is offered to read before somebody asks, on its way from the board through the store to the form."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from amends.case import Outcome
from amends.inbox import Inbox, similar
from amends.service import create_service
from tests.conftest import DATABASES, database_of
from tests.factories import NUMBER, a_case, an_event, put, put_case
from tests.house import URL, House

SOLVED = an_event("verdict", 2, outcome=Outcome.SOLVED)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def house(prompt_house: House) -> House:
    return prompt_house


def ask(house: House, company: str = "acme", **headers: str) -> TestResponse:
    return house.visitor().get(f"/w/similar/{company}.js", base_url=URL, headers=headers)


def offered(house: House, company: str = "acme") -> list[dict[str, Any]]:
    answer = ask(house, company)
    assert answer.status_code == 200
    found = re.search(r"^export const index = (.+);\n\Z", answer.text, re.MULTILINE | re.DOTALL)
    assert found
    texts: list[dict[str, Any]] = json.loads(found[1])["texts"]
    return texts


def hrefs(house: House, company: str = "acme") -> list[str]:
    return [text["href"] for text in offered(house, company)]


def look(house: House) -> None:
    """Let the worker look at the whole record, and see what was edited by hand."""
    house.worker._look_again = 0.0
    house.pass_time(seconds=10)
    house.worker.turn()


def writes(house: House) -> list[str]:
    written: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        written.extend([statement] if "similar_text" in statement and not statement.startswith("SELECT") else [])

    event.listen(house.inbox._writer, "before_cursor_execute", listen)
    return written


def test_a_company_whose_board_was_never_built_offers_nothing(house: House) -> None:
    assert offered(house) == []


def test_what_the_board_offers_is_handed_out_after_the_build_and_what_is_withdrawn_no_longer(house: House) -> None:
    put_case(house.content, a_case(SOLVED, text="The courier left it in the rain.", language="zh-Hant"))
    put(
        house.content / "acme" / "answers" / "rain.md",
        "---\ntitle: 包裹濕了怎麼辦？\ndate: 2026-11-01\n---\nSend a </script> photograph.\n",
    )
    look(house)
    assert hrefs(house) == ["https://board.example/acme/answers/#rain", f"https://board.example/acme/{NUMBER}/"]
    assert [text["title"] for text in offered(house)] == ["包裹濕了怎麼辦？", "The courier left it in the rain."]
    assert hrefs(house, "bolt") == []
    put_case(house.content, a_case(SOLVED, an_event("withdrawn", 2.5)))
    look(house)
    assert hrefs(house) == ["https://board.example/acme/answers/#rain"]


def test_it_is_a_script_that_any_page_may_run_and_that_is_not_sent_twice(house: House) -> None:
    first = ask(house)
    assert first.content_type == "text/javascript; charset=utf-8"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.headers
    again = ask(house, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_cannot_be_broken_by_what_a_customer_wrote(house: House) -> None:
    title = 'Rain</script>";alert(1)//'
    put_case(house.content, a_case(SOLVED, text=title))
    look(house)
    assert "</script>" not in ask(house).text
    assert [text["title"] for text in offered(house)] == [title]


def test_a_company_that_is_not_on_the_board_has_no_script(house: House) -> None:
    assert ask(house, "nobody").status_code == 404


def test_it_is_read_from_the_store_alone(house: House, tmp_path: Path) -> None:
    put_case(house.content, a_case(SOLVED, text="The courier left it in the rain."))
    look(house)
    other = Inbox(house.settings.database)
    elsewhere = create_service(replace(house.settings, content=tmp_path / "no", out=tmp_path / "none"), other)
    assert NUMBER in elsewhere.test_client().get("/w/similar/acme.js", base_url=URL).text
    other.close()


def test_a_copy_goes_with_its_company_and_the_others_stay(house: House) -> None:
    put(house.content / "bolt" / "answers" / "a.md", "---\ntitle: Bolts\ndate: 2026-11-01\n---\nLoose bolts.\n")
    look(house)
    assert hrefs(house, "bolt") == ["https://board.example/bolt/answers/#a"]
    (house.content / "acme" / "company.toml").unlink()
    look(house)
    with house.inbox.reading() as connection:
        assert list(similar.marks(connection)) == ["bolt"]
    assert hrefs(house, "bolt") == ["https://board.example/bolt/answers/#a"]


def test_what_has_not_changed_is_not_written_again(house: House) -> None:
    look(house)
    written = writes(house)
    (house.content / "board.toml").touch()
    put_case(house.content, a_case(text="Not solved yet."))
    look(house)
    house.worker._copied.clear()
    look(house)
    assert written == []


@pytest.mark.parametrize("loss", ["removed", "of another state of the record"])
def test_a_store_that_lost_its_copy_gets_it_again_from_whoever_works_next(house: House, loss: str) -> None:
    put_case(house.content, a_case(SOLVED, text="The courier left it in the rain."))
    look(house)
    with house.inbox.writing() as connection:
        similar.put(connection, {"acme": "" if loss == "removed" else '{"texts": []}'})
    house.worker = type(house.worker)(house.settings, house.inbox, lambda: house.now)
    house.worker.turn()
    assert hrefs(house) == [f"https://board.example/acme/{NUMBER}/"]
