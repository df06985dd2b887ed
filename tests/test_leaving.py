"""A company that leaves the board stays readable, owes what it owed, and is sent nothing new."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from amends.board import create_board
from amends.case import Case
from amends.intake import own_widget
from amends.language import LANGUAGES, language
from amends.publish import CannotPublishError
from amends.publish.leaving import come_back, join, leave
from amends.record import RecordError, load, read_company
from tests.boards import CASES, a_client, a_page, every_case, read, words_of
from tests.factories import a_case, after, company_toml, make_board, put
from tests.house import PAGE, URL, House
from tests.postal import MailServer, mail_server
from tests.postroom import deliver, hire, receive, told
from tests.test_cli import run

DAY = date(2026, 11, 23)
LEFT = {"status": "left", "left": DAY}
SAYS = "The company left this board on 23 November 2026. Nobody answers here any more."
LATER = after(24 * 60)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def let_leave(house: House, slug: str = "acme") -> None:
    leave(house.content, house.settings.locks, slug, DAY)
    house.worker.copy_settings()


# --- The record ---


def test_leaving_changes_two_lines_and_coming_back_takes_them_out(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    path = content / "acme" / "company.toml"
    path.write_text('# Ours.\nname = "Acme" # as painted\nurl = "https://acme.example/"\n\n[[contacts]]\n')
    path.write_text(path.read_text() + 'kind = "phone"\nvalue = "+49 30 1234567"\n')
    before = path.read_text().splitlines()
    company = leave(content, tmp_path, "acme", DAY)
    assert (company.has_left, company.left) == (True, DAY)
    assert [line for line in path.read_text().splitlines() if line not in before] == [
        'status = "left"',
        "left = 2026-11-23",
    ]
    assert [line for line in path.read_text().splitlines() if line in before] == before
    assert leave(content, tmp_path, "acme", date(2027, 1, 1)).left == DAY  # it left once
    assert not come_back(content, tmp_path, "acme").has_left
    assert [line for line in path.read_text().splitlines() if line not in before] == ['status = "active"']


def test_who_takes_part_comes_back_without_a_word_in_the_file(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    come_back(content, tmp_path, "acme")
    assert (content / "acme" / "company.toml").read_text() == company_toml()


@pytest.mark.parametrize("slug", ["nobody", "../acme", "desk", ""])
def test_only_a_company_of_the_record_can_leave(tmp_path: Path, slug: str) -> None:
    content = make_board(tmp_path)
    with pytest.raises(CannotPublishError, match="no company"):
        leave(content, tmp_path, slug, DAY)
    with pytest.raises(CannotPublishError, match="no company"):
        come_back(content, tmp_path, slug)


def test_settings_with_a_fault_are_left_as_they_are(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    path = content / "acme" / "company.toml"
    path.write_text("name = \n")
    with pytest.raises(RecordError, match=r"acme/company\.toml"):
        leave(content, tmp_path, "acme", DAY)
    assert path.read_text() == "name = \n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["left = 2026-11-23"], 'status = "left" beside it'),
        (['status = "active"', "left = 2026-11-23"], 'status = "left" beside it'),
        (['status = "left"', 'left = "2026-11-23"'], "a day like 2026-11-23, without quotes"),
        (['status = "left"', "left = 2026-11-23T10:00:00Z"], "a day like 2026-11-23, without quotes"),
        (['joined = "bolt"'], 'status = "left" beside it'),
        (['status = "left"', 'joined = "Bolt"'], "slugs: small letters"),
        (['status = "gone"'], "active or left"),
    ],
)
def test_a_day_of_leaving_is_a_day_of_somebody_who_left(lines: list[str], expected: str) -> None:
    with pytest.raises(RecordError, match=expected):
        read_company(company_toml("Acme", *lines), "acme", "company.toml")


def test_the_commands_say_what_they_did_and_how_it_is_undone(house: House) -> None:
    gone = run(house, "company", "leave", "acme", "--now", "2026-11-23T08:00:00Z")
    assert gone.output == "Acme left the board on 2026-11-23. Back: amends company return acme\n"
    assert load(house.content).company("acme").left == DAY
    assert run(house, "company", "return", "acme").output == "Acme takes part in the board.\n"
    assert not load(house.content).company("acme").has_left
    assert run(house, "company", "leave", "nobody").exit_code == 2


# --- The board ---


@every_case
def test_the_cases_in_the_list_of_open_ones_and_no_others_say_that_nobody_answers(case: Case) -> None:
    client = a_client(case, now=LATER, **LEFT)
    is_open = f"/acme/{case.number}/" in read(client, "/acme/open/")
    assert (SAYS in words_of(read(client, f"/acme/{case.number}/"))) == is_open
    assert "left this board" not in words_of(a_page(case, LATER))


def test_a_case_says_so_too_where_nobody_knows_the_day() -> None:
    page = words_of(a_page(CASES["awaiting"], status="left"))
    assert "The company left this board. Nobody answers here any more." in page


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_day_of_leaving_is_told_in_every_language(tag: str) -> None:
    day = " ".join(language(tag).day(DAY).split())
    assert words_of(a_page(CASES["awaiting"], language=tag, **LEFT)).count(day) == 1
    client = a_client(CASES["awaiting"], language=tag, **LEFT)
    assert day in words_of(read(client, "/acme/"))


def test_the_page_of_who_left_stays_and_asks_for_nothing() -> None:
    page = read(a_client(CASES["awaiting"], **LEFT), "/acme/")
    assert "Left this board on 23 November 2026. Its record stays." in words_of(page)
    assert "/acme/new" not in page
    assert "Promises an answer" not in page


def test_leaving_improves_no_figure() -> None:
    stays, left = (
        a_client(*(a_case(number=f"{place:08}", text="x") for place in range(12)), now=LATER, **facts)
        for facts in ({}, LEFT)
    )
    before, after_it = (client.get("/acme/figures.json").json for client in (stays, left))
    assert before is not None
    assert after_it is not None
    assert after_it["company"].pop("left") == "2026-11-23"
    assert after_it["company"].pop("status") == "left"
    assert before["company"].pop("status") == "active"
    assert after_it == before
    assert before["windows"]["all_time"]["answered"]["part"] == 0


# --- Intake ---


def test_a_case_for_who_left_is_refused_with_the_day_and_where_else_to_write(house: House) -> None:
    house.settle('contacts = [{ kind = "phone", value = "+49 30 1234567" }]')
    let_leave(house)
    answer = house.send(text="Where is it?")
    assert answer.status_code == 410
    assert answer.json is not None
    assert answer.json["error"]["code"] == "left"
    assert answer.json["error"]["message"] == (
        "Acme left this board on 23 November 2026 and takes nothing here any more. Nothing was saved. You can still "
        "reach them directly: +49 30 1234567."
    )
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE["Origin"]
    assert house.numbers() == []
    assert house.send("bolt").status_code == 201


def test_the_page_of_who_left_gives_back_what_was_written(house: House) -> None:
    let_leave(house)
    for action in ("feedback", "preview"):
        page = house.post(f"/acme/{action}", {"text": "Where <b>is</b> it?", "key": "k" * 32})
        assert page.status_code == 410
        assert "Where &lt;b&gt;is&lt;/b&gt; it?" in page.text
        assert "<form" not in page.text
    shown = house.visitor().get("/acme/new", base_url=URL)
    assert shown.status_code == 410
    assert "Acme</bdi> has left this board" in shown.text
    assert "https://acme.example/" in shown.text
    assert "What you wrote" not in shown.text


def test_who_comes_back_is_sent_to_again(house: House) -> None:
    let_leave(house)
    come_back(house.content, house.settings.locks, "acme")
    house.worker.copy_settings()
    assert house.send().status_code == 201


def test_the_widget_knows_who_left(house: House) -> None:
    assert '"left":false' in house.visitor().get("/w/form/acme/en.js", base_url=URL).text
    let_leave(house)
    assert '"left":true' in house.visitor().get("/w/form/acme/en.js", base_url=URL).text
    assert all("left" in words["more"] for words in own_widget().strings.values())


# --- The desk and the post ---


def test_staff_of_who_left_still_sign_in_and_answer(house: House) -> None:
    number = house.receive()
    let_leave(house)
    answer = house.at_the_desk().decide(number, "reply", name="Olga", text="Sorry.", topic="delivery", do="send")
    assert answer.status_code == 302
    house.work()
    case = house.record().entry("acme", number).case
    assert case.first_reply
    assert SAYS in words_of(house.page(f"acme/{number}"))  # its customer has not said that it is solved


def test_who_left_is_reminded_of_nothing_and_hears_of_it_again_when_back(house: House, server: MailServer) -> None:
    hire(house, "lea", "lea@acme.example")
    receive(house)
    deliver(house, server)
    server.taken.clear()
    let_leave(house)
    house.pass_time(hours=19)
    deliver(house, server)
    house.pass_time(hours=6)
    deliver(house, server)
    assert told(server) == []
    come_back(house.content, house.settings.locks, "acme")
    house.worker.copy_settings()
    receive(house, text="Again.")
    deliver(house, server)
    assert [to for to, _ in told(server) if to == "lea@acme.example"]


# --- Joining another ---


def test_who_joins_another_leads_to_it_and_keeps_its_cases(house: House) -> None:
    number = house.receive()
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    joined = run(house, "company", "join", "acme", "bolt", "--now", "2026-11-23T08:00:00Z")
    assert joined.output == "acme left the board and is part of bolt. Back: amends company return acme\n"
    house.worker._look_again = 0.0
    house.work()
    for page in (house.page("acme"), house.page(f"acme/{number}")):
        assert "It is part of this company now: Bolt" in words_of(page)
        assert '<a href="/bolt/">' in page
    assert number not in house.page("bolt")
    assert run(house, "company", "return", "acme").exit_code == 0
    assert load(house.content).company("acme").joined is None


def test_nobody_joins_who_is_not_there_has_left_or_is_the_same(house: House) -> None:
    let_leave(house, "bolt")
    for other in ("bolt", "acme", "nobody"):
        with pytest.raises(CannotPublishError):
            join(house.content, house.settings.locks, "acme", other, DAY)
    assert not load(house.content).company("acme").has_left


@pytest.mark.parametrize("other", ["nobody", "acme"])
def test_who_joined_nobody_is_a_fault_and_leads_nowhere(tmp_path: Path, other: str) -> None:
    content = make_board(tmp_path)
    put(content / "acme" / "company.toml", company_toml("Acme", 'status = "left"', f'joined = "{other}"'))
    (fault,) = load(content).faults
    assert str(fault) == f"acme/company.toml: joined: found {other}, expected another company of this board"
    client = create_board(load(content), LATER).test_client()
    assert "part of this company" not in read(client, "/acme/")
