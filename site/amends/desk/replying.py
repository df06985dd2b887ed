"""Answering the customer: written, looked at as it will be read, and sent."""

from flask import Blueprint, request

from amends.desk import guard
from amends.desk.advice import advice
from amends.desk.casework import words_in
from amends.desk.masking import chosen, found_in_reply
from amends.desk.matter import Reply
from amends.desk.promised import confirmed, proposed
from amends.desk.room import Page, Room
from amends.desk.tasks import TASKS


class Replying(Room):
    """The page on which a reply is written. Not the keeper's, who speaks for no company."""

    def add_to(self, room: Blueprint) -> None:
        """Add the route to those of the desk."""
        room.add_url_rule("/<company>/<number>/reply", "reply", self.reply, methods=["POST"])

    def reply(self, company: str, number: str) -> Page:
        """Answer the customer: in public next to the case, or in private where the case is."""
        guard.require_company_staff()
        matter, todo = self._matter(company, number), TASKS["reply"]
        form = self._form(todo, matter)
        if not matter.can_be_answered or not form.validate_on_submit():
            return self._show(matter, todo, form, 422, kept=words_in(form))
        facts = {name: (form[name].data or "").strip() for name in ("name", "text", "measure")}
        found = [] if matter.is_answered_privately else found_in_reply(matter.company, *facts.values())
        was_shown = {piece.key for piece in found} <= set(request.form.getlist("seen"))
        hidden = request.form.getlist("hide") if was_shown else [piece.key for piece in found]
        choice = chosen(found, hidden)
        promised = [] if matter.is_answered_privately else proposed(matter, facts["text"], self._clock())
        was_shown &= {one.key for one in promised} <= set(request.form.getlist("proposed"))
        if request.form.get("do") != "send" or not was_shown:
            preview = Reply.of(matter, facts, found, choice)
            advised = advice(matter, facts["text"], self._record(), self._clock())
            return self._show(matter, todo, form, preview=preview, promised=promised, advised=advised)
        facts["masks"] = choice.dump()
        ticked, said, days = (request.form.getlist(f"promise{name}") for name in ("", "_what", "_due"))
        facts |= confirmed(promised, ticked, said, days, self._clock().astimezone(matter.company.zone).date())
        facts = {name: text for name, text in facts.items() if text}
        if matter.is_unread:
            facts["topic"] = form.topic.data
        if not self._decide(matter, "answer" if matter.is_answered_privately else "reply", **facts):
            return self._show(self._matter(company, number), todo, form, 409, kept=words_in(form))
        return self._back(matter)
