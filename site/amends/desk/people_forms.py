"""The forms of who is at the desk: signing in, the account, the team."""

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from amends.desk.forms import MAX_LINE, MAX_NAME, one_line_of
from amends.inbox.passwords import SHORTEST
from amends.submission import wrong_address


def _reachable(_form: FlaskForm, field: Field) -> None:
    if field.data and wrong_address(field.data):
        raise ValidationError("This is no e-mail address.")


class SignInForm(FlaskForm):
    """Who somebody is."""

    login = StringField("Login", [DataRequired("Please give your login."), Length(max=80)])
    password = PasswordField("Password", [DataRequired("Please give your password."), Length(max=MAX_LINE)])


class CodeForm(FlaskForm):
    """The second step of signing in."""

    code = StringField(
        "Code",
        [DataRequired("Please give the code."), Length(max=60)],
        description="the six digits that your app shows, or one of your recovery codes",
    )


class ConfirmForm(FlaskForm):
    """A change that its owner confirms with the password."""

    current = PasswordField("Your password", [DataRequired("Please give your password."), Length(max=MAX_LINE)])


class SecondStepForm(ConfirmForm):
    """A code of the app that was set up just now."""

    code = StringField(
        "Code",
        [DataRequired("Please give the code."), Length(max=60)],
        description="the six digits that your app shows now",
    )


def _new_password(label: str) -> PasswordField:
    hint = f"{SHORTEST} characters at least, any you like; a few words are easy to keep in mind"
    return PasswordField(label, [DataRequired("Please choose a password."), Length(max=MAX_LINE)], description=hint)


class PasswordForm(ConfirmForm):
    """Another password."""

    new = _new_password("New password")


class ChooseForm(FlaskForm):
    """A password for who has a link."""

    new = _new_password("Password")


class ForgotForm(FlaskForm):
    """Whose password is forgotten."""

    login = StringField("Login", [DataRequired("Please give your login."), Length(max=80)])


class AddressForm(ConfirmForm):
    """Where somebody is reached."""

    email = EmailField(
        "E-mail address",
        [Length(max=254), _reachable],
        description="for new cases and for a new password; empty where no mail is wanted",
        filters=[one_line_of],
    )


class NewcomerForm(FlaskForm):
    """Somebody who is to work at the desk."""

    login = StringField(
        "Login",
        [DataRequired("Please choose a login."), Length(max=80), Regexp(r"^\S+$", message="A login has no spaces.")],
    )
    name = StringField(
        "Name",
        [DataRequired("Please give a name."), Length(max=MAX_NAME)],
        description="as colleagues read it, and as their replies begin",
        filters=[one_line_of],
    )
    email = EmailField(
        "E-mail address",
        [DataRequired("Please give the address to which the invitation goes."), Length(max=254), _reachable],
        filters=[one_line_of],
    )


class InviteForm(NewcomerForm):
    """Somebody who is to join a team, and as what."""

    role = SelectField("Role")


class RoleForm(FlaskForm):
    """What somebody may do from now on."""

    role = SelectField("Role")


class EndForm(FlaskForm):
    """Which sessions to end: the digest of one, or `others`."""

    session = HiddenField()
