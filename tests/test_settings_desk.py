"""The desk's page on which a company changes its settings."""

import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from amends.inbox.signing_tables import audit
from amends.record import Contact, read_company
from tests.house import House, Seat

ADDRESS = "/desk/bolt/settings"


@pytest.fixture
def bo(house: House) -> Seat:
    return house.at_the_desk("bo")


def file_of(house: House, company: str = "bolt") -> Path:
    return house.content / company / "company.toml"


def shown(answer: TestResponse) -> dict[str, str]:
    """Return what the form has in it, by the names of its fields."""
    form = answer.text.partition('<form class="do"')[2]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in facts and (facts.get("type") != "checkbox" or " checked" in tag):
            fields[facts["name"]] = unescape(facts.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL):
        fields[name] = unescape(text)
    for name, choices in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        fields[name] = (re.findall(r'selected value="([^"]+)"', choices) or ["phone"])[0]
    return fields


def change(seat: Seat, address: str = ADDRESS, **fields: str) -> TestResponse:
    """Fill in the form as its page shows it, and send it."""
    return send(seat, shown(seat.get(address)) | fields, address)


def send(seat: Seat, fields: dict[str, str], address: str = ADDRESS) -> TestResponse:
    return seat.submit(address, **{key: value for key, value in fields.items() if key != "csrf_token"})


