"""The search page in a real browser, over an index that the real Pagefind made."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from amends.generator.build import build
from tests.boards import EXAMPLE, NOW, numbered
from tests.browser.built import serving
from tests.browser.chromium import NewPage
from tests.factories import a_case, after, an_event, company_toml, put, put_case

HOSTILE = "A <script>alert(1)</script> and <b>bold</b> &lt;i&gt; zebra & more."
CASES = (
    a_case(number="aaaaaaa1", text="Das Vorderrad war verbogen, als das Fahrrad kam.", language="de"),
    a_case(number="aaaaaaa2", text="Колесо погнуто, а поддержка молчит.", language="ru"),
    a_case(number="aaaaaaa3", text="我的自行車前輪壞了，客服沒有回覆。", language="zh-Hant"),
    a_case(number="aaaaaaa4", text="وصل الطرد متأخراً والعجلة مكسورة.", language="ar"),
    a_case(number="aaaaaaa5", text="The wheels were crooked.", language="en"),
    a_case(number="aaaaaaa6", text=HOSTILE),
    a_case(an_event("withdrawn", 5), number="aaaaaaa7"),
    *(numbered(index, after(48)) for index in range(23)),
)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example board with one more company, whose cases are in many languages, and the index of it all."""
    folder = tmp_path_factory.mktemp("search")
    shutil.copytree(EXAMPLE, folder / "content")
    put(folder / "content" / "acme" / "company.toml", company_toml("Acme Post"))
    for case in CASES:
        put_case(folder / "content", case)
    build(folder / "content", folder / "public", folder / "cache", NOW, with_search=True)
    return folder / "public"


@pytest.fixture(scope="module")
def board(public: Path) -> Iterator[str]:
    with serving(public) as address:
        yield address


def found(page: Page) -> Locator:
    return page.locator("#found > li")


def link(page: Page) -> Locator:
    return found(page).get_by_role("link")


def ask(page: Page, words: str) -> None:
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")


