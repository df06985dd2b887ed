"""Texts with personal data in them, and texts with numbers that are none, made from a seed.

Nothing here uses a rule of the product: account and card numbers get their check digits by other roads.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

from amends.personal import Kind
from tests.personal_texts import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Text:
    """A text and where in it what stands; `kind` is None where it holds no personal data."""

    language: str
    country: str
    text: str
    start: int = 0
    end: int = 0
    kind: Kind | None = None


# --- What is found ---

# One account of each: what stands behind the check digits. `#` is a digit, `A` a letter.
ACCOUNTS = (
    "DE##################|AT################|CH#################|FR################AAA####|GBAAAA##############"
    "|NLAAAA##########|BE############|ITA######################|ES####################|PL########################"
    "|CZ####################|SE####################|DK##############|NO###########|FI##############"
    "|PT#####################|IEAAAA##############|GR#######################|HU########################"
    "|TR######################|UA#########################|KZ###AAA##########|SA####################"
    "|AE###################|IL###################|ROAAAA################|BR#######################A#"
    "|PKAAAA################|LV" + "AAAA#############|MTAAAA#####AA################"
).split("|")

# First digits and lengths: Visa, Mastercard, American Express, Mir, Maestro, JCB, Discover, UnionPay, Diners.
CARDS = (
    *(("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("2200", 16)),
    *(("2204", 16), ("6759", 18), ("3530", 16), ("6011", 16), ("62", 16), ("62", 19), ("36", 14), ("4", 19)),
)
_CARD_PHRASES = (
    "I paid with {} and was charged twice.",
    "My card is {}, expiry 12/27, please refund it.",
    "Mit der Karte {} bezahlt, Bestellung 20{d} nie erhalten.",
    "Списали с карты {} 1 290 руб. дважды",
    "La tarjeta {} fue cobrada dos veces, 49,90 €.",
    "カードは{}です。",
    "我的卡号是{}，扣了两次。",
    "خصمتم من بطاقتي {} مرتين",
    "{}",
    "J'ai payé 25,00 € avec {} le 12.05.2026.",
)
_IBAN_PHRASES = (
    "Please refund to {} within a week.",
    "Meine IBAN ist {}, bitte erstatten Sie 49,90 €.",
    "IBAN: {}",
    "Верните на счёт {} до пятницы.",
    "Remboursez sur {}, commande 12345678.",
    "请退款到{}，谢谢。",
    "返金先は{}です。",
    "ارجعوا المبلغ على {} من فضلكم",
    "Devuelvan 25 € a {}. Gracias",
    "Konto {}",
)
_NAMES = "anna olga.petrova j.smith max_muster maria+shop ivan1987 k.o.nnor li.wei yuki-s info josé müller".split()
_HOSTS = (
    "example.org example.com mail.example.co.uk example.ru post.example.de bücher.example sub.mail.example.cn"
    " example.com.br пример.рф 例え.jp xn--bcher-kva.example"
).split()
_SPELLINGS = ("{n}@{h}",) * 12 + (
    "{n}＠{h}",
    "{n} (at) {h}",
    "{n}[at]{h}",
    "{n}(at){h}",
    "{n} at example dot org",
    "{n} (at) example (dot) org",
    "{n} [at] example [dot] com",
    "{n}(собака)example.ru",
    "{n} собака example точка ru",
)
_WRAPPED = ("{}",) * 8 + ("**{}**", "<{}>", "({})", "mailto:{}", "`{}`", "„{}“")


def _digits(shape: str, dice: random.Random) -> str:
    return re.sub("[#¹²]", lambda place: str(dice.randint("#¹²".index(place[0]), 9)), shape)


def _placed(language: Language, phrase: str, hidden: str, kind: Kind) -> Text:
    start = phrase.index("{}")
    text = phrase.replace("{}", hidden)
    return Text(language.name, language.country, text, start, start + len(hidden), kind)


def _disguised(number: str, language: Language, dice: random.Random) -> str:
    """Write a number as some people and some programs do."""
    how = dice.random()
    if how < 0.1:
        return number.translate(str.maketrans("0123456789", language.digits))
    if how < 0.15:
        return number.replace(" ", dice.choice("\u00a0\u202f\u2009\u2007"))
    if how < 0.2:
        place = dice.randrange(1, len(number))
        return number[:place] + dice.choice("\u200b\u00ad\u2060\u200e") + number[place:]
    if how < 0.24:
        return number.replace("-", dice.choice("‑–‐−"))
    return number


def phones(seed: int, count: int) -> Iterator[Text]:
    """So many texts with a phone number in each language."""
    dice = random.Random(f"phones {seed}")
    for language in LANGUAGES:
        for _ in range(count):
            number = _disguised(_digits(dice.choice(language.phones), dice), language, dice)
            wrapped = dice.choice(("{}",) * 10 + ("**{}**", "[{}]", "_{}_", "tel:{}"))
            yield _placed(language, dice.choice(language.phrases).replace("{}", wrapped), number, Kind.PHONE)


def mails(seed: int, count: int) -> Iterator[Text]:
    """So many texts with an address of e-mail in each language."""
    dice = random.Random(f"mails {seed}")
    for language in LANGUAGES:
        for _ in range(count):
            address = dice.choice(_SPELLINGS).format(n=dice.choice(_NAMES), h=dice.choice(_HOSTS))
            phrase = dice.choice(language.mails).replace("{}", dice.choice(_WRAPPED))
            yield _placed(language, phrase, address, Kind.EMAIL)


def accounts(seed: int, count: int) -> Iterator[Text]:
    """So many texts with an IBAN of each country in the list."""
    dice = random.Random(f"accounts {seed}")
    for form in ACCOUNTS:
        for _ in range(count):
            number = _spelt(account(form, dice), dice)
            language = dice.choice(LANGUAGES)
            yield _placed(language, dice.choice(_IBAN_PHRASES), number, Kind.IBAN)


def account(form: str, dice: random.Random) -> str:
    """Make an account number with the check digits that fit, found by trying them."""
    country, rest = form[:2], form[2:]
    rest = re.sub("A", lambda _: dice.choice("ABCDEFGHKLMNPRSTVWXZ"), _digits(rest, dice))
    (number,) = [number for check in range(2, 99) if _remainder(number := f"{country}{check:02}{rest}") == 1]
    return number


def _remainder(number: str) -> int:
    remainder = 0
    for letter in number[4:] + number[:4]:
        value = letter if letter.isdigit() else str(ord(letter) - ord("A") + 10)
        for digit in value:
            remainder = (remainder * 10 + int(digit)) % 97
    return remainder


def _spelt(number: str, dice: random.Random) -> str:
    groups = [number[place : place + 4] for place in range(0, len(number), 4)]
    spelt = dice.choice((" ", " ", "", "", "-", "\u00a0", "  ")).join(groups)
    return spelt.lower() if dice.random() < 0.25 else spelt


def cards(seed: int, count: int) -> Iterator[Text]:
    """So many texts with a card number of each issuer in the list."""
    dice = random.Random(f"cards {seed}")
    for prefix, length in CARDS:
        for _ in range(count):
            number = card(prefix, length, dice)
            sizes = {15: (4, 6, 5), 14: (4, 6, 4)}.get(length, (4, 4, 4, 4, 4))
            mark = dice.choice((" ", " ", "-", "", "\u00a0"))
            phrase = dice.choice(_CARD_PHRASES).replace("{d}", f"{dice.randrange(10**6):06}")
            if length in (14,) and not mark:
                phrase = "My card {} was charged twice."
            yield _placed(dice.choice(LANGUAGES), phrase, mark.join(_grouped(number, sizes)), Kind.CARD)


def card(prefix: str, length: int, dice: random.Random) -> str:
    """Make a card's number whose last digit fits, found by trying it."""
    start = prefix + "".join(str(dice.randrange(10)) for _ in range(length - len(prefix) - 1))
    (number,) = [start + str(last) for last in range(10) if _sum_of_doubled(start + str(last)) % 10 == 0]
    return number


