"""The desk's forms. Each carries Flask-WTF's token against forged requests."""

import re
from collections.abc import Container
from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from amends.case import ALPHABET, NUMBER_LENGTH, Reason
from amends.desk.fields import left_open
from amends.record import UpdateKind
from amends.record.told import MAX_CHARACTERS
from amends.text import MAX_STAFF, clean, one_line

MAX_NAME = 80
MAX_LINE = 1000
MAX_TITLE = 200
NUMBER = rf"^[{ALPHABET}]{{{NUMBER_LENGTH}}}$"
REASONS = {"": "choose one"} | {str(reason): str(reason).replace("-", " ") for reason in Reason}


_OF_THE_CUSTOMER = re.compile(
    r"\b(?:reviews?|ratings?|verdicts?|stars?|complaints?|bewertung\w*|rezension\w*|avis|rese[ñn]as?|"
    r"beoordeling\w*|отзыв\w*|оценк\w*|жалоб\w*)\b|评价|評價|好评|好評|投诉|投訴|تقييم|مراجعة",
    re.IGNORECASE,
)
"""What conditions of a gift may not speak of. Who really has to say something of it says it in the reply."""


def _clean(text: str | None) -> str:
    """Take the text as it will be stored: browsers send line ends of their own, and some characters nobody sees."""
    return clean(text or "")


def _number(text: str | None) -> str:
    return (text or "").strip().lower()


def one_line_of(text: str | None) -> str:
    """Take a text as one line, as long as a line may be."""
    return one_line(text or "", MAX_LINE)


def _numbers(text: str | None) -> str:
    return " ".join(dict.fromkeys((text or "").lower().replace(",", " ").split()))


def _filled_in(_form: FlaskForm, field: Field) -> None:
    if still := left_open(field.data or ""):
        raise ValidationError(f"Nothing was sent: {', '.join(still)} of the template is still to be filled in.")


class ReplyForm(FlaskForm):
    """An answer to the customer, under a chosen first name and role."""

    name = StringField(
        "Your name, as everyone will read it",
        [DataRequired("A person answers: please give a first name or a chosen name."), Length(max=MAX_NAME)],
        description="a first name or a chosen name, and your role",
        filters=[one_line_of],
    )
    text = TextAreaField(
        "Reply",
        [
            DataRequired("There is nothing to send yet."),
            Length(max=MAX_STAFF, message=f"At most {MAX_STAFF} characters; nothing was sent, your text is here."),
            _filled_in,
        ],
        filters=[_clean],
    )
    measure = StringField(
        "Measure taken",
        [Length(max=300)],
        description="one sentence, if something was done already",
        filters=[one_line_of],
    )
    topic = SelectField("Topic", validate_choice=True)


class CorrectForm(FlaskForm):
    """Another wording of a reply that everyone has read. The first one stays readable."""

    of = HiddenField()
    text = TextAreaField(
        "How it reads now",
        [
            DataRequired("Please write how it reads now. What stands there cannot be emptied."),
            Length(max=MAX_STAFF, message=f"At most {MAX_STAFF} characters; nothing was sent, your text is here."),
        ],
        filters=[_clean],
    )
    why = StringField(
        "Why, as everyone will read it", [DataRequired("Please say why."), Length(max=300)], filters=[one_line_of]
    )


class InquireForm(FlaskForm):
    """A question to the customer alone."""

    name = StringField(
        "Your name, as everyone will read it",
        [DataRequired("A person asks."), Length(max=MAX_NAME)],
        filters=[one_line_of],
    )
    text = TextAreaField(
        "Question",
        [
            DataRequired("There is nothing to ask yet."),
            Length(max=MAX_STAFF, message=f"At most {MAX_STAFF} characters; nothing was sent, your text is here."),
        ],
        filters=[_clean],
    )


class NoteForm(FlaskForm):
    """Words to the rest of the team."""

    text = TextAreaField("Note", [DataRequired("There is nothing in it yet."), Length(max=MAX_STAFF)], filters=[_clean])


