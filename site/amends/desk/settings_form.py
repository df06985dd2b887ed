"""The form of a company's settings. What each may be, the record's own rules say."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from amends.desk.forms import MAX_LINE, one_line_of
from amends.desk.people_forms import NewcomerForm
from amends.record import Contact, Value

KINDS = {"phone": "phone", "email": "e-mail", "web": "web page", "address": "address"}
_LISTS = ("topics", "origins", "business_hours", "holidays")


def _line(label: str, hint: str = "", missing: str = "") -> StringField:
    needed = [DataRequired(missing)] if missing else []
    return StringField(label, needed, description=hint, filters=[one_line_of])


def _list(label: str, hint: str) -> TextAreaField:
    return TextAreaField(label, [Length(max=20 * MAX_LINE)], description=f"each in a line of its own, {hint}")


class ContactForm(Form):
    """Another way to reach the company; one without a value is none."""

    kind = SelectField("Kind", choices=KINDS)
    value = _line("Number, address or page")
    note = _line("Note")


class SettingsForm(FlaskForm):
    """What everyone can read of a company, and what its cases go by."""

    basis = HiddenField()
    name = _line("Name", missing="Please give the name.")
    url = _line("Site", "the address of your own site", missing="Please give the address.")
    about = _line("What you do", "a sentence, on your page of the board")
    language = _line("Language", "of your pages and of what you write, a tag like en or zh-Hant")
    reply_hours = _line("Hours to answer", "your promise, from 1 to 720; what was received already keeps its own")
    business_hours = _list(
        "Hours of business", "like mon-fri 09:00-17:30; where there are any, hours to answer pass in them alone"
    )
    holidays = _list("Holidays", "like 2026-12-25, or 12-25 for every year")
    timezone = _line("Time zone", "like Europe/Berlin; a promise ends with the day there")
    topics = _list("Topics", "of small letters, digits and dashes; with none, the usual ones are offered")
    origins = _list("Sites that show the widget", "like https://acme.example; feedback from any other is refused")
    contacts = FieldList(FormField(ContactForm))
    accent = _line("Accent", "a colour like #0C5A70")
    order_pattern = _line(
        "Order numbers", "their mask like AA-999999, so that they are found and hidden; with none, none are"
    )
    sensitive = BooleanField("“Only the company sees it” is preset")

    def wanted(self, stands: Mapping[str, Value]) -> dict[str, Value]:
        """Return what was filled in, as the record has it; what it cannot be is left for the record to refuse.

        What stands there as lines, and is a line in the form, stays as it stands unless it is changed.
        """
        shown, filled = SettingsForm(formdata=None, data=data_of(stands))._values(), self._values()
        found = {key: stands[key] if value == shown[key] else value for key, value in filled.items()}
        contacts = dict(zip(_contacts(shown), _contacts(stands), strict=True))
        return found | {"contacts": tuple(contacts.get(one, one) for one in _contacts(filled))}

    def _values(self) -> dict[str, Value]:
        found = {key: self[key].data or "" for key in self.facts if key not in (*_LISTS, "contacts", "sensitive")}
        hours = found["reply_hours"]
        forms = [one.form for one in self.contacts]
        contacts = [(one.kind.data or "", one.value.data or "", one.note.data or "") for one in forms]
        return {
            **found,
            **{key: tuple(_lines(self[key])) for key in _LISTS},
            "reply_hours": int(hours) if hours.isascii() and hours.isdecimal() and len(hours) < 9 else hours,
            "contacts": tuple(Contact(kind, value, note) for kind, value, note in contacts if value),
            "sensitive": bool(self.sensitive.data),
        }

    @property
    def facts(self) -> Mapping[str, Field]:
        """The fields by the keys of the file."""
        return {name: field for name, field in self._fields.items() if name not in ("basis", "csrf_token")}


class CompanyForm(NewcomerForm):
    """A new company, and its first admin where invitations can be sent."""

    slug = StringField(
        "Address on the board",
        [DataRequired("Please choose the address.")],
        description="small letters, digits and dashes; it stays as it is",
        filters=[one_line_of],
    )
    company = _line("Name of the company", missing="Please give the name.")
    url = _line("Site", "the address of its own site", missing="Please give the address.")
    origins = _list("Sites that show the widget", "like https://acme.example")

    def lines_of_origins(self) -> list[str]:
        """Return the origins that were filled in."""
        return _lines(self.origins)


class WebhookForm(FlaskForm):
    """Where a company's own system is told what happens."""

    url = StringField(
        "Address",
        [DataRequired("Please give the address.")],
        description="like https://acme.example/hooks/amends; a new secret comes with it",
        filters=[one_line_of],
    )


def _lines(field: Field) -> list[str]:
    return [line.strip() for line in (field.data or "").splitlines() if line.strip()]


def data_of(settings: Mapping[str, Value]) -> dict[str, Any]:
    """Return what the form begins with: the settings as they are, and an empty contact to fill in."""
    found: dict[str, Any] = dict(settings)
    for key in _LISTS:
        found[key] = "\n".join(found[key])
    contacts = [{"kind": one.kind, "value": one.value, "note": one.note} for one in _contacts(settings)]
    return found | {"reply_hours": str(found["reply_hours"]), "contacts": [*contacts, {}]}


def _contacts(settings: Mapping[str, Value]) -> Sequence[Contact]:
    found = settings["contacts"]
    return [one for one in found if isinstance(one, Contact)] if isinstance(found, tuple) else []
