"""What the page of figures says: a sentence over each chart, and what its figure counts.

Every sentence is true for every number: where a threshold parts two sentences, it stands beside them.
"""

from collections.abc import Sequence

from amends.board import five
from amends.figures import Figures, Month, Share
from amends.language import N_, Language, Sentence


def answered(lang: Language, found: Figures) -> str:
    """Say how many of those received have an answer."""
    share = found.answered
    if share.part == share.whole:
        return lang.ngettext(
            "{number} case was received, and it has an answer",
            "{number} cases were received, and all have an answer",
            share.whole,
        )
    return lang.ngettext(
        "{number} of {received} received has no answer",
        "{number} of {received} received have no answer",
        share.whole - share.part,
        received=share.whole,
    )


def worst_month(lang: Language, months: Sequence[Month]) -> str:
    """Name the month in which most were left without an answer; empty where there is no such month."""
    worst = max(months, key=lambda month: month.unanswered)
    if not worst.unanswered or sum(month.unanswered == worst.unanswered for month in months) > 1:
        return ""
    return lang.gettext(
        "The worst month was {month}: of {received} received, {unanswered} have no answer to this day.",
        month=lang.month(worst.first),
        received=worst.received,
        unanswered=worst.unanswered,
    )


def first_reply(lang: Language, found: Figures) -> str:
    """Say within what time half of the customers had an answer."""
    wait = found.first_reply
    if wait.too_few:
        return lang.ngettext(
            "{number} case is too few for a median time", "{number} cases are too few for a median time", wait.whole
        )
    half = wait.percentile(50)
    if half is None:
        return lang.gettext("More than half have no answer")
    return lang.gettext("Half had a first reply within {time}", time=five.at_most(lang, half))


def in_time(lang: Language, found: Figures) -> str:
    """Say how many had an answer within the time promised and within a day."""
    return lang.gettext(
        "Within the time promised: {in_time} of {received}. Within 24 hours: {within_day} of {received}.",
        in_time=found.within_promise.part,
        received=found.received,
        within_day=found.within_day.part,
    )


def solved(lang: Language, found: Figures) -> str:
    """Say how many customers have confirmed that it is solved."""
    share = found.solved
    if not share.whole:
        return lang.gettext("There is nothing to be solved yet")
    if share.too_few:
        return lang.gettext("Confirmed solved: {part} of {whole}", part=share.part, whole=share.whole)
    return lang.gettext("{percent} are confirmed as solved", percent=five.percent(lang, share))


def promises(lang: Language, found: Figures) -> str:
    """Say in how many cases everything promised was kept on time."""
    share = found.promises_kept
    if not share.whole:
        return lang.gettext("No promise has come due yet")
    if share.too_few:
        return lang.gettext("Everything kept on time: {part} of {whole}", part=share.part, whole=share.whole)
    return lang.gettext("In {percent} of the cases everything was kept on time", percent=five.percent(lang, share))


def again(lang: Language, found: Figures) -> str:
    """Say how many customers would do business with the company again."""
    share = found.again
    if not share.whole:
        return lang.gettext("No customer has said yet whether they would come back")
    if share.too_few:
        return lang.gettext("Would come back: {part} of {whole}", part=share.part, whole=share.whole)
    return lang.gettext("{percent} would come back", percent=five.percent(lang, share))


def referrals(lang: Language, share: Share) -> str:
    """Say how many of the links with which customers recommend the company were followed; nothing without a link."""
    if not share.whole:
        return ""
    if share.too_few:
        return lang.ngettext(
            "Customers have made {number} link to recommend the company: too few to say how many bring visits.",
            "Customers have made {number} links to recommend the company: too few to say how many bring visits.",
            share.whole,
        )
    return lang.ngettext(
        "Of {number} link that customers have made to recommend the company, {followed} brought at least one visit.",
        "Of {number} links that customers have made to recommend the company, {followed} brought at least one visit.",
        share.whole,
        followed=share.part,
    )


def silences(lang: Language, found: Figures) -> tuple[Sentence, ...]:
    """Say how long the longest wait was and since when the oldest case has been waiting; dates, for ages grow old."""
    said = []
    if found.longest_wait is not None:
        longest = five.at_most(lang, found.longest_wait)
        said.append(lang.sentence("The longest wait that is over took {time}.", time=longest))
    if found.waiting_since is not None:
        said.append(lang.sentence("The oldest case without an answer came on {at}.", at=found.waiting_since))
    elif found.received:
        said.append(lang.sentence("No case is waiting for its first answer."))
    return tuple(said)


def apart(lang: Language, found: Figures) -> tuple[str, ...]:
    """Say what came in besides, of all time, and counts in no figure."""
    said = []
    if found.spam.part:
        said.append(
            lang.ngettext(
                "{number} message was spam to the keeper ({share} of all that came) and counts in no figure.",
                "{number} messages were spam to the keeper ({share} of all that came) and count in no figure.",
                found.spam.part,
                share=lang.percent(found.spam.percent or 0),
            )
        )
    if found.imported:
        said.append(
            lang.ngettext(
                "{number} case was imported from elsewhere and counts in no figure.",
                "{number} cases were imported from elsewhere and count in no figure.",
                found.imported,
            )
        )
    return tuple(said)


_DEFINITIONS = {
    "answered": N_(
        "A case is answered once a person has replied: in public, or in private where the case is private. "
        "Automatic replies do not count."
    ),
    "first-reply": N_(
        "The time to the first reply runs on the wall clock from the receipt, at night and on holidays too. "
        "A case without a reply counts as still waiting and makes the median longer."
    ),
    "solved": N_(
        "Only the customer can confirm or dispute, and the last word counts. Silence is never success: confirmed, "
        "disputed and not confirmed are always separate numbers. Private cases, ideas and praise are not among them."
    ),
    "promises": N_(
        "A case counts as kept if everything that was promised in it and has come due was kept by the date first "
        "given. Moving a date does not keep it. A case that still has no answer after the promised time, or that "
        "nobody can see, counts as not kept."
    ),
    "again": N_(
        "After a case the customer is asked whether they would do business with the company again. Whoever "
        "says nothing is not counted, but a case that still has no answer after the promised time, or that nobody can "
        "see, counts as a no."
    ),
}


def definition(lang: Language, name: str) -> str:
    """Say what one of the five figures counts."""
    return lang.gettext(_DEFINITIONS[name])
