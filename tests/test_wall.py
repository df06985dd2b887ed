"""What is private stays private: by type, by import, and by trying."""

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import fields, replace
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, String, Table, Text, select, true

from amends.case import Case, Event, Kind, Outcome
from amends.inbox import (
    additions,
    cases,
    correspondents,
    deeds,
    gifts,
    notices,
    people,
    referrals,
    reports,
    verdicts,
    webhooks,
)
from amends.inbox.additions import Addition
from amends.inbox.cases import Answer
from amends.inbox.deeds import Deed
from amends.inbox.gifts import Gift
from amends.inbox.reports import Report
from amends.inbox.schema import metadata
from tests.customers import a_customer, read_by_staff
from tests.house import URL, House

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "site" / "amends"
MODULES = sorted(
    ".".join(file.relative_to(ROOT / "site").with_suffix("").parts).removesuffix(".__init__")
    for file in PACKAGE.rglob("*.py")
    if "migrations" not in file.parts and file.stem != "__main__"
)

MADE_PUBLIC = {("deed", "facts"), ("case", "number"), ("erasure", "number")}
"""What publishing is there to publish: the words of a decision that left, and the number."""


def canary(table: Table, column: str) -> str:
    return f"canary-{table.name}-{column}"


def plant(house: House, number: str) -> list[str]:
    """Put a canary into every private column of text or bytes that a published case leaves behind."""
    planted = []
    with house.inbox.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_update")  # it would keep the audit trail as it is
        for table in metadata.sorted_tables:
            if not connection.execute(select(table).limit(1)).first():
                continue
            for column in table.columns:
                if column.primary_key or column.foreign_keys or (table.name, column.name) in MADE_PUBLIC:
                    continue
                if isinstance(column.type, (String, Text, LargeBinary)):
                    word = canary(table, column.name)
                    value = word.encode() if isinstance(column.type, LargeBinary) else word
                    first = select(*table.primary_key.columns).limit(1).scalar_subquery() if column.unique else None
                    where = table.primary_key.columns[0] == first if column.unique else true()
                    length = column.type.length or 200
                    connection.execute(table.update().where(where).values({column.name: value[:length]}))
                    planted.append(word[:length])
    return planted


def test_no_private_column_reaches_the_record_or_the_board(house: House) -> None:
    olga, kim = house.at_the_desk("olga"), house.at_the_desk("kim")
    words = {"email": "canary-mail@x.example", "reference": "canary-reference"}
    number = house.receive(text="Public words", author="Public name", **words)
    private = house.receive(text="canary-private", author="canary-private-name", publicity="private", **words)
    withheld = house.receive(text="canary-withheld", author="canary-withheld-name", **words)
    waiting = house.receive(text="canary-waiting", author="canary-waiting-name", **words)
    olga.decide(withheld, "ask", reason="spam", why="canary-request")
    olga.decide(number, "publish", topic="delivery")
    olga.decide(private, "reply", name="canary-answerer", text="canary-answer", topic="other", do="send")
    kim.decide(withheld, "withhold", reason="spam", why="canary-why")
    house.work()
    with house.inbox.writing() as connection:
        told = ("canary-report", "canary-reporter@x.example", house.now)
        reports.add(connection, Report("acme", number, "other", *told), "canary-report-key-1234")
        people.reach(connection, "olga", "canary-staff@x.example")
        webhooks.put(connection, "acme", "https://canary.example/hook", webhooks.new_secret(), house.now)
        correspondents.stop(connection, b"canary-digest---", house.now)
        for name in (number, private, withheld, waiting):
            notices.tell_customer(connection, name, notices.ToCustomer.RECEIPT, house.now)
            notices.tell_company(connection, "acme", name, notices.ToCompany.NEW, house.now)
    kim.submit("/desk/reports", report="1", why="canary-closing-words")
    with house.inbox.writing() as connection:
        cases.add_answer(connection, number, Answer(house.now, "", "canary-detail", by="customer"))
        said = Event(house.now, "customer", "verdict", outcome=Outcome.PARTLY, text="canary")
        verdicts.add(connection, private, said)
        gifts.add(connection, number, Gift(house.now, "canary", "canary", "canary", "canary"))
        referrals.make(connection, number, "acme", house.now)
        facts = {"outcome": "partly", "text": "canary"}
        deeds.add(connection, Deed(0, "acme", private, "verdict", facts, None, house.now, house.now))
        additions.add(connection, Addition(0, "acme", number, house.now, house.now, "detail", "canary"))
        deeds.add(connection, Deed(0, "acme", waiting, "verdict", {"outcome": "canary"}, None, house.now, house.now))
    house.pass_time(hours=30)
    house.work()
    private_columns = plant(house, number)
    assert {"canary-contact-email", "canary-staff-login", "canary-answer-text"} <= set(private_columns)
    assert {"canary-staff-email", "canary-webhook-url", "canary-webhook-secret"} <= set(private_columns)
    assert {"canary-message-recipient", "canary-message-facts"} <= set(private_columns)
    assert {"canary-verdict-text", "canary-gift-code", "canary-deed-failed"} <= set(private_columns)
    assert {"canary-addition-text", "canary-addition-masks", "canary-case-masks"} <= set(private_columns)
    assert {"canary-report-words", "canary-report-email", "canary-report-answer"} <= set(private_columns)
    (house.content / "acme" / "company.toml").touch()
    house.pass_time(days=2)
    house.work()
    assert find_canaries(house.content) == []
    assert find_canaries(house.public) == []
    assert "Public words" in house.page(f"acme/{number}")
    assert waiting in "".join(file.name for file in house.content.rglob("*.md"))


