"""Answering the customer: written, looked at as it will be read, and sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, jsonify, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from amends.clock import stamp
from amends.desk import guard
from amends.desk.advice import advice
from amends.desk.casework import OVERTAKEN, is_overtaken, words_in
from amends.desk.fields import fill
from amends.desk.masking import found_in_reply, sight
from amends.desk.matter import Matter, Reply
from amends.desk.promised import Proposed, confirmed, proposed
from amends.desk.room import Page, Room
from amends.desk.tasks import TASKS
from amends.inbox import team, templates
from amends.personal import Choice
from amends.publish import Piece, basis_of

SEND = "send"
"""What the button says that lets a reply leave; any other way of sending the form shows how it will be read."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in words that the company is about to say, and whether staff have looked at all of it."""

    found: Sequence[Piece]
    choice: Choice
    promised: Sequence[Proposed]
    was_shown: bool


class Replying(Room):
    """The pages on which staff write for the customer. Not the keeper's, who speaks for no company."""

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        case = "/<company>/<number>"
        room.add_url_rule(f"{case}/reply", "reply", self.reply, methods=["POST"])
        room.add_url_rule(f"{case}/correct", "correct", self.correct, methods=["POST"])
        room.add_url_rule(f"{case}/draft", "draft", self.draft, methods=["POST"])
        room.add_url_rule(f"{case}/begin", "begin", self.begin, methods=["POST"])
        room.add_url_rule(f"{case}/advice", "advice", self.advise, methods=["POST"])

    def reply(self, company: str, number: str) -> Page:
        """Answer the customer: in public next to the case, or in private where the case is."""
        guard.require_company_staff()
        matter, todo = self._matter(company, number), TASKS["reply"]
        form = self._form(todo, matter)
        if not matter.can_be_answered or not form.validate_on_submit():
            return self._show(matter, todo, form, 422, kept=words_in(form))
        if is_overtaken(matter):
            return self._show(matter, todo, form, 409, overtaken=OVERTAKEN)
        facts = {name: (form[name].data or "").strip() for name in ("name", "text", "measure")}
        look = self._look(matter, facts)
        if request.form.get("do") != SEND or not look.was_shown:
            return self._preview(matter, form, facts, look)
        return self._send(matter, form, facts | self._confirmed(matter, look))

    def _send(self, matter: Matter, form: FlaskForm, facts: dict[str, str]) -> Page:
        if matter.is_unread:
            facts["topic"] = form.topic.data
        elif matter.public and not matter.is_answered_privately:
            facts["basis"] = basis_of(matter.public)
        facts = {name: text for name, text in facts.items() if text}
        if not self._decide(matter, "answer" if matter.is_answered_privately else "reply", **facts):
            after = self._matter(matter.company.slug, matter.number)
            return self._show(after, TASKS["reply"], form, 409, kept=words_in(form))
        with self._inbox.writing() as connection:
            team.drop_draft(connection, matter.company.slug, matter.number, guard.person().id)
        return self._back(matter)

    def correct(self, company: str, number: str) -> Page:
        """Put another wording beside a reply, with the reason; the first one stays readable."""
        guard.require_company_staff()
        matter, todo = self._matter(company, number), TASKS["correct"]
        form = self._form(todo, matter)
        is_there = any(stamp(reply.at) == form.of.data for reply in matter.own_replies)
        if not is_there or not form.validate_on_submit():
            return self._show(matter, todo, form, 422, kept=words_in(form))
        if is_overtaken(matter):
            return self._show(matter, todo, form, 409, overtaken=OVERTAKEN)
        facts = {name: (form[name].data or "").strip() for name in ("text", "why")}
        look = self._look(matter, facts)
        if request.form.get("do") != SEND or not look.was_shown:
            preview = Reply.of(matter, {"name": "", "measure": "", **facts}, look.found, look.choice)
            return self._show(matter, todo, form, look=look, preview=preview)
        facts |= {"of": form.of.data or "", "masks": look.choice.dump()}
        if not self._decide(matter, "correct", **facts):
            return self._show(self._matter(company, number), todo, form, 409, kept=words_in(form))
        return self._back(matter)

    def draft(self, company: str, number: str) -> AnyResponse:
        """Keep what somebody has written so far; with script the page sends it while they write."""
        guard.require_company_staff()
        matter = self._matter(company, number)
        if matter.can_be_answered:
            self._keep(matter, self._form(TASKS["reply"], matter))
        return AnyResponse(status=204) if request.accept_mimetypes.best == "application/json" else self._back(matter)

    def begin(self, company: str, number: str) -> Page:
        """Put a template's words below what is written already."""
        guard.require_company_staff()
        matter = self._matter(company, number)
        form = self._form(TASKS["reply"], matter)
        with self._inbox.reading() as connection:
            known = templates.of_company(connection, company)
        chosen_one = next((one for one in known if str(one.id) == request.form.get("template")), None)
        if chosen_one:
            begun = fill(chosen_one.text, matter.known_fields | {"me": form.name.data or guard.person().name})
            form.text.data = "\n\n".join(filter(None, [(form.text.data or "").strip(), begun]))
        return self._show(matter, TASKS["reply"], form)

    def advise(self, company: str, number: str) -> AnyResponse:
        """Return what the coach says of a reply as far as it is written, and which promises stand in it, as JSON."""
        guard.require_company_staff()
        matter = self._matter(company, number)
        text = self._form(TASKS["reply"], matter).text.data or ""
        findings = advice(matter, text, self._record(), self._clock()) if text.strip() else ()
        found = found_in_reply(matter.company, text) if not matter.is_answered_privately else ()
        promised = proposed(matter, text, self._clock()) if not matter.is_answered_privately else ()
        said = [{"rule": one.rule, "message": one.message, "words": one.words} for one in findings]
        return jsonify(advice=said, personal=[piece.words for piece in found], promises=[one.words for one in promised])

    def _look(self, matter: Matter, facts: Mapping[str, str]) -> Look:
        """Look for what staff have to see before it leaves, in what everyone will read."""
        if matter.is_answered_privately:
            return Look((), Choice(), (), was_shown=True)
        seen = sight(matter.company, facts.values(), request.form.getlist("seen"), request.form.getlist("hide"))
        promised = proposed(matter, facts["text"], self._clock()) if "name" in facts else ()
        was_shown = seen.was_shown and {one.key for one in promised} <= set(request.form.getlist("proposed"))
        return Look(seen.found, seen.choice, promised, was_shown)

    def _confirmed(self, matter: Matter, look: Look) -> dict[str, str]:
        ticked, said, days = (request.form.getlist(f"promise{name}") for name in ("", "_what", "_due"))
        today = self._clock().astimezone(matter.company.zone).date()
        return {"masks": look.choice.dump(), **confirmed(look.promised, ticked, said, days, today)}

    def _preview(self, matter: Matter, form: FlaskForm, facts: Mapping[str, str], look: Look) -> Page:
        preview = Reply.of(matter, facts, look.found, look.choice)
        advised = advice(matter, facts["text"], self._record(), self._clock())
        return self._show(matter, TASKS["reply"], form, look=look, preview=preview, advised=advised)

    def _keep(self, matter: Matter, form: FlaskForm) -> None:
        facts = {name: form[name].data or "" for name in ("name", "text", "measure")}
        of_it = (matter.company.slug, matter.number, guard.person().id)
        with self._inbox.writing() as connection:
            if facts["text"].strip() or facts["measure"].strip():
                team.save_draft(connection, *of_it, facts, self._clock())
            else:
                team.drop_draft(connection, *of_it)
