"""Personal data is found as people write it, and little else is."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.personal import Found, Kind, find, known_countries, mask, read_order_pattern
from tests import personal_corpus
from tests.effort import EFFORT
from tests.personal_corpus import Text
from tests.personal_written import WRITTEN

SEED, EACH = 2026, 20 * EFFORT

# --- How much is found ---


def is_hidden(text: Text) -> bool:
    """Whether nothing is left of what stands in the text, and it is called what it is."""
    return any(
        found.kind is text.kind and found.start <= text.start and text.end <= found.end
        for found in find(text.text, text.country)
    )


def shares(texts: Iterable[Text]) -> tuple[float, dict[str, float]]:
    """Return which share is hidden of all texts, and by language."""
    hits, all_of = Counter[str](), Counter[str]()
    for text in texts:
        all_of[text.language] += 1
        hits[text.language] += is_hidden(text)
    return hits.total() / all_of.total(), {language: hits[language] / count for language, count in all_of.items()}


@pytest.mark.parametrize(
    ("made", "least"),
    [
        (personal_corpus.cards, 0.99),
        (personal_corpus.accounts, 0.99),
        (personal_corpus.mails, 0.98),
        (personal_corpus.phones, 0.9),
    ],
    ids=["card", "iban", "email", "phone"],
)
def test_so_much_is_found_of_each_kind(made: Callable[[int, int], Iterable[Text]], least: float) -> None:
    share, _ = shares(made(SEED, EACH))
    assert share >= least


def test_phone_numbers_are_found_in_every_language() -> None:
    _, by_language = shares(personal_corpus.phones(SEED, EACH))
    assert len(by_language) >= 25
    assert {language: share for language, share in by_language.items() if share < 0.8} == {}


def test_most_phone_numbers_are_found_where_the_country_is_not_known() -> None:
    texts = list(personal_corpus.phones(SEED, EACH))
    found = [any(it.start <= text.start and text.end <= it.end for it in find(text.text)) for text in texts]
    assert sum(found) >= 0.9 * len(texts)


def test_few_numbers_that_are_none_are_taken_for_personal_data() -> None:
    texts = list(personal_corpus.negatives(SEED, EACH // 4))
    false = [text.text for text in texts if find(text.text, text.country)]
    assert len(false) <= 0.02 * len(texts), false


# --- Texts as people write them ---


@pytest.mark.parametrize(("country", "marked"), WRITTEN)
def test_what_people_write(country: str | None, marked: str) -> None:
    text = re.sub(r"«(.+?)»(?:email|phone|iban|card|order)", r"\1", marked)
    hidden = re.sub(r"«.+?»(email|phone|iban|card|order)", r"[hidden: \1]", marked)
    assert mask(text, country, "AA-999999") == hidden


@pytest.mark.parametrize(
    "address",
    [
        "anna.k+shop@mail.example.co.uk",
        "anna@bücher.example",
        "иван@пример.рф",
        "anna@xn--bcher-kva.example",
        "anna＠example．org",
        "anna (at) example dot org",
        "anna[at]example[dot]org",
        "anna dot k at example dot org",
        "anna(собака)example.ru",
        "anna arroba example punto es",
        "ann\u00ada@exam\u200bple.org",
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "Write to {}. Thanks", "<{}>", "**{}**", "请发到{}谢谢", "mailto:{}?subject=x"]
)
def test_an_address_is_found_however_it_is_hidden(address: str, around: str) -> None:
    if "请" in around and address.startswith("anna dot"):
        around = "请发到 {} 谢谢"
    start = around.index("{}")
    assert find(around.format(address)) == (Found(start, start + len(address), Kind.EMAIL),)


@pytest.mark.parametrize(
    "text",
    [
        "Look at example.org, or at the shop.",
        "It can be turned off at any point within the account.",
        "@acme does not answer, nor does @acme_help.",
        "3 @ 2.50 each",
        "logo@2x.png and react@18.2.0",
        "root@localhost",
        "anna@example",
        "Arrived (at) home. Then nothing.",
    ],
)
def test_what_is_no_address_stays(text: str) -> None:
    assert mask(text) == text


def test_an_address_with_spaces_is_one_where_a_word_says_so() -> None:
    assert mask("My e-mail: anna@example . com") == "My e-mail: [hidden: email]"
    assert mask("My e-mail: anna @ example.com") == "My e-mail: [hidden: email]"
    assert mask("Meet us @ example.com") == "Meet us @ example.com"


# Examples that SWIFT's registry gives.
IBANS = (
    "GB82 WEST 1234 5698 7654 32",
    "FR14 2004 1010 0505 0001 3M02 606",
    "NL91 ABNA 0417 1643 00",
    "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    "NO93 8601 1117 947",
    "BR18 0036 0305 0000 1000 9795 493C 1",
    "KW81 CBKU 0000 0000 0000 1234 5601 01",
    "SC18 SSCB 1101 0000 0000 0000 1497 USD",
    "RU03 0445 2522 5408 1781 0538 0913 1041 9",
)


@pytest.mark.parametrize("number", IBANS)
@pytest.mark.parametrize(
    "spelt", [str, str.lower, lambda text: text.replace(" ", ""), lambda text: text.replace(" ", "-")]
)
def test_an_account_is_found_in_any_spelling_and_with_no_digit_wrong(number: str, spelt: Callable[[str], str]) -> None:
    text = spelt(number)
    assert mask(f"Pay {text}, please.", "DE") == "Pay [hidden: iban], please."
    for wrong in (text[:3] + str((int(text[3]) + 1) % 10) + text[4:], text + "7", text[:-1]):
        assert "iban" not in mask(f"Pay {wrong}, please.", "DE")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111 1111 1111 1111 12/27 123", "[hidden: card] 12/27 123"),
        ("4111-1111-1111-1111", "[hidden: card]"),
        ("4111.1111.1111.1111", "[hidden: card]"),
        ("4111111111111112", "4111111111111112"),
        ("1111 1111 1111 1117", "1111 1111 1111 1117"),
        ("3782 822463 10005 and 3056 930902 5904", "[hidden: card] and [hidden: card]"),
        ("order 4111111111111111", "order 4111111111111111"),
        ("card 4222222222222", "card [hidden: card]"),
        ("4222222222222", "4222222222222"),
        ("9400 4111 1111 1111 1111 9400", "9400 4111 1111 1111 1111 9400"),
        ("X4111111111111111", "X4111111111111111"),
    ],
)
def test_a_card_has_an_issuer_a_check_digit_and_its_groups(text: str, masked: str) -> None:
    assert mask(text, "US") == masked


@pytest.mark.parametrize(
    ("number", "country"),
    [("0171 2345678", "DE"), ("8 916 123-45-67", "RU"), ("06 12 34 56 78", "FR"), ("+1 202 555 0143", None)],
)
@pytest.mark.parametrize(
    "around",
    ["{}", "**{}**", "_{}_", "({})", "[{}](tel:1)", "tel:{}", "请打{}联系", "<b>{}</b>", "12.05.2026 {} 14:30"],
)
def test_what_stands_around_a_number_does_not_hide_it(number: str, country: str | None, around: str) -> None:
    start = around.index("{}")
    assert find(around.format(number), country)[:1] == (Found(start, start + len(number), Kind.PHONE),)


@pytest.mark.parametrize(
    "text",
    [
        "order 0171 2345678",
        "Bestellung 01712345678",
        "Заказ № 89161234567",
        "注文番号は09012345678です",
        "訂單0912345678",
    ],
)
def test_a_number_behind_the_name_of_another_is_no_phones(text: str) -> None:
    assert [find(text, country) for country in ("DE", "RU", "JP", "TW", None)] == [()] * 5


def test_the_nearest_word_says_what_a_number_is() -> None:
    text = "My order is late, call 0171 2345678 about order 0171 2345679."
    assert mask(text, "DE") == "My order is late, call [hidden: phone] about order 0171 2345679."
    assert mask("I ordered on 0345 678 9012.", "GB") == "I ordered on [hidden: phone]."


@pytest.mark.parametrize(
    ("country", "text", "masked"),
    [
        ("DE", "anna@example.org.The parcel", "[hidden: email].The parcel"),
        ("DE", "Tel. 4711 23", "Tel. [hidden: phone]"),
        ("DE", "0️⃣1️⃣7️⃣1️⃣ 2345678", "[hidden: phone]"),
        ("DE", "01712345678_2.jpg", "01712345678_2.jpg"),
        ("DE", "X01712345678", "X01712345678"),
        ("DE", "RMA-01712345678", "RMA-01712345678"),
        ("DE", "Tel01712345678", "Tel[hidden: phone]"),
        ("IT", "Codice di tracciamento 0039 369 044 2955", "Codice di tracciamento 0039 369 044 2955"),
        ("US", "Mine: (555) 123-4567", "Mine: [hidden: phone]"),
        ("DE", "0171 2345678 18 Uhr", "[hidden: phone] 18 Uhr"),
        ("RU", "+7 916 123-45-67 150 раз", "[hidden: phone] 150 раз"),
        ("HK", "20261122", "20261122"),
        ("HK", "23261122", "[hidden: phone]"),
        ("HK", "Tel. 20261122", "Tel. [hidden: phone]"),
        ("GB", "My order came late, 07911123456", "My order came late, [hidden: phone]"),
        ("GB", "Order of my own daughter 07911123456", "Order of my own daughter 07911123456"),
        ("GB", "Order of 12.05.2026: 07911 123456", "Order of 12.05.2026: 07911 123456"),
        (
            "GB",
            "No phone number came with the order. 07911123456",
            "No phone number came with the order. [hidden: phone]",
        ),
        ("GB", "#07911123456", "#07911123456"),
        (None, "0171/2345678", "[hidden: phone]"),
        (None, "+4917123456789012345", "+4917123456789012345"),
        ("DK", "22222222", "22222222"),
        ("DE", "0000000000000 4006381333931", "0000000000000 4006381333931"),
        ("ID", "8991102100019", "8991102100019"),
        ("DE", "0049 171 2345678", "[hidden: phone]"),
        ("RU", "0049 171 2345678", "[hidden: phone]"),
        ("CN", "订单一直没有送到我的家里 0755-8612-3456", "订单一直没有送到我的家里 [hidden: phone]"),
        (None, "0033 6 12 34 56 78", "[hidden: phone]"),
        ("DE", "Unter 171 2345678 anrufen", "Unter [hidden: phone] anrufen"),
        # What else has digits enough.
        ("DE", "https://shop.example/?n=01712345678", "https://shop.example/?n=01712345678"),
        ("DE", "https://wa.me/491712345678", "https://wa.me/[hidden: phone]"),
        ("US", "on 2026-11-22 14", "on 2026-11-22 14"),
        ("DE", "16.03.–27.03.2023", "16.03.–27.03.2023"),
        ("DE", "04/22/2026 09", "04/22/2026 09"),
        ("DK", "22 11 2026", "22 11 2026"),
        ("DK", "am 22.11. 20 12 34 56", "am 22.11. [hidden: phone]"),
        ("DK", "2019-2023", "2019-2023"),
        ("US", "14:30 2025550143", "14:30 [hidden: phone]"),
        ("CN", "192.168.192.23", "192.168.192.23"),
        ("DK", "52.520008", "52.520008"),
        ("US", "USD 2025550143", "USD 2025550143"),
        ("US", "2025550143 $", "2025550143 $"),
        ("HK", "91234567,50", "91234567,50"),
        ("US", "24/7 202 555 0143", "24/7 [hidden: phone]"),
        ("TR", "DE00 3704 0044 0532 0130 02", "DE00 3704 0044 0532 0130 02"),
        ("IT", "0123 4567 8901 2345 6789", "0123 4567 8901 2345 6789"),
        ("PL", "0-306-40615-2", "0-306-40615-2"),
        ("DE", "978-0-19-852663-6", "978-0-19-852663-6"),
        ("US", "123.456.789-05", "123.456.789-05"),
    ],
)
def test_how_a_number_is_written_and_what_touches_it_tell_what_it_is(country: str, text: str, masked: str) -> None:
    assert mask(text, country) == masked


# --- Order numbers ---


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("AB-123456", "[hidden: order]"),
        ("ab–１２３４５６!", "[hidden: order]!"),
        ("ЖЫ-123456 / 订单AB-123456。", "[hidden: order] / 订单[hidden: order]。"),
        ("AB-1234567", "AB-1234567"),
        ("CAB-123456", "CAB-123456"),
        ("AB-123456X", "AB-123456X"),
        ("A1-123456", "A1-123456"),
    ],
)
def test_an_order_number_is_found_by_its_mask_and_as_a_whole(text: str, masked: str) -> None:
    assert mask(text, "DE", "AA-999999") == masked


def test_what_is_special_in_a_regular_expression_stands_for_itself_in_a_mask() -> None:
    masked = mask("R.(999)+ r.(123)+ RX(123)+", order_pattern="R.(999)+")
    assert masked == "[hidden: order] [hidden: order] RX(123)+"


def test_what_is_found_behind_something_masked_is_found_at_once() -> None:
    assert mask("Order AB-123456 01712345678", "DE", "AA-999999") == "Order [hidden: order] [hidden: phone]"


def test_an_order_number_that_is_a_part_of_a_phones_is_the_phone() -> None:
    assert mask("+49 171 23456789, 12345678", "DE", "99999999") == "[hidden: phone], [hidden: order]"


@pytest.mark.parametrize("wrong", ["", "AAAAAA", "AA-99", "9" * 41, " 999", "999\n", "99\u200b9"])
def test_a_mask_that_cannot_be_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(ValueError, match="a mask like AA-999999, where A stands for a letter and 9 for a digit"):
        read_order_pattern(wrong)
    with pytest.raises(ValueError, match="a mask like AA-999999"):
        find("no number", order_pattern=wrong)


# --- Whatever comes ---

PIECES = st.sampled_from(
    "0 1 0171 2345678 +49 ( ) - / . , : @ at dot (at) example.org anna DE89 37040044 4111 order Tel. 电话"
    " [hidden: phone] № \n \u200b \u00ad \u00a0 ٠١٢ ９ \0 ـ é € 24/7 12.05.2026 AB-123456 https:// _ * ] 8 916".split(
        " "
    )
)
TEXTS = st.lists(PIECES | st.just(" ") | st.text(max_size=4), max_size=40).map("".join)
COUNTRIES = st.sampled_from([None, "DE", "RU", "US", "CN"])
MASKS = st.sampled_from([None, "AA-999999", "99999999", "[999]"])


@given(TEXTS, COUNTRIES, MASKS)
@settings(deadline=None, max_examples=200 * EFFORT)
def test_what_is_found_is_in_order_apart_and_inside_the_text(
    text: str, country: str | None, pattern: str | None
) -> None:
    found = find(text, country, pattern)
    edges = [0, *(edge for item in found for edge in (item.start, item.end)), len(text)]
    assert edges == sorted(edges)
    assert all(item.start < item.end for item in found)


@given(TEXTS, COUNTRIES, MASKS)
@settings(deadline=None, max_examples=200 * EFFORT)
def test_a_masked_text_has_nothing_to_mask(text: str, country: str | None, pattern: str | None) -> None:
    masked = mask(text, country, pattern)
    assert find(masked, country, pattern) == ()
    assert mask(masked, country, pattern) == masked


@given(
    st.text(st.characters(exclude_categories=["Nd"], exclude_characters="@＠")).filter(lambda text: "at" not in text)
)
def test_a_text_without_digits_and_signs_of_mail_stays_as_it_is(text: str) -> None:
    assert mask(text, "DE") == text


HOSTILE = {
    "ones": "1 ",
    "dashes": "1-",
    "zeros": "0 / ",
    "brackets": "(0",
    "groups": "0171 ",
    "threes": "123 ",
    "digits": "1",
    "signs": "a@",
    "domains": "a@a.",
    "labels": "a-",
    "words": " (at) a dot ",
    "accounts": "DE89 ",
    "amounts": "1 234 567 ",
    "orders": "order 1234567 ",
    "pluses": "+1",
    "masked": "[hidden: phone]",
}


def calls_of(text: str, country: str | None) -> int:
    """Return how many functions are called to look at a text."""
    count = 0

    def counting(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counting)
    try:
        find(text, country, "AA-999999")
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("country", ["DE", None])
@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_text_is_twice_the_work(name: str, country: str | None) -> None:
    def of(length: int) -> str:
        return (HOSTILE[name] * length)[:length]

    find(of(4000), country, "AA-999999")
    calls = calls_of(of(4000), country)
    assert calls <= 2.5 * calls_of(of(2000), country) + 1000
    assert calls <= 400 * 4000


# --- Countries ---


def test_an_unknown_country_is_refused_in_words() -> None:
    for country in ("XX", "de", "", "DEU"):
        with pytest.raises(ValueError, match="the code of a country, in two capital letters like DE"):
            find("no number", country)
    assert {"DE", "RU", "CN", "US"} <= known_countries()


def test_a_text_without_a_number_loads_no_library_for_them() -> None:
    program = (
        "import sys\n"
        "from amends.personal import mask\n"
        "print(mask('Three weeks late, write to anna@example.org.'), 'phonenumbers' in sys.modules)\n"
        "print(mask('Call +49 171 2345678.'), 'phonenumbers' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "Three weeks late, write to [hidden: email]. False",
        "Call [hidden: phone]. True",
    ]
