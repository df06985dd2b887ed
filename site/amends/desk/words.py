"""How the desk says how urgent something is, and in which language."""

from datetime import datetime, timedelta

from babel import Locale

SOON = timedelta(hours=12)
"""With less time left than this an answer is shown as urgent: half of the usual promise of a day."""


def left(due: datetime, now: datetime) -> str:
    """Say how much time is left (`3 h left`), or for how long it has been over (`2 d 4 h late`)."""
    return f"{_span(due - now)} left" if now < due else f"{_span(now - due)} late"


def urgency(due: datetime, now: datetime) -> str:
    """Return `late`, `soon` or `later`."""
    if now >= due:
        return "late"
    return "soon" if due - now < SOON else "later"


def language(tag: str) -> str:
    """Return what a language is called in English, by its BCP 47 tag; the tag itself where nobody knows."""
    names = Locale("en").languages
    found = names.get(tag.replace("-", "_")) or names.get(tag.partition("-")[0].lower())
    return str(found or tag)


def _span(length: timedelta) -> str:
    """Write a length of time, rounded down, so that nobody counts on time that is not there."""
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h" if hours and days < 7 else f"{days} d"
    if hours:
        return f"{hours} h"
    return f"{minutes} min" if minutes else "under 1 min"


_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrom": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
"""What browsers call themselves, those first that give the names of others, too."""
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")


def browser(agent: str) -> str:
    """Return in words what a browser says that it is, such as “Firefox on Linux”, and no more of it."""
    name = next((name for mark, name in _BROWSERS.items() if mark in agent), "a browser")
    system = next((system for system in _SYSTEMS if system in agent), "")
    return f"{name} on {system}" if system else name