def find_canaries(folder: Path) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    return [str(file) for file in files if b"canary" in file.read_bytes().lower()]


def test_what_is_offered_before_somebody_asks_is_of_solved_cases_on_the_board_and_of_their_first_words(
    house: House,
) -> None:
    private = {"author": "canary", "email": "canary@x.example", "reference": "canary", "page": "/canary"}
    words = {"offered": "Courier rain", "withdrawn": "Canary courier", "private": "Canary rain", "unsolved": "Canary"}
    sent = {
        name: a_customer(house, text=text, publicity="private" if name == "private" else "public", **private)
        for name, text in words.items()
    }
    withheld, waiting = (a_customer(house, text="Canary courier rain", **private) for _ in range(2))
    olga = house.at_the_desk()
    for customer in sent.values():
        olga.decide(customer.number, "reply", name="Canary", text="Canary", topic="delivery", do="send")
    house.at_the_desk("kim").decide(withheld.number, "withhold", reason="spam", why="canary")
    house.work()
    for name, customer in sent.items():
        customer.done("detail", text="Canary")
        customer.done("verdict", outcome="partly" if name == "unsolved" else "solved", text="Canary")
        read_by_staff(customer)
    sent["withdrawn"].done("withdraw")
    house.work()
    assert waiting.number in house.numbers()
    file = (house.public / "acme" / "similar.json").read_text("utf-8")
    script = house.visitor().get("/w/similar/acme.js", base_url=URL).text
    for handed_out in (file, script):
        assert re.findall(r"board\.example/acme/(\w+)/", handed_out) == [sent["offered"].number]
        assert "canary" not in handed_out.lower()


LAID_BARE = ("canary", "1712345678", "DE89370400440532013000")
"""What is left of the canaries below without their spaces."""
CANARIES = "write to canary@x.example, call +49 171 2345678, pay DE89 3704 0044 0532 0130 00"


def test_personal_data_in_no_words_of_anybody_reaches_the_record_or_the_board(house: House) -> None:
    customer = a_customer(house, text=f"Please {CANARIES}", author=f"I, {CANARIES}"[:80], page="/u/canary@x.example")
    withheld = house.receive(text="Waits.")
    house.pass_time(hours=30)
    house.work()
    olga, kim = house.at_the_desk("olga"), house.at_the_desk("kim")
    kim.decide(withheld, "withhold", reason="hate", why=CANARIES)
    reply = {"name": "canary@x.example", "text": CANARIES, "measure": CANARIES, "topic": "delivery", "do": "send"}
    preview = olga.decide(customer.number, "reply", **reply)
    kinds = re.findall('name="seen" value="([^"]+)"', preview.text)
    assert len(kinds) == 3
    olga.decide(customer.number, "reply", **reply, seen=kinds, hide=kinds)  # type: ignore[arg-type]
    house.work()
    customer.done("detail", text=f"Do {CANARIES}", readers="public")
    customer.done("verdict", outcome="partly", text=f"Still {CANARIES}")
    read_by_staff(customer)
    customer.done("detail", text=f"Never {CANARIES}", readers="public")
    with house.inbox.reading() as connection:
        last = max(added.id for added in additions.of_case(connection, customer.number))
    kim.decide(customer.number, f"{last}/withhold", reason="hate", why=CANARIES)
    house.work()
    by = Event(house.now, "company", "reply", text=CANARIES)
    elsewhere = Case("00000001", "acme", Kind.COMPLAINT, "other", house.now, house.now, CANARIES, events=(by,))
    house.worker._publisher.import_case(replace(elsewhere, source="Elsewhere", title=CANARIES, author=CANARIES[:80]))
    house.pass_time(days=2)
    house.work()
    assert customer.events() == ["published", "reply", "verdict", "followup", "followup", "withheld"]
    for folder in (house.content, house.public):
        for file in (file for file in folder.rglob("*") if file.is_file()):
            bare = "".join(file.read_text("utf-8", "replace").split())
            assert [canary for canary in LAID_BARE if canary in bare] == [], file
    page = house.page(f"acme/{customer.number}")
    assert min(page.count(f"[hidden: {kind}]") for kind in ("email", "phone", "iban")) >= 5


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


