"""What staff decide about personal data before anything is public, and that exactly that is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.case import Case
from amends.inbox import additions, cases
from amends.personal import Choice, find, key, mask, occurs
from amends.publish import Publisher, masked, own, pieces
from amends.record import Company, Contact, find_case
from tests.customers import Customer, a_customer, an_answered_customer
from tests.effort import EFFORT
from tests.house import House

PHONE, MAIL = "+49 171 2345678", "anna@example.org"
WORDS = f"Call {PHONE} or {MAIL}, says Anna Kowalska.\n\nAnna  Kowalska"


def case_of(house: House, number: str) -> Case:
    case = find_case(house.content, "acme", number)
    assert case is not None
    return case


# --- The choice itself ---


def test_what_a_person_lets_stand_stays_and_what_they_name_goes() -> None:
    choice = Choice(frozenset({key("+49-171/2345678")}), ("Anna Kowalska",))
    assert mask(WORDS, choice=choice) == (
        f"Call {PHONE} or [hidden: email], says [hidden: personal data].\n\n[hidden: personal data]"
    )


def test_the_longest_of_the_words_named_goes_first_and_no_mask_is_masked() -> None:
    choice = Choice(hidden=("hidden", "Anna", "Anna K."))
    assert mask("Anna K. and Anna [hidden: name] hidden", choice=choice) == (
        "[hidden: personal data] and [hidden: personal data] [hidden: name] [hidden: personal data]"
    )


def test_words_named_by_hand_never_lay_bare_what_was_found() -> None:
    choice = Choice(hidden=("or", "2345678 or anna"))
    assert mask(f"{PHONE} or {MAIL}", choice=choice) == "[hidden: phone]"
    assert mask(f"for {MAIL}", choice=choice) == "f[hidden: personal data] [hidden: email]"


@pytest.mark.parametrize(("words", "stands"), [("Anna Kowalska", True), ("anna", False), ("nna", True), (" ", False)])
def test_words_stand_in_a_text_as_they_are_written(words: str, *, stands: bool) -> None:
    assert occurs(words, "I am Anna\nKowalska.") is stands


lines = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)


@given(st.frozensets(st.text(max_size=5)), st.lists(lines).map(tuple))
@settings(max_examples=50 * EFFORT, deadline=None)
def test_a_choice_is_read_as_it_was_written_down(shown: frozenset[str], hidden: tuple[str, ...]) -> None:
    assert Choice.load(Choice(shown, hidden).dump()) == Choice(shown, hidden)


@given(
    st.lists(st.sampled_from([PHONE, MAIL, "Anna", "order 4711", "[hidden: name]", "\n"])).map(" ".join),
    st.lists(st.sampled_from(["Anna", "a", "1 2", "order", "@", "hidden"])).map(tuple),
)
@settings(max_examples=50 * EFFORT, deadline=None)
def test_whatever_is_named_by_hand_nothing_that_was_found_stays(text: str, hidden: tuple[str, ...]) -> None:
    shown = mask(text, choice=Choice(hidden=hidden))
    assert PHONE not in shown
    assert MAIL not in shown
    assert "example" not in shown
    assert ("Anna" in hidden) <= ("Anna" not in shown)


def test_the_companys_own_contacts_stay_where_it_says_them() -> None:
    company = Company("acme", "Acme", "https://acme.example/", contacts=(Contact("phone", PHONE),))
    said = "Call us: +49 (171) 234-5678, or +49 171 2345679."
    assert masked(company, said, own(company)) == "Call us: +49 (171) 234-5678, or [hidden: phone]."
    assert [piece.words for piece in pieces(company, said)] == ["+49 (171) 234-5678", "+49 171 2345679"]


# --- At the desk, before the first words are public ---


def test_staff_see_how_it_will_read_and_what_is_hidden(house: House) -> None:
    number = house.receive(text=WORDS, author=f"Anna {MAIL}")
    page = house.at_the_desk().get(f"/desk/acme/{number}").text
    assert '<span class="hidden">[hidden: phone]</span>' in page
    for words in (PHONE, MAIL):
        assert f'value="{key(words)}" checked' in page
        assert page.count(f'<bdi class="voice">{words}</bdi>') == 1


def test_publishing_writes_what_the_page_showed_and_the_company_keeps_the_words(house: House) -> None:
    customer = a_customer(house, text=WORDS, author="Anna")
    olga = house.at_the_desk()
    fields = {"hide": key(MAIL), "words": "Anna Kowalska\n\n"}
    assert olga.decide(customer.number, "masks", **fields).status_code == 302
    page = olga.get(f"/desk/acme/{customer.number}").text
    assert f'value="{key(PHONE)}">' in page
    assert f'value="{key(MAIL)}" checked>' in page
    assert "Anna Kowalska</textarea>" in page
    olga.decide(customer.number, "publish", topic="delivery")
    house.work()
    case = case_of(house, customer.number)
    assert case.text == f"Call {PHONE} or [hidden: email], says [hidden: personal data].\n\n[hidden: personal data]"
    assert case.title == f"Call {PHONE} or [hidden: email], says [hidden: personal data]."
    board = house.page(f"acme/{customer.number}")
    assert "Published it, with 3 places masked: e-mail address and personal data (2)." in board
    page = olga.get(f"/desk/acme/{customer.number}").text
    assert "as it was written, only for your team" in page
    assert MAIL in page
    assert MAIL not in house.at_the_desk("kim").get(f"/desk/acme/{customer.number}").text
    with house.inbox.reading() as connection:
        received = cases.get(connection, customer.number)
    assert received is not None
    assert (received.text, received.masks) == ("", "")


def test_a_reply_that_publishes_the_case_too_masks_it_as_was_decided(house: House) -> None:
    number = house.receive(text=WORDS)
    olga = house.at_the_desk()
    olga.decide(number, "masks", hide=key(PHONE))
    olga.decide(number, "reply", name="Olga", text="Sorry.", topic="delivery", do="send")
    house.work()
    assert case_of(house, number).text.startswith(f"Call [hidden: phone] or {MAIL}")


def test_without_a_decision_everything_found_is_hidden(house: House) -> None:
    number = house.receive(text=WORDS, author=f"Anna {PHONE}", page=f"/u/{MAIL}")
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    case = case_of(house, number)
    assert (case.author, case.page) == ("Anna [hidden: phone]", None)
    assert find(case.text) == ()


def test_what_the_company_calls_an_order_number_is_hidden(house: House) -> None:
    settings_file = house.content / "acme" / "company.toml"
    settings_file.write_text(settings_file.read_text() + 'order_pattern = "AA-999999"\n')
    house.work()
    number = house.receive(text="Where is AB-123456?")
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    assert case_of(house, number).text == "Where is [hidden: order]?"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Berta", "“Berta” does not stand there; nothing was changed."),
        ("anna kowalska", "does not stand there"),
        ("\n".join(WORDS), "At most 10 places of 200 characters can be hidden."),
        ("Call\nor\nsays Anna Kowalska.\nAnna Kowalska\nsays\n,", "Nothing would be left to read."),
    ],
)
def test_words_that_cannot_be_hidden_are_named_and_kept(house: House, words: str, sentence: str) -> None:
    number = house.receive(text=WORDS)
    olga = house.at_the_desk()
    answer = olga.decide(number, "masks", hide=key(MAIL), words=words)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert words.split("\n", 1)[0] + ("\n" if "\n" in words else "") in answer.text
    with house.inbox.reading() as connection:
        received = cases.get(connection, number)
    assert received is not None
    assert received.masks == ""


def test_no_company_decides_about_anothers_words_nor_about_what_is_public(house: House) -> None:
    number = house.receive(text=WORDS)
    assert house.at_the_desk("bo").submit(f"/desk/acme/{number}/masks", page="/desk/").status_code == 404
    olga = house.at_the_desk()
    olga.decide(number, "publish", topic="delivery")
    assert olga.submit(f"/desk/acme/{number}/masks", page=f"/desk/acme/{number}").status_code == 409
    house.work()
    assert olga.submit(f"/desk/acme/{number}/masks", page=f"/desk/acme/{number}").status_code in (403, 422)


# --- What the customer adds, and what the company says ---


def test_what_was_added_is_masked_as_was_decided(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("detail", text=f"{PHONE} and {MAIL}", readers="public")
    customer.done("verdict", outcome="unsolved", text=f"Still no call to {PHONE}.")
    with house.inbox.reading() as connection:
        detail, words = additions.of_case(connection, customer.number)
    olga = house.at_the_desk()
    olga.decide(customer.number, f"{detail.id}/masks", hide=key(PHONE))
    for one in (detail, words):
        olga.decide(customer.number, f"{one.id}/publish")
        house.work()
    said = [event.text for event in case_of(house, customer.number).events if event.event == "followup"]
    assert said == [f"[hidden: phone] and {MAIL}", "Still no call to [hidden: phone]."]
    page = customer.page()
    assert page.count("As you wrote it") == 2
    assert f"Still no call to {PHONE}." in page


def test_a_reply_with_personal_data_is_not_sent_before_staff_have_seen_what_is_hidden(house: House) -> None:
    customer = a_customer(house)
    olga = house.at_the_desk()
    fields = {"name": "Olga", "topic": "delivery", "text": f"We call {PHONE}.", "measure": f"Wrote to {MAIL}."}
    answer = olga.decide(customer.number, "reply", **fields, do="send")
    assert answer.status_code == 200
    assert "Nothing was sent yet: there is personal data in it." in answer.text
    assert "We call [hidden: phone]." in answer.text
    assert "Wrote to [hidden: email]." in answer.text
    assert f'name="seen" value="{key(PHONE)}"' in answer.text
    house.work()
    assert customer.case() is None
    seen = {"seen": [key(PHONE), key(MAIL)], "hide": [key(PHONE)]}
    olga.decide(customer.number, "reply", **fields, **seen, do="send")  # type: ignore[arg-type]
    house.work()
    reply = case_of(house, customer.number).first_reply
    assert reply is not None
    assert (reply.text, reply.measure) == ("We call [hidden: phone].", f"Wrote to {MAIL}.")


def test_what_came_into_a_reply_after_it_was_seen_is_shown_again(house: House) -> None:
    customer = a_customer(house)
    olga = house.at_the_desk()
    fields = {"name": "Olga", "topic": "delivery", "text": f"We call {PHONE}. {MAIL}", "seen": key(PHONE)}
    answer = olga.decide(customer.number, "reply", **fields, do="send")
    assert answer.status_code == 200
    assert "We call [hidden: phone]. [hidden: email]" in answer.text
    house.work()
    assert customer.case() is None


def test_an_answer_for_the_customer_alone_is_as_it_was_written(house: House) -> None:
    customer = a_customer(house, publicity="private")
    olga = house.at_the_desk()
    assert olga.decide(customer.number, "reply", name="Olga", text=f"We call {PHONE}.", do="send").status_code in (
        302,
        422,
    )
    olga.decide(customer.number, "reply", name="Olga", text=f"We call {PHONE}.", topic="other", do="send")
    house.work()
    assert f"We call {PHONE}." in customer.page()


# --- The customer's side ---


def test_the_customer_sees_what_is_hidden_can_object_and_takes_the_words_back(house: House) -> None:
    customer = hidden_from(house)
    page = customer.page()
    assert "Object to what is hidden" in page
    assert "on the board a part is hidden" in page
    assert "The keeper has your objection." in customer.done("object", words="It is no name.")
    customer.done("withdraw")
    house.work()
    with house.inbox.reading() as connection:
        assert cases.answers(connection, customer.number) == []


def test_what_is_hidden_is_forgotten_as_long_after_the_end_as_a_contact(house: House) -> None:
    customer = hidden_from(house)
    olga = house.at_the_desk()
    olga.decide(customer.number, "reply", name="Olga", text="Sorry.", topic="delivery", do="send")
    house.work()
    customer.done("verdict", outcome="solved")
    house.work()
    house.pass_time(days=89)
    house.work()
    assert "The Canary Inn" in customer.page()
    house.pass_time(days=2)
    house.work()
    assert "The Canary Inn" not in customer.page()


@pytest.mark.parametrize("fault", ["order_pattern = 7\n", None])
def test_where_the_settings_cannot_be_read_the_last_good_ones_hold(house: House, fault: str | None) -> None:
    path = house.content / "acme" / "company.toml"
    path.write_text(path.read_text() + 'order_pattern = "AA-999999"\n')
    house.work()
    number = house.receive(text="Where is AB-123456?")
    house.at_the_desk().decide(number, "publish", topic="delivery")
    if fault:
        path.write_text(path.read_text().replace('order_pattern = "AA-999999"\n', fault))
    else:
        path.unlink()
    house.pass_time(minutes=1)
    publisher = Publisher(house.content, house.settings.locks, house.inbox)
    assert publisher.carry_out_due(house.now) == 1
    assert case_of(house, number).text == "Where is [hidden: order]?"


def hidden_from(house: House) -> Customer:
    customer = a_customer(house, text="The Canary Inn never paid.")
    olga = house.at_the_desk()
    olga.decide(customer.number, "masks", words="Canary Inn")
    olga.decide(customer.number, "publish", topic="delivery")
    house.work()
    assert case_of(house, customer.number).text == "The [hidden: personal data] never paid."
    return customer
