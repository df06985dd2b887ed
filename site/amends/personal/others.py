"""Numbers that are no phone's, known by their form: dates, times, amounts, versions, places and what numbers things."""

import re
from collections.abc import Iterator
from functools import cache

from amends.personal.model import Span

_MONTH, _DAY, _YEAR = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])", "(?:19|20)[0-9]{2}"
_CURRENCY = (
    r"(?:[€$£¥₽₴₹₩₺₫฿₪₸]|(?:EUR|USD|GBP|CHF|RUB|UAH|KZT|CNY|RMB|JPY|TWD|NTD|HKD|INR|BRL|PLN|CZK|SEK|NOK|DKK|HUF|RON|TRY|AED|SAR"
    r"|EGP|IRR|IDR|VND|KRW|euros?|dollars?|руб|р\.|грн|тг|zł|Kč|kr|Ft|lei|лв|TL|Rp|Rs|円|元|块|塊|원|บาท|รูปี|रुपये|रु"
    r"|ريال|درهم|جنيه|تومان|دينار|ש\"ח|млн|тыс|mio|million)(?![^\W\d_])|[円元块塊원])"
)
_UNIT = (
    r"(?:%|‰|°|(?:km|kg|mm|cm|m²|ml|кг|км|шт|г\.|Stück|pcs|pieces|GB|MB|kWh|mAh|Hz|points?|баллов|miles)(?![^\W\d_]))"
)
_AMOUNT = r"[0-9]{1,3}(?:[ .,'’][0-9]{3}){0,4}(?:[.,][0-9]{1,2}|,-)?|[0-9]{1,12}(?:[.,][0-9]{1,2})?"
_ALONE = r"(?<![0-9])(?<![0-9][./:-])"
_ENDS = r"(?![0-9]|[./:-][0-9])"
_NOT_PHONES = (
    # Addresses of pages, but those that ring somebody.
    r"(?:https?://|www\.)(?!wa\.me/|api\.whatsapp|t\.me/)[!-~]+",
    rf"{_ALONE}{_YEAR}(?P<a>[./-]){_MONTH}(?P=a){_DAY}{_ENDS}",
    rf"{_ALONE}{_DAY}(?P<b>[./-]){_MONTH}(?P=b)(?:{_YEAR}|[0-9]{{2}}){_ENDS}",
    rf"{_ALONE}{_MONTH}(?P<c>[./-]){_DAY}(?P=c)(?:{_YEAR}|[0-9]{{2}}){_ENDS}",
    rf"(?<![0-9] ){_ALONE}{_DAY} {_MONTH} {_YEAR}(?! ?[0-9])",
    rf"{_ALONE}{_DAY}\.{_MONTH}\.(?= |$)",
    rf"(?<![0-9 -]){_ALONE}{_YEAR} ?[-/] ?(?:{_YEAR}|[0-9]{{2}})(?![ -]?[0-9])",
    # Times, and times of a recording.
    r"(?<![0-9])[0-9]{1,3}(?::[0-9]{2}){1,2}(?:[.,][0-9]{1,6})?(?!:?[0-9])",
    # Addresses of machines, versions.
    rf"{_ALONE}(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}(?:/[0-9]{{1,2}})?{_ENDS}",
    # Places on the map, other decimals, amounts.
    r"(?<![0-9.])[+-]?(?:0|[1-9][0-9]{0,2})[.][0-9]{3,8}(?![0-9]|[ .-][0-9])",
    rf"{_CURRENCY} ?(?:{_AMOUNT})(?![0-9])",
    rf"(?<![0-9+])(?<![0-9][ .-])(?:{_AMOUNT}) ?(?:{_CURRENCY}|{_UNIT})",
    r"(?<![0-9])[0-9]+,[0-9]{1,2}(?![0-9])",
    r"(?<![0-9])24 ?/ ?7(?![0-9])",
    # Other numbers in groups: accounts and cards with a slip in them, ISBN, CPF.
    r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ -]{0,2}[A-Za-z0-9]{4}){2,7}(?:[ -]{0,2}[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])",
    r"(?<![0-9+])(?<![0-9][ -])(?!00)[0-9]{4}(?P<d>[ -])[0-9]{4}(?P=d)[0-9]{4}(?P=d)[0-9]{1,4}"
    r"(?:(?P=d)[0-9]{1,4}){0,3}(?![0-9])",
    r"(?<![0-9-])[0-9]-[0-9]{1,7}-[0-9]{1,7}-[0-9](?![0-9-])",
    r"(?<![0-9])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?![0-9])",
)


def find_others(text: str) -> Iterator[Span]:
    """Yield what in a folded text looks like a number of a phone, or like a part of one, and is none."""
    for found in _others().finditer(text):
        yield found.span()


@cache
def _others() -> re.Pattern[str]:
    return re.compile("|".join(_NOT_PHONES))


def is_date(digits: str) -> bool:
    """Whether eight digits are a year, a month and a day, or the other way round."""
    return len(digits) == 8 and bool(re.fullmatch(rf"{_YEAR}{_MONTH}{_DAY}|{_DAY}{_MONTH}{_YEAR}", digits))


def is_article(digits: str) -> bool:
    """Whether it is as long as an EAN or a UPC, which number articles and books, and the check digit is right."""
    if digits.startswith("00") or not (len(digits) == 13 or (len(digits) == 12 and digits.startswith("0"))):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits.zfill(13)))
    return weighted % 10 == 0
