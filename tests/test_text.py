"""Words of people: what is stored and what becomes of it in HTML."""

import re
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from markupsafe import Markup

from amends import _markdown, _markdown_full, text
from tests.effort import EFFORT

examples = settings(max_examples=60 * EFFORT, deadline=None)

# Pieces that mean something to a browser, to Markdown or to Unicode, to be mixed with any text at all.
PIECES = (
    *("<", ">", "&", '"', "'", "/", "<b>", "</p>", "<br/>", "<!--", "-->", "<![CDATA[", "]]>", "&lt;", "&#60;"),
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '<a href="javascript:alert(1)">', "&copy;"),
    *("<svg/onload=alert(1)>", "<style>", "<noscript><p title='</noscript>", "<math><mi>", "<table>", "<template>"),
    *("*", "**", "_", "__", "`", "```", "\\", "\\*", "[", "]", "(", ")", "](", "![", "#", "# ", "---\n", "===\n"),
    *("> ", "- ", "+ ", "1. ", "2. ", "7. ", "\n> ", "\n- ", "\n1. ", "\n    - ", "\n\n    ", "    ", "  \n"),
    *(" ", "\t", "\n", "\n\n", "\r\n", "\r", "\x85", "\u2028", "\u3000", "\xa0"),
    *("[words](https://acme.example/a?b=1&copy;=2)", "[m](mailto:a@b.example)", "[r][1]", "[1]: https://ref.example"),
    *("[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\tscript:alert(1))", "[x](//evil.example)"),
    *("[x](&#106;avascript:alert(1))", "[x](data:text/html,<script>)", '[x](https://a.example/"onclick="alert(1))'),
    *("<https://e.example>", "https://acme.example/_a_*b*.", "HTTP://acme.example/(a)", "https://", "javascript:"),
    *("[hidden: phone]", "\x00", "\x02", "\x03", "\x02klzzwxh:0000\x03", "\x1b", "\ufdd0", "\ufdd1", "\uffff"),
    *("\ufeff", "\u202e", "\u2066", "\u200f", "\u200d", "\u200c", "\ud800", "\U000e0041", "\u0f90" * 9),
    *("\u0301", "e\u0301", "\u0338", "مرحبا", "שלום", "می\u200cخواهم", "हिन्दी", "好", "👩\u200d👩\u200d👧", "👍🏽"),
    *("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "word", "snake_case", "2*3*4", "7.50"),
)  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=8), max_size=14).map("".join)


