"""board.toml and company.toml."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.board.app import create_board
from amends.cli import main
from amends.generator.build import build
from amends.generator.search import FOLDER
from amends.hours import Hours, read_week
from amends.record import Board, Company, Contact, RecordError, is_slug, read_board, read_company
from amends.record.house import RESERVED
from amends.record.model import TOPICS
from tests.boards import EXAMPLE, NOW
from tests.factories import a_company, company_toml
from tests.house import NOON, House

FULL_COMPANY = """
name = "Acme Post"
url = "https://acme.example/"
language = "zh-Hant"
about = "Parcels, since 1904."
reply_hours = 48
business_hours = ["mon-fri 09:00-17:30", "sat 10:00-24:00"]
holidays = ["2026-12-25", "01-01"]
topics = ["delivery", "no-answer"]
origins = ["https://acme.example", "http://localhost:8080"]
timezone = "Europe/Berlin"
accent = "#0C5A70"
sensitive = true
status = "left"
service_url = "https://feedback.example"
order_pattern = "AA-999999"

[[contacts]]
kind = "phone"
value = "+44 20 7946 0142"
note = "Monday to Friday"

[[contacts]]
kind = "web"
value = "https://acme.example/help"
"""


def faults_of_company(text: str) -> str:
    with pytest.raises(RecordError) as error:
        read_company(text, "acme", "acme/company.toml")
    return str(error.value)


def test_every_key_of_company_toml_is_read() -> None:
    assert read_company(FULL_COMPANY, "acme", "acme/company.toml") == Company(
        slug="acme",
        name="Acme Post",
        url="https://acme.example/",
        language="zh-Hant",
        about="Parcels, since 1904.",
        reply_hours=48,
        hours=Hours((((540, 1050),),) * 5 + (((600, 1440),), ()), ("01-01", "2026-12-25")),
        topics=("delivery", "no-answer"),
        origins=("https://acme.example", "http://localhost:8080"),
        zone=ZoneInfo("Europe/Berlin"),
        contacts=(
            Contact("phone", "+44 20 7946 0142", "Monday to Friday"),
            Contact("web", "https://acme.example/help"),
        ),
        accent="#0C5A70",
        sensitive=True,
        status="left",
        service_url="https://feedback.example/",
        order_pattern="AA-999999",
    )


def test_every_key_of_board_toml_is_read() -> None:
    text = 'title = "Open"\nbase_url = "https://b.example/x"\nlanguage = "de"\nservice_url = "https://f.example/"\n'
    text += 'keeper = "Ida Sund"\ncontact = "keeper@b.example"\n'
    board = Board("Open", "https://b.example/x/", "de", "https://f.example/", "Ida Sund", "keeper@b.example")
    assert read_board(text, "board.toml") == board


@pytest.mark.parametrize("contact", ["keeper@b.example", "https://b.example/keeper", "http://b.example"])
def test_the_keeper_is_reached_at_an_address_of_mail_or_of_a_page(contact: str) -> None:
    assert read_board(f'contact = "{contact}"', "board.toml").contact == contact


@pytest.mark.parametrize("contact", ['""', '"keeper"', '"a b@c.example"', '"javascript:alert(1)"', '"a@b@c"', "3"])
def test_the_keeper_is_reached_in_no_other_way(contact: str) -> None:
    with pytest.raises(RecordError, match=r"contact: found .*, expected an e-mail address, or an http or https"):
        read_board(f"contact = {contact}", "board.toml")


def test_only_name_and_address_of_a_company_are_needed() -> None:
    assert read_company(company_toml(), "acme", "acme/company.toml") == a_company()
    assert a_company().reply_hours == 24
    assert a_company().hours == Hours()
    assert a_company().topics == TOPICS
    assert len(TOPICS) == 7


OPEN = Hours(read_week(["mon-fri 09:00-17:00"]))
LATE = datetime(2026, 11, 6, 20, 0, tzinfo=UTC)
"""A Friday, after hours."""


def test_an_answer_is_promised_in_the_hours_of_business_of_the_companys_zone() -> None:
    company = a_company(reply_hours=8, zone=ZoneInfo("Europe/Berlin"))
    assert company.answer_due(LATE) == LATE + timedelta(hours=8)
    assert replace(company, hours=OPEN).answer_due(LATE) == datetime(2026, 11, 9, 16, 0, tzinfo=UTC)


def test_a_new_clock_runs_in_the_hours_of_business_of_its_moment() -> None:
    company = a_company(reply_hours=8)
    promised = timedelta(hours=69)
    assert company.new_clock(LATE, promised) == LATE + promised
    assert replace(company, hours=OPEN).new_clock(LATE, promised) == datetime(2026, 11, 9, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("reply_hours", [4, 24, 720])
def test_whoever_promises_more_time_later_gains_none_with_older_cases(reply_hours: int) -> None:
    company = a_company(reply_hours=reply_hours, hours=OPEN)
    assert company.new_clock(LATE, timedelta(hours=4, minutes=59)) == datetime(2026, 11, 9, 13, 0, tzinfo=UTC)
    assert company.new_clock(LATE, timedelta(0)) == LATE


def test_no_key_of_board_toml_is_needed() -> None:
    assert read_board("", "board.toml") == Board()


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        ('name = ""', "''", "some text in quotes"),
        ("name = 3", "3", "some text in quotes"),
        ('url = "acme.example"', "'acme.example'", "an http or https address"),
        ('url = "ftp://acme.example"', "'ftp://acme.example'", "an http or https address"),
        ('language = "English"', "'English'", "a language tag like en or zh-Hant"),
        ('about = " "', "' '", "some text in quotes"),
        ("reply_hours = 0", "0", "a whole number of hours from 1 to 720"),
        ("reply_hours = 721", "721", "a whole number of hours from 1 to 720"),
        ("reply_hours = true", "True", "a whole number of hours from 1 to 720"),
        ("reply_hours = 1.5", "1.5", "a whole number of hours from 1 to 720"),
        ('reply_hours = "24"', "'24'", "a whole number of hours from 1 to 720"),
        ('business_hours = "mon"', "'mon'", "a list of hours like mon-fri 09:00-17:30"),
        ("business_hours = [9, 17]", "[9, 17]", "a list of hours like mon-fri 09:00-17:30"),
        ("business_hours = []", "[]", "at least one hour a week"),
        ('business_hours = ["9-17"]', "['9-17']", "hours like mon-fri 09:00-17:30, which '9-17' is not"),
        (
            'business_hours = ["mon 17:00-09:00"]',
            "['mon 17:00-09:00']",
            "hours that end on the day on which they begin",
        ),
        ('holidays = "12-25"', "'12-25'", "a list of days like 2026-12-25, or 12-25 for every year"),
        ("holidays = [2026-12-25]", "[datetime.date(2026, 12, 25)]", "a list of days like 2026-12-25"),
        ('holidays = ["25.12."]', "['25.12.']", "days like 2026-12-25, or 12-25 for every year, which '25.12.' is not"),
        ('topics = "delivery"', "'delivery'", "a list of names"),
        ('topics = ["Delivery"]', "['Delivery']", "names of small letters, digits and dashes"),
        ('origins = "https://acme.example"', "'https://acme.example'", "a list of origins"),
        ('origins = ["https://acme.example/"]', "['https://acme.example/']", "origins like https://acme.example"),
        ('origins = ["*"]', "['*']", "origins like https://acme.example"),
        ('timezone = "Berlin"', "'Berlin'", "a time zone like Europe/Berlin"),
        ('timezone = "../../etc/passwd"', "'../../etc/passwd'", "a time zone like Europe/Berlin"),
        ('timezone = "Europe"', "'Europe'", "a time zone like Europe/Berlin"),
        ("timezone = 1", "1", "a time zone like Europe/Berlin"),
        ('accent = "teal"', "'teal'", "a colour like #0C5A70"),
        ('accent = "#fff"', "'#fff'", "a colour like #0C5A70"),
        ('sensitive = "true"', "'true'", "true or false"),
        ('status = "gone"', "'gone'", "active or left"),
        ("status = []", "[]", "active or left"),
        ('service_url = "feedback.example"', "'feedback.example'", "an http or https address"),
        ("order_pattern = 999", "999", "some text in quotes"),
        ('order_pattern = "AA-99"', "'AA-99'", "a mask like AA-999999, where A stands for a letter and 9 for a digit"),
        ('order_pattern = "[A-Z]{2}"', "'[A-Z]{2}'", "a mask like AA-999999"),
        ('order_pattern = " 999"', "' 999'", "a mask like AA-999999"),
        (f'order_pattern = "{"9" * 41}"', f"'{'9' * 41}'", "a mask like AA-999999"),
        ('contacts = "mail us"', "'mail us'", "tables [[contacts]] with kind"),
        ("contacts = [1]", "[1]", "tables [[contacts]] with kind"),
        ('[[contacts]]\nkind = "phone"', "[{'kind': 'phone'}]", "tables [[contacts]] with kind"),
        (
            '[[contacts]]\nkind = "fax"\nvalue = "1"',
            "[{'kind': 'fax', 'value': '1'}]",
            "tables [[contacts]] with kind",
        ),
        ('[[contacts]]\nkind = "web"\nvalue = "javascript:1"', "[{'kind': 'web'", "an http or https address as"),
        ('[[contacts]]\nkind = "phone"\nvalue = ""', "[{'kind': 'phone'", "some text in quotes"),
        ('[[contacts]]\nkind = "web"\nvalue = "x"\nname = "y"', "[{'kind': 'web'", "tables [[contacts]] with kind"),
    ],
)
def test_a_bad_value_is_named_with_file_line_key_and_what_was_expected(line: str, found: str, expected: str) -> None:
    key = line.split(" ", maxsplit=1)[0].split("\n", maxsplit=1)[0].strip("[]")
    others = [other for other in company_toml().splitlines() if not other.startswith(f"{key} ")]
    said = faults_of_company("\n".join(["# Acme", *others, line]))
    start = f"acme/company.toml:{len(others) + 2}: {key}: found {found}"
    assert said.startswith(start)
    assert f", expected {expected}" in said
    assert said.count("\n") == 0


def test_a_bad_value_is_not_repeated_at_length() -> None:
    assert len(faults_of_company(company_toml("Acme", f'accent = "{"x" * 5000}"'))) < 200


@pytest.mark.parametrize(("key", "other"), [("name", "url"), ("url", "name")])
def test_a_missing_key_is_named(key: str, other: str) -> None:
    text = next(line for line in company_toml().splitlines() if line.startswith(other))
    assert faults_of_company(text) == f"acme/company.toml: {key}: found nothing, expected the key {key}"


def test_a_misspelt_key_is_named_with_the_one_that_was_meant() -> None:
    said = faults_of_company(company_toml("Acme", "reply_hour = 12"))
    assert said.startswith("acme/company.toml:3: reply_hour: found an unknown key, expected one of name, url, ")
    assert said.endswith(" (did you mean reply_hours?)")


@pytest.mark.parametrize("line", ["timezone.name = 1", '"timezone" = 1', "timezone=1", "[timezone]", "[timezone.x]"])
def test_a_key_is_found_however_it_is_spelt(line: str) -> None:
    assert faults_of_company(company_toml("Acme", line)).startswith("acme/company.toml:3: timezone: found ")


def test_every_fault_of_a_file_is_named_at_once() -> None:
    said = faults_of_company('accent = "teal"\nsensitive = 1\ncolour = 3\n')
    assert [line.split(" found")[0] for line in said.splitlines()] == [
        "acme/company.toml: name:",
        "acme/company.toml: url:",
        "acme/company.toml:1: accent:",
        "acme/company.toml:2: sensitive:",
        "acme/company.toml:3: colour:",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("title", "board.toml: found what TOML cannot read (Expected '=' after a key"),
        ("\n\ntitle = Board\n", "board.toml:3: found what TOML cannot read (Invalid value"),
        ('title = "a"\ntitle = "b"\n', "board.toml:2: found what TOML cannot read (Cannot overwrite a value"),
        ('titel = "a"\n', "board.toml:1: titel: found an unknown key, expected one of title, base_url, "),
        ("title = 1\n", "board.toml:1: title: found 1, expected some text in quotes"),
        ('base_url = "/"\n', "board.toml:1: base_url: found '/', expected an http or https address"),
        ('language = ""\n', "board.toml:1: language: found '', expected a language tag like en or zh-Hant"),
        ("service_url = false\n", "board.toml:1: service_url: found False, expected an http or https address"),
    ],
)
def test_a_fault_of_board_toml_is_named(text: str, fault: str) -> None:
    with pytest.raises(RecordError) as error:
        read_board(text, "board.toml")
    assert str(error.value).startswith(fault)


def is_refused(text: str) -> bool:
    try:
        read_company(text, "acme", "acme/company.toml")
    except RecordError as error:
        return bool(error.faults)
    return False


@pytest.mark.parametrize("value", ["[" * 100_000, "1" * 5000], ids=["nested", "long"])
def test_what_is_too_much_for_the_parser_is_a_fault_like_any_other(value: str) -> None:
    assert is_refused(company_toml("Acme", f"reply_hours = {value}"))


@given(st.text(max_size=100) | st.lists(st.sampled_from("name = [ ] { } \n \" 1 . # ' url".split(" "))).map("".join))
@settings(deadline=None)
def test_no_text_makes_the_reader_fail_otherwise(noise: str) -> None:
    assert is_refused(noise)


@pytest.mark.parametrize("slug", ["a", "7", "acme", "acme-post", "a" * 40, "wolf", "new-bolts"])
def test_a_company_may_be_called(slug: str) -> None:
    assert is_slug(slug)


@pytest.mark.parametrize("slug", ["", "-acme", "acme-", "Acme", "a" * 41, "a.b", "a/b", "..", "acme\n", "ä", "٣"])
def test_a_company_cannot_be_called(slug: str) -> None:
    assert not is_slug(slug)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example board with its search index, as it is served."""
    folder = tmp_path_factory.mktemp("built")
    build(EXAMPLE, folder / "public", folder / "cache", NOW, with_search=True)
    return folder / "public"


