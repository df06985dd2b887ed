"""The coach on the replies that stand in a record, in `amends check`."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amends.case import Case
from amends.cli import main
from amends.clock import stamp
from amends.coach import spelling
from amends.coach.written import of_record
from amends.commands.building import RECENT
from amends.record import Standing, load
from tests.factories import NUMBER, OTHER_NUMBER, START, a_case, after, an_event, make_board, put_case

POOR = "Dear customer, your feedback is important to us."
GOOD = "I am sorry that your parcel is late. I refunded you the fee today."
NO_APOLOGY = "No regret is said"
BOILERPLATE = "This could stand in any letter"


def answered(text: str = POOR, hours: float = 1, **facts: object) -> Case:
    return a_case(an_event("reply", hours, text=text), **{"text": "My parcel is late.", "topic": "service", **facts})


def checked(content: Path, *arguments: str, hours: float = 9) -> Result:
    return CliRunner().invoke(main, ["check", str(content), "--now", stamp(after(hours)), *arguments])


def advice(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [line for line in result.stderr.splitlines() if ": advice: " in line]


def test_what_a_reply_lacks_is_told_with_its_file_and_line_and_is_no_fault(tmp_path: Path) -> None:
    content = make_board(tmp_path, answered(), answered(GOOD, number=OTHER_NUMBER))
    result = checked(content)
    told = advice(result)
    assert any(NO_APOLOGY in line for line in told)
    assert any(line.endswith("(Dear customer)") for line in told)
    file = content / f"acme/2026/11/{NUMBER}.md"
    line = file.read_text().splitlines().index(f"- at: {stamp(after(1))}") + 1
    assert all(one.startswith(f"{file}:{line}: advice: ") for one in told)
    assert "no fault, in" in result.stdout


def test_by_itself_it_reads_the_replies_of_seven_days_and_as_asked_all_or_none(tmp_path: Path) -> None:
    content = make_board(tmp_path, answered())
    over = 1 + RECENT / timedelta(hours=1)
    assert advice(checked(content, hours=over))
    assert advice(checked(content, hours=over + 1)) == []
    assert advice(checked(content, "--coach", hours=over + 1))
    assert advice(checked(content, "--no-coach")) == []
    assert advice(checked(content, "--coach", hours=0.5)) == []


def test_a_reply_is_read_as_it_was_corrected(tmp_path: Path) -> None:
    correction = an_event("correction", 2, of=after(1), text=GOOD)
    mended = a_case(an_event("reply", 1, text=POOR), correction, text="My parcel is late.", topic="service")
    assert advice(checked(make_board(tmp_path, mended))) == []
    assert advice(checked(tmp_path / "content", hours=1.5))
    worse = a_case(an_event("reply", 1, text=GOOD), an_event("correction", 200, of=after(1), text=POOR), text="Late.")
    put_case(tmp_path / "content", worse)
    told = advice(checked(tmp_path / "content", hours=210))
    lines = (tmp_path / f"content/acme/2026/11/{NUMBER}.md").read_text().splitlines()
    assert {one.split(":")[1] for one in told} == {str(lines.index(f"- at: {stamp(after(200))}") + 1)}


def test_a_reply_answers_what_was_said_before_it(tmp_path: Path) -> None:
    asked = an_event("followup", 2, text="Is the crane insured?")
    reply = an_event("reply", 3, text=GOOD)
    before = a_case(asked, reply, text="My parcel is late.")
    content = make_board(tmp_path, before)
    assert any("What the customer asked is not taken up" in line for line in advice(checked(content)))
    put_case(content, a_case(an_event("reply", 1, text=GOOD), asked, text="My parcel is late."))
    assert advice(checked(content)) == []


def test_what_another_channel_brought_and_what_cannot_be_read_gets_no_advice(tmp_path: Path) -> None:
    content = make_board(tmp_path, answered(source="Market Square"))
    assert advice(checked(content)) == []
    file = put_case(content, answered())
    file.write_text(file.read_text().replace("kind: complaint", "kind: rant"))
    result = checked(content)
    assert result.exit_code == 1
    assert ": advice: " not in result.stderr


def test_a_case_that_stands_as_it_once_was_gets_no_advice(tmp_path: Path) -> None:
    content = make_board(tmp_path, answered())
    record = load(content)
    (entry,) = record.entries["acme"]
    last_good = replace(record, entries={"acme": (replace(entry, standing=Standing.LAST_GOOD),)})
    assert list(of_record(record, content, START, after(9)))
    assert list(of_record(last_good, content, START, after(9))) == []


def test_no_dictionary_is_read_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise AssertionError("a dictionary was read")

    monkeypatch.setattr(spelling, "_dictionary", fail)
    assert advice(checked(make_board(tmp_path, answered("We definately lost teh parcel."))))


def test_events_in_brackets_are_advised_about_too(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    head = f"case: {NUMBER}\nkind: complaint\ntopic: service\nreceived: {stamp(START)}\nreply_by: {stamp(after(24))}\n"
    event = f'{{at: {stamp(after(1))}, by: company, event: reply, name: Olga, text: "{POOR}"}}'
    file = content / f"acme/2026/11/{NUMBER}.md"
    file.parent.mkdir(parents=True)
    file.write_text(f"---\n{head}events: [{event}]\n---\nLate.\n")
    assert {one.removeprefix(f"{file}:").split(":")[0] for one in advice(checked(content))} == {"7"}


def test_on_github_it_is_a_notice_beside_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    told = checked(make_board(tmp_path, answered()), "--format", "github").stdout
    assert f"::notice file=content/acme/2026/11/{NUMBER}.md,line=8::{NO_APOLOGY}" in told
    assert BOILERPLATE in told
