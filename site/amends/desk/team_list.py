"""The page on which who leads a team sees to it: an admin to the company's, a keeper to the keepers.

Keepers see the other teams; who is in them their admins decide. The first admin of a company a keeper invites.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from flask import Blueprint, abort, redirect, request, url_for
from flask_wtf import FlaskForm

from amends.desk import guard
from amends.desk.forms import ButtonForm
from amends.desk.people_forms import InviteForm, RoleForm
from amends.desk.room import Page, Room
from amends.inbox import audit, notices, outbox, people, second_step, sessions
from amends.inbox.audit import Act
from amends.inbox.notices import ToStaff
from amends.inbox.people import ROLES, Member, Person, PersonError

_OF_COMPANIES = tuple(role for role in ROLES if role != "keeper")
_FIRST = "admin/"
"""How the role begins of somebody who is to be the first admin of the company that is named behind it."""


class TeamList(Room):
    """Who is at the desk, and what they may do there."""

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        room.add_url_rule("/team", "team", self.team)
        room.add_url_rule("/team", "invite", self.invite, methods=["POST"])
        room.add_url_rule("/team/<int:staff>/<what>", "change_member", self.change, methods=["POST"])

    def team(self) -> Page:
        """Show who there is."""
        guard.require_lead()
        return self._show_team()

    def invite(self) -> Page:
        """Add somebody, who is sent a link with which they choose a password."""
        guard.require_lead()
        person, now, form = guard.person(), self._clock(), self._fresh(submitted=True)
        if self._settings.smtp is None or not form.validate_on_submit():
            return self._show_team(form, 409 if self._settings.smtp is None else 422)
        login, name, company = form.login.data or "", form.name.data or "", person.company
        role = form.role.data
        if role.startswith(_FIRST):
            role, company = "admin", role.removeprefix(_FIRST)
        try:
            with self._inbox.writing() as connection:
                if form.role.data in _led(people.members(connection)):
                    form.role.errors = [f"There is an admin of {company} already, who invites all others there."]
                    return self._show_team(form, 422)
                new = people.invite(connection, login, name, role, company, now)
                people.reach(connection, login, form.email.data)
                notices.invite(connection, new, now)
                audit.note(connection, now, person, Act.INVITED, login)
        except PersonError:
            form.login.errors = ["Somebody has this login already; choose another."]
            return self._show_team(form, 422)
        return redirect(url_for("desk.team"))

    def change(self, staff: int, what: str) -> Page:
        """Give somebody of one's own team another role, remove them, or let them in again.

        A keeper sends the first admin of a company, who has not come yet, the invitation again.
        """
        guard.require_lead()
        carry_out = _CHANGES.get(what)
        with self._inbox.reading() as connection:
            found = people.get(connection, staff)
            awaited = _awaited(people.members(connection)) if guard.person().is_keeper else set()
        is_first = what == "again" and staff in awaited
        if carry_out is None or found is None or not (found.company == guard.person().company or is_first):
            abort(404)
        try:
            carry_out(self, found)
        except PersonError as error:
            return self._show_team(status=409, refusal=str(error))
        return redirect(url_for("desk.inbox" if found == guard.person() else "desk.team"))

    def _role(self, found: Person) -> None:
        form = RoleForm()
        form.role.choices = _named(_OF_COMPANIES)
        if form.validate_on_submit() and form.role.data != found.role:
            with self._inbox.writing() as connection:
                people.change_role(connection, found, form.role.data)
                audit.note(connection, self._clock(), guard.person(), Act.ROLE, found.login)

    def _remove(self, found: Person) -> None:
        if ButtonForm().validate_on_submit():
            with self._inbox.writing() as connection:
                people.remove(connection, found, self._clock())
                audit.note(connection, self._clock(), guard.person(), Act.REMOVED, found.login)

    def _codes(self, found: Person) -> None:
        """Let somebody who has lost the app sign in with the password, and set codes up anew."""
        if found.leads:
            raise PersonError("Whoever runs this board does that for admins and keepers: amends staff reset LOGIN")
        if ButtonForm().validate_on_submit():
            with self._inbox.writing() as connection:
                second_step.remove(connection, found)
                sessions.end_all(connection, found)
                audit.note(connection, self._clock(), guard.person(), Act.STEP_REMOVED, found.login)

    def _again(self, found: Person) -> None:
        """Send an invitation once more, whose link is over or went astray."""
        if ButtonForm().validate_on_submit():
            with self._inbox.writing() as connection:
                if not people.is_invited(connection, found):
                    raise PersonError(f"{found.name} has chosen a password already.")
                notices.invite(connection, found, self._clock())
                audit.note(connection, self._clock(), guard.person(), Act.INVITED, found.login)

    def _fresh(self, *, submitted: bool = False) -> InviteForm:
        form = InviteForm() if submitted else InviteForm(formdata=None, role=request.args.get("role"))
        form.role.choices = self._roles()
        return form

    def _roles(self) -> dict[str, str]:
        """Return as what somebody may be invited, whether or not that company has an admin by now."""
        if not guard.person().is_keeper:
            return _named(_OF_COMPANIES)
        slugs = (company.slug for company in self._record().companies)
        return {"keeper": "keeper", **{f"{_FIRST}{slug}": f"the first admin of {slug}" for slug in slugs}}

    def _show_team(self, form: FlaskForm | None = None, status: int = 200, refusal: str = "") -> Page:
        person = guard.person()
        with self._inbox.reading() as connection:
            every = people.members(connection)
            led = _led(every)
            known = [one for one in every if person.is_keeper or one.person.company == person.company]
            fates = {
                one.person.id: outbox.fate(connection, f"{ToStaff.INVITATION}/{one.person.id}/")[0]
                for one in known
                if one.is_invited
            }
        form = form or self._fresh()
        form.role.choices = {role: label for role, label in self._roles().items() if role not in led}
        page = self._render(
            "desk/staff.html",
            teams=_by_company(known),
            fates=fates,
            form=form,
            roles=_OF_COMPANIES,
            awaited=_awaited(every) if person.is_keeper else (),
            refusal=refusal,
            has_mail=self._settings.smtp is not None,
        )
        return page, status


_CHANGES: Mapping[str, Callable[[TeamList, Person], None]] = {
    "role": TeamList._role,
    "remove": TeamList._remove,
    "codes": TeamList._codes,
    "again": TeamList._again,
}


def _named(roles: Iterable[str]) -> dict[str, str]:
    return {role: role for role in roles}


def _led(members: Iterable[Member]) -> set[str]:
    """Return as what no keeper invites anybody: as the first admin where there is one, be it one only invited."""
    return {f"{_FIRST}{one.person.company}" for one in members if one.person.role == "admin"}


def _awaited(members: Sequence[Member]) -> set[int]:
    """Return who is invited as an admin where none has chosen a password yet, so that nobody there can help."""
    admins = [one for one in members if one.person.role == "admin"]
    led = {one.person.company for one in admins if not one.is_invited}
    return {one.person.id for one in admins if one.person.company not in led}


def _by_company(known: Sequence[Member]) -> dict[str | None, list[Member]]:
    """Return who is in which team; the keepers' is that of None."""
    teams: dict[str | None, list[Member]] = {}
    for one in known:
        teams.setdefault(one.person.company, []).append(one)
    return teams