def test_no_company_takes_an_address_of_the_board_or_of_the_service(house: House, built: Path) -> None:
    rules = [*house.app.url_map.iter_rules(), *create_board(house.record(), NOON).url_map.iter_rules()]
    first = {rule.rule.split("/")[1] for rule in rules}
    companies = {path.parent.name for path in EXAMPLE.glob("*/company.toml")}
    written = {path.name for path in built.iterdir()} - companies
    assert {"", "desk", "c", "w", "static", "<slug:company>"} <= first
    assert {"_headers", "_hosting", FOLDER, "404.html", "static"} <= written
    documented = "404 proof search about rules privacy c lost r w desk healthz".split()
    assert [segment for segment in (*first, *written, *documented) if is_slug(segment)] == []
    assert {segment for segment in first | written if re.fullmatch("[a-z0-9-]+", segment)} <= RESERVED


@pytest.mark.parametrize(
    "address",
    [
        "https://b.example",
        "https://B.example/",
        "http://127.0.0.1:8000/",
        "http://localhost:65535",
        "https://xn--bcher-kva.example/a_b/c.d/~e-1",
        "https://b.example/board/",
    ],
)
def test_a_board_is_served_at(address: str) -> None:
    assert read_board(f'base_url = "{address}"', "board.toml").base_url == address.rstrip("/") + "/"


