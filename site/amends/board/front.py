"""What stands around the words of a case on its page, worked out at once: a template asks for it piece by piece."""

from dataclasses import dataclass
from datetime import datetime

from amends.board import summary, words
from amends.board.instants import stamp
from amends.board.looks import Look
from amends.board.row import Row
from amends.language import Language, Sentence
from amends.record import Board, Standing


@dataclass(frozen=True, slots=True)
class Front:
    """`title` is the customer's own first words where the case is `titled`; `heading` is what the page shows large.

    `says` is where the case stands, `flat` the same without markup, `late` what is true from `due` on (or nothing).
    `author` is the customer's name where it is shown, `speaks` the language in which the company answers, `readable`
    says whether there is a text to speak of, and `address` is the page's own as one would read it out.
    """

    titled: bool
    title: str
    heading: str
    look: Look
    says: Sentence
    flat: str
    due: str
    late: str
    public: datetime | None
    named: str
    author: str | None
    speaks: str | None
    readable: bool
    address: str


def front(lang: Language, row: Row, board: Board) -> Front:
    """Work out what stands around the words of a case."""
    case, titled, shown = row.case, row.has_title, row.shows_words
    title = row.title if titled else words.stand_in(lang, row)
    says, late = summary.summary(lang, row), summary.late_summary(lang, row)
    published = case.last("published")
    return Front(
        titled=titled,
        title=title,
        heading=title if titled or row.standing is not Standing.GOOD else words.subject(lang, case),
        look=words.look(lang, row),
        says=says,
        flat=lang.flat(says),
        due=stamp(row.due) if late and row.due else "",
        late=lang.flat(late) if late else "",
        public=published.at if published else None,
        named=lang.gettext("Case {number}", number=case.number),
        author=case.author if shown else None,
        speaks=case.language or row.company.language,
        readable=shown and not case.is_stub,
        address=words.address(board.base_url, row.company.slug, case.number),
    )
