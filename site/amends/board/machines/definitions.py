"""How each figure is counted, in one or two sentences: a number without its definition says nothing."""

from amends.board import figure_words
from amends.language import N_, Language

_DEFINITIONS = {
    "received": N_(
        "Cases received here: shown, private, withheld, withdrawn or lost. "
        "Neither imported cases nor confirmed spam are among them."
    ),
    "within_day": N_("Cases answered within 24 hours, of all cases received."),
    "within_promise": N_(
        "Cases answered within the time that the company promised when they came, of all cases received."
    ),
    "endings": N_(
        "How complaints and questions that are not private have ended so far: confirmed or disputed by the customer, "
        "said to be solved by the company alone, open, taken back, or withheld or lost so that nobody can see."
    ),
    "first_measure": N_(
        "The time from the receipt of a complaint or question that is not private to the first measure or promise; "
        "a reply alone is neither. Cases still without one count as waiting without end."
    ),
    "promises": N_("Cases by what became of the worst of their promises."),
    "score": N_(
        "The mean of the scores from 0 to 10 that customers gave. "
        "Cases that are withheld or lost, or that still have no answer after the promised time, count as 0."
    ),
    "recommend": N_(
        "The net promoter score, from -100 to 100: the share of customers who would recommend the company with 9 or "
        "10 less the share of those with 0 to 6. Cases that are withheld or lost, or that still have no answer after "
        "the promised time, count as 0."
    ),
    "referrals": N_(
        "Links that customers made to recommend the company: how many brought at least one visit, of all links, over "
        "all time."
    ),
    "longest_wait": N_("The longest wait that is over, by the first reply or because the customer took the case back."),
    "waiting_since": N_("When the oldest case came that has no answer yet."),
    "places": N_("Where everything received is, and why it has no page where it has none."),
    "withheld": N_("Cases that the keeper withheld before they were shown, by reason."),
    "spam": N_("Confirmed spam, of everything that came in."),
    "imported": N_("Cases imported from another channel: they are in none of the other figures."),
    "topics": N_("Cases received by topic and month."),
    "open_at_end": N_("Cases in which the company still had something to do when the month ended."),
}
"""By the names of figures.json."""


_ON_THE_PAGE = {
    "answered": "answered",
    "first_reply": "first-reply",
    "solved": "solved",
    "promises_kept": "promises",
    "again": "again",
}
"""The figures that the page of figures defines: one wording for both."""


def every(lang: Language) -> dict[str, str]:
    """Return how each figure is counted, by its name."""
    shared = {name: figure_words.definition(lang, there) for name, there in _ON_THE_PAGE.items()}
    return shared | {name: lang.gettext(words) for name, words in _DEFINITIONS.items()}
