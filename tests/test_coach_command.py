"""The command that advises about a reply."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from amends.cli import main
from tests.factories import a_case, company_toml, put_case

AT = ("--at", "2026-11-24T09:00:00Z")  # a Tuesday
POOR = "Dear customer, your parcel is late because of the carrier. We will send it by Friday."


def coached(text: str | bytes, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["coach", *AT, *arguments], input=text)


def found(text: str, *arguments: str) -> dict[str, Any]:
    result = coached(text, "--json", *arguments)
    assert result.exit_code == 0, result.output
    facts: dict[str, Any] = json.loads(result.stdout)
    return facts


def test_advice_and_promises_are_json_with_places_in_code_points() -> None:
    facts = found(POOR)
    assert list(facts) == ["findings", "promises"]
    assert "apology" in [one["rule"] for one in facts["findings"]]
    assert all(list(one) == ["rule", "start", "end", "message"] for one in facts["findings"])
    (impersonal, *_) = [one for one in facts["findings"] if one["rule"] == "impersonal"]
    assert POOR[impersonal["start"] : impersonal["end"]].lower() == "dear customer"
    assert facts["promises"] == [{"text": "by Friday", "due": "2026-11-28T00:00:00Z"}]


def test_people_read_a_line_for_each() -> None:
    lines = coached(POOR).stdout.splitlines()
    assert any(line.startswith("apology: ") for line in lines)
    assert lines[-1] == "promise: “by Friday” is over at 2026-11-28T00:00:00Z"
    assert coached("").stdout == "nothing to say\n"


def case_in_berlin(folder: Path, *lines: str) -> str:
    """The path of a case of a company with these settings."""
    (folder / "acme").mkdir()
    (folder / "acme" / "company.toml").write_text(company_toml("Acme", 'timezone = "Europe/Berlin"', *lines))
    return str(put_case(folder, a_case(author="Anna", text="Where is my parcel?")))


def test_the_case_says_what_is_answered_and_its_company_where_the_day_ends(tmp_path: Path) -> None:
    facts = found("We are sorry, Anna. We will send it by Friday.", "--case", case_in_berlin(tmp_path))
    assert facts["promises"] == [{"text": "by Friday", "due": "2026-11-27T23:00:00Z"}]
    assert "apology" not in [one["rule"] for one in facts["findings"]]


def test_the_case_says_on_which_days_its_company_works(tmp_path: Path) -> None:
    path = case_in_berlin(tmp_path, 'business_hours = ["tue-sat 09:00-18:00"]', 'holidays = ["11-25"]')
    facts = found("We will send it within three working days.", "--case", path)
    assert facts["promises"] == [{"text": "within three working days", "due": "2026-11-28T23:00:00Z"}]


@pytest.mark.parametrize("at", ["soon", "2026-11-24T09:00:00", ""])
def test_a_time_that_is_none_is_wrong_usage_in_a_sentence(at: str) -> None:
    result = CliRunner().invoke(main, ["coach", "--at", at], input="Sorry.")
    if at:
        assert result.exit_code == 2
        assert "it should be a time with its zone, like 2026-11-24T09:00:00Z" in result.stderr
    else:
        assert result.exit_code == 0


def test_what_is_no_utf_8_or_no_case_is_told_in_a_sentence(tmp_path: Path) -> None:
    assert "byte 2 cannot be read" in coached(b"Hi\xff").stderr
    (tmp_path / "case.md").write_text("no case")
    result = coached("Sorry.", "--case", str(tmp_path / "case.md"))
    assert result.exit_code == 1
    assert "case.md" in result.stderr
    assert "Traceback" not in result.output