class KnownForm(FlaskForm):
    """What is known of a customer who writes again."""

    text = TextAreaField(
        "What you know of this customer",
        [Length(max=2000)],
        description="such as how they like to be reached; you see it with each of their cases, nobody else does",
        filters=[_clean],
    )


class DuplicateForm(FlaskForm):
    """The case that says the same."""

    of = StringField(
        "Number of the other case",
        [DataRequired("Please give the number."), Regexp(NUMBER, message="A number has eight letters and digits.")],
        description="the one that stays: the same customer said the same there",
        filters=[_number],
    )
    why = StringField(
        "In your words", [DataRequired("Please say why, in a few words."), Length(max=500)], filters=[one_line_of]
    )


class AssignForm(FlaskForm):
    """Who has a case."""

    to = SelectField("Who has it")


class TemplateForm(FlaskForm):
    """A text to begin a reply with."""

    id = HiddenField()
    name = StringField("Name", [DataRequired("Please give it a name."), Length(max=MAX_NAME)], filters=[one_line_of])
    language = SelectField("Language")
    text = TextAreaField("Text", [DataRequired("There is nothing in it yet."), Length(max=MAX_STAFF)], filters=[_clean])


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
        "In your words", [DataRequired("Please say why, in a few words."), Length(max=500)], filters=[one_line_of]
    )


class LiftForm(FlaskForm):
    """Why a text that was withheld is to be shown after all."""

    why = StringField(
        "Why it may be shown after all",
        [DataRequired("Please say why, in a few words."), Length(max=500)],
        description="everyone can read this with the case",
        filters=[one_line_of],
    )


class HideForm(FlaskForm):
    """Words of a customer that nobody outside is to read."""

    words = TextAreaField(
        "Words to hide",
        [DataRequired("Please give the words.")],
        description="each in a line of its own, as it is written there",
        filters=[_clean],
    )
    why = StringField("Why, as everyone will read it", [Length(max=300)], filters=[one_line_of])


class DeclineForm(FlaskForm):
    """Why nothing is done about what a company asked."""

    why = StringField(
        "Why nothing is done about it",
        [DataRequired("Please say why, in a few words."), Length(max=500)],
        description="the company reads this",
        filters=[one_line_of],
    )


class CloseForm(FlaskForm):
    """Why a report is done with. The words stay with the report; nobody else reads them."""

    report = HiddenField()
    why = StringField(
        "What was decided, and why",
        [DataRequired("Please say what was decided, in a few words."), Length(max=500)],
        filters=[one_line_of],
    )


class ButtonForm(FlaskForm):
    """A button that changes something: undo, sign out."""

    deed = HiddenField()


def _not_over(form: FlaskForm, field: Field) -> None:
    """Refuse a day that is over. The form knows which day it is where the company is: `today`."""
    if field.data and field.data < form.today:
        raise ValidationError("This day is over; choose today or a later one.")


def _unconditional(_form: FlaskForm, field: Field) -> None:
    if _OF_THE_CUSTOMER.search(field.data or ""):
        raise ValidationError(
            "A gift never depends on what the customer says of you or takes back. Nothing was given; write conditions "
            "about the gift alone."
        )


class _Dated(FlaskForm):
    """A form with a day in it."""

    today: date = date.min


class PromiseForm(_Dated):
    """Something that the company will do, and the day by whose end it is done."""

    what = StringField(
        "What you promise", [DataRequired("Please say what you promise."), Length(max=300)], filters=[one_line_of]
    )
    due = DateField("By the end of", [DataRequired("Please choose the day."), _not_over])


class MoveForm(_Dated):
    """Another day for a promise, and why."""

    promise = HiddenField()
    due = DateField("New day", [DataRequired("Please choose the day."), _not_over])
    why = StringField(
        "Why, as everyone will read it", [DataRequired("Please say why."), Length(max=300)], filters=[one_line_of]
    )


