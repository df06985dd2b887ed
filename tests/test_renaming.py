"""A company that is renamed keeps its cases, its figures and every old address."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from amends.board import create_board, urls
from amends.generator.build import build
from amends.inbox import Inbox, renaming, similar
from amends.inbox import audit as audit_trail
from amends.inbox.people import Person
from amends.inbox.schema import case, company, customer, metadata, submission_key, webhook
from amends.inbox.signing_tables import audit
from amends.language import LANGUAGES
from amends.publish import CannotPublishError, Publisher
from amends.publish.renaming import rename
from amends.record import RecordError, load
from amends.record.rereading import Rereader
from tests.boards import CASES, SOON, a_record, read
from tests.factories import NUMBER, a_case, company_toml, make_board, make_inbox, put, put_case
from tests.house import NOON, URL, House, Seat
from tests.test_cli import run


class KilledError(BaseException):
    """The process ended here."""


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = make_inbox(tmp_path)
    yield inbox
    inbox.close()


def rename_acme(house: House, new: str = "zenith") -> None:
    rename(house.content, house.settings.locks, house.inbox, "acme", new)
    house.worker.copy_settings()


def companies_in(inbox: Inbox) -> set[str]:
    """Every name of a company that a table of the store has, but for the audit trail, which is never changed."""
    with inbox.reading() as connection:
        found = {
            name
            for table in metadata.sorted_tables
            if table is not audit
            for column in table.columns
            if column.name == "company" or (table.name, column.name) == ("company", "slug")
            for name in connection.execute(select(column)).scalars()
        }
    return found - {None, ""}


# --- The record and the store ---


def test_cases_staff_and_settings_go_with_the_name(house: House) -> None:
    number = house.receive(text="The bell fell off.")
    seat = house.at_the_desk()
    seat.decide(number, "reply", name="Olga", text="Sorry.", topic="delivery", do="send")
    house.work()
    rename_acme(house)
    assert not (house.content / "acme").exists()
    assert load(house.content).company("zenith").aliases == ("acme",)
    assert house.record().entry("zenith", number).case.first_reply
    assert "acme" not in companies_in(house.inbox)
    assert seat.get(f"/desk/zenith/{number}").status_code == 200
    house.work()
    assert load(house.content).faults == ()


def test_every_table_follows(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        connection.execute(insert(webhook).values(company="old", url="u", secret="s", created=NOON))
        connection.execute(insert(customer).values(company="old", email="a@b.example", text="old"))
        connection.execute(insert(company).values(slug="old", settings="", board=""))
        renaming.rename(connection, "old", "new")
    assert companies_in(inbox) == {"new"}


def test_of_what_there_can_be_one_the_new_name_keeps_its_own(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        for slug in ("old", "new", "other"):
            connection.execute(insert(customer).values(company=slug, email="a@b.example", text=slug))
            connection.execute(insert(company).values(slug=slug, settings=slug, board=""))
        connection.execute(insert(customer).values(company="old", email="c@d.example", text="kept"))
        renaming.rename(connection, "old", "new")
        renaming.rename(connection, "old", "new")
        rows = connection.execute(select(customer.c.company, customer.c.text).order_by(customer.c.text)).all()
        assert [tuple(row) for row in rows] == [("new", "kept"), ("new", "new"), ("other", "other")]
        assert set(connection.execute(select(company.c.settings)).scalars()) == {"new", "other"}


def test_a_company_is_called_again_as_before(house: House) -> None:
    rename_acme(house)
    rename(house.content, house.settings.locks, house.inbox, "zenith", "acme")
    assert load(house.content).company("acme").aliases == ("zenith",)
    assert load(house.content).faults == ()


STEPS = ("amends.publish.renaming.change", "amends.publish.renaming.renaming.rename", "amends.publish.renaming.move")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
def test_whichever_step_it_is_cut_off_at_the_same_command_ends_it(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str, is_done: bool
) -> None:
    number = house.receive()
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    place, _, name = step.rpartition(".")
    module = {"amends.publish.renaming": rename.__globals__, "amends.publish.renaming.renaming": vars(renaming)}[place]
    real = module[name]

    def cut_off(*arguments: object, **facts: object) -> None:
        if is_done:
            real(*arguments, **facts)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setitem(module, name, cut_off)
        with pytest.raises(KilledError):
            rename_acme(house)
    house.work()  # the service goes on meanwhile
    assert run(house, "company", "rename", "acme", "zenith").exit_code == 0
    house.worker.copy_settings()
    house.work()
    assert "acme" not in companies_in(house.inbox)
    assert load(house.content).faults == ()
    assert [entry.case.number for entry in load(house.content).entries["zenith"]] == [number]


def test_a_file_that_waited_for_the_lock_is_not_written_under_the_old_name(house: House) -> None:
    number = house.receive()
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.pass_time(seconds=10)
    publisher = Publisher(house.content, house.settings.locks, house.inbox)
    renamed = False
    real = publisher._writer.put

    def late(path: Path, data: bytes) -> None:
        nonlocal renamed
        if not renamed:
            renamed = True
            (house.content / "acme").rename(house.content / "zenith")
        real(path, data)

    publisher._writer.put = late  # type: ignore[method-assign]
    assert publisher.carry_out_due(house.now) == 0
    assert publisher.failures
    assert not (house.content / "acme").exists()
    rename_after = house.content / "zenith" / "company.toml"
    put(rename_after, rename_after.read_text() + 'aliases = ["acme"]\n')
    assert run(house, "company", "rename", "acme", "zenith").exit_code == 0
    assert publisher.carry_out_due(house.now) == 1
    assert load(house.content).entry("zenith", number)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("desk", "cannot be a company's address"),
        ("No", "cannot be a company's address"),
        ("../away", "cannot be a company's address"),
        ("bolt", "there is a folder bolt"),
        ("acme", "there is a folder acme"),
        ("once", "bolt was called once before"),
    ],
)
def test_what_a_company_cannot_be_called_changes_nothing(house: House, new: str, why: str) -> None:
    house.settle('aliases = ["once"]', company="bolt")
    before = {path: path.read_bytes() for path in house.content.rglob("*") if path.is_file()}
    with pytest.raises(CannotPublishError, match=re.escape(why)):
        rename_acme(house, new)
    assert {path: path.read_bytes() for path in house.content.rglob("*") if path.is_file()} == before


def test_nobody_is_renamed_who_is_not_there_or_whose_files_have_faults(house: House) -> None:
    with pytest.raises(CannotPublishError, match="no company nobody"):
        rename(house.content, house.settings.locks, house.inbox, "nobody", "bolt")
    put(house.content / "acme" / "2026" / "11" / f"{NUMBER}.md", "no case")
    with pytest.raises(RecordError, match=f"acme/2026/11/{NUMBER}"):
        rename_acme(house)
    assert (house.content / "acme").is_dir()


def test_two_that_claim_one_address_are_a_fault_and_the_first_has_it(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(company="bolt"))
    put(content / "acme" / "company.toml", company_toml("Acme", 'aliases = ["old", "bolt"]'))
    put(content / "bolt" / "company.toml", company_toml("Bolt", 'aliases = ["old"]'))
    record = load(content)
    expected = "expected addresses that no other company has or had"
    assert [str(fault) for fault in record.faults if fault.key == "aliases"] == [
        f"acme/company.toml: aliases: found bolt, an address of bolt, {expected}",
        f"bolt/company.toml: aliases: found old, an address of acme, {expected}",
    ]
    assert build(content, tmp_path / "public", tmp_path / "cache", SOON).faults == Rereader(content)().faults
    assert Rereader(content)().faults == record.faults
    client = create_board(record, SOON).test_client()
    assert "https://board.example/acme/" in read(client, "/old/")
    assert "This page has moved" not in read(client, "/bolt/")


def test_nobody_is_added_under_a_name_that_somebody_had(house: House) -> None:
    house.settle('aliases = ["once"]')
    result = run(house, "company", "add", "once", "--name", "Once", "--url", "https://once.example/")
    assert result.exit_code == 2
    assert "acme was called once before" in " ".join(re.sub("[│╭╰─]", " ", result.output).split())


# --- The board ---


def old_and_new(*cases: str) -> Iterator[tuple[str, str]]:
    record = a_record(*(CASES[name] for name in cases), aliases=("old", "older"))
    for url in urls(record, SOON):
        if url.startswith("/acme/"):
            yield f"/old{url.removeprefix('/acme')}", url


def test_every_address_that_a_company_had_leads_to_the_one_that_it_has() -> None:
    record = a_record(CASES["disputed"], aliases=("old", "older"))
    client = create_board(record, SOON).test_client()
    there = set(urls(record, SOON))
    assert len(list(old_and_new("disputed"))) > 20
    for old, new in old_and_new("disputed"):
        assert {old, new, f"/older{new.removeprefix('/acme')}"} <= there
        if new.endswith("/"):
            page = read(client, old)
            address = f"https://board.example{new}"
            assert f'<meta http-equiv="refresh" content="0; url={address}">' in page
            assert f'<link rel="canonical" href="{address}">' in page
            assert f'<a href="{address}">' in page
        else:
            assert client.get(old).data == client.get(new).data, old


def test_only_what_is_there_leads_anywhere() -> None:
    client = create_board(a_record(CASES["disputed"], aliases=("old",)), SOON).test_client()
    assert client.get("/old/22222222/").status_code == 404
    assert client.get("/nobody/").status_code == 404


def test_hosts_that_can_redirect_are_told_so_and_no_file_is_written_for_nothing() -> None:
    renamed = create_board(a_record(CASES["disputed"], aliases=("old", "older")), SOON).test_client()
    assert read(renamed, "/_redirects") == "/old/* /acme/:splat 301\n/older/* /acme/:splat 301\n"
    assert "/_redirects" not in set(urls(a_record(CASES["disputed"]), SOON))


def test_old_addresses_are_in_no_map_and_no_list() -> None:
    client = create_board(a_record(CASES["disputed"], aliases=("old",)), SOON).test_client()
    assert "/old/" not in read(client, "/sitemap.xml")
    assert "/old/" not in read(client, "/")
    assert '"old"' not in read(client, "/cases.json")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_page_that_leads_on_speaks_the_companys_language(tag: str) -> None:
    client = create_board(a_record(aliases=("old",), language=tag), SOON).test_client()
    assert f'<html lang="{tag}"' in read(client, "/old/")
    assert ("This page has moved" in read(client, "/old/")) == (tag == "en")


@pytest.mark.parametrize("new", ["zenith", "aaa"])
def test_a_board_that_was_built_before_is_the_board_that_is_built_anew(prompt_house: House, new: str) -> None:
    house = prompt_house
    put_case(house.content, a_case(text="x"))
    house.worker.turn()
    assert "Acme" in house.page("acme")
    rename_acme(house, new)
    house.worker._look_again = 0.0
    house.worker.turn()
    house.settle('name = "Zenith"', company=new)
    house.worker._look_again = 0.0
    house.worker.turn()
    grown = {path.relative_to(house.public): path.read_bytes() for path in house.public.rglob("*.html")}
    assert "This page has moved" in house.page("acme")
    assert "This page has moved" in house.page(f"acme/{NUMBER}")
    anew, now = house.folder / "anew", f"{house.now:%Y-%m-%dT%H:%M:%SZ}"
    assert run(house, "build", "--out", anew, "--now", now).exit_code == 0
    assert {path.relative_to(anew): path.read_bytes() for path in anew.rglob("*.html")} == grown


# --- The service ---


def test_a_widget_with_the_old_name_goes_on(house: House) -> None:
    rename_acme(house)
    number = house.receive("acme")
    with house.inbox.reading() as connection:
        assert connection.execute(select(case.c.company).where(case.c.number == number)).scalar() == "zenith"
    form = house.visitor().get("/w/form/acme/en.js", base_url=URL).text
    assert '"slug":"zenith"' in form
    assert f"{URL}/zenith/new" in form
    assert house.visitor().get("/acme/new", base_url=URL).status_code == 200
    with house.inbox.writing() as connection:
        similar.put(connection, {"zenith": '{"answers": "of zenith"}'})
    assert "of zenith" in house.visitor().get("/w/similar/acme.js", base_url=URL).text


def test_the_same_sent_again_under_either_name_is_one_case(house: House) -> None:
    first = house.send("acme")
    rename_acme(house)
    second = house.send("acme")
    assert second.json is not None
    again = house.post("/zenith/feedback", {"text": "My parcel is late.", "key": "k" * 32}, Accept="application/json")
    assert again.json is not None
    assert first.json is not None
    assert again.json["case"] == second.json["case"] == first.json["case"]


def test_what_came_under_the_old_name_for_some_seconds_more_is_given_to_the_new_one(house: House) -> None:
    rename_acme(house)
    number = house.receive("bolt")
    with house.inbox.writing() as connection:
        connection.execute(case.update().where(case.c.number == number).values(company="acme"))
        connection.execute(submission_key.update().values(company="acme"))
    house.worker.turn()
    assert "acme" not in companies_in(house.inbox)


def test_private_links_and_links_to_the_desk_go_on(house: House) -> None:
    answer = house.send()
    assert answer.json is not None
    seat = house.at_the_desk()
    rename_acme(house)
    assert house.visitor().get(answer.json["link"], base_url=URL).status_code == 200
    there = seat.get(f"/desk/acme/{answer.json['case']}")
    assert there.status_code == 308
    assert there.headers["Location"].endswith(f"/desk/zenith/{answer.json['case']}")
    assert house.at_the_desk("bo").get(f"/desk/acme/{answer.json['case']}").status_code == 404


# --- The audit trail ---


def trail(seat: Seat, query: str = "") -> list[tuple[str, str]]:
    """Return whose rows somebody reads there, and of which company they say to be."""
    main = seat.get(f"/desk/audit{query}").text.split("<main", 1)[1]
    return re.findall(r"<b><bdi>(.*?)</bdi></b>(?: <small>(.*?)</small>)?", main)


def test_the_admin_of_a_renamed_company_reads_what_was_done_under_each_of_its_names(house: House) -> None:
    ann, bo, kim = house.sign_in("ann"), house.sign_in("bo"), house.sign_in("kim")
    for name in ("zenith", "nadir"):
        rename(house.content, house.settings.locks, house.inbox, "acme" if name == "zenith" else "zenith", name)
        house.worker.copy_settings()
        house.sign_in("ann")
    assert trail(ann) == [("ann", ""), ("ann", "then zenith"), ("ann", "then acme")]
    assert trail(ann, "?who=bo") == trail(ann, "?company=bolt&who=bo") == []
    assert "<option>bo</option>" not in ann.get("/desk/audit").text
    assert trail(bo) == [("bo", "")]
    assert trail(kim, "?company=nadir") == [("ann", "nadir"), ("ann", "zenith"), ("ann", "acme")]
    assert trail(kim, "?company=bolt") == [("bo", "bolt")]
    assert trail(kim, "?company=nobody") == []
    assert len(trail(kim)) == 5


@pytest.mark.parametrize("claims", ['aliases = ["acme"]', 'aliases = ["once"]'], ids=["its slug", "its alias"])
def test_a_name_that_two_companies_claim_opens_no_trail_to_either(house: House, claims: str) -> None:
    house.sign_in("ann")
    with house.inbox.writing() as connection:
        audit_trail.note(connection, house.now, Person(99, "otto", "Otto", "admin", "once"), "signed in")
    house.settle('aliases = ["once"]')
    assert trail(house.at_the_desk("ann"))[0] == ("otto", "then once")
    house.settle(claims, company="bolt")
    bo = house.sign_in("bo")
    assert trail(bo) == [("bo", "")]
    if "once" in claims:
        assert trail(house.at_the_desk("ann")) == [("ann", "")]
