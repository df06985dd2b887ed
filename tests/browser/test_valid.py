"""Every built page against the HTML standard, and every style sheet against what the browser understands."""

import json
import subprocess
from pathlib import Path

from tests.browser.chromium import NewPage
from tests.browser.npm import NODE

CONFIG = {
    "root": True,
    "extends": ["html-validate:recommended"],
    "rules": {
        # The standard writes it in either case; ours is lower, as all our markup is.
        "doctype-style": ["error", {"style": "lowercase"}],
        # The standard lets the end tags of rows, cells and items be omitted, and long tables are a fifth shorter so.
        "no-implicit-close": "off",
        # A title is the customer's own heading and the company's name, neither of which is ours to cut.
        "long-title": "off",
        # Telephone numbers stand as the company writes them in its settings.
        "tel-non-breaking": "off",
    },
}

UNKNOWN = """sheet => {
    const found = [];
    const isSelector = selector => {
        try {
            document.querySelector(selector);
            return true;
        } catch {
            return false;
        }
    };
    for (const [, prelude, block] of sheet.replace(/\\/\\*[^]*?\\*\\//g, "").matchAll(/([^{};]+)\\{([^{}]*)\\}/g)) {
        const selector = prelude.trim();
        const isRule = !selector.startsWith("@");
        if (isRule && !isSelector(selector)) {
            found.push(selector);
        }
        for (const declaration of isRule ? block.split(";") : []) {
            const [name, ...value] = declaration.trim().split(":");
            if (name && !name.startsWith("--") && !CSS.supports(name, value.join(":").replace("!important", ""))) {
                found.push(`${selector} { ${declaration.trim()} }`);
            }
        }
    }
    return found;
}"""


def faults(checks: Path, folder: Path, config: Path) -> list[str]:
    """Say what html-validate finds in the HTML files of a folder, each with its place."""
    config.write_text(json.dumps(CONFIG), "utf-8")
    found = config.with_name("found.json")  # through a pipe a long answer is cut off at 64 KiB when Node exits
    program = checks / "html-validate" / "bin" / "html-validate.mjs"
    command: list[str | Path] = [NODE, program, "--config", config, "--formatter", f"json={found}", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert found.is_file(), done.stderr
    return [
        f"{Path(file['filePath']).relative_to(folder)}:{fault['line']}: {fault['ruleId']}: {fault['message']}"
        for file in json.loads(found.read_text("utf-8"))
        for fault in file["messages"]
    ]


def test_every_page_is_valid_html(public: Path, checks: Path, tmp_path: Path) -> None:
    assert faults(checks, public, tmp_path / "config.json") == []


def test_html_that_is_not_valid_is_noticed(checks: Path, tmp_path: Path) -> None:
    page = (
        '<!doctype html>\n<html lang="en"><head><title>Page</title></head>\n<body><p><div>No</div></p></body></html>\n'
    )
    for number in range(200):
        (tmp_path / f"{number}.html").write_text(page, "utf-8")
    found = faults(checks, tmp_path, tmp_path / "config.json")
    assert len([fault for fault in found if ".html:3: close-order" in fault]) == 200


def test_the_browser_understands_every_selector_and_declaration(public: Path, new_page: NewPage) -> None:
    page = new_page()
    sheets = list(public.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        assert page.evaluate(UNKNOWN, sheet.read_text("utf-8")) == [], sheet.name
    assert page.evaluate(UNKNOWN, "a { colour: red; color: red } b:hoover, i { top: 0 }") == [
        "a { colour: red }",
        "b:hoover, i",
    ]
