"""What can be done about a case: each is a page of its own, with the case beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Flag, auto

from flask_wtf import FlaskForm

from amends.clock import stamp
from amends.desk.forms import (
    BreakForm,
    ButtonForm,
    CorrectForm,
    DeclineForm,
    DuplicateForm,
    GiftForm,
    HideForm,
    InquireForm,
    LiftForm,
    MoveForm,
    NoteForm,
    PromiseForm,
    PublishForm,
    ReplyForm,
    SolvedForm,
    WithholdForm,
)
from amends.desk.matter import Matter
from amends.inbox.deeds import Deed
from amends.inbox.people import Person
from amends.submission import UNSORTED


class Who(Flag):
    """Whose business something is: the company's, which speaks with its customer, or the keeper's, who judges."""

    COMPANY = auto()
    KEEPER = auto()
    BOTH = COMPANY | KEEPER

    @classmethod
    def of(cls, person: Person) -> "Who":
        """Return whom this person belongs to."""
        return cls.KEEPER if person.is_keeper else cls.COMPANY


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `name` is its place in the address, its template, and the kind of the decision it makes.

    `key` opens its page; what has none is reached from where it belongs in the case. `is_open` says whether it can be
    done as the case stands now. It leaves after `wait`, and the seconds in which everything can be undone. `role` is
    the lowest one of a company's staff that does it.
    """

    name: str
    label: str
    icon: str
    who: Who
    form: type[FlaskForm]
    is_open: Callable[[Matter], bool]
    key: str = ""
    wait: timedelta = timedelta()
    role: str = "agent"

    @property
    def is_offered(self) -> bool:
        """Whether its page is reached from the list of what else to do."""
        return bool(self.key) or self.name == "release"

    def is_for(self, person: Person) -> bool:
        """Whether this is any of their business."""
        return Who.of(person) in self.who and (person.is_keeper or person.is_at_least(self.role))


def _can_be_promised(matter: Matter) -> bool:
    return matter.can_be_promised


def _runs_a_promise(matter: Matter) -> bool:
    return matter.can_be_promised and any(promise.is_running for promise in matter.promises)


def _has_been_answered(matter: Matter) -> bool:
    return bool(matter.own_replies)


def _is_unread(matter: Matter) -> bool:
    return matter.is_unread


REMOVAL = timedelta(days=3)
"""How long a keeper's decision to remove a case waits for a second one: nobody takes away alone what was said."""

_COMPANY, _KEEPER, _BOTH = Who.COMPANY, Who.KEEPER, Who.BOTH

_ALL = (
    Task("reply", "Reply", "reply", _COMPANY, ReplyForm, lambda matter: matter.can_be_answered, "r"),
    Task("release", "It is no spam", "tick", _KEEPER, ButtonForm, lambda matter: matter.is_held),
    Task("publish", "Publish without a reply", "eye", _BOTH, PublishForm, _is_unread, "p"),
    Task("note", "Note for the team", "note", _COMPANY, NoteForm, lambda _matter: True, "n"),
    Task("inquire", "Ask the customer", "lock", _COMPANY, InquireForm, lambda matter: matter.can_be_inquired, "q"),
    Task("promise", "Promise something", "flag", _COMPANY, PromiseForm, _can_be_promised, "m"),
    Task("move", "Move the promise", "flag", _COMPANY, MoveForm, _runs_a_promise),
    Task("break", "It will not be kept", "cross", _COMPANY, BreakForm, _runs_a_promise),
    Task("give", "Give something", "gift", _COMPANY, GiftForm, _can_be_promised, "g"),
    Task("solve", "Say that it is solved", "tick", _COMPANY, SolvedForm, lambda matter: matter.can_be_solved, "s"),
    Task("correct", "Correct a reply", "pencil", _COMPANY, CorrectForm, _has_been_answered, "e"),
    Task(
        "explain",
        "Write an answer for everyone",
        "note",
        _COMPANY,
        ButtonForm,
        _has_been_answered,
        "f",
        role="moderator",
    ),
    Task("tell", "Tell what changed", "eye", _COMPANY, ButtonForm, _can_be_promised, "t", role="moderator"),
    Task("duplicate", "It is a duplicate", "dash", _BOTH, DuplicateForm, lambda matter: matter.can_be_duplicate, "d"),
    Task(
        "ask",
        "Ask the keeper to take it away",
        "hidden",
        _COMPANY,
        WithholdForm,
        lambda matter: matter.can_be_asked,
        "w",
    ),
    Task("withhold", "Withhold it", "hidden", _KEEPER, WithholdForm, lambda matter: matter.can_be_withheld, "w"),
    Task("decline", "Answer the company", "reply", _KEEPER, DeclineForm, lambda matter: bool(matter.asked), "r"),
    Task("hide", "Put it under review", "hidden", _KEEPER, WithholdForm, lambda matter: matter.can_be_hidden, "h"),
    Task("restore", "Show it again", "eye", _KEEPER, LiftForm, lambda matter: matter.is_hidden, "h"),
    Task("mask", "Hide words in it", "pencil", _KEEPER, HideForm, lambda matter: matter.is_shown, "e"),
    Task("remove", "Remove it", "cross", _KEEPER, WithholdForm, lambda matter: matter.can_be_removed, "x", REMOVAL),
    Task("lift", "Publish after all", "eye", _KEEPER, LiftForm, lambda matter: matter.is_withheld, "l"),
)