NOT_THERE = [
    "",
    "board.example",
    "ftp://b.example/",
    "https:///board",
    "https://b.example/?a=1",
    "https://b.example?",
    "https://b.example/#top",
    "https://ida@b.example/",
    "https://ida:word@b.example/",
    "https://b.example/a%20b/",
    "https://b.example/ä/",
    "https://b.example/a;b/",
    "https://b.example/{a}/",
    "https://b.example/$uri/",
    "https://b.example/a//b/",
    "https://b.example/../a/",
    "https://b.example/a/./",
    "https://b.example:/",
    "https://b.example:0/",
    "https://b.example:65536/",
    "https://-b.example/",
    "https://b.example\\n/",
]


@pytest.mark.parametrize("address", NOT_THERE)
@pytest.mark.parametrize("key", ["base_url", "service_url"])
def test_no_board_and_no_service_is_at(key: str, address: str) -> None:
    with pytest.raises(
        RecordError, match=rf"board\.toml:1: {key}: found .*, expected an http or https address: a host,"
    ):
        read_board(f'{key} = "{address}"', "board.toml")


@pytest.mark.parametrize("address", NOT_THERE)
def test_an_address_given_to_a_build_is_read_like_that_in_board_toml(tmp_path: Path, address: str) -> None:
    public, cache = tmp_path / "public", tmp_path / "cache"
    places = [str(EXAMPLE), "--out", str(public), "--cache", str(cache)]
    result = CliRunner().invoke(main, ["build", *places, "--base-url", address])
    assert result.exit_code == 2, result.output
    assert f"--base-url is {address!r}; it should be an http or https address: a host," in result.output
    assert not public.exists()
    with pytest.raises(ValueError, match="an http or https address: a host,"):
        build(EXAMPLE, public, cache, NOW, base_url=address)
    assert not public.exists()