class Seen(HTMLParser):
    """What a reader of the HTML gets: its tags, its links, and its text as one string."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.events, self.text, self.open, self.numbers = set(), [], "", [], []
        self.feed(str(html))  # parsing a Markup would escape it again
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.events.append((tag, sorted(attrs)))
        if tag == "li" and self.open[-1] == "ol":
            self.numbers[-1] += 1
            self.text += f"{self.numbers[-1]}. "
        if tag == "ol":
            self.numbers.append(0)
        if tag != "br":
            self.open.append(tag)
            self.link_from = len(self.text)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, "elements are closed in the order of opening"
        self.events.append("/" + tag)
        if tag == "ol":
            self.numbers.pop()
        if tag == "a":
            self.text += self.address_if_not_shown()

    def address_if_not_shown(self):
        href = next(dict(event[1])["href"] for event in reversed(pairs(self)) if event[0] == "a")
        return "" if self.text.endswith(href) else href

    def handle_data(self, data):
        self.events.append(data)
        self.text += data

    def handle_comment(self, data):
        raise AssertionError("no comment of anybody comes through")

    handle_decl = handle_pi = unknown_decl = handle_comment


def letters(words):
    return [char for char in unicodedata.normalize("NFD", words) if char.isalnum()]


# --- What is stored ---


@examples
@given(hostile)
def test_cleaning_twice_changes_nothing_more(words):
    assert text.clean(text.clean(words)) == text.clean(words)


@examples
@given(hostile)
def test_cleaned_text_is_in_nfc_without_anything_unseen_that_can_do_harm(words):
    cleaned = text.clean(words)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not [c for c in cleaned if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c != "\n"]
    assert not [c for c in cleaned if unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF"}]
    assert not [c for c in cleaned if unicodedata.bidirectional(c) in {"LRI", "RLI", "FSI", "PDI"}]
    assert not [c for c in cleaned if ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF or c == "\ufeff"]
    assert "\n\n\n" not in cleaned
    assert all(line == line.rstrip() for line in cleaned.split("\n"))
    assert cleaned == cleaned.strip()


@examples
@given(hostile)
def test_cleaning_loses_no_letter_and_no_digit(words):
    assert letters(text.clean(words)) == letters(words)


@pytest.mark.parametrize(
    ("words", "cleaned"),
    [
        ("a\r\nb\rc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("a\n\n\n\nb", "a\n\nb"),
        (" \n a  \n b\t\n\xa0", "a\n b"),
        ("a\tb", "a b"),
        ("a\x00\x07\x1b\x7f\x9bb", "ab"),
        ("\u202eabc\u202c \u2066d\u2069", "abc d"),
        ("\ufeffa\ufffe\ufdd0\U0001ffff\ud800b", "ab"),
        ("e\u0301", "é"),
        ("e\u202e\u0301", "é"),
        ("\U000e0068\U000e0069", ""),
    ],
)
def test_cleaning_drops_what_is_not_text(words, cleaned):
    assert text.clean(words) == cleaned


@pytest.mark.parametrize(
    "words",
    [
        "می\u200cخواهم",  # Persian: without ZWNJ another word
        "क्\u200dष",  # Hindi: ZWJ chooses the half form
        "\u200fשלום\u200e 123 \u061cسلام",  # RLM, LRM, ALM
        "👩\u200d👩\u200d👧 👍🏽 🇩🇪",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # Scotland
        "\u0f67\u0f90\u0fb5\u0fa8\u0fb3\u0fba\u0fbc\u0fbb\u0f82",  # Tibetan, the tallest stack in use
        "בְּרֵאשִׁ֖ית",  # Hebrew with points and an accent; already in canonical order
        "ผู้ใหญ่",
    ],
)
def test_cleaning_keeps_what_scripts_and_emoji_need(words):
    assert text.clean(words) == unicodedata.normalize("NFC", words)


@examples
@given(hostile)
def test_a_cheap_first_look_changes_nothing_in_what_is_stored(words):
    assert text.clean(words) == with_no_tame_letter(text.clean, words)


def with_no_tame_letter(clean, words):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_TAME", re.compile(r"(?!)"))
        return clean(words)


def test_a_tame_letter_is_visible_keeps_its_place_and_stays_as_it_is():
    points = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    joined = {char for letter in points for char in unicodedata.normalize("NFD", letter)[1:]}
    tame = [letter for letter in points if text._TAME.fullmatch(letter)]
    assert len(tame) > 30_000
    for letter in tame:
        assert unicodedata.is_normalized("NFC", letter)
        assert letter not in joined, "no letter before it takes it in"
        assert not text._extends(letter)
        assert not text._UNWANTED.match(letter)
        assert not text._NEWLINE.match(letter)
    assert "\t" not in tame


def test_at_most_eight_marks_stand_on_one_letter():
    assert text.clean("a" + "\u0316\u200d" * 50 + "b") == "a" + "\u0316\u200d" * 4 + "b"
    assert text.clean("!" * 50) == "!" * 50


def test_a_short_field_is_one_line():
    assert text.one_line(" Anna\n\n  K. \u202e", 80) == "Anna K."


@examples
@given(hostile, st.integers(1, 40))
@example("\u200f<", 1)
def test_a_short_field_keeps_its_limit_and_stays_clean(words, limit):
    line = text.one_line(words, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert line == text.clean(line)


@pytest.mark.parametrize(
    ("words", "limit", "line"),
    [
        ("abcde\u0316f", 5, "abcd"),
        ("abc 👩\u200d👧", 5, "abc"),
        ("abc 👩\u200d👧", 6, "abc"),
        ("abc👍🏽", 4, "abc"),
        ("ab cd", 3, "ab"),
        ("\u0316" * 8 + "a", 4, "\u0316" * 4),
    ],
)
def test_a_short_field_is_not_cut_inside_a_letter(words, limit, line):
    assert text.one_line(words, limit) == line


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("", ""),
        ("Parcel late\n\nI ordered it in May.", "Parcel late"),
        ("Dear Sir or Madam,\n\nmy parcel is late.\nBye", "Dear Sir or Madam, my parcel is late."),
        ("السلام عليكم،\nالطرد متأخر", "السلام عليكم، الطرد متأخر"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("word " * 30, " ".join(["word"] * 16) + "…"),
        ("a" * 79 + " b", "a" * 79 + "…"),
        ("a" * 77 + ", bcd", "a" * 77 + "…"),
        ("荷物が届きません。" * 20, ("荷物が届きません。" * 20)[:79] + "…"),
        ("好 " + "好" * 100, "好 " + "好" * 77 + "…"),
    ],
)
def test_a_title_is_the_first_line_cut_between_words(words, title):
    assert text.title_of(words) == title


@examples
@given(hostile.map(lambda words: words * 3))
def test_a_title_fits_and_is_one_clean_line(words):
    title = text.title_of(words)
    assert len(title) <= text.MAX_TITLE
    assert title == text.one_line(title, text.MAX_TITLE)


# --- What is shown of a customer ---


def test_plain_words_become_paragraphs_and_line_breaks():
    html = text.plain('It\'s <late> & "lost"\nsince May.\r\n\r\n\r\n*See* https://acme.example/x?a=1&b=2')
    assert html == (
        '<p>It\'s &lt;late&gt; &amp; "lost"<br>\nsince May.</p>\n<p>*See* https://acme.example/x?a=1&amp;b=2</p>'
    )
    assert isinstance(html, Markup)
    assert text.plain(" \n ") == ""


def test_a_masked_place_stands_out():
    html = text.plain("Call [hidden: phone] or [hidden: e-mail address], [hidden: <b>], [hidden: " + "x" * 41 + "]")
    assert html.count("<span") == 2
    assert '<span class="hidden">[hidden: phone]</span>' in html
    assert '<span class="hidden">[hidden: e-mail address]</span>' in html


@examples
@given(hostile)
def test_plain_shows_every_character_and_no_element_of_the_author(words):
    html = text.plain(words)
    seen = Seen(html)
    assert seen.tags <= {"p", "br", "span"}
    assert all(not attrs or (tag, attrs) == ("span", [("class", "hidden")]) for tag, attrs in pairs(seen))
    assert seen.text.split() == text.clean(words).split()
    assert events(nh3.clean(html, tags={"p", "br", "span"}, attributes={"span": {"class"}})) == events(html)


def assert_allowed(html):
    """Assert that HTML holds nothing outside the allow-list, and that nh3 agrees."""
    seen = Seen(html)
    assert seen.tags <= text.TAGS
    for tag, attrs in pairs(seen):
        assert [name for name, _ in attrs] == (["href", "rel"] if tag == "a" else [])
        assert dict(attrs).get("rel", _markdown.REL) == _markdown.REL
        assert dict(attrs).get("href", "https:").lower().startswith(("http:", "https:", "mailto:"))
    cleaned = nh3.clean(
        html, tags=text.TAGS, attributes={"a": {"href"}}, url_schemes=_markdown.SCHEMES, link_rel=_markdown.REL
    )
    assert events(cleaned) == events(html)


def pairs(seen):
    return [event for event in seen.events if isinstance(event, tuple)]


def events(html):
    return Seen(html).events


# --- What is shown of the staff ---


def link(address, words=None):
    return f'<a href="{address}" rel="nofollow ugc noopener">{words or address}</a>'


def test_markdown_shows_emphasis_lists_quotations_and_code():
    html = text.markdown(
        "Dear *Anna*, we are **very _sorry_**:\n\n- one\n- two\n    - deep\n\n1. first\n2. second\n\n"
        "> you wrote\n> > this\n\n`a < b`\n\n    code *here* &amp;"
    )
    assert html == (
        "<p>Dear <em>Anna</em>, we are <strong>very <em>sorry</em></strong>:</p>\n"
        "<ul>\n<li>one</li>\n<li>two<ul>\n<li>deep</li>\n</ul>\n</li>\n</ul>\n"
        "<ol>\n<li>first</li>\n<li>second</li>\n</ol>\n"
        "<blockquote>\n<p>you wrote</p>\n<blockquote>\n<p>this</p>\n</blockquote>\n</blockquote>\n"
        "<p><code>a &lt; b</code></p>\n<pre><code>code *here* &amp;amp;\n</code></pre>"
    )
    assert isinstance(html, Markup)


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("__a__ _b_ ***c***", "<strong>a</strong> <em>b</em> <strong><em>c</em></strong>"),
        ("**d *e* f** *g **h** i*", "<strong>d <em>e</em> f</strong> <em>g <strong>h</strong> i</em>"),
        ("这是*强调*文字", "这是<em>强调</em>文字"),
        ("one\ntwo *three*", "one<br>\ntwo <em>three</em>"),
        ("\\*not\\* \\_this\\_", "*not* _this_"),
        ("snake_case_word 30*40*50 cm * a * b **c ** d", "snake_case_word 30*40*50 cm * a * b **c ** d"),
        ("_", "_"),
        ("`a*b*` ``c ` d`` ```\n e```", "<code>a*b*</code> <code>c ` d</code> <code>e</code>"),
        ("\\`a\\` `b `` ````c```", "`a` `b `` ````c```"),
    ],
)
def test_emphasis_and_code_are_where_they_were_meant(words, html):
    assert text.markdown(words) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("[a *b*](https://x.example/c)", link("https://x.example/c", "a <em>b</em>")),
        ("[a](https://x.example/A_(b)?c=1&copy;=2)", link("https://x.example/A_(b)?c=1&amp;copy;=2", "a")),
        ("[write](mailto:help@x.example)", link("mailto:help@x.example", "write")),
        ("[https://x.example](https://y.example)", link("https://y.example", "https://x.example")),
        ("https://x.example/a_b_c?d=1&e=2", link("https://x.example/a_b_c?d=1&amp;e=2")),
        ("See https://x.example.", "See " + link("https://x.example") + "."),
        ("https://x.example/?...", link("https://x.example/") + "?..."),
        ("(https://x.example/a)!", "(" + link("https://x.example/a") + ")!"),
        ("HTTPS://x.example/A_(b)", link("HTTPS://x.example/A_(b)")),
        ("**https://x.example/**", "<strong>" + link("https://x.example/") + "</strong>"),
        ("看https://x.example/a。谢谢", "看" + link("https://x.example/a") + "。谢谢"),
        ("<https://x.example>", "&lt;" + link("https://x.example") + "&gt;"),
        ("![a](https://x.example)", f"![a]({link('https://x.example')})"),
        ("`https://x.example`", "<code>https://x.example</code>"),
        ("https://x.example:8080?a#b", link("https://x.example:8080?a#b")),
    ],
)
def test_only_web_and_mail_addresses_are_linked(words, html):
    assert text.markdown(words) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    "words",
    [
        "# Title",
        "#1234 is on its way",
        "Title\n=====",
        "above\n\n---\n\nbelow",
        "3. November kommt das Paket.",
        "1. a\n3. b",
        "١. a",
        "<b>bold</b> &amp; &lt; &#60; <!-- note --> <?php ?>",
        "[a][b] [c]",
        "![image](pic.png)",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x](java\nscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,hello) [x](javascript:a@b.example)",
        "[x](vbscript:x) [x](file:///etc) [x](//evil.example) [x](/desk) [x]( https:x)",
        "https:// http://. xhttps://x.example https://-/ https://1.2.3.4/",
        "https://user@x.example [x](https://user:pass@x.example/)",
        "https://аcme.example [x](https://acmé.example/)",  # the first letter is Cyrillic
        "  | a | b |",
    ],
)
def test_what_is_switched_off_shows_as_typed(words):
    html = text.markdown(words)
    assert Seen(html).tags <= {"p", "br"}
    assert Seen(html).text.split() == words.split()


def test_a_reference_definition_is_not_swallowed():
    assert text.markdown("[1]: https://x.example\n\n[a][1]") == (
        f"<p>[1]: {link('https://x.example')}</p>\n<p>[a][1]</p>"
    )


@examples
@given(hostile)
def test_nothing_outside_the_allow_list_survives_and_nh3_agrees(words):
    html = text.markdown(words)
    assert_allowed(html)


@examples
@given(hostile)
def test_no_word_of_a_reply_is_lost(words):
    seen = Seen(text.markdown(words))
    assert letters(seen.text) == letters(text.clean(words.expandtabs(4)))


@examples
@given(hostile)
def test_text_without_markup_takes_the_short_way_to_the_same_page(words):
    cleaned = text.clean(words)
    if not text._MARKUP.search(cleaned):
        assert _markdown_full.full(cleaned) == text._paragraphs(cleaned) == text.markdown(cleaned)


# What is markup in one place and not in another.
TRIFLES = ("a", "é", "1", ".", "-", "+", "#", "!", "[", "]", "(", "=", "~", "|", ":", "&", "<", ">", '"', "{", "\u200f")
TRIFLES += (" ", "   ", "    ", "\n", "\n ", "\n\n", "\n\n    ", "\u3000", "- ", "1. ", "\n1. ", "\n- ", "\n\n1. ")


@examples
@given(st.lists(st.sampled_from(TRIFLES), max_size=12).map("".join))
@example("a\n\n b")
@example("a\n  > b")
def test_the_short_way_is_right_about_what_is_markup(words):
    cleaned = text.clean(words)
    if not text._MARKUP.search(cleaned):
        assert _markdown_full.full(cleaned) == text._paragraphs(cleaned) == text.markdown(cleaned)


def test_a_tab_indents_by_four():
    assert text.markdown("- a\n\t- b") == text.markdown("- a\n    - b")


# Each defence of the full converter holds alone: the others are taken away.

SCRIPTS = "<script>alert(1)</script> <b onclick=alert(1)>b</b> &lt;i> *c*"


def test_without_bleach_no_html_of_an_author_comes_through(monkeypatch):
    monkeypatch.setattr(_markdown_full, "_sanitized", lambda html: html)
    assert Seen(_markdown_full.full(SCRIPTS)).text == SCRIPTS.replace("*", "")


def test_a_markdown_that_passes_html_on_is_given_none(monkeypatch):
    monkeypatch.setattr(_markdown_full, "_Converter", Markdown)
    assert Seen(_markdown_full.full(SCRIPTS)).text == SCRIPTS.replace("*", "")


def test_bleach_lets_only_our_own_elements_and_attributes_through():
    html = (
        '<p href="https://a.example" onclick="x"><a href="java&#115;cript:x" rel="opener" title="t">a</a><img src="x">'
    )
    assert _markdown_full._sanitized(html) == '<p><a>a</a>&lt;img src="x"&gt;</p>'
    assert _markdown_full._sanitized(link("mailto:a@b.example")) == link("mailto:a@b.example")


def test_threads_do_not_disturb_each_other():
    replies = [f"*{n}* [a](https://x.example/{n})\n\n- {n}\n    - `{n}`" for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(text.markdown, replies * 3)) == [text.markdown(reply) for reply in replies] * 3


def test_a_reply_of_more_markup_than_words_shows_as_typed():
    assert text.markdown("*a* " * 400).count("<em>") == 400
    assert text.markdown("*a* " * 600) == "<p>" + ("*a* " * 600).strip() + "</p>"


def test_what_is_nested_too_deep_shows_as_typed():
    assert text.markdown("- " * 40 + "a").endswith("</ul>")
    assert Seen(text.markdown("> - " * 40 + "a")).text.split()[-3:] == [">", "-", "a"]
    quoted = "> " * 12 + "a\n" + "> " * 8 + "\n" + "> " * 12 + "b"
    assert letters(Seen(text.markdown(quoted)).text) == ["a", "b"]


FULL = text.MAX_STAFF
UNITS = (
    *("[", "[a", "](", "[a](", "[a](https://x(", "[a](mailto:a@", "mailto:", "![", "(", ")", "https://"),
    *("https://x ", "https://x.", "https://x(", "*", "**", "*a ", "**a ", "*a _b ", "***a*", "_", "_a ", "__a "),
    *("`", "`a``b", "\\", "\\*", "&", "&amp;", "&#1", "<", ">", "<b n><i n>", "<!--", "</", "# ", "=\n", "---\n"),
    *("1", "9. ", "> ", "- ", "1. ", "> - ", "> 1. - ", "- a\n", "- a\n\n", "> a\n", "> a\n\n", "    a\n\n"),
    *("a\n", "a\n\n", "a,\n", " ", "\t", "\n", "\r", "\u2028", "\u3000", "好", "a\u0301\u0316", "\u0301", "\u200d"),
    *("\U0001f3f4\U000e0067", "[hidden: "),
)  # fmt: skip


def parsed(unit):
    """Repeat the unit as often as it is still parsed, and fill up with what is no markup."""
    marks = len(text._COSTLY.findall(text.clean("a" + unit + "a")))
    return (unit * (FULL // 10 // max(marks, 1) - 1) + "*a*" + "a" * FULL)[:FULL]


HOSTILE = {unit: (unit * FULL)[:FULL] for unit in UNITS}
HOSTILE |= {"parsed: " + unit: parsed(unit) for unit in UNITS}
HOSTILE |= {
    "items in items": parsed("- " * 8 + "a\n\n"),
    "escaped ticks": parsed("\\``"),
    "open emphasis": parsed("**" + "a" * 15 + " *"),
    "nested emphasis": parsed("*a _b ")[: FULL // 2] + (" c_ d*" * FULL)[: FULL // 2],
    "growing ticks": " ".join("`" * n for n in range(1, 140)),
    "growing indent": "".join("    " * n + "- a\n\n" for n in range(68)),
    "quoted lines": "> " * 30 + "a\n" + ("a" * 20 + "\n") * 400,
}


# Measured on two shared cores: 0.05 s for "items in items", of which bleach takes two thirds, 0.03 s for "https://x ".
# Python-Markdown and bleach as they come take 13 s for "[", 0.2 s for "*a* " and end "- " in a RecursionError. The
# bound here only catches a blow-up.
@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_of_the_longest_length_takes_long(name):
    words = HOSTILE[name]
    start = time.process_time()
    for shown in (text.plain, text.markdown, text.title_of, _markdown.quick):
        shown(words)
    assert time.process_time() - start < 1