TASKS: Mapping[str, Task] = {task.name: task for task in _ALL}
"""All of them by name, in the order in which a page offers them: it shows the first that can be done."""


_JUDGED = frozenset({"withhold", "withhold_words", "lift", "release", "hide", "restore", "remove", "mask", "duplicate"})
_FOR_ONE = frozenset({"answer", "inquire"})


def may_see(person: Person, decision: Deed) -> bool:
    """Whether a decision on its way is somebody's business: what goes to a customer alone is none of the keeper's."""
    return not (person.is_keeper and decision.kind in _FOR_ONE)


def may_undo(person: Person, decision: Deed) -> bool:
    """Whether somebody may take a decision back: a keeper's only a keeper, and a company's only its staff."""
    if decision.is_customers:
        return False
    return decision.kind in ("publish", "publish_words") or person.is_keeper == (decision.kind in _JUDGED)


def open_tasks(matter: Matter, person: Person) -> list[Task]:
    """Return what this person can do about a case now, the most usual first."""
    return [task for task in TASKS.values() if task.is_for(person) and task.is_open(matter)]


_SHOWN = ("reply", "release", "publish", "lift")
"""What a case's page is opened for, if it can be done."""


def first(tasks: Sequence[Task], matter: Matter) -> Task | None:
    """Return what a case's page shows: what a company asked the keeper for, else what it is opened for, if anything."""
    asked = (("duplicate",) if matter.asked[-1].of else ("withhold", "hide")) if matter.asked else ()
    return next((task for names in (asked, _SHOWN) for task in tasks if task.name in names), None)


def filled(task: Task, matter: Matter, person: Person, now: datetime, facts: dict[str, str]) -> FlaskForm:
    """Return the form of a task: as it was sent, else with `facts` and what is known in it.

    Words that come back from a decision that was undone stand in `facts`, whatever the request sent.
    """
    known = {"topic": matter.topic, "name": person.name}
    if matter.asked:
        last = matter.asked[-1]
        known |= {"reason": last.reason, "of": last.of or ""} | ({"why": last.why} if last.of else {})
    if task.form is CorrectForm and matter.own_replies:
        last_reply = matter.own_replies[-1]
        known |= {"of": stamp(last_reply.at), "text": matter.wording(last_reply)}
    form = task.form(formdata=None, **(known | facts)) if facts else task.form(**known)
    form.today = now.astimezone(matter.company.zone).date()
    if "topic" in form:
        form.topic.choices = _topics(matter)
    return form


def _topics(matter: Matter) -> dict[str, str]:
    names = dict.fromkeys([*matter.company.topics, UNSORTED, matter.topic])
    return {name: name.replace("-", " ") for name in names}