def test_a_case_is_found_from_an_english_page_by_a_word_of_its_own_language(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/?q={quote('колёса')}")
    expect(page.get_by_role("searchbox")).to_have_value("колёса")
    expect(page.locator('#found a[href="/acme/aaaaaaa2/"]')).to_be_visible()
    wanted = [
        ("verbogene", "aaaaaaa1"),
        ("自行車", "aaaaaaa3"),
        ("前輪壞了", "aaaaaaa3"),
        ("客服", "aaaaaaa3"),
        ("طرد", "aaaaaaa4"),
        ("wheel crooked", "aaaaaaa5"),
        ("aaaaaaa7", "aaaaaaa7"),
    ]
    for words, number in wanted:
        ask(page, "xylophonequux")
        expect(page.get_by_role("status")).to_contain_text("Nothing was found")
        ask(page, words)
        expect(page.locator(f'#found a[href="/acme/{number}/"]')).to_be_visible()


def test_characters_in_another_order_are_another_word(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/?q={quote('輪前')}")
    expect(page.get_by_role("status")).to_contain_text("Nothing was found for “輪前”.")


def test_a_result_says_whose_it_is_in_which_state_and_marks_the_word(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/?q={quote('свернутый погнуто')}")
    ask(page, "погнуто")
    row = found(page).filter(has=page.locator('[href="/acme/aaaaaaa2/"]'))
    expect(row.get_by_role("link")).to_have_attribute("lang", "ru")
    expect(row.get_by_role("link")).to_have_attribute("dir", "auto")
    expect(row.locator("mark")).to_have_count(1)
    expect(row.locator("mark")).to_contain_text("погнуто")
    expect(row.locator(".meta")).to_have_text(re.compile(r"Acme Post · 2 Nov 2026"))
    expect(row.locator(".state")).to_have_text("Overdue")
    expect(row.locator(".state svg")).to_have_count(1)


def test_what_people_wrote_is_shown_as_text(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/?q=zebra")
    excerpt = found(page).first.locator(".excerpt")
    expect(excerpt).to_contain_text("A <script>alert(1)</script> and <b>bold</b>")
    expect(excerpt.locator("script, b, i")).to_have_count(0)


def test_an_answer_leads_to_its_place_in_the_page(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/?q=dearer+estimate")
    first = found(page).first
    expect(first.locator(".state")).to_have_text("Written answer")
    first.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/radlager/answers/#dearer-than-the-estimate$"))
    expect(page.locator("#dearer-than-the-estimate")).to_be_visible()


def test_what_is_asked_stands_in_the_address_and_the_way_back_leads_to_it(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/")
    ask(page, "crooked")
    expect(page).to_have_url(f"{board}/search/?q=crooked")
    expect(found(page)).to_have_count(1)
    ask(page, "zebra")
    expect(link(page).first).to_have_attribute("href", "/acme/aaaaaaa6/")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("crooked")
    expect(link(page).first).to_have_attribute("href", "/acme/aaaaaaa5/")


def test_choices_narrow_what_is_found_and_count_what_they_would_leave(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/?q=wheel")
    company, state = page.get_by_label("Company"), page.get_by_label("State")
    expect(company).to_have_value("")
    ours = company.get_by_role("option", name=re.compile("^Acme Post"))
    expect(ours).to_have_text("Acme Post (1)")
    company.select_option("acme")
    expect(found(page)).to_have_count(1)
    expect(page).to_have_url(f"{board}/search/?q=wheel&company=acme")
    expect(state.get_by_role("option", name=re.compile("^Overdue"))).to_have_text("Overdue (1)")
    expect(state.get_by_role("option", name=re.compile("^Disputed"))).to_be_disabled()
    page.goto(f"{board}/search/?q=wheel&company=acme&state=disputed")
    expect(page.get_by_role("status")).to_contain_text("Nothing was found")
    expect(state).to_have_value("disputed")


def test_ten_are_shown_at_once_and_more_lead_on_from_the_eleventh(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/?q=nobody+answers&company=acme")
    more = page.get_by_role("button", name="Show more")
    expect(page.get_by_role("status")).to_have_text("Results: 23")
    expect(found(page)).to_have_count(10)
    more.press("Enter")
    expect(found(page)).to_have_count(20)
    expect(link(page).nth(10)).to_be_focused()
    more.click()
    expect(found(page)).to_have_count(23)
    expect(more).to_be_hidden()
    assert len({address.get_attribute("href") for address in link(page).all()}) == 23


def test_the_page_says_how_old_its_index_is(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/?q=nothing")
    expect(page.locator("#age")).to_contain_text("Index of 22 November 2026, 12:00 UTC.")


def test_nothing_found_is_said_and_the_lists_are_there(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/?q=xylophonequux")
    expect(page.get_by_role("status")).to_contain_text("Nothing was found for “xylophonequux”.")
    expect(page.locator("main").get_by_role("link", name="Overdue").first).to_be_visible()


def test_a_search_asks_no_other_host(new_page: NewPage, board: str) -> None:
    page, asked = new_page(), set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(f"{board}/search/?q=crooked")
    expect(found(page)).to_have_count(1)
    assert asked == {urlsplit(board).netloc}


def test_a_board_without_an_index_says_so(new_page: NewPage, problems: list[str], board: str) -> None:
    page = new_page()
    page.route("**/pagefind/**", lambda route: route.fulfill(status=404))
    page.goto(f"{board}/search/?q=crooked")
    expect(page.get_by_role("status")).to_contain_text("This board has no search index yet.")
    assert len(problems) == 1
    assert "404" in problems.pop()


@pytest.mark.parametrize("broken", ["policy", "index"])
def test_a_search_that_cannot_run_says_so(
    new_page: NewPage, problems: list[str], board: str, public: Path, broken: str
) -> None:
    page = new_page()

    def without_web_assembly(route: Route) -> None:
        text = (public / "search" / "index.html").read_text().replace(" &#39;wasm-unsafe-eval&#39;", "")
        route.fulfill(body=text, content_type="text/html; charset=utf-8")

    if broken == "policy":
        page.route("**/search/*", without_web_assembly)
    else:
        page.route("**/*.pf_meta", lambda route: route.abort())
    page.goto(f"{board}/search/?q=crooked")
    expect(page.get_by_role("status")).to_contain_text("The search index could not be read here.")
    page.close()
    assert problems
    problems.clear()


def test_without_a_script_the_page_says_so_and_leads_to_every_list(new_page: NewPage, board: str) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{board}/search/?q=crooked")
    expect(page.locator("noscript > p")).to_be_visible()
    for company in ("acme", "hollin-post", "radlager"):
        expect(page.locator(f'main [href="/{company}/all/"]')).to_be_visible()


def test_the_keyboard_is_enough(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(f"{board}/search/")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("crooked")
    page.keyboard.press("Enter")
    expect(found(page)).to_have_count(1)
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(link(page)).to_be_focused()


def test_the_front_page_has_a_field_that_leads_to_what_is_found(new_page: NewPage, board: str) -> None:
    page = new_page()
    page.goto(board)
    ask(page, "crooked")
    expect(page).to_have_url(f"{board}/search/?q=crooked")
    expect(found(page)).to_have_count(1)
