"""The desk's forms. Each carries Flask-WTF's token against forged requests."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from amends.case import Reason
from amends.text import MAX_STAFF, clean, one_line

MAX_NAME = 80
MAX_LINE = 1000
REASONS = {"": "choose one"} | {str(reason): str(reason).replace("-", " ") for reason in Reason}


def _clean(text: str | None) -> str:
    """Take the text as it will be stored: browsers send line ends of their own, and some characters nobody sees."""
    return clean(text or "")


def _one_line(text: str | None) -> str:
    return one_line(text or "", MAX_LINE)


class SignInForm(FlaskForm):
    """Who somebody is."""

    login = StringField("Login", [DataRequired("Please give your login.")])
    password = PasswordField("Password", [DataRequired("Please give your password.")])


class ReplyForm(FlaskForm):
    """An answer to the customer, under a chosen first name and role."""

    name = StringField(
        "Your name, as everyone will read it",
        [DataRequired("A person answers: please give a first name or a chosen name."), Length(max=MAX_NAME)],
        description="a first name or a chosen name, and your role",
        filters=[_one_line],
    )
    text = TextAreaField(
        "Reply",
        [
            DataRequired("There is nothing to send yet."),
            Length(max=MAX_STAFF, message=f"At most {MAX_STAFF} characters; nothing was sent, your text is here."),
        ],
        filters=[_clean],
    )
    measure = StringField(
        "Measure taken",
        [Length(max=300)],
        description="one sentence, if something was done already",
        filters=[_one_line],
    )
    topic = SelectField("Topic", validate_choice=True)


class PublishForm(FlaskForm):
    """Lets everyone read the customer's text."""

    topic = SelectField("Topic", validate_choice=True)


class MasksForm(FlaskForm):
    """What of a text everyone will read; the boxes of what was found are `hide`, ticked where it stays hidden."""

    words = TextAreaField(
        "Hide these words, too",
        description="such as a name or a street; each in a line of its own, as it is written",
        filters=[_clean],
    )


class WithholdForm(FlaskForm):
    """Why a text is not to be shown. Companies ask with it, the keeper decides with it."""

    reason = SelectField("Reason, counted in public", [DataRequired("Please choose the reason.")], choices=REASONS)
    why = StringField(
        "In your words", [DataRequired("Please say why, in a few words."), Length(max=500)], filters=[_one_line]
    )


class LiftForm(FlaskForm):
    """Why a text that was withheld is to be shown after all."""

    why = StringField(
        "Why it may be shown after all",
        [DataRequired("Please say why, in a few words."), Length(max=500)],
        description="everyone can read this with the case",
        filters=[_one_line],
    )


class CloseForm(FlaskForm):
    """Why a report is done with. The words stay with the report; nobody else reads them."""

    report = HiddenField()
    why = StringField(
        "What was decided, and why",
        [DataRequired("Please say what was decided, in a few words."), Length(max=500)],
        filters=[_one_line],
    )


class ButtonForm(FlaskForm):
    """A button that changes something: undo, sign out."""

    deed = HiddenField()
