"""What mails say, and how they are written down."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from gettext import NullTranslations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.case import Case, Event, Kind, Reason
from amends.inbox.cases import Contact
from amends.inbox.notices import ToCompany, ToCustomer
from amends.language import LANGUAGES, Language, Link, language
from amends.links import address_digest, is_confirmation, is_valid, stopped_by
from amends.post import matter as matters
from amends.post import to_company, to_customer
from amends.post.doors import Doors
from amends.post.letter import Letter, Quote
from amends.post.mail import LONGEST_SUBJECT, Mail, as_html, as_text, write
from amends.post.matter import Matter
from amends.post.trouble import NoLongerError, NotNowError, UndeliverableError
from amends.record import Board, Update, UpdateKind
from tests.factories import NUMBER, START, a_case, a_company, a_received, after, an_event
from tests.postal import SENDER, parts_of, read

SECRET = b"s" * 32
DOORS = Doors("https://feedback.example", SECRET)
EMAIL = "Anna@mail.example"
BOARD = Board("The open board", "https://board.example/")
TITLE = "Parcel three weeks late."
REPLY = an_event("reply", 1, text="Sorry.\n\n*Refunded*, see [here](https://acme.example/r).")
PROMISE = an_event("promise", 1)
PUBLIC = a_case(an_event("published", 0.5), REPLY, text=TITLE, title=TITLE, author="Anna")


def a_matter(public: Case | None = PUBLIC, *, confirmed: bool = True, at: float = 1, **facts: object) -> Matter:
    received = facts.pop("received", a_received(outcome="published" if public else "waiting", author="", text=""))
    given = {
        "number": NUMBER,
        "company": a_company(),
        "board": BOARD,
        "received": received,
        "contact": Contact(EMAIL, "", START if confirmed else None),
        "public": public,
        "at": after(at),
        "now": after(2),
    }
    return Matter(**{**given, **facts})  # type: ignore[arg-type]


def a_letter(kind: ToCustomer, **facts: object) -> Letter:
    return to_customer.letter(a_matter(**facts), kind, DOORS)  # type: ignore[arg-type]


EVENTS = (
    an_event("published", 0.5), REPLY, PROMISE, an_event("moved", 1, due=date(2026, 11, 9)), an_event("gift", 1),
    an_event("correction", 1, of=REPLY.at), an_event("asked", 1), an_event("restored", 1), an_event("hidden", 1),
)  # fmt: skip
EVERYTHING = a_case(*EVENTS, text=TITLE, title=TITLE, author="Anna")
UPDATE = Update(
    "open-late", UpdateKind.CHANGE, date(2026, 11, 4), "Open late", "We are *open* until eight.", cases=(NUMBER,)
)


def every_letter(**facts: object) -> Iterator[tuple[str, Letter]]:
    """Each letter that there is to a customer, and to staff."""
    given = {"public": EVERYTHING, "now": after(999), "update": UPDATE, **facts}
    private = a_received(publicity="private", outcome="private", first_reply=after(1))
    for kind in ToCustomer:
        if kind not in (ToCustomer.WITHHELD, ToCustomer.REMOVED):
            yield kind, a_letter(kind, **given)
    removed = a_case(an_event("removed", 1))
    yield "removed", a_letter(ToCustomer.REMOVED, **{**given, "public": removed})
    yield (
        "withheld",
        a_letter(
            ToCustomer.WITHHELD,
            **{**facts, "public": None, "received": a_received(outcome="withheld", reason="hate")},
        ),
    )
    yield "private", a_letter(ToCustomer.REPLY, **{**facts, "public": None, "received": private})
    yield "unconfirmed", a_letter(ToCustomer.RECEIPT, **{**given, "confirmed": False})
    yield "nudge", a_letter(ToCustomer.REPLY, **{**given, "confirmed": False})
    news = replace(given["update"], kind=UpdateKind.NEWS, starts=date(2027, 1, 4))
    yield "news", a_letter(ToCustomer.UPDATE, **{**given, "update": news})
    yield "links", to_customer.links_again([a_matter(**given)] * 2, DOORS)  # type: ignore[arg-type]
    for staff in ToCompany:
        for kind in Kind:
            case = a_received(kind=kind, publicity="private", outcome="private")
            told = {**facts, "received": case, **of_staff(staff, given["public"])}
            yield staff, to_company.letter(a_matter(**told), staff, DOORS)  # type: ignore[arg-type]


def of_staff(kind: ToCompany, public: object) -> dict[str, object]:
    """What makes something of that kind to be told of a case whose first promise is due on 9 November."""
    if kind in (ToCompany.PROMISE_DUE, ToCompany.PROMISE_MISSED):
        return {"public": public, "promise": "p1", "at": 183}
    return {"public": None}


def links_in(letter: Letter) -> list[str]:
    return [block.url for block in (*letter.body, *letter.foot) if isinstance(block, Link)]


def words_of(letter: Letter) -> str:
    return f"{letter.subject}\n{letter.sender}\n{as_text(letter)}"


# --- To customers ---


def test_the_receipt_has_the_private_link_and_one_that_confirms_and_one_that_stops() -> None:
    letter = a_letter(ToCustomer.RECEIPT, confirmed=False)
    case, confirm, stop = links_in(letter)
    assert is_valid(SECRET, case.removeprefix("https://feedback.example/c/").rstrip("/"), NUMBER, 0)
    found = re.fullmatch("https://feedback.example/c/(.*)/confirm", confirm)
    assert found
    assert is_confirmation(SECRET, found[1], NUMBER, 0, EMAIL)
    found = re.fullmatch("https://feedback.example/c/(.*)/stop", stop)
    assert found
    assert stopped_by(SECRET, found[1]) == address_digest(SECRET, EMAIL)
    assert letter.subject == f"Your feedback to Acme Post: case {NUMBER}"
    assert "Acme Post promises an answer by 3 November 2026, 09:00 (UTC)." in letter.body


WORDS = {"author": "Wanda", "text": "Words", "page": "/words"}


@pytest.mark.parametrize("kind", [ToCustomer.RECEIPT, ToCustomer.REPLY])
def test_an_address_that_nobody_confirmed_gets_no_word_of_anybody(kind: ToCustomer) -> None:
    reply = replace(REPLY, name="Words", text="Words", measure="Words")
    facts = {"public": a_case(reply, title="Words", **WORDS), "received": a_received(outcome="published", **WORDS)}
    said = words_of(a_letter(kind, confirmed=False, **facts))
    assert "Words" not in said
    assert "Wanda" not in said
    assert "/confirm" in said
    assert "Words" in words_of(a_letter(ToCustomer.REPLY, **facts))


@pytest.mark.parametrize("kind", sorted(set(ToCustomer) - {ToCustomer.RECEIPT, ToCustomer.REPLY}))
def test_an_address_that_nobody_confirmed_gets_nothing_else(kind: ToCustomer) -> None:
    with pytest.raises(NoLongerError, match="nobody confirmed"):
        a_letter(kind, confirmed=False, public=EVERYTHING)


@pytest.mark.parametrize("kind", ToCustomer)
@pytest.mark.parametrize(
    "facts",
    [
        {"public": a_case(*EVENTS, an_event("withdrawn", 1.5))},
        {"received": a_received(outcome="withdrawn")},
        {"received": a_received(outcome="erased")},
        {"received": None},
    ],
    ids=["withdrawn", "withdrawn before", "erased", "gone"],
)
def test_of_a_case_that_was_taken_back_nothing_is_told(kind: ToCustomer, facts: dict[str, object]) -> None:
    with pytest.raises(NoLongerError):
        a_letter(kind, **facts)


def test_a_public_answer_stands_in_the_mail() -> None:
    letter = a_letter(ToCustomer.REPLY)
    assert letter.subject == f"Acme Post has answered: “{TITLE}”"
    assert letter.body[:2] == ("Hello Anna,", "Olga, customer care wrote on 2 November 2026, 10:00 (UTC):")
    assert "<em>Refunded</em>" in as_html(letter)
    assert "> *Refunded*, see" in as_text(letter)
    assert "/confirm" not in as_text(letter)
    measure = replace(REPLY, measure="We changed the carrier.")
    assert "Measure taken: We changed the carrier." in a_letter(ToCustomer.REPLY, public=a_case(measure)).body


@pytest.mark.parametrize(
    "facts", [{"publicity": "private", "outcome": "private"}, {"outcome": "withheld", "reason": "hate"}]
)
def test_a_private_answer_stands_behind_the_private_link_alone(facts: dict[str, str]) -> None:
    letter = a_letter(ToCustomer.REPLY, public=None, received=a_received(author="Anna", **facts))
    assert letter.subject == f"Acme Post has answered your case {NUMBER}"
    assert letter.body[1] == "Acme Post has answered, for you alone."


def test_the_title_of_a_text_under_review_is_not_told() -> None:
    hidden = replace(PUBLIC, events=(*PUBLIC.events, an_event("hidden", 1.5)))
    assert a_letter(ToCustomer.REPLY, public=hidden).subject == f"Acme Post has answered your case {NUMBER}"


def test_an_answer_that_the_record_wrote_somewhat_later_is_found() -> None:
    assert "Sorry." in as_text(a_letter(ToCustomer.REPLY, at=0.9))
    with pytest.raises(NoLongerError, match="has no reply"):
        a_letter(ToCustomer.REPLY, at=1.1)


TOLD_OF_WHAT_IS_GONE = {ToCustomer.RECEIPT, ToCustomer.WITHHELD, ToCustomer.REMOVED, ToCustomer.OBJECTION}


@pytest.mark.parametrize("kind", sorted(set(ToCustomer) - TOLD_OF_WHAT_IS_GONE))
def test_of_a_case_that_was_removed_only_that_is_told(kind: ToCustomer) -> None:
    removed = a_case(*EVENTS, an_event("removed", 1.5, reason=Reason.HATE, why="Names a neighbour."))
    with pytest.raises(NoLongerError):
        a_letter(kind, public=removed)
    letter = a_letter(ToCustomer.WITHHELD, public=removed)
    assert "Reason: hate against people" in as_text(letter)
    assert "> Names a neighbour." in as_text(letter)
    assert "> Names a neighbour." in as_text(a_letter(ToCustomer.REMOVED, public=removed))


def test_withholding_is_told_with_its_reason_as_long_as_it_holds() -> None:
    withheld = a_received(outcome="withheld", reason="personal-data")
    assert "Reason: personal data" in as_text(a_letter(ToCustomer.WITHHELD, public=None, received=withheld))
    with pytest.raises(NoLongerError):
        a_letter(ToCustomer.WITHHELD)


def test_publication_is_told_with_the_public_address() -> None:
    assert f"https://board.example/acme/{NUMBER}/" in links_in(a_letter(ToCustomer.PUBLISHED))
    with pytest.raises(NoLongerError):
        a_letter(ToCustomer.PUBLISHED, received=a_received())


def test_a_moved_promise_is_told_with_its_new_date_and_its_reason() -> None:
    said = as_text(a_letter(ToCustomer.MOVED, public=EVERYTHING))
    assert "“Refund of the delivery fee”. The new date is 9 November 2026." in said
    assert "> The carrier lost it." in said


def test_an_update_is_told_in_the_companys_words_with_its_address_and_the_case() -> None:
    letter = a_letter(ToCustomer.UPDATE, update=UPDATE)
    assert letter.subject == f"Acme Post changed something: case {NUMBER}"
    assert Quote("Open late") in letter.body
    assert Quote("We are *open* until eight.", formatted=True) in letter.body
    board, case, _ = links_in(letter)
    assert board == "https://board.example/acme/changes/#open-late"
    assert case.startswith("https://feedback.example/c/")
    assert "It holds" not in as_text(letter)


def test_news_is_told_with_the_day_on_which_it_takes_effect() -> None:
    news = replace(UPDATE, kind=UpdateKind.PRICE, starts=date(2027, 1, 4))
    letter = a_letter(ToCustomer.UPDATE, update=news)
    assert letter.subject == f"News from Acme Post: case {NUMBER}"
    assert "It holds from 4 January 2027 on." in letter.body


def test_of_an_update_that_is_gone_or_a_case_that_was_removed_nothing_is_told() -> None:
    removed = a_case(*EVENTS, an_event("removed", 1.5))
    for facts in ({"update": None}, {"update": UPDATE, "public": removed}, {"update": UPDATE, "public": None}):
        with pytest.raises(NoLongerError):
            a_letter(ToCustomer.UPDATE, **facts)


def test_it_is_asked_whether_it_is_solved_once_the_promised_day_is_over() -> None:
    promised = a_case(REPLY, PROMISE)
    with pytest.raises(NotNowError) as early:
        a_letter(ToCustomer.QUESTION, public=promised)
    assert early.value.until == after(15 + 24 * 4)
    assert a_letter(ToCustomer.QUESTION, public=promised, now=early.value.until).subject.startswith("Is it solved?")
    assert a_letter(ToCustomer.QUESTION, public=a_case(REPLY, PROMISE, an_event("kept", 2)))


@pytest.mark.parametrize(
    "public",
    [a_case(), a_case(REPLY, kind=Kind.PRAISE), a_case(REPLY, an_event("verdict", 2)), None],
    ids=["not answered", "praise", "said already", "not public"],
)
def test_it_is_not_asked_where_there_is_nothing_to_ask(public: Case | None) -> None:
    with pytest.raises(NoLongerError):
        a_letter(ToCustomer.QUESTION, public=public, now=after(999))


# --- To companies ---


def test_staff_are_told_without_a_word_of_the_customer() -> None:
    case = a_received(publicity="private", outcome="private", **WORDS)
    public = a_case(an_event("promise", due=date(2026, 11, 9)), title="Words", **WORDS)
    for kind in ToCompany:
        matter = a_matter(**{"received": case, **of_staff(kind, public), "public": public})  # type: ignore[arg-type]
        letter = to_company.letter(matter, kind, DOORS)
        assert not re.search("Words|Wanda|mail.example", words_of(letter))
        assert links_in(letter) == [f"https://feedback.example/desk/acme/{NUMBER}"]
        assert b"ords" not in to_company.body(matter, kind, DOORS)


def test_staff_are_told_how_much_time_is_left() -> None:
    facts = {"received": a_received(), "public": None}
    letter = to_company.letter(a_matter(now=after(18), **facts), ToCompany.DUE_SOON, DOORS)  # type: ignore[arg-type]
    assert letter.subject == f"Case {NUMBER} waits for an answer: 6 hours left"
    with pytest.raises(NoLongerError, match="late by now"):
        to_company.letter(a_matter(now=after(24), **facts), ToCompany.DUE_SOON, DOORS)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [ToCompany.DUE_SOON, ToCompany.MISSED])
@pytest.mark.parametrize(
    "facts", [{"first_reply": after(1)}, {"outcome": "withheld", "reason": "spam"}, {"outcome": "withdrawn"}]
)
def test_staff_are_not_told_of_a_deadline_that_is_none_any_more(kind: ToCompany, facts: dict[str, object]) -> None:
    with pytest.raises(NoLongerError):
        to_company.body(a_matter(None, received=a_received(**facts), now=after(18)), kind, DOORS)


def test_staff_are_not_told_of_a_deadline_where_somebody_wrote_the_reply_into_the_record() -> None:
    for kind in (ToCompany.DUE_SOON, ToCompany.MISSED):
        to_company.check(a_matter(a_case(), received=a_received(), now=after(18)), kind)
        with pytest.raises(NoLongerError, match="no answer is owed"):
            to_company.check(a_matter(a_case(REPLY), received=a_received(), now=after(18)), kind)


OWED = a_case(an_event("promise", due=date(2026, 11, 9)), text=TITLE)


def test_staff_are_told_of_a_promise_in_its_own_words() -> None:
    soon = to_company.letter(a_matter(OWED, received=None, promise="p1", at=183), ToCompany.PROMISE_DUE, DOORS)
    assert soon.subject == f"A promise is due 9 November 2026: case {NUMBER}"
    assert soon.body[:2] == ("Promised by the end of 9 November 2026:", Quote("Refund of the delivery fee"))
    late = a_matter(OWED, received=None, promise="p1", at=183, now=after(183))
    assert to_company.letter(late, ToCompany.PROMISE_MISSED, DOORS).subject == f"A promise is overdue: case {NUMBER}"
    told = json.loads(to_company.body(late, ToCompany.PROMISE_MISSED, DOORS))
    assert (told["type"], told["timestamp"]) == ("case.promise_missed", "2026-11-10T00:00:00Z")
    assert (told["data"]["promise"], told["data"]["due"]) == ("p1", "2026-11-09")
    with pytest.raises(NoLongerError, match="overdue by now"):
        to_company.check(late, ToCompany.PROMISE_DUE)


@pytest.mark.parametrize("kind", [ToCompany.PROMISE_DUE, ToCompany.PROMISE_MISSED])
@pytest.mark.parametrize(
    "event",
    [
        an_event("kept", 2),
        an_event("broken", 2),
        an_event("moved", 2, due=date(2026, 11, 10)),
        an_event("withdrawn", 2),
        an_event("removed", 2),
    ],
    ids=lambda event: event.event,
)
def test_staff_are_not_told_of_a_promise_that_ended_or_was_moved(kind: ToCompany, event: Event) -> None:
    to_company.check(a_matter(OWED, promise="p1", at=183), kind)
    ended = replace(OWED, events=(*OWED.events, event))
    with pytest.raises(NoLongerError):
        to_company.check(a_matter(ended, promise="p1", at=183), kind)
    with pytest.raises(NoLongerError):
        to_company.check(a_matter(OWED, promise="p2", at=183), kind)


# --- Languages ---


class Marked(NullTranslations):
    """Translates every letter to `ж`."""

    def gettext(self, message: str) -> str:
        return re.sub(r"(\{\w*\})|[^\W\d_]", lambda found: found[1] or "ж", message)


def in_greek(case: Case) -> Case:
    events = []
    for event in case.events:
        said = [name for name in ("name", "text", "what", "why") if getattr(event, name)]
        events.append(replace(event, **dict.fromkeys(said, "Ωμέγα")))
    return replace(case, events=tuple(events), author="Ωμέγα", title="Ωμέγα", text="Ωμέγα")


def test_in_another_language_no_mail_has_a_word_of_english(monkeypatch: pytest.MonkeyPatch) -> None:
    lang = Language("ru")
    monkeypatch.setattr(lang, "_catalogue", Marked())
    monkeypatch.setattr(matters, "language", lambda _: lang)
    facts = {"public": in_greek(EVERYTHING), "company": a_company(name="Ωμέγα"), "board": replace(BOARD, title="Ωμέγα")}
    facts["update"] = replace(UPDATE, title="Ωμέγα", text="Ωμέγα")
    count = 0
    for kind, letter in every_letter(**facts):
        said = re.sub(rf"https://\S+|UTC|{NUMBER}", "", words_of(letter))
        assert re.findall(r"[A-Za-z]{2,}", said) == [], kind
        count += 1
    assert count > 20


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_mail_is_written_in_every_language_and_its_direction(tag: str) -> None:
    for kind, letter in every_letter(
        company=a_company(language=tag), received=a_received(language=tag, outcome="published")
    ):
        mail = read(write(a_mail(letter), SENDER, EMAIL))
        text, html = parts_of(mail)
        assert f'lang="{letter.lang.tag}" dir="{language(letter.lang.tag).direction}"' in html, kind
        assert "{" not in mail["Subject"] + text, kind


def test_a_customer_is_written_to_in_their_language_and_staff_in_the_companys() -> None:
    facts = {"company": a_company(language="de"), "received": a_received(language="fr-CA", outcome="published")}
    assert a_letter(ToCustomer.RECEIPT, **facts).lang.tag == "fr"
    assert to_company.letter(a_matter(**facts), ToCompany.NEW, DOORS).lang.tag == "de"  # type: ignore[arg-type]
    facts["received"] = a_received(language="pt", outcome="published")
    assert a_letter(ToCustomer.RECEIPT, **facts).lang.tag == "de"


# --- Mails ---


def a_mail(letter: Letter, **facts: object) -> Mail:
    return Mail(**{"letter": letter, "to": EMAIL, "id": "a" * 32, "date": after(2), **facts})  # type: ignore[arg-type]


def test_a_mail_has_the_headers_of_one_that_a_machine_wrote_and_anybody_can_stop() -> None:
    stop = DOORS.stop(EMAIL)
    mail = read(write(a_mail(a_letter(ToCustomer.REPLY), stop=stop), SENDER, EMAIL))
    assert mail["From"] == "Acme Post on The open board <feedback@board.example>"
    assert mail["To"] == EMAIL
    assert mail["Date"] == "Mon, 02 Nov 2026 11:00:00 +0000"
    assert mail["Message-ID"] == f"<{'a' * 32}@board.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "en"
    assert mail["List-Unsubscribe"] == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content_type() == "multipart/alternative"


def test_mails_to_staff_cannot_be_stopped_by_a_link() -> None:
    letter = to_company.letter(a_matter(), ToCompany.CUSTOMER, DOORS)
    assert read(write(a_mail(letter), SENDER, EMAIL))["List-Unsubscribe"] is None
    assert "/stop" not in words_of(letter)


def test_long_hosts_break_no_header() -> None:
    host = ".".join(["a" * 60] * 4)
    stop = f"https://{host}/c/{'x' * 45}/stop"
    data = write(a_mail(a_letter(ToCustomer.REPLY), stop=stop), f"feedback@{host}", EMAIL)
    assert f"\r\nList-Unsubscribe: <{stop}>\r\n".encode() in data
    assert f"\r\nMessage-ID: <{'a' * 32}@{host}>\r\n".encode() in data


HOSTILE = (
    "Eve\r\nBcc: victim@mail.example\r\n\r\nBody",
    "Eve\nBcc: victim@mail.example",
    "Eve\x0bBcc: victim@mail.example",
    "Eve\u2028Bcc: victim@mail.example\x85X-Evil: yes",
    '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "<b>bold</b> & {{ 7 * 7 }} {number} %s",
    "Eve <victim@mail.example>, victim@mail.example",
    '"Eve" (comment) victim@mail.example;',
    "=?utf-8?q?Eve=0ABcc:_victim=40mail.example?=",
    "\u202egpj.exe\u0000\ud800",
    "Ω" * 3000 + ", victim@mail.example",
)


def hostile_mail(word: str) -> tuple[EmailMessage, bytes]:
    reply = replace(REPLY, name=word, text=word, measure=word)
    facts = {
        "public": replace(PUBLIC, title=word, text=word, author=word, events=(reply,)),
        "company": a_company(name=word),
        "board": replace(BOARD, title=word),
    }
    data = write(a_mail(a_letter(ToCustomer.REPLY, **facts), stop=DOORS.stop(EMAIL)), SENDER, EMAIL)
    return read(data), data


NAMES = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
    "MIME-Version", "Content-Type", "Content-Language",
]  # fmt: skip


def assert_unbroken(mail: EmailMessage, data: bytes) -> None:
    assert mail.keys() == NAMES
    assert mail.defects == []
    assert [address.addr_spec for address in mail["From"].addresses] == [SENDER]
    assert [address.addr_spec for address in mail["To"].addresses] == [EMAIL]
    assert len(mail["Subject"]) <= LONGEST_SUBJECT
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    _, html = parts_of(mail)
    tags = set(re.findall(r"<([a-z!/]+)", html))
    assert tags <= set(
        "!doctype html head meta title style body p blockquote a div em strong br ul ol li code pre span "
        "/html /head /title /style /body /p /blockquote /a /div /em /strong /ul /ol /li /code /pre /span".split()
    )
    assert not re.search(r"<[^>]*\son\w+=", html)


@pytest.mark.parametrize("word", HOSTILE)
def test_no_word_of_anybody_breaks_a_mail(word: str) -> None:
    assert_unbroken(*hostile_mail(word))


@given(st.text(max_size=200) | st.text('\r\n\t ,;:<>()[]@"\\=?_aé中\u200b', max_size=120))
@settings(deadline=None)
def test_no_word_at_all_breaks_a_mail(word: str) -> None:
    assert_unbroken(*hostile_mail(word))


@pytest.mark.parametrize(
    "address",
    ["", "anna", "anna@", "@mail.example", "a b@c.example", "a@b.example, c@d.example", "a@b.example\r\nX: y",
     "<a@b.example>", "a@b@c.example", "x" * 65 + "@a.example", '"a"@b.example', "a@[127.0.0.1]"],
)  # fmt: skip
def test_what_is_no_address_gets_no_mail(address: str) -> None:
    with pytest.raises(UndeliverableError):
        write(a_mail(a_letter(ToCustomer.RECEIPT)), SENDER, address)


def test_an_address_in_any_letters_is_written_as_it_is() -> None:
    data = write(a_mail(a_letter(ToCustomer.RECEIPT)), SENDER, "анна@почта.example")
    assert "\r\nTo: анна@почта.example\r\n".encode() in data


def test_both_forms_of_a_mail_say_the_same() -> None:
    for kind, letter in every_letter():
        text, html = parts_of(read(write(a_mail(letter), SENDER, EMAIL)))
        for block in (*letter.body, *letter.foot):
            for said in [block] if isinstance(block, str) else [block.url] if isinstance(block, Link) else []:
                assert said in text, kind
                assert said.replace("&", "&amp;").replace("'", "&#39;") in html, kind
        assert len([block for block in letter.body if isinstance(block, Quote)]) == html.count("<blockquote")


def test_the_html_fetches_nothing_and_runs_nothing() -> None:
    for kind, letter in every_letter():
        html = as_html(letter)
        assert not re.search(r"<script|<img|<link|url\(|@import|\ssrc=|\son\w+=", html), kind
