"""The forms that visitors fill in without the widget. What they have in common keeps to `submission.validate`."""

from collections.abc import Mapping
from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, RadioField, StringField, TextAreaField

from amends.case import Reason
from amends.inbox.reports import OTHER, Report
from amends.record import Company
from amends.submission import Problem, RefusedError, validate
from amends.text import clean

MAX_WORDS = 2000
"""The most characters that a report may have."""

REASONS = {
    Reason.PERSONAL_DATA: "Personal data",
    Reason.ABOUT_SOMEONE_ELSE: "About a private person",
    Reason.HATE: "Hate against people",
    Reason.THREAT: "A threat",
    Reason.ILLEGAL: "Against the law",
    Reason.COURT_ORDER: "A court forbids it",
    Reason.SPAM: "Advertising or spam",
    Reason.NOT_ABOUT_THIS_COMPANY: "Not about this company",
    Reason.DUPLICATE: "Here twice",
    Reason.CUSTOMER_ASKED: "I wrote it and want it taken down",
    OTHER: "Something else",
}
"""What can be wrong with a public case, as its readers say it: the record's reasons, and one more."""


class FeedbackForm(FlaskForm):
    """What a visitor may send. No token against forged requests: there is no session to abuse."""

    class Meta:
        """Settings of Flask-WTF."""

        csrf = False

    kind = RadioField(
        choices={"complaint": "Problem", "question": "Question", "idea": "Idea", "praise": "Thanks"},
        default="complaint",
        validate_choice=False,
    )
    text = TextAreaField("What went wrong?")
    author = StringField("Your name", description="as others will see it; you may leave it empty")
    email = EmailField("E-mail", description="so that the company can write to you; only it sees this")
    reference = StringField("Order number", description="only the company sees it")
    publicity = RadioField(
        "Who may read it?",
        choices={"public": "On the public board", "private": "Only the company sees it"},
        validate_choice=False,
    )
    website = StringField("Leave this empty")
    topic = HiddenField()
    page = HiddenField()
    language = HiddenField()
    same = HiddenField()
    key = HiddenField()
    shown = HiddenField()

    def mark(self, problems: Mapping[str, Problem]) -> None:
        """Show at each field what is wrong with it."""
        for name, problem in problems.items():
            self._fields[name].errors = [problem.message]


class ReportForm(FlaskForm):
    """What a reader may say is wrong with a public case. No token, as above: there is no session to abuse."""

    class Meta:
        """Settings of Flask-WTF."""

        csrf = False

    reason = RadioField("What is wrong with it?", choices=REASONS, validate_choice=False)
    words = TextAreaField("In your words", description="which place you mean, and why; you may leave it empty")
    email = EmailField("Your e-mail", description="only the keeper sees it, only to answer you; you may leave it empty")
    website = StringField("Leave this empty")
    key = HiddenField()

    def report(self, company: Company, number: str, now: datetime) -> tuple[Report, str] | None:
        """Return what was reported and its key, or None with a sentence in `errors` of every field that does not do."""
        words = clean(self.words.data or "")
        problems = {name: problem for name, problem in self._problems(words) if problem}
        # The text stands in for what a report need not have: the rules of address, trap and key are a submission's.
        common = {"text": OTHER, "email": self.email.data, "website": self.website.data, "key": self.key.data}
        try:
            sent = validate(common, company)
        except RefusedError as refused:
            problems |= refused.problems
        if problems:
            for name, problem in problems.items():
                self._fields[name].errors = [problem.message]
            return None
        return Report(company.slug, number, str(self.reason.data), words, sent.email, now), sent.key

    def _problems(self, words: str) -> list[tuple[str, Problem | None]]:
        reason = None if self.reason.data in REASONS else Problem("empty", "Please choose what is wrong with it.")
        wrong = None
        if len(words) > MAX_WORDS:
            over = len(words) - MAX_WORDS
            amount = "1 character" if over == 1 else f"{over} characters"
            message = f"This is {amount} too long: at most {MAX_WORDS} can be sent. Nothing of it was lost."
            wrong = Problem("too_long", message)
        elif self.reason.data == OTHER and not words:
            wrong = Problem("empty", "Please say what is wrong; a few words are enough.")
        return [("reason", reason), ("words", wrong)]