def _sum_of_doubled(number: str) -> int:
    twice = cycle((1, 2))
    return sum(sum(divmod(int(digit) * next(twice), 10)) for digit in reversed(number))


def _grouped(number: str, sizes: tuple[int, ...]) -> Iterator[str]:
    start = 0
    for size in sizes:
        if number[start:]:
            yield number[start : start + size]
        start += size


# --- What is not ---

_PLAIN_FRAMES = {
    "en-US": "The page says {} and nothing else.",
    "en-GB": "It still shows {} today.",
    "de": "Dort steht {} und sonst nichts.",
    "fr": "La page indique {} et rien d'autre.",
    "es": "La página dice {} y nada más.",
    "it": "La pagina dice {} e basta.",
    "pt": "A página diz {} e mais nada.",
    "nl": "Er staat {} en verder niets.",
    "pl": "Na stronie jest {} i nic więcej.",
    "ru": "На странице написано {} и всё.",
    "uk": "На сторінці написано {} і все.",
    "tr": "Sayfada {} yazıyor.",
    "sv": "Det står {} på sidan.",
    "ar": "مكتوب {} على الصفحة.",
    "hi": "पेज पर {} लिखा है।",
    "zh-CN": "页面上写着{}。",
    "zh-TW": "頁面上寫著{}。",
    "ja": "ページには{}とあります。",
    "ko": "페이지에 {} 라고 나옵니다.",
    "th": "หน้าเว็บบอกว่า {} เท่านั้น",
}
NUMBERS = (
    "202#-0¹-1#|1#.0¹.202#|0¹/1#/202#|202#/0¹/1#|1#-0¹-202#|202#年¹月1#日|1#.0¹.2#|1# 0¹ 202#|202#0¹1#"
    "|202#-0¹-1# 1#:3#:2#|202#-0¹-1#T1#:3#:2#Z|1#.0¹.202# 14:3#|1#.0¹.–2#.0¹.202#|2019-202#|2019–202#|2018/1#"
    "|1#:00-18:30|14:3#:2#"
    "|1 2## ###,50 €|€1.2##.###,00|$ 1,2##,###.99|1 2## ### руб.|£1,2##.50|1'2##'###.05 CHF|12 5## Kč|Rp 1.2##.###"
    "|₹ 12,3#,###|12##00円|1.2##.### VND|49,90 EUR|19.99 USD|¹2#####.00 zł|12 ### ###,00 Ft"
    "|192.168.1##.2#|10.0.1#.254|2001:db8:85a3:0:0:8a2e:370:7334|1.1#.3|v2.1#.4.1##|10.15.7.1##|1.2.3-beta.4##"
    "|52.5#####, 13.4#####|-33.8####, 151.2####|48°51'3#\"N|5#%|12,5 %|+2# %|-15##.50|24/7|3:1|1/2|16:9"
    "|4006381333931|9780306406157|978-3-16-148410-0|036000291452|96385074|3-16-148410-0|0-306-40615-2"
    "|1Z999AA1012345678#|JJD00039000#######|003404341610######## DHL|RR#########CN|LX#########DE|CP#########RU"
    "|H10015########|SF1###########|9400 1000 0000 0000 #### ##|EE#########HK"
    "|10115 Berlin|D-80331|SW1A 2AA|190000|110 001|〒150-000#|90210-####|12-3##|1### AB"
    "|SN-########|A1B2-C3D4-####|LH 4##|BA2##|SU-####|AF1###|ISO 9001:2015|HTTP/1.1 404|iPhone 1#|4K 60 Hz|5000 mAh"
    "|DE1########|ATU########|FR 12 #########|123.456.789-0#|12.345.678/0001-9#|https://shop.example/p/49151########"
    "|DE00 3704 0044 0532 0130 0#|0123 4567 8901 2345 6789|1234 5678 9012 3456|4111 1111 1111 1112"
    "|12345678#|#A######|2x 500 g|3 x 250 ml|1 000 000 km|№ 12####|#12####"
).split("|")


def negatives(seed: int, count: int) -> Iterator[Text]:
    """Texts without personal data: each number so many times, and in each language as many numbers after an order."""
    dice = random.Random(f"negatives {seed}")
    by_name = {language.name: language for language in LANGUAGES}
    frames = sorted(_PLAIN_FRAMES.items())
    for number in NUMBERS:
        for _ in range(count):
            name, frame = dice.choice(frames)
            yield Text(name, by_name[name].country, frame.replace("{}", _digits(number, dice)))
    for language in LANGUAGES:
        for _ in range(count * 4):
            number = _digits(_reference(language, dice), dice)
            yield Text(language.name, language.country, dice.choice(language.orders).replace("{}", number))


def _reference(language: Language, dice: random.Random) -> str:
    """Return a number like that of a phone of the country, plain or with its marks, or of another length."""
    like = dice.choice([phone for phone in language.phones if "+" not in phone])
    return dice.choice((re.sub("[^0-9#¹²]", "", like), like, "¹" + "#" * dice.randint(6, 14), "¹¹-#######"))
