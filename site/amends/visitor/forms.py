"""The forms of the private page. No token against forged requests: there is no session to abuse."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from amends.case import Outcome
from amends.submission import Problem, wrong_address, wrong_words
from amends.text import clean

SOLVED = {str(Outcome.SOLVED): "Yes, solved", str(Outcome.PARTLY): "Partly", str(Outcome.UNSOLVED): "No"}
AGAIN = {"yes": "Yes", "no": "No", "": "No answer"}
SCORES = {"": "No answer", **{str(mark): str(mark) for mark in range(1, 11)}}
LIKELY = {"": "No answer", **{str(mark): str(mark) for mark in range(11)}}


class Form(FlaskForm):
    """What all of them do. After `is_good` each text is as it is stored and each fault has its sentence."""

    class Meta:
        """Settings of Flask-WTF."""

        csrf = False

    def is_good(self) -> bool:
        """Clean what was sent and say at each field what is wrong with it; return whether nothing is."""
        for field in self:
            if isinstance(field, TextAreaField):
                field.data = clean(field.data or "")
        problems = {name: problem for name, problem in self.problems().items() if problem}
        for name, problem in problems.items():
            self._fields[name].errors = [problem.message]
        return not problems

    def problems(self) -> dict[str, Problem | None]:
        """Return what is wrong, by field."""
        return {}


class VerdictForm(Form):
    """What the customer says of the answer. Only whether it is solved has to be said."""

    outcome = RadioField("Is it solved?", choices=SOLVED, validate_choice=False)
    again = RadioField("Would you do business with them again?", choices=AGAIN, default="", validate_choice=False)
    score = SelectField(
        "How well was it handled?",
        choices=SCORES,
        validate_choice=False,
        description="from 1, badly, to 10, very well",
    )
    recommend = SelectField(
        "How likely would you recommend them?",
        choices=LIKELY,
        validate_choice=False,
        description="from 0, not at all, to 10, surely",
    )
    text = TextAreaField("In your words", description="you may leave it empty")

    def problems(self) -> dict[str, Problem | None]:
        """Return what is wrong, by field."""
        missing = None if self.outcome.data in set(Outcome) else Problem("empty", "Please choose one of the three.")
        return {"outcome": missing, "text": wrong_words(self.text.data or "")}

    def facts(self) -> dict[str, str]:
        """Return what was said, as a deed has it: nothing of what was left out or made up."""
        known = {
            "again": self.again.data if self.again.data in ("yes", "no") else "",
            "score": self.score.data if self.score.data in SCORES else "",
            "recommend": self.recommend.data if self.recommend.data in LIKELY else "",
            "text": self.text.data,
        }
        return {"outcome": str(self.outcome.data), **{name: fact for name, fact in known.items() if fact}}


class DetailForm(Form):
    """One more thing that the customer has to say."""

    text = TextAreaField("Add a detail")
    readers = RadioField(
        "Who may read it?",
        choices={"public": "On the public board", "company": "Only the company"},
        validate_choice=False,
    )

    def problems(self) -> dict[str, Problem | None]:
        """Return what is wrong, by field."""
        return {"text": wrong_words(self.text.data or "", "Please write what you want to add; a few words are enough.")}


class ObjectionForm(Form):
    """Why the customer thinks that the keeper should decide otherwise."""

    words = TextAreaField("Why everyone should be able to read it")

    def problems(self) -> dict[str, Problem | None]:
        """Return what is wrong, by field."""
        return {"words": wrong_words(self.words.data or "", "Please say why; a few words are enough.")}


class ButtonForm(Form):
    """A button alone."""


class ClaimForm(Form):
    """Which of the sentences that can be taken as a promise; what is in it comes from the page."""

    of = HiddenField()


class EraseForm(Form):
    """The second of two questions."""

    sure = BooleanField("I have read this. Erase everything about me in this case.")

    def problems(self) -> dict[str, Problem | None]:
        """Return what is wrong, by field."""
        return {"sure": None if self.sure.data else Problem("unsure", "Nothing was erased. Tick this if you are sure.")}


class LostForm(Form):
    """What somebody still knows who has lost the link."""

    email = EmailField("The e-mail address that you left")
    what = StringField("The case’s number, or the company’s name")

    def problems(self) -> dict[str, Problem | None]:
        """Return what is wrong, by field."""
        self.email.data, self.what.data = (self.email.data or "").strip(), clean(self.what.data or "")
        email = self.email.data
        missing = Problem("empty", "Please give the address that you left with your case.")
        nothing = Problem("empty", "Please give the number of your case, or the company that it is about.")
        return {"email": wrong_address(email) if email else missing, "what": None if self.what.data else nothing}