ALONE = """
import gc, importlib, json, os, sys
parts = json.loads(sys.argv[1])
for name in sum(parts, []):
    importlib.import_module(name)
for key in [key for key in sys.modules if key.partition('.')[0] == 'amends']:
    del sys.modules[key]
for part in parts:
    gc.freeze()
    for name in part:
        child = os.fork()
        if child == 0:
            importlib.import_module(name)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0, name
    for name in part:
        importlib.import_module(name)
"""
"""Imports each module without the rest of its part. What is below it is there already, and cannot import it."""


def test_every_module_can_be_imported_alone() -> None:
    linted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = (contract["layers"] for contract in linted["contracts"])
    names = [f"amends.{name}" for layer in reversed(layers) for name in layer.split(" | ")]
    parts = [[module for module in MODULES if f"{module}.".startswith(f"{name}.")] for name in names]
    assert sorted(["amends", *chain(*parts)]) == MODULES
    done = subprocess.run([sys.executable, "-c", ALONE, json.dumps(parts)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", ["amends.board", "amends.generator.build", "amends.generator.making"])
def test_the_board_runs_without_anything_private(module: str) -> None:
    program = f"import {module}, sys; print(*[name for name in sys.modules if name.startswith('amends.')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[1] for name in done.stdout.split()}
    assert "record" in loaded
    assert loaded.isdisjoint(
        {"inbox", "intake", "visitor", "desk", "post", "publish", "work", "service", "submission", "links"}
    )


def test_the_record_has_no_field_for_what_is_private() -> None:
    names = {field.name for kind in (Case, Event) for field in fields(kind)}
    assert names.isdisjoint({"email", "phone", "reference", "order", "address", "note", "code", "staff", "salt", "key"})


def test_only_text_and_its_back_rooms_turn_words_into_html() -> None:
    allowed = {
        "Markup(": {"text.py"},
        "_markdown": {"text.py", "_markdown.py", "_markdown_full.py"},
        "import bleach": set(),
        "from bleach": {"_markdown_full.py"},
        "import markdown": set(),
        "from markdown": {"_markdown_full.py"},
    }
    for file in PACKAGE.rglob("*.py"):
        source = file.read_text()
        found = {name for name in allowed if name in source}
        assert found <= {name for name in allowed if file.name in allowed[name] and file.parent == PACKAGE}, file


def test_a_text_without_hard_markdown_loads_no_library_for_it() -> None:
    program = (
        "import sys\n"
        "from amends import text\n"
        "loaded = lambda: sorted({'bleach', 'markdown'} & set(sys.modules))\n"
        "text.markdown('Dear *Anna*,\\n\\n- [a](https://x.example)\\n- b')\n"
        "print(loaded())\n"
        "text.markdown('- a\\n    - b')\n"
        "print(loaded())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['bleach', 'markdown']"]


def test_no_template_marks_anything_safe_itself() -> None:
    for file in PACKAGE.rglob("*.html"):
        source = file.read_text()
        assert "|safe" not in source.replace(" ", ""), file
        assert "autoescape false" not in source, file
        assert " style=" not in source, file
        assert "<script>" not in source, file


def test_only_the_clock_asks_for_the_time() -> None:
    for file in PACKAGE.rglob("*.py"):
        if file.name != "clock.py":
            source = file.read_text()
            assert "datetime.now" not in source, file
            assert "utcnow" not in source, file
            assert "time.time()" not in source, file


def test_the_example_board_holds_no_real_contact() -> None:
    text = "".join(file.read_text() for file in (ROOT / "content").rglob("*.*"))
    hosts = {word.split("@", 1)[1].strip("\"'.,)>") for word in text.split() if "@" in word}
    assert all(host.endswith(".example") for host in hosts), hosts
