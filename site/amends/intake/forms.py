"""The form that visitors fill in without the widget. Its rules are those of `submission.validate`."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, RadioField, StringField, TextAreaField

from amends.record import Company
from amends.submission import RefusedError, Submission, validate


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

    def submission(self, company: Company) -> Submission | None:
        """Return what was sent, or None with a sentence in `errors` of every field that does not do."""
        try:
            return validate({name: field.data for name, field in self._fields.items()}, company)
        except RefusedError as refused:
            for name, problem in refused.problems.items():
                self._fields[name].errors = [problem.message]
            self.problems = refused.problems
            return None
