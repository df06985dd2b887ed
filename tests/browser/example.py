"""The example board, built for the browser tests, with one more company that has a case in every state."""

import shutil
from dataclasses import replace
from pathlib import Path

from amends.generator.build import build
from amends.record import write_ledger
from amends.record.model import LedgerOutcome
from tests.boards import CASES, EXAMPLE, NOW
from tests.factories import OTHER_NUMBER, START, a_case, a_line, company_toml, put, put_case


def build_example(folder: Path) -> Path:
    """Build it in `folder`; return the folder of its pages. Its content stays beside that."""
    content = folder / "content"
    shutil.copytree(EXAMPLE, content)
    put(content / "acme" / "company.toml", company_toml("Acme Post"))
    put(content / "bolt" / "company.toml", company_toml("Bolt, of whom nobody has complained"))
    cases = [replace(case, number=f"{index:08}") for index, case in enumerate(CASES.values())]
    for case in [*cases, a_case(number=OTHER_NUMBER, text="The first of two that are the same.")]:
        put_case(content, case)
    put(put_case(content, a_case(number="99999999", text="A file with a fault.")), "no case\n")
    lost = a_line("88888888", outcome=LedgerOutcome.PUBLISHED, at=START)
    put(content / "acme" / "ledger" / "2026-11.csv", write_ledger([lost]))
    build(content, folder / "public", folder / "cache", NOW)
    return folder / "public"
