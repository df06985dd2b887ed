"""What everyone will read of something that is not sent yet. Nothing of it is stored."""

from dataclasses import asdict, dataclass
from typing import Any

from amends.publish import Piece, Wording, pieces, wording
from amends.record import Company
from amends.submission import Submission
from amends.text import plain


@dataclass(frozen=True, slots=True)
class Preview:
    """A submission as the board will have it, once a person has read it.

    `shown` is None where only the company sees it; `found` is the personal data in the text as it was sent.
    """

    kind: str
    shown: Wording | None
    found: tuple[Piece, ...]

    def facts(self) -> dict[str, Any]:
        """Return it as values that JSON has; where nothing becomes public every text is empty."""
        shown = self.shown or Wording("", "", "", "")
        words = {"title": shown.title, "text": shown.text, "html": str(plain(shown.text)), "author": shown.author}
        publicity = "public" if self.shown else "private"
        found = [{**asdict(piece)} for piece in self.found]
        return {"publicity": publicity, "kind": self.kind, **words, "page": shown.page, "found": found}


def preview(company: Company, sent: Submission) -> Preview:
    """Return what becomes public of a submission: the very words that publishing it would write."""
    if sent.publicity == "private":
        return Preview(sent.kind, None, ())
    return Preview(sent.kind, wording(company, sent.text, sent.author, sent.page), pieces(company, sent.text))