class BreakForm(FlaskForm):
    """Why a promise will not be kept."""

    promise = HiddenField()
    why = StringField(
        "Why, as everyone will read it", [DataRequired("Please say why."), Length(max=300)], filters=[one_line_of]
    )


class SolvedForm(FlaskForm):
    """Says that the matter is solved as the company sees it."""

    name = StringField("Your name, as everyone will read it", [DataRequired("A person says so."), Length(max=MAX_NAME)])
    text = TextAreaField("What was done", [Optional(), Length(max=MAX_STAFF)], filters=[_clean])


class GiftForm(_Dated):
    """Something for the customer, with all its conditions."""

    what = StringField(
        "What you give, as everyone will read it",
        [DataRequired("Please say what you give."), Length(max=200)],
        description="such as “a voucher for the next repair”",
        filters=[one_line_of],
    )
    value = StringField("What it is worth", [DataRequired("Please say what it is worth."), Length(max=80)])
    code = StringField("Code", [Length(max=200)], description="only the customer sees it", filters=[one_line_of])
    conditions = TextAreaField(
        "Conditions",
        [DataRequired("Please write the conditions out, or “none”."), Length(max=1000), _unconditional],
        description="all of them; “none” where there are none. Only the customer sees them",
        filters=[_clean],
    )
    last_day = DateField("Last day", [Optional(), _not_over], description="empty where it does not end")


def _linkable(form: FlaskForm, field: Field) -> None:
    """Refuse numbers that are none of the company's public cases. The form knows which are: `linkable`."""
    strange = [number for number in (field.data or "").split() if number not in form.linkable]
    if strange:
        raise ValidationError(f"{', '.join(strange)[:200]}: not the number of a case of yours that everyone can read.")


def _day_of_telling(form: FlaskForm, field: Field) -> None:
    """Refuse a day to come, and for what is told ahead one that is over: it would seem told earlier than it was.

    The form knows the kind and day that stand there already: `stood`.
    """
    if (form.kind.data, field.data) == form.stood:
        return
    if field.data > form.today:
        raise ValidationError("This day has not come; choose the day on which you tell it.")
    if form.kind.data != UpdateKind.CHANGE and field.data < form.today:
        raise ValidationError("A price or news is told today: else it would stand there as told earlier than it was.")


def _still_to_come(form: FlaskForm, _field: Field) -> None:
    if form.kind.data == UpdateKind.CHANGE:
        raise ValidationError("A change is told when it is done. What is still to come is news, or a price.")


class _ToldForm(_Dated):
    """What a company tells everyone, and the cases it came from."""

    linkable: Container[str] = frozenset()
    title = StringField(
        "Title", [DataRequired("Please give it a title."), Length(max=MAX_TITLE)], filters=[one_line_of]
    )
    text = TextAreaField(
        "Text",
        [
            DataRequired("There is nothing to tell yet."),
            Length(max=MAX_CHARACTERS, message=f"At most {MAX_CHARACTERS} characters; your text is here."),
        ],
        filters=[_clean],
    )
    cases = StringField(
        "Cases it came from", [_linkable], description="their numbers, if there are any", filters=[_numbers]
    )


class UpdateForm(_ToldForm):
    """What a company did because customers said so, a price, or other news."""

    stood: tuple[str, date] | None = None
    kind = SelectField(
        "What it is",
        choices={"change": "a change that customers asked for", "price": "a price", "news": "other news"},
    )
    day = DateField(
        "Day", [DataRequired("Please choose the day."), _day_of_telling], description="on which it is told, or was done"
    )
    said = StringField(
        "What customers said",
        [Length(max=MAX_LINE)],
        description="for a change: in a sentence, in your words; it stands beside what you did",
        filters=[one_line_of],
    )
    starts = DateField("Takes effect on", [Optional(), _still_to_come], description="for a price or news")


class AnswerForm(_ToldForm):
    """A written answer to what many ask."""

    topic = SelectField("Topic", validate_choice=True)
