"""The page of figures at the desk: the same numbers as on the board, the week, topics, and who waits longest."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.board.edition import Edition
from amends.case import Case, Event, Outcome
from amends.desk import accounts
from amends.desk.accounts import Account, Accounts, Moment, account
from amends.desk.course import LONGEST, Compared, longest, trends, weeks
from amends.figures import Figures
from amends.inbox import cases, team, verdicts, worklist
from amends.inbox.cases import Arrival, Contact, Received
from amends.record import LedgerOutcome, Record, load, month_of, write_ledger
from tests.boards import EXAMPLE, NOW, a_record, words_of
from tests.effort import EFFORT
from tests.factories import START, a_case, a_line, a_received, after, an_event, put, put_case
from tests.house import House, Seat
from tests.kept import line_of
from tests.machines import fetch_json
from tests.test_figures_files import record_of
from tests.test_figures_never_improve import Books, books

SLOW = settings(max_examples=20 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def olga(house: House) -> Seat:
    return house.at_the_desk("olga")


def page(house: House, login: str = "olga") -> str:
    answer = house.at_the_desk(login).get("/desk/figures")
    assert answer.status_code == 200
    return answer.text


def publish(house: House, *published: Case, company: str = "acme") -> None:
    """Put cases into the record, each with its line in the ledger."""
    for case in published:
        put_case(house.content, replace(case, company=company))
    for month in {month_of(case.received) for case in published}:
        lines = [line_of(case) for case in published if month_of(case.received) == month]
        put(house.content / company / "ledger" / f"{month}.csv", write_ledger(lines))


def receive(house: House, *received: Received) -> None:
    with house.inbox.writing() as connection:
        cases.add(connection, [Arrival(one, Contact(), one.number * 4, b"d" * 32) for one in received])


def taken(record: Record, now: datetime, before: Account | None = None, slug: str = "acme") -> Account:
    return account(record, record.company(slug), now, before.noted if before else {})


def at(hours: float, event: str, **facts: Any) -> Event:
    """An event so many hours before NOW."""
    return replace(an_event(event, **facts), at=NOW - timedelta(hours=hours))


def came(number: int, hours: float, *events: Event, **facts: Any) -> Case:
    """A case that came in so many hours before NOW."""
    return a_case(*events, number=f"{number:08}", received=NOW - timedelta(hours=hours), text="Late.", **facts)


def looked_at(*looked: Case) -> list[accounts.Noted]:
    return list(taken(a_record(*looked), NOW).noted.values())


# --- As on the board ---


def as_published(window: dict[str, Any]) -> dict[str, Any]:
    """What figures.json says of the five figures."""
    shares = ("answered", "within_day", "solved", "promises_kept", "again")
    return {
        "received": window["received"],
        **{name: [window[name][key] for key in ("part", "whole", "percent", "too_few")] for name in shares},
        "median": window["first_reply"]["median"],
        "few": window["first_reply"]["too_few"],
        "endings": window["endings"],
        "promises": window["promises"],
        "window": [window["first"], window["end"]],
    }


def as_counted(figures: Figures) -> dict[str, Any]:
    """What the desk says of them."""
    shares = ("answered", "within_day", "solved", "promises_kept", "again")
    found = {name: getattr(figures, name) for name in shares}
    median = figures.first_reply.percentile(50)
    days = (figures.window.first, figures.window.end)
    return {
        "received": figures.received,
        **{name: [share.part, share.whole, share.percent, share.too_few] for name, share in found.items()},
        "median": None if median is None else median // timedelta(seconds=1),
        "few": figures.first_reply.too_few,
        "endings": {str(ending): number for ending, number in figures.endings.items()},
        "promises": {str(pledge): number for pledge, number in figures.promises.items()},
        "window": [day and day.isoformat() for day in days],
    }


def agree(record: Record, slug: str, now: datetime) -> None:
    found = [as_counted(figures) for figures in taken(record, now, slug=slug).windows]
    published = fetch_json(record, now, f"/{slug}/figures.json")["windows"]
    year, all_time = (as_published(published[name]) for name in ("closed_year", "all_time"))
    assert found == ([year, all_time] if year["received"] else [all_time])


@SLOW
@given(books(), st.sampled_from([0, 40, 400]))
def test_the_desk_counts_as_the_board_does(held: Books, days: int) -> None:
    # Before NOW: files and ledger tell of what has not happened yet.
    agree(record_of(held), "acme", NOW - timedelta(days=days))


def test_the_desk_counts_as_the_example_board_does() -> None:
    example = load(EXAMPLE)
    for company in example.companies:
        agree(example, company.slug, NOW)


@SLOW
@given(books(), st.sampled_from([0, 40, 400]))
def test_as_much_is_overdue_at_the_desk_as_on_the_board(held: Books, days: int) -> None:
    record, now = record_of(held), NOW - timedelta(days=days)
    assert len(taken(record, now).overdue(now)) == Edition(record, now).counts("acme").overdue


def test_the_page_says_the_five_figures_as_the_companys_page_on_the_board_does(house: House) -> None:
    answered = [a_case(an_event("reply", 2), number=f"{number:08}", text="Late.") for number in range(12)]
    publish(house, *answered)
    house.worker.turn()
    section = house.page("acme").split('<dl class="counts five">', 1)[1].split("</dl>", 1)[0]
    here = "".join(words_of(page(house)).split())
    said = ["".join(words_of(value).split()) for value in re.findall(r"<dd[^>]*>(.*?)</dd>", section, re.DOTALL)]
    assert {"100%", "2hr", "12of12received", "0of12tobesolved"} <= set(said)
    assert [words for words in said if words not in here] == []


# --- Kept ---


@SLOW
@given(books(), books(), st.sampled_from([0, 1, 30, 300]))
def test_an_account_that_goes_on_is_the_same_as_a_new_one(one: Books, other: Books, days: int) -> None:
    earlier = NOW - timedelta(days=days)
    first, then = record_of(one), record_of(other)
    before = taken(first, earlier)
    assert taken(first, NOW, before) == taken(first, NOW)
    # Half of the cases are the same objects, as after a look at what has changed.
    entries = (*first.entries["acme"][::2], *(e for e in then.entries["acme"] if e.case.number not in _half(first)))
    mixed = replace(then, entries={"acme": entries})
    assert taken(mixed, NOW, before) == taken(mixed, NOW)


def _half(record: Record) -> set[str]:
    return {entry.case.number for entry in record.entries["acme"][::2]}


@SLOW
@given(books(), st.sampled_from([1, 30, 300]))
def test_until_an_account_has_to_be_taken_again_it_stays_the_same(held: Books, days: int) -> None:
    record = record_of(held)
    before = taken(record, NOW - timedelta(days=days))
    last = before.until - timedelta(seconds=1)
    assert before.holds(record.company("acme"), record, last)
    assert replace(taken(record, last), until=before.until) == before
    assert not before.holds(record.company("acme"), record, before.until)


def test_only_what_has_changed_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    real = accounts.note
    monkeypatch.setattr(accounts, "note", lambda *facts: looked.append(facts[0].case.number) or real(*facts))
    kept, record = Accounts(), a_record(*(came(number, 5) for number in range(3)))
    company = record.company("acme")
    assert kept.of(record, company, NOW) is kept.of(record, company, NOW + timedelta(minutes=1))
    assert len(looked) == 3
    first, *others = record.entries["acme"]
    changed = replace(record, entries={"acme": (replace(first, case=came(0, 5, at(1, "reply"))), *others)})
    assert kept.of(changed, company, NOW).windows[-1].answered.part == 1
    assert looked[3:] == ["00000000"]
    assert kept.of(changed, replace(company, name="Another"), NOW).company.name == "Another"


def test_another_time_zone_ends_days_at_other_instants() -> None:
    kept, record = Accounts(), a_record(promised())
    company = record.company("acme")
    kept.of(record, company, NOW)
    elsewhere = replace(company, zone=ZoneInfo("Pacific/Kiritimati"))
    assert kept.of(record, elsewhere, NOW) == account(record, elsewhere, NOW, {})


def test_what_the_ledger_says_of_later_is_not_counted_before() -> None:
    line = a_line(received=NOW, outcome=LedgerOutcome.PRIVATE, first_reply=NOW + timedelta(hours=1))
    before = taken(a_record(ledger=(line,)), NOW)
    assert before.windows[-1].answered.part == 0
    assert before.until == line.first_reply
    later = NOW + timedelta(hours=2)
    assert taken(a_record(ledger=(line,)), later, before).windows[-1].answered.part == 1


# --- The week ---


def week_of(*looked: Case, others: tuple[Moment, ...] = ()) -> dict[str, Compared]:
    return {line.called: line for line in weeks(looked_at(*looked), others, NOW)}


def test_the_week_stands_beside_the_one_before_and_says_the_difference() -> None:
    found = week_of(came(1, 1), came(2, 167), came(3, 168), came(4, 335), came(5, 336, at(300, "gift")))
    assert found["Received"] == Compared("Received", "2", "2", "= as before")
    assert found["Gifts offered"] == Compared("Gifts offered", "0", "1", "−1 fewer")
    assert week_of(came(1, 1), came(2, 2))["Received"].change == "+2 more"


def test_a_reply_counts_in_the_week_in_which_it_was_given_and_no_second_one_does() -> None:
    found = week_of(came(1, 900, at(100, "reply"), at(50, "reply")), came(2, 300, at(200, "reply")))
    assert (found["First replies given"].this, found["First replies given"].before) == ("1", "1")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_verdicts_count_by_what_they_say_those_on_private_cases_too(outcome: Outcome) -> None:
    found = week_of(
        came(1, 900, at(890, "reply"), at(2, "verdict", outcome=outcome)),
        others=((NOW - timedelta(hours=5), str(outcome)), (NOW - timedelta(days=8), str(outcome))),
    )
    called = {"solved": "Verdicts: solved", "partly": "Verdicts: partly", "unsolved": "Verdicts: not solved"}[outcome]
    assert (found[called].this, found[called].before) == ("2", "1")
    assert sum(int(line.this) for name, line in found.items() if name.startswith("Verdicts")) == 2


def test_the_median_of_a_week_is_as_it_stood_at_its_end() -> None:
    before = [came(number, 200, at(180, "reply")) for number in range(10)]
    this = [came(10 + number, 100, at(95, "reply")) for number in range(10)]
    found = week_of(*before, *this)["Median time to first reply"]
    assert found == Compared("Median time to first reply", "5 hr", "20 hr", "−15 hr shorter")
    late = [came(number, 200, at(100, "reply")) for number in range(10)]
    found = week_of(*late, *this)["Median time to first reply"]
    assert (found.this, found.before, found.change) == ("5 hr", "More than half still wait", "")
    found = week_of(*this[1:])["Median time to first reply"]
    assert (found.this, found.before, found.change) == ("Too few to say", "None yet", "")
    same = [came(number, 200, at(195, "reply")) for number in range(10)]
    assert week_of(*same, *this)["Median time to first reply"].change == "= as before"
    slow = [came(10 + number, 100, at(70, "reply")) for number in range(10)]
    assert week_of(*same, *slow)["Median time to first reply"].change == "+1 day 1 hr longer"


def test_where_nothing_happened_there_is_no_week() -> None:
    assert weeks(looked_at(came(1, 900)), (), NOW) == ()
    assert weeks(looked_at(came(1, 900, source="Market Square"), came(2, 5, source="Market Square")), (), NOW) == ()


DAY = date(2026, 11, 18)
END = datetime(2026, 11, 19, tzinfo=UTC)
LATER = date(2026, 11, 20)


def promised(*events: Event) -> Case:
    return came(1, 900, at(800, "reply"), at(700, "promise", due=DAY), *events)


@pytest.mark.parametrize(
    ("case", "ends"),
    [
        (promised(), [END]),
        (promised(at(100, "kept")), []),
        (promised(at(10, "kept")), [END]),
        (promised(at(10, "broken")), [END]),
        (promised(at(100, "broken")), []),
        (promised(at(100, "moved", due=LATER)), [END + timedelta(days=2)]),
        (promised(at(10, "moved", due=LATER)), [END]),
        (promised(at(100, "withdrawn")), []),
        (promised(at(10, "withdrawn")), [END]),
        (promised(at(650, "promise", promise="p2", due=DAY)), [END, END]),
        (promised(at(100, "moved", due=date(2027, 1, 1))), [datetime(2027, 1, 2, tzinfo=UTC)]),
    ],
)
def test_a_promise_falls_overdue_when_its_last_day_ends_and_it_still_runs(case: Case, ends: list[datetime]) -> None:
    (looked,) = looked_at(case)
    assert [end for end, what in looked.moments if what == "overdue"] == ends


# --- Topics ---


def test_the_topic_that_grows_most_stands_on_top_with_bars_to_scale() -> None:
    four_weeks = 28 * 24
    found = trends(
        looked_at(
            *(came(number, 10 + number, topic="delivery") for number in range(3)),
            *(came(10 + number, four_weeks + number, topic="delivery") for number in range(2)),
            *(came(20 + number, four_weeks - 1, topic="billing") for number in range(2)),
            *(came(30 + number, 2 * four_weeks - 1, topic="prices") for number in range(4)),
            came(40, 2 * four_weeks, topic="too-old"),
            came(41, 1, topic="imported", source="Market Square"),
        ),
        {},
        NOW,
    )
    assert [(one.topic, one.this, one.before, one.bar, one.bar_before, one.change) for one in found] == [
        ("billing", 2, 0, 50, 0, "+2 more"),
        ("delivery", 3, 2, 75, 50, "+1 more"),
        ("prices", 0, 4, 0, 100, "−4 fewer"),
    ]
    assert trends([], {}, NOW) == []


def test_staff_see_the_topics_of_private_cases_and_of_no_spam(house: House) -> None:
    house.receive(topic="billing", publicity="private")
    house.receive(topic="delivery")
    house.work()
    with house.inbox.writing() as connection:
        received = a_received("00000009", topic="prices", received=house.now, outcome="held")
        cases.add(connection, [Arrival(received, Contact(), "k" * 32, b"d" * 32)])
    house.work()
    section = page(house).split("Topics,", 1)[1].split("</section>", 1)[0]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>.*?<td>(\d+)</td><td>(\d+)</td>', section, re.DOTALL)
    assert rows == [("not known", "1", "0"), ("billing", "1", "0"), ("delivery", "1", "0")]


# --- Who waits longest ---


def test_ten_wait_longest_for_a_reply_for_another_one_or_for_a_promise() -> None:
    again = came(1, 900, at(800, "reply"), at(90, "verdict", outcome=Outcome.PARTLY))
    overdue = promised(at(95, "kept"), at(94, "promise", promise="p2", due=DAY))
    first = [came(10 + number, number + 1) for number in range(LONGEST)]
    done = came(30, 999, at(998, "reply"))
    found = longest(looked_at(again, replace(overdue, number="00000002"), *first, done), [], NOW, UTC)
    assert [(one.number, one.what) for one in found[:3]] == [
        ("00000001", "answer again"),
        ("00000002", "promise overdue"),
        ("00000019", "first reply"),
    ]
    assert found[0].since == NOW - timedelta(hours=90)
    assert found[1].since == found[1].due == END
    assert len(found) == LONGEST


def test_a_promise_that_is_overdue_for_longer_than_an_answer_is_owed_is_what_is_waited_for() -> None:
    both = promised(at(30, "verdict", outcome=Outcome.PARTLY))
    (found,) = longest(looked_at(both), [], NOW, UTC)
    assert found.what == "promise overdue"
    (found,) = longest(looked_at(promised(at(200, "verdict", outcome=Outcome.PARTLY))), [], NOW, UTC)
    assert found.what == "answer again"


@pytest.mark.parametrize("end", ["withdrawn", "removed"])
def test_nobody_waits_in_a_case_that_is_gone(end: str) -> None:
    gone = replace(promised(at(5, end)), text="")
    assert longest(looked_at(gone), [], NOW, START.tzinfo) == []  # type: ignore[arg-type]


def test_nobody_at_the_desk_is_waited_for_by_a_stub_or_by_what_was_imported() -> None:
    assert longest(looked_at(replace(came(1, 5), text=""), came(2, 5, source="Market Square")), [], NOW, UTC) == []


def lines_of(shown: str) -> list[str]:
    """Return the numbers of the cases that wait longest, as they stand on a page."""
    section = shown.split("Who waits longest", 1)[1].split("</section>", 1)[0]
    return re.findall(r'href="/desk/acme/([0-9a-z]{8})"', section)


def test_private_and_unread_cases_wait_too_and_stand_there_once_with_whoever_has_them(house: House) -> None:
    publish(house, a_case(number="00000001", text="Published words", received=house.now - timedelta(hours=3)))
    private = house.receive(text="Private words", publicity="private")
    house.pass_time(hours=1)
    unread = house.receive(text="Unread words")
    house.pass_time(hours=30)
    house.work()
    house.at_the_desk().decide(private, "assign", to="1")
    shown = page(house)
    assert lines_of(shown) == ["00000001", private, unread]
    assert "Private words" in shown
    assert "Published words" in shown
    assert shown.count("<bdi>Olga</bdi> has it") == 1
    assert shown.count("nobody has it") == 2
    assert house.at_the_desk().get(f"/desk/acme/{private}").status_code == 200


def test_what_is_unread_and_public_stands_there_once(house: House) -> None:
    receive(house, a_received("00000001", text="Unread"))
    put_case(house.content, a_case(number="00000001", text="Of another inbox"))
    assert lines_of(page(house)) == ["00000001"]


def test_of_more_than_ten_in_the_inbox_the_oldest_stand_there_and_none_that_was_answered(house: House) -> None:
    facts = {"publicity": "private", "outcome": "private"}
    waiting = [a_received(f"{number:08}", received=after(number), **facts) for number in range(LONGEST + 2)]
    answered = a_received("00000099", received=after(-9), first_reply=after(1), **facts)
    receive(house, *waiting, answered)
    house.pass_time(hours=24)
    assert lines_of(page(house)) == [one.number for one in waiting[:LONGEST]]


def test_topics_of_the_inbox_are_those_of_one_company(house: House) -> None:
    receive(house, a_received("00000001", topic="billing"), a_received("00000002", company="bolt", topic="prices"))
    with house.inbox.reading() as connection:
        assert worklist.topics(connection, "acme", 0) == {"00000001": "billing"}
        assert worklist.topics(connection, "acme", int(START.timestamp())) == {}


def test_verdicts_of_the_inbox_are_those_of_one_company_since_a_time(house: House) -> None:
    receive(house, a_received("00000001"), a_received("00000002", company="bolt"))
    with house.inbox.writing() as connection:
        for number, hours in (("00000001", 1), ("00000001", 5), ("00000002", 5)):
            verdicts.add(connection, number, an_event("verdict", hours, outcome=Outcome.PARTLY))
    with house.inbox.reading() as connection:
        assert verdicts.since(connection, "acme", after(1)) == [(after(5), Outcome.PARTLY)]


def test_no_other_company_and_no_keeper_learns_of_it(house: House) -> None:
    private = house.receive(text="Private words", publicity="private", topic="billing")
    house.pass_time(hours=30)
    house.work()
    for login in ("bo", "kim"):
        shown = page(house, login)
        assert private not in shown
        assert "Private words" not in shown
        assert "billing" not in shown
    assert private in page(house)


def test_spam_that_is_held_back_is_not_shown_to_staff(house: House) -> None:
    receive(house, a_received("00000001", text="Buy now", outcome="held", received=house.now))
    house.work()
    assert lines_of(page(house)) == []


# --- Who has what ---


def rows_of(shown: str) -> list[tuple[str, str, str]]:
    section = shown.split("Who has what waits", 1)[1].split("</section>", 1)[0]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>\s*<td>(\d+)</td><td[^>]*>(\d+)</td>', section, re.DOTALL)
    return [(words_of(name), has, late) for name, has, late in rows]


def test_everybody_stands_there_with_what_waits_for_them_and_nobody_last(house: House) -> None:
    for login in ("max", "ina", "olga"):
        house.at_the_desk(login)
    late = [house.receive() for _ in range(2)]
    house.pass_time(hours=30)
    house.work()
    early = [house.receive() for _ in range(3)]
    house.work()
    with house.inbox.writing() as connection:
        ids = {name: identity for identity, name in team.colleagues(connection, "acme").items()}
        team.assign(connection, "acme", late[0], ids["Max"], house.now)
        for number in early[:2]:
            team.assign(connection, "acme", number, ids["Olga"], house.now)
    shown = page(house)
    assert rows_of(shown) == [("Max", "1", "1"), ("Olga (you)", "2", "0"), ("Ina", "0", "0"), ("Nobody", "2", "1")]
    assert 'href="/desk/?who=me"' in shown
    assert 'href="/desk/?who=nobody"' in shown


# --- The page ---


def test_where_there_is_nothing_the_page_says_what_is_true(house: House) -> None:
    empty = page(house)
    assert "Nothing has come in yet." in empty
    assert "No case waits." in empty
    for heading in ("Who has what waits", "The last seven days", "Topics,"):
        assert heading not in empty
    publish(house, a_case(an_event("reply"), text="Long ago.", received=START))
    house.pass_time(days=100)
    later = page(house)
    assert "Nothing happened in the last fourteen days." in later
    assert "Nothing has come in in the last eight weeks." in later
    assert "No case waits." in later
    assert "Nothing has come in yet." not in later


def test_every_page_of_the_desk_leads_there_and_no_style_stands_in_it(house: House, olga: Seat) -> None:
    number = house.receive()
    house.work()
    assert 'href="/desk/figures"' in olga.get(f"/desk/acme/{number}").text
    shown = page(house)
    assert '<a href="/desk/figures" aria-current="page">' in shown
    assert "<rect" in shown
    assert "style=" not in shown


def test_the_keeper_sees_first_the_company_where_most_is_overdue(house: House) -> None:
    before = words_of(page(house, "kim"))
    assert before.index("Acme none") < before.index("Bolt none")
    assert "all time" not in before
    publish(house, a_case(number="00000001", text="Late."))
    house.receive("bolt", publicity="private")
    publish(house, a_case(number="00000002", text="Late."), a_case(number="00000003", text="Late."), company="bolt")
    house.pass_time(days=2)
    house.work()
    shown = page(house, "kim")
    said = words_of(shown)
    assert said.index("Bolt 3 the longest for 1 day 3 hr") < said.index("Acme 1 the longest for 1 day 3 hr")
    assert said.count("Too few to say all time") == 4
    assert 'href="https://board.example/bolt/figures/"' in shown


def test_staff_of_a_company_that_is_no_more_get_no_page(house: House, olga: Seat) -> None:
    (house.content / "acme" / "company.toml").unlink()
    assert olga.get("/desk/figures").status_code == 404


def test_the_keepers_overview_says_what_waits_what_is_wrong_with_the_machine_and_which_files_have_a_fault(
    house: House,
) -> None:
    kim = house.at_the_desk("kim")
    house.work()
    shown = kim.get("/desk/figures").text
    assert "No file of it has a fault." in shown
    asked = house.receive()
    house.at_the_desk("olga").decide(asked, "ask", reason="hate", why="Words of hate.")
    house.receive(text="https://a.example https://b.example https://c.example https://d.example")
    (house.content / "acme" / "company.toml").write_text("name =\n")
    shown = " ".join(re.sub("<[^>]+>", " ", kim.get("/desk/figures").text).split())
    assert "2 what was asked, or looks like spam , 1 of it held back as spam" in shown
    assert "acme/company.toml:1" in shown
    assert "nothing is published: nobody does what runs by the clock" in shown
    assert "Words of hate" not in shown
