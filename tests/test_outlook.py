"""The keeper's overview says what the next build will change, and what became of the last one."""

import os
import re

import pytest

from amends.generator import making
from amends.generator.build import BuildError
from amends.generator.glance import Glance, glance
from amends.record import exclusive
from tests.factories import put
from tests.house import House

CALM = "Nothing is on its way"
REPLY = {"name": "Olga", "text": "Sorry, a new one is on its way.", "topic": "delivery", "do": "send"}


def ahead(house: House) -> str:
    """Return what stands under “The next build”."""
    section = house.at_the_desk("kim").get("/desk/figures").text.partition("<h2>The next build</h2>")[2]
    return " ".join(re.sub("<[^>]+>", " ", section.partition("</section>")[0]).split()).replace(" ,", ",")


@pytest.fixture
def built(house: House) -> House:
    """A house whose board is built, of files that were written just now."""
    house.work()
    assert house.public.is_dir()
    return house


def found(house: House) -> Glance:
    return glance(house.content, house.settings.cache)


def test_where_nothing_waits_it_is_calm_about_files_that_were_built_right_after_they_were_written(built: House) -> None:
    assert "The pages were last written" in ahead(built)
    assert CALM in ahead(built)
    assert found(built) == Glance(built.now, has_ended=True, changed=())


def test_before_the_first_build_there_are_no_pages(house: House) -> None:
    assert ahead(house).startswith(f"There are no pages yet. {CALM}: no decision leaves, no file was changed")


def test_decisions_that_leave_are_counted_with_the_first_of_them(built: House) -> None:
    olga, numbers = built.at_the_desk("olga"), [built.receive(), built.receive()]
    olga.decide(numbers[0], "publish", topic="delivery")
    assert "1 decision leaves in the seconds to undo, the first 2 Nov 2026, 12:00" in ahead(built)
    built.pass_time(seconds=5)
    olga.decide(numbers[1], "publish", topic="delivery")
    assert "2 decisions leave in the seconds to undo" in ahead(built)
    assert CALM not in ahead(built)
    built.work()
    assert "in the seconds to undo" not in ahead(built)


def test_a_removal_counts_from_the_day_before_it_leaves(built: House) -> None:
    number = built.receive()
    built.at_the_desk("olga").decide(number, "publish", topic="delivery")
    built.work()
    kim = built.at_the_desk("kim")
    assert kim.decide(number, "hide", reason="hate", why="Words.").status_code == 302
    built.work()
    assert kim.decide(number, "remove", reason="hate", why="Words.").status_code == 302
    assert "removal" not in ahead(built)
    built.pass_time(days=2, minutes=5)
    assert "1 removal leaves within 24 hours" in ahead(built)
    assert "in the seconds to undo" not in ahead(built)


def test_files_changed_by_hand_are_counted_by_company_with_the_faults_that_keep_them_off_the_board(
    built: House,
) -> None:
    settings = built.content / "acme" / "company.toml"
    settings.write_text(settings.read_text() + 'about = "Parcels."\n')
    put(built.content / "about.md", "We keep this board.")
    told = "2 files say something else than the pages, changed since by hand (1 of the board itself, 1 of acme)"
    assert told in ahead(built)
    settings.write_text("name =\n")
    assert "A fault keeps this off the board: acme/company.toml:1" in ahead(built)
    built.work()
    assert built.public
    assert "A fault keeps" not in ahead(built)
    assert CALM in ahead(built)
    assert "acme/company.toml:1" in built.at_the_desk("kim").get("/desk/figures").text


def test_what_came_or_went_is_changed_and_what_was_only_touched_is_not(built: House) -> None:
    number = built.receive()
    built.at_the_desk("olga").decide(number, "reply", **REPLY)
    built.work()
    assert built.public
    (case,) = built.content.glob("acme/20*/*/*.md")
    (ledger,) = built.content.glob("acme/ledger/*.csv")
    for path in (case, ledger, built.content / "board.toml"):
        os.utime(path, (1, 1))
    assert found(built).changed == ()
    ledger.write_text(ledger.read_text().replace("published", "waiting"))
    assert found(built).changed == (ledger.relative_to(built.content).as_posix(),)
    case.unlink()
    put(built.content / "acme" / "updates" / "2026-11-01-new.md", "Nothing.")
    told = ("acme/updates/2026-11-01-new.md", ledger.relative_to(built.content).as_posix())
    assert found(built).changed == tuple(sorted((case.relative_to(built.content).as_posix(), *told)))


def test_of_very_many_files_the_stamp_alone_says_what_changed(built: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.generator.glance._COMPARED", 1)
    assert found(built).changed == ()
    for name in ("about", "rules"):
        put(built.content / f"{name}.md", "Words.")
    assert found(built).changed == ("about.md", "rules.md")


def test_unread_cases_count_before_they_appear_without_words(built: House) -> None:
    built.receive()
    built.pass_time(hours=1)
    built.receive()
    built.receive("bolt")
    built.receive(publicity="private")
    built.work()
    assert built.public
    shown = ahead(built)
    assert "3 cases that nobody has read appear without words within 24 hours (2 of acme, 1 of bolt)" in shown
    assert shown.count("the first 3 Nov 2026, 12:00") == 2
    assert "4 answers fall overdue within 24 hours" in shown
    built.pass_time(hours=24)
    built.work()
    assert built.public
    assert "nobody has read" not in ahead(built)
    assert "overdue" not in ahead(built)


def test_promises_count_on_the_day_before_they_fall_overdue(built: House) -> None:
    number = built.receive()
    olga = built.at_the_desk("olga")
    olga.decide(number, "reply", **REPLY)
    built.work()
    assert olga.decide(number, "promise", what="a new label", due="2026-11-04").status_code == 302
    built.work()
    assert built.public
    assert CALM in ahead(built)
    built.pass_time(hours=36)
    built.work()
    assert built.public
    assert "1 promise falls overdue within 24 hours, the first 5 Nov 2026, 00:00" in ahead(built)


def test_a_build_that_failed_is_told_until_one_has_ended(built: House, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = built.content / "acme" / "company.toml"
    settings.write_text(settings.read_text().replace('"Acme"', '"Acme Post"'))
    with monkeypatch.context() as patch:

        def fail(*_: object, **__: object) -> None:
            raise BuildError("It cannot be so.")

        patch.setattr(making.Making, "check", fail)
        built.pass_time(minutes=5)
        built.worker.turn()
        with pytest.raises(BuildError):
            assert built.public
    assert "The last build, as of 2 Nov 2026, 12:05 UTC, did not come to its end" in ahead(built)
    with exclusive(built.settings.cache, "build"):
        assert "A build is at work." in ahead(built)
        assert "did not come to its end" not in ahead(built)
    built.work()
    assert built.public
    assert "did not come to its end" not in ahead(built)


def test_what_another_version_built_is_left_alone(built: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (built.settings.cache / "board.db").read_bytes()
    monkeypatch.setattr("amends.generator.glance.of_store", lambda content: "another")
    assert found(built) == Glance(None, has_ended=False, changed=())
    assert "did not come to its end" not in ahead(built)
    assert (built.settings.cache / "board.db").read_bytes() == before
