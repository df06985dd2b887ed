"""What `amends snippet` prints: lines to paste, and what the pages' policy has to allow for them."""

import pytest
from click.testing import CliRunner, Result
from lxml import html

from amends.cli import main
from amends.intake.widget import integrity, newest, own_widget
from amends.language import LANGUAGES
from tests.house import URL, House


def snippet(house: House, *options: str, **environ: str) -> Result:
    given = {"AMENDS_CONTENT": str(house.content), "AMENDS_INSTANCE": str(house.settings.instance), **environ}
    return CliRunner().invoke(main, ["snippet", *options], env=given)


def elements(house: House, *options: str) -> list[html.HtmlElement]:
    result = snippet(house, "acme", *options, AMENDS_URL=URL)
    assert (result.exit_code, result.stderr) == (0, "")
    return [html.fragment_fromstring(line) for line in result.stdout.splitlines()]


def test_the_link_and_the_script_lead_to_the_service_and_name_the_company(house: House) -> None:
    link, script, _ = elements(house)
    assert dict(link.attrib) == {"href": f"{URL}/acme/new", "data-amends": ""}
    assert link.text == "Tell us what went wrong"
    assert dict(script.attrib) == {"async": "", "src": f"{URL}/w/v1.js", "data-company": "acme"}


def test_a_pinned_script_is_the_newest_launcher_with_its_integrity_and_leave_to_look_at_it(house: House) -> None:
    widget = own_widget()
    number = newest(widget.launchers)
    _, script, _ = elements(house, "--pinned")
    assert dict(script.attrib) == {
        "async": "",
        "src": f"{URL}/w/{number}.js",
        "integrity": integrity(widget.launchers[number].encode()),
        "crossorigin": "anonymous",
        "data-company": "acme",
    }
    assert house.visitor().get(f"/w/{number}.js", base_url=URL).text == widget.launchers[number]


def test_the_policy_allows_the_service_and_the_badge_and_is_printed_alone(house: House) -> None:
    result = snippet(house, "acme", "--csp", AMENDS_URL=URL)
    header = f"Content-Security-Policy: script-src {URL}; connect-src {URL}; img-src https://board.example\n"
    assert result.stdout == header


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_link_speaks_the_language_of_the_companys_pages(house: House, tag: str) -> None:
    path = house.content / "acme" / "company.toml"
    path.write_text(f'language = "{tag}"\n{path.read_text()}')
    link = elements(house)[0]
    assert (link.text == "Tell us what went wrong") == (tag == "en")
    assert link.text


def test_without_an_address_of_the_service_the_lines_are_told_to_lead_nowhere_else(house: House) -> None:
    result = snippet(house, "acme")
    assert result.exit_code == 0
    assert result.stderr == "AMENDS_URL is not set: these lines lead to this machine.\n"
    assert 'src="http://127.0.0.1:8000/w/v1.js"' in result.stdout


def test_a_company_that_is_not_there_gets_no_lines(house: House) -> None:
    result = snippet(house, "nobody", "--pinned", AMENDS_URL=URL)
    assert result.exit_code == 2
    assert "no company nobody: there are acme, bolt" in result.stderr
    assert result.stdout == ""
