"""The headers that a host of the board should send, and `_headers`, in which Netlify and Cloudflare Pages read them.

The board is the same for everybody and knows no cookie. So nothing on it has to be kept from other origins; what
the headers prevent is that somebody else's script or frame becomes part of it.
"""

from collections.abc import Iterable, Mapping

from amends.board.machines import address
from amends.record import Board

ANCESTORS = "frame-ancestors 'none'"
"""The one directive that only a header can give (Content Security Policy Level 3, section 3.3)."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every answer carries."""

HSTS = "max-age=63072000"
"""Two years of HTTPS only, for this host alone: other hosts of its domain are not ours to speak for."""

FOREVER = "public, max-age=31536000, immutable"
"""For what is asked for with its version in its address."""

TYPES = {
    "feed.xml": "application/atom+xml; charset=utf-8",
    "open.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    "open.json": "application/feed+json; charset=utf-8",
    "cases.json": "application/json; charset=utf-8",
    "figures.json": "application/json; charset=utf-8",
    "similar.json": "application/json; charset=utf-8",
    "cases.csv": "text/csv; charset=utf-8; header=present",
    "badge.svg": "image/svg+xml",
    "badge-dark.svg": "image/svg+xml",
}
"""The files that other sites read or show, and what they are."""

LEDGERS = "ledger/*.csv"
"""The ledgers of the months: other sites read them too, and every host knows what they are by their names."""

OF_COMPANY = frozenset({"cases.csv", "similar.json", "badge.svg", "badge-dark.svg", LEDGERS})
"""Those of them that only companies have."""

OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""What lets another site read a file by script and show it as a picture."""


def headers_file(board: Board, widest: str, versioned: Iterable[str]) -> str:
    """Write `_headers`: `widest` is a policy that every page can live with, `versioned` the static files with versions.

    Rules that match the same address add up there, and of two policies both hold. So the rule for everything has
    the widest policy; the stricter one in the head of every other page holds beside it.
    """
    root = address.root(board)
    rules: dict[str, Mapping[str, str]] = {f"{root}/*": _everywhere(board, widest)}
    rules |= {f"{root}/static/{name}": {"Cache-Control": FOREVER} for name in sorted(versioned)}
    # A pattern with something after its star is not known everywhere; this one has the ledgers' page in it too.
    rules[f"{root}/:company/ledger/*"] = OPEN
    for name, kind in TYPES.items():
        own = {"Content-Type": kind, **OPEN}
        rules[f"{root}/:company/{name}"] = own
        if name not in OF_COMPANY:
            rules[f"{root}/{name}"] = own
    return "\n".join(_rule(path, rule) for path, rule in rules.items())


def always(board: Board) -> dict[str, str]:
    """Return what every answer carries; HSTS only where the board is served over HTTPS at all."""
    secure = board.base_url.startswith("https://")
    return {**ALWAYS, "Strict-Transport-Security": HSTS} if secure else ALWAYS


def _everywhere(board: Board, policy: str) -> dict[str, str]:
    return {"Content-Security-Policy": whole(policy), **always(board)}


def whole(policy: str) -> str:
    """Return a policy with what only a header can say."""
    return f"{policy}; {ANCESTORS}"


def _rule(path: str, rule: Mapping[str, str]) -> str:
    return f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in rule.items())
