"""The desk's pages on which a company tells everyone something: updates and written answers."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from amends.inbox import deeds, outbox
from amends.inbox.deeds import Deed
from amends.inbox.schema import message
from amends.record import Answer, Update, UpdateKind, find_case, write_told
from tests.house import House, Seat
from tests.postroom import confirm

DAY = date(2026, 11, 2)
UPDATE = {
    "kind": "change", "day": "2026-11-02", "said": "The labels fall off.", "title": "Glued twice",
    "text": "We glue labels **twice** now.", "starts": "", "cases": "", "do": "send",
}  # fmt: skip
ANSWER = {"title": "My label fell off", "text": "Write to us.", "topic": "delivery", "cases": "", "do": "send"}
WORDS = {"updates": UPDATE, "answers": ANSWER}


@pytest.fixture
def olga(house: House) -> Seat:
    return house.at_the_desk("olga")


@pytest.fixture
def number(house: House, olga: Seat) -> str:
    """A case that is public and answered, whose customer can be written to."""
    number = house.receive(text="My label fell off in the rain.", email="anna@customer.example", author="Anna")
    reply = {"name": "Olga", "text": "Sorry, a new one is on its way.", "topic": "delivery", "do": "send"}
    olga.decide(number, "reply", **reply)
    house.work()
    return number


def write(seat: Seat, folder: str = "updates", name: str = "", **fields: str) -> TestResponse:
    """Fill in the form as its page shows it, and send it."""
    address = f"/desk/news/{folder}" + (f"/{name}" if name else "")
    given = {**WORDS[folder], **fields}
    if name and "basis" not in given:
        given["basis"] = basis(seat.get(address))
    return seat.submit(address, **given)


def basis(answer: TestResponse) -> str:
    found = re.search(r'name="basis" value="([0-9a-f]*)"', answer.text)
    assert found, answer.text
    return found[1]


def pending(house: House, company: str = "acme") -> list[Deed]:
    with house.inbox.reading() as connection:
        return deeds.of_case(connection, "", company)


def the_update(house: House) -> Update:
    (update,) = house.record().updates["acme"]
    return update


def the_answer(house: House) -> Answer:
    (answer,) = house.record().answers["acme"]
    return answer


def told(house: House) -> list[str]:
    with house.inbox.reading() as connection:
        query = select(message.c.number).where(message.c.kind == "update").order_by(message.c.id)
        return [str(number) for number in connection.execute(query).scalars()]


def file_of(house: House, folder: str = "updates") -> Path:
    (path,) = (house.content / "acme" / folder).glob("*.md")
    return path


# --- Writing ---


def test_an_update_leaves_after_the_seconds_to_undo_it_and_is_on_the_board(
    house: House, olga: Seat, number: str
) -> None:
    assert write(olga, cases=number.upper()).status_code == 302
    assert "Glued twice</bdi> becomes public in a few seconds" in olga.get("/desk/news").text
    assert house.record().updates["acme"] == ()
    house.work()
    assert the_update(house) == Update(
        "2026-11-02-glued-twice",
        UpdateKind.CHANGE,
        DAY,
        "Glued twice",
        UPDATE["text"],
        UPDATE["said"],
        None,
        (number,),
        "en",
    )
    assert told(house) == [number]
    page = house.page("acme/changes")
    assert "We glue labels <strong>twice</strong> now." in page
    shown = olga.get("/desk/news").text
    assert "becomes public" not in shown
    assert "https://board.example/acme/changes/#2026-11-02-glued-twice" in shown


def test_an_answer_is_revised_on_the_day_on_which_it_is_changed(house: House, olga: Seat, number: str) -> None:
    assert write(olga, "answers", cases=number).status_code == 302
    house.work()
    written = Answer("2026-11-02-my-label-fell-off", DAY, ANSWER["title"], ANSWER["text"], "delivery", (number,), "en")
    assert the_answer(house) == written
    house.pass_time(days=3)
    olga = house.at_the_desk("olga")
    shown = olga.get(f"/desk/news/answers/{written.name}").text
    assert f"{ANSWER['text']}</textarea>" in shown
    write(olga, "answers", written.name, text="Write to us, at once.", topic="")
    house.work()
    answer = the_answer(house)
    assert (answer.name, answer.day, answer.text) == (written.name, DAY + timedelta(days=3), "Write to us, at once.")
    assert (answer.topic, answer.cases) == (None, ())
    assert told(house) == []


def test_a_preview_shows_it_as_everyone_will_read_it_and_nothing_leaves(house: House, olga: Seat, number: str) -> None:
    news = {"kind": "price", "starts": "2027-01-04", "do": "preview", "cases": number}
    shown = write(olga, **news).text
    assert "We glue labels <strong>twice</strong> now." in shown
    assert f"{UPDATE['said']}</q>" in shown
    assert 'from <time datetime="2027-01-04">' in shown
    assert "My label fell off in the rain." in shown
    assert f"{UPDATE['text']}</textarea>" in shown
    assert pending(house) == []


@pytest.mark.parametrize("folder", ["updates", "answers"])
def test_personal_data_is_shown_before_it_leaves_and_masked_in_words_and_name(
    house: House, olga: Seat, folder: str
) -> None:
    words = {"title": "Ask anna@customer.example", "text": "Ask anna@customer.example or ben@customer.example."}
    shown = write(olga, folder, **words)
    assert "Nothing was sent yet: there is personal data in it." in shown.text
    assert "[hidden: email]" in shown.text
    assert pending(house) == []
    keys = re.findall(r'name="seen" value="([^"]+)"', shown.text)
    assert len(keys) == 2
    # Anna's address comes first, and stays hidden; Ben's is let stand.
    olga.submit(f"/desk/news/{folder}", **{**WORDS[folder], **words}, seen=keys, hide=keys[:1])  # type: ignore[arg-type]
    house.work()
    path = file_of(house, folder)
    assert "[hidden: email]" in path.read_text()
    assert path.read_text().count("@customer.example") == 1
    assert "customer" not in path.name


@pytest.mark.parametrize(
    ("folder", "facts", "said"),
    [
        ("updates", {"title": " "}, "Please give it a title."),
        ("updates", {"text": " \n"}, "There is nothing to tell yet."),
        ("updates", {"text": "x" * 20_001}, "At most 20000 characters"),
        ("updates", {"day": ""}, "Please choose the day."),
        ("updates", {"day": "2026-11-03"}, "This day has not come"),
        ("updates", {"kind": "price", "day": "2026-11-01"}, "A price or news is told today"),
        ("updates", {"kind": "rumour"}, "Not a valid choice"),
        ("updates", {"starts": "2027-01-04"}, "A change is told when it is done."),
        ("updates", {"cases": "7k3m9qxz"}, "7k3m9qxz: not the number of a case of yours"),
        ("updates", {"cases": "../../../etc"}, "not the number of a case of yours"),
        ("answers", {"title": ""}, "Please give it a title."),
        ("answers", {"topic": "no-such"}, "Not a valid choice"),
        ("answers", {"cases": "7k3m9qxz"}, "7k3m9qxz: not the number of a case of yours"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_missing_or_wrong_is_told_beside_its_field_and_the_words_are_kept(
    house: House, olga: Seat, folder: str, facts: dict[str, str], said: str
) -> None:
    answer = write(olga, folder, **facts)
    assert answer.status_code == 422
    assert said in answer.text
    kept = facts.get("text", WORDS[folder]["text"]).strip()
    assert f"{kept}</textarea>" in answer.text
    assert pending(house) == []


def test_an_update_of_long_ago_can_be_changed_without_another_day(house: House, olga: Seat) -> None:
    path = house.content / "acme" / "updates" / "prices.md"
    path.parent.mkdir()
    price = Update("prices", UpdateKind.PRICE, date(2026, 5, 4), "Dearer", "By 5 %.", starts=date(2026, 6, 1))
    path.write_text(write_told(price))
    same = {"kind": "price", "day": "2026-05-04", "starts": "2026-06-01", "said": ""}
    assert write(olga, name="prices", **same).status_code == 302
    house.work()
    assert (the_update(house).title, the_update(house).day) == ("Glued twice", price.day)
    # What was told as a change may be of any day, and becomes no price of that day.
    path.write_text(write_told(Update("prices", UpdateKind.CHANGE, date(2026, 5, 4), "Dearer", "By 5 %.")))
    assert write(olga, name="prices", **same).status_code == 422


def test_two_of_the_same_day_and_title_get_two_files(house: House, olga: Seat) -> None:
    assert write(olga).status_code == 302
    assert write(olga).status_code == 302
    house.work()
    assert write(olga).status_code == 302
    house.work()
    names = sorted(update.name for update in house.record().updates["acme"])
    assert names == ["2026-11-02-glued-twice", "2026-11-02-glued-twice-2", "2026-11-02-glued-twice-3"]


# --- Undoing and changing ---


@pytest.mark.parametrize("folder", ["updates", "answers"])
def test_undoing_puts_the_words_back_into_the_form(house: House, olga: Seat, folder: str) -> None:
    write(olga, folder)
    (deed,) = pending(house)
    shown = olga.submit("/desk/news/undo", page="/desk/news", deed=str(deed.id)).text
    assert f"{WORDS[folder]['text']}</textarea>" in shown
    assert WORDS[folder]["title"] in shown
    house.work()
    assert (house.record().updates["acme"], house.record().answers["acme"]) == ((), ())
    assert pending(house) == []


def test_what_has_left_or_is_anothers_is_not_undone(house: House, olga: Seat) -> None:
    write(olga)
    (deed,) = pending(house)
    house.at_the_desk("bo").submit("/desk/news/undo", page="/desk/news", deed=str(deed.id))
    assert len(pending(house)) == 1
    with house.inbox.writing() as connection:
        deeds.leaving(connection, deed.leaves)
    assert olga.submit("/desk/news/undo", page="/desk/news", deed=str(deed.id)).status_code == 302
    house.work()
    assert the_update(house).title == "Glued twice"


def test_a_change_takes_the_files_place_and_tells_only_those_who_are_new(house: House, olga: Seat, number: str) -> None:
    write(olga, cases=number)
    house.work()
    other = house.receive(email="ben@customer.example")
    olga.decide(other, "publish", topic="delivery")
    house.work()
    write(olga, name="2026-11-02-glued-twice", title="Glued three times", cases=f"{number}, {other}")
    house.work()
    assert (the_update(house).title, the_update(house).cases) == ("Glued three times", (number, other))
    assert told(house) == [number, other]


def test_who_was_told_long_ago_is_not_told_again_when_a_case_is_added(house: House, olga: Seat, number: str) -> None:
    confirm(house, number)
    write(olga, cases=number)
    house.work()
    with house.inbox.writing() as connection:
        connection.execute(message.update().values(due=None, sent=house.now))
    house.pass_time(days=31)
    with house.inbox.writing() as connection:
        outbox.purge(connection, house.now)
    assert told(house) == []
    olga = house.at_the_desk("olga")
    other = house.receive(email="ben@customer.example")
    olga.decide(other, "publish", topic="delivery")
    house.work()
    write(olga, name="2026-11-02-glued-twice", cases=f"{number} {other}")
    house.work()
    assert told(house) == [other]


def test_what_was_changed_meanwhile_is_shown_and_both_texts_are_kept(house: House, olga: Seat) -> None:
    write(olga)
    house.work()
    path = file_of(house)
    old = basis(olga.get(f"/desk/news/updates/{path.stem}"))
    path.write_text(there := path.read_text().replace("Glued twice", "Edited by hand"))
    answer = write(olga, name=path.stem, basis=old, text="My words.")
    assert answer.status_code == 409
    assert "Edited by hand" in answer.text
    assert "My words.</textarea>" in answer.text
    assert pending(house) == []
    assert path.read_text() == there
    assert write(olga, name=path.stem, basis=basis(answer), text="My words.").status_code == 302
    house.work()
    assert the_update(house).text == "My words."


def test_a_preview_is_no_look_at_what_was_changed_meanwhile(house: House, olga: Seat) -> None:
    write(olga)
    house.work()
    path = file_of(house)
    old = basis(olga.get(f"/desk/news/updates/{path.stem}"))
    path.write_text(path.read_text().replace("Glued twice", "Edited by hand"))
    shown = write(olga, name=path.stem, basis=old, do="preview")
    assert shown.status_code == 200
    assert write(olga, name=path.stem, basis=basis(shown)).status_code == 409


@pytest.mark.parametrize("how", ["gone", "faulty"])
def test_what_was_taken_away_or_broken_meanwhile_loses_no_word(house: House, olga: Seat, how: str) -> None:
    write(olga)
    house.work()
    path = file_of(house)
    old = basis(olga.get(f"/desk/news/updates/{path.stem}"))
    if how == "gone":
        path.unlink()
    else:
        path.write_text(path.read_text().replace("kind:", "kidn:"))
        assert "A file has a fault" in olga.get("/desk/news").text
    assert olga.get(f"/desk/news/updates/{path.stem}").status_code == 404
    token = {"page": "/desk/news/updates"}
    given = {**UPDATE, "text": "My words.", "basis": old}
    answer = olga.submit(f"/desk/news/updates/{path.stem}", **token, **given)
    assert answer.status_code == 409
    assert "My words.</textarea>" in answer.text
    name = "" if how == "gone" else f"/{path.stem}"
    assert f'action="/desk/news/updates{name}#preview"' in answer.text
    again = olga.submit(f"/desk/news/updates{name}", **token, **(given | {"basis": basis(answer)}))
    assert again.status_code == 302
    house.work()
    assert the_update(house).text == "My words."


def test_a_file_that_is_changed_while_the_seconds_pass_is_kept_and_so_are_the_words(house: House, olga: Seat) -> None:
    write(olga)
    house.work()
    path = file_of(house)
    write(olga, name=path.stem, text="My words.")
    path.write_text(there := path.read_text().replace("Glued twice", "Edited by hand"))
    house.work()
    assert path.read_text() == there
    shown = olga.get("/desk/news").text
    assert "This could not leave" in shown
    assert "My words." in shown
    (deed,) = pending(house)
    back = olga.submit("/desk/news/undo", page="/desk/news", deed=str(deed.id)).text
    assert "Edited by hand" in back
    assert "My words.</textarea>" in back


def test_two_changes_of_one_file_at_once_are_told_and_the_second_loses_no_word(house: House, olga: Seat) -> None:
    write(olga)
    house.work()
    name = file_of(house).stem
    assert write(olga, name=name, text="First.").status_code == 302
    answer = write(house.at_the_desk(), name=name, text="Second.")
    assert answer.status_code == 409
    assert "another change of it is just leaving" in answer.text
    assert "Second.</textarea>" in answer.text
    house.work()
    assert the_update(house).text == "First."


# --- From a case ---


def test_an_answer_for_everyone_begins_with_the_reply_and_no_word_of_the_customer(
    house: House, olga: Seat, number: str
) -> None:
    assert 'data-key="f"' in olga.get(f"/desk/acme/{number}").text
    answer = olga.get(f"/desk/acme/{number}/explain")
    assert answer.status_code == 302
    shown = olga.get(answer.headers["Location"]).text
    form = shown[shown.index('<form class="do') : shown.index("</form>", shown.index('<form class="do'))]
    assert "Sorry, a new one is on its way.</textarea>" in form
    assert f'value="{number}"' in form
    assert '<option selected value="delivery">' in form
    assert "rain" not in form
    assert "Anna" not in form
    olga.submit(answer.headers["Location"], **{**ANSWER, "text": "Sorry, a new one is on its way.", "cases": number})
    house.work()
    assert the_answer(house).cases == (number,)
    assert "Asked in 1 case" in house.page("acme/answers")


def test_what_changed_begins_with_the_case(olga: Seat, number: str) -> None:
    assert 'data-key="t"' in olga.get(f"/desk/acme/{number}").text
    shown = olga.get(olga.get(f"/desk/acme/{number}/tell").headers["Location"]).text
    assert f'value="{number}"' in shown
    assert 'value="2026-11-02"' in shown


def test_the_corrected_wording_is_what_an_answer_begins_with(house: House, olga: Seat, number: str) -> None:
    page = olga.get(f"/desk/acme/{number}/correct").text
    of = re.search(r'name="of" value="([^"]+)"', page)
    assert of
    olga.decide(number, "correct", of=of[1], do="send", text="It comes on Friday.", why="More exact.")
    house.work()
    assert "It comes on Friday.</textarea>" in olga.get(f"/desk/news/answers?case={number}").text


def test_what_is_done_on_a_page_of_its_own_makes_no_decision_about_the_case(
    house: House, olga: Seat, number: str
) -> None:
    for task in ("tell", "explain"):
        assert olga.decide(number, task, text="x").status_code == 302
    with house.inbox.reading() as connection:
        assert deeds.of_case(connection, number, "acme") == []
    assert pending(house) == []


def test_nothing_is_told_of_a_case_that_others_cannot_read(house: House, olga: Seat) -> None:
    private = house.receive(text="Canary", publicity="private")
    unread = house.receive(text="Canary")
    for number in (private, unread):
        shown = olga.get(f"/desk/acme/{number}").text
        assert 'data-key="f"' not in shown
        assert 'data-key="t"' not in shown
        assert olga.get(f"/desk/news/updates?case={number}").status_code == 404
        assert write(olga, cases=number).status_code == 422


def test_of_a_case_whose_words_nobody_can_read_only_a_link_that_stands_already_can_stay(
    house: House, olga: Seat, number: str
) -> None:
    stub = house.receive(text="Nobody reads this in time.")
    write(olga, cases=number)
    house.pass_time(hours=25)
    house.work()
    olga = house.at_the_desk("olga")
    assert find_case(house.content, "acme", stub) is not None
    assert write(olga, cases=stub).status_code == 422
    (file,) = house.content.rglob(f"{number}.md")
    removed = "- at: 2026-11-03T14:00:00Z\n  by: keeper\n  event: removed\n  reason: court-order\n---\n"
    file.write_text(file.read_text().split("---\nMy label")[0] + removed)
    assert write(olga, cases=number).status_code == 422
    assert write(olga, name="2026-11-02-glued-twice", cases=number, title="Still").status_code == 302
    house.work()
    assert (the_update(house).title, the_update(house).cases) == ("Still", (number,))


# --- Whose it is ---


def test_staff_tell_for_their_own_company_and_the_keeper_for_none(house: House, olga: Seat, number: str) -> None:
    write(olga, cases=number)
    write(olga, "answers", cases=number)
    house.work()
    bo, kim = house.at_the_desk("bo"), house.at_the_desk("kim")
    assert "Glued" not in bo.get("/desk/news").text
    for folder, name in (("updates", "2026-11-02-glued-twice"), ("answers", "2026-11-02-my-label-fell-off")):
        assert bo.get(f"/desk/news/{folder}/{name}").status_code == 404
        assert bo.get(f"/desk/news/{folder}?case={number}").status_code == 404
        assert write(bo, folder, cases=number).status_code == 422
        assert kim.get(f"/desk/news/{folder}").status_code == 403
        mine = bo.submit(f"/desk/news/{folder}/{name}", page="/desk/news", **WORDS[folder])
        assert mine.status_code == 302
    assert bo.get(f"/desk/acme/{number}/tell").status_code == 404
    assert kim.get("/desk/news").status_code == 403
    assert kim.get(f"/desk/acme/{number}/explain").status_code == 403
    before = (file_of(house).read_bytes(), file_of(house, "answers").read_bytes())
    house.work()
    assert (file_of(house).read_bytes(), file_of(house, "answers").read_bytes()) == before
    assert len(house.record().updates["bolt"]) == 1


@pytest.mark.parametrize("name", ["..", "%2e%2e", "Glued", "-", "a" * 81])
def test_no_name_that_is_typed_leads_out_of_the_folder(house: House, olga: Seat, name: str) -> None:
    assert olga.get(f"/desk/news/updates/{name}").status_code == 404
    olga.submit(f"/desk/news/updates/{name}", page="/desk/news", **UPDATE)
    house.work()
    written = [path for path in house.content.rglob("*.md") if path.parent.name != "updates"]
    assert written == []


def test_a_company_called_news_has_its_cases(tmp_path: Path) -> None:
    house = House(tmp_path, companies=("acme", "news"))
    number = house.receive("news")
    assert house.at_the_desk("kim").get(f"/desk/news/{number}").status_code == 200
    house.close()