def wrong(answer: TestResponse) -> dict[str, str]:
    """Return what stands at which field."""
    found = re.findall(r'<p class="wrong" id="([\w-]+)-wrong">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    return {key: unescape(said) for key, said in found}


def test_what_is_changed_stands_in_the_file_and_all_else_as_it_was(house: House, bo: Seat) -> None:
    path = file_of(house)
    path.write_text("# Bolt\n" + path.read_text().replace('"Bolt"', '"Bolt" # as on the sign'))
    before = path.read_text()
    answer = change(bo, about="Bicycles.", reply_hours="48", topics="repairs\n prices \n\n", accent="#0c5a70")
    assert answer.status_code == 302
    expected = before.replace("= 24", "= 48").replace('["delivery", "billing"]', '["repairs", "prices"]')
    assert path.read_text() == expected + 'about = "Bicycles."\naccent = "#0c5a70"\n'
    assert "Changed." in bo.get(answer.headers["Location"]).text
    with house.inbox.reading() as connection:
        noted = connection.execute(select(audit.c.login, audit.c.about).where(audit.c.what == "settings changed")).all()
    assert [tuple(row) for row in noted] == [("bo", "bolt")]


def test_intake_goes_by_it_with_the_next_turn_of_the_worker(house: House, bo: Seat) -> None:
    change(bo, origins="https://new.example")
    house.worker.turn()
    sent = {"text": "My bell is loud.", "key": "k" * 32}
    status = [
        house.post("/bolt/feedback", sent, Origin=origin, Accept="application/json").status_code
        for origin in ("https://bolt.example", "https://new.example")
    ]
    assert status == [403, 201]


def test_every_field_reads_back_as_it_was_filled_in(house: House, bo: Seat) -> None:
    given = {
        "name": "Bolt & Söhne", "url": "https://bolt.example/shop", "about": 'Bicycles, "fast".', "language": "de",
        "reply_hours": "48", "topics": "repairs\nprices", "origins": "https://bolt.example\nhttps://www.bolt.example",
        "timezone": "Europe/Berlin", "business_hours": "mon-fri 09:00-17:30\nsat 10:00-14:00",
        "holidays": "12-25\n2026-12-24", "accent": "#112233", "order_pattern": "AA-999999", "sensitive": "y",
        "contacts-0-kind": "email", "contacts-0-value": "care@bolt.example", "contacts-0-note": "on working days",
    }  # fmt: skip
    assert change(bo, **given).status_code == 302
    again = shown(bo.get(ADDRESS))
    assert {key: again[key].replace("\r\n", "\n") for key in given} == given
    assert again["contacts-1-value"] == ""
    company = read_company(file_of(house).read_text(), "bolt", "")
    assert company.contacts == (Contact("email", "care@bolt.example", "on working days"),)
    change(bo, **{"contacts-0-value": "", "sensitive": "", "about": "", "holidays": "", "language": ""})
    company = read_company(file_of(house).read_text(), "bolt", "")
    assert (company.contacts, company.about, company.language, company.hours.holidays) == ((), "", "en", ())


def test_what_is_not_touched_is_no_change_though_a_form_cannot_show_it_so(house: House, bo: Seat) -> None:
    path = file_of(house)
    path.write_text(
        path.read_text() + 'about = """Bicycles\nand bells"""\n[[contacts]]\nkind = "address"\nvalue = """A\nB"""\n'
    )
    before = path.read_text()
    assert "Nothing was changed" in bo.get(change(bo).headers["Location"]).text
    assert path.read_text() == before
    change(bo, name="Other", **{"contacts-1-kind": "phone", "contacts-1-value": "1"})
    new = before.replace('"Bolt"', '"Other"') + '\n[[contacts]]\nkind = "phone"\nvalue = "1"\n'
    assert path.read_text() == new


@pytest.mark.parametrize(
    ("fields", "key", "said"),
    [
        ({"name": " "}, "name", "Please give the name."),
        ({"url": "bolt.example"}, "url", "an http or https address"),
        ({"language": "German"}, "language", "a language tag like en or zh-Hant"),
        ({"reply_hours": "1000"}, "reply_hours", "a whole number of hours from 1 to 720"),
        ({"reply_hours": "soon"}, "reply_hours", "a whole number of hours from 1 to 720"),
        ({"topics": "Late Parcels"}, "topics", "names of small letters, digits and dashes"),
        ({"origins": "https://bolt.example/shop"}, "origins", "origins like https://acme.example"),
        ({"timezone": "Berlin"}, "timezone", "a time zone like Europe/Berlin"),
        ({"business_hours": "always"}, "business_hours", "hours like mon-fri 09:00-17:30"),
        ({"holidays": "Christmas"}, "holidays", "days like 2026-12-25"),
        ({"accent": "red"}, "accent", "a colour like #0C5A70"),
        ({"order_pattern": "?"}, "order_pattern", "Expected here: "),
        ({"contacts-0-kind": "web", "contacts-0-value": "here"}, "contacts", "an http or https address"),
        ({"contacts-0-kind": "fax", "contacts-0-value": "1"}, "contacts-0-kind", "Not a valid choice"),
    ],
    ids=str,
)
def test_what_the_record_refuses_is_told_beside_its_field_and_nothing_is_written(
    house: House, bo: Seat, fields: dict[str, str], key: str, said: str
) -> None:
    before = file_of(house).read_text()
    answer = change(bo, about="My words.", **fields)
    assert answer.status_code == 422
    assert said in wrong(answer)[key]
    assert list(wrong(answer)) == [key]
    assert shown(answer)["about"] == "My words."
    assert file_of(house).read_text() == before


def test_an_edit_by_hand_meanwhile_is_shown_beside_what_was_filled_in(house: House, bo: Seat) -> None:
    fields = shown(bo.get(ADDRESS)) | {"name": "Mine"}
    path = file_of(house)
    path.write_text(path.read_text().replace('"Bolt"', '"Theirs"').replace("= 24", "= 36"))
    by_hand = path.read_text()
    answer = send(bo, fields)
    assert answer.status_code == 409
    assert "<dt>Name</dt><dd><bdi>Theirs</bdi>" in answer.text
    assert "<bdi>36</bdi>" in answer.text
    assert shown(answer)["name"] == "Mine"
    assert path.read_text() == by_hand
    # Sent again after a look at it, it is what stands there.
    assert send(bo, shown(answer) | {"reply_hours": "36"}).status_code == 302
    assert path.read_text() == by_hand.replace('"Theirs"', '"Mine"')


def test_a_file_with_a_fault_is_shown_with_it_and_never_written(house: House, bo: Seat) -> None:
    fields = shown(bo.get(ADDRESS)) | {"name": "Mine"}
    path = file_of(house)
    path.write_text(path.read_text() + 'nmae = "Bolt"\n')
    before = path.read_text()
    answer = bo.get(ADDRESS)
    assert answer.status_code == 409
    assert "bolt/company.toml:6: nmae" in answer.text
    assert '<form class="do"' not in answer.text
    del fields["csrf_token"]
    assert bo.submit(ADDRESS, page="/desk/keys", **fields).status_code == 409
    assert path.read_text() == before


@pytest.mark.parametrize(("login", "status"), [("max", 403), ("olga", 403), ("bo", 404), ("kim", 302)])
def test_only_its_admins_and_keepers_change_the_settings_of_a_company(house: House, login: str, status: int) -> None:
    fields = shown(house.at_the_desk("kim").get("/desk/acme/settings")) | {"name": "Other"}
    before = file_of(house, "acme").read_text()
    seat = house.at_the_desk(login)
    fields = {key: value for key, value in fields.items() if key != "csrf_token"}
    assert seat.submit("/desk/acme/settings", page="/desk/keys", **fields).status_code == status
    assert (file_of(house, "acme").read_text() == before) == (status != 302)
    assert seat.get("/desk/acme/settings").status_code == (404 if login == "bo" else 200)


@pytest.mark.parametrize("login", ["max", "olga"])
def test_other_staff_read_them_without_a_form(house: House, login: str) -> None:
    page = house.at_the_desk(login).get("/desk/acme/settings").text
    assert "<dt>Site</dt><dd><bdi>https://acme.example/</bdi>" in page
    assert '<form class="do"' not in page


def test_staff_get_to_the_settings_of_their_own_company(house: House, bo: Seat) -> None:
    assert bo.get("/desk/settings").headers["Location"] == ADDRESS
    assert house.at_the_desk("kim").get("/desk/settings").status_code == 403


@pytest.mark.parametrize("slug", ["nobody", "..", "desk", "acme%2f..%2fbolt"])
def test_what_is_no_company_has_no_settings(house: House, slug: str) -> None:
    (house.folder / "company.toml").write_text(file_of(house).read_text())
    assert house.at_the_desk("kim").get(f"/desk/{slug}/settings").status_code == 404


def test_the_accent_is_shown_as_the_board_judges_it(house: House, bo: Seat) -> None:
    change(bo, accent="#ffee00")
    page = bo.get(ADDRESS).text
    assert "accent #ffee00 has a contrast of 1.1 where 4.5 is needed" in page
    change(bo, accent="#0c5a70")
    page = bo.get(ADDRESS).text
    assert "is needed" not in page
    assert "<code>#0c5a70</code>, a contrast of 7.7" in page
