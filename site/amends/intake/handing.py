"""Handing scripts to the pages of other sites: small, kept by caches, and without a word about whoever asks."""

import gzip
from functools import lru_cache
from hashlib import blake2b

import brotli
from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import Accept

from amends.intake.arrival import Houses
from amends.intake.noticing import Noticing
from amends.intake.widget import Widget

SHORT = "public, max-age=300"
"""For what a company can change, and has to see changed."""

LAUNCHER = f"{SHORT}, stale-while-revalidate=86400"
"""For what stands on every page of a shop: while a newer one is fetched, the old one does (RFC 5861)."""

FOREVER = "public, max-age=31536000, immutable"
"""For what never changes under its address: a year is the longest that caches are asked for (RFC 8246)."""

_KEPT = 256
"""Bodies that each process keeps, with the scripts that they are of: five megabytes where as many are asked for."""

_PACKED = ("br", "gzip")
"""The codings that are made, the smallest first."""

_QUALITY = 11
"""Brotli's highest, unlike that of pages in `generator.twins`: it takes 13 ms for a form, once, and saves 350 bytes."""


class Handing:
    """The addresses of the widget. `url` is the service's own."""

    def __init__(self, widget: Widget, houses: Houses, noticing: Noticing, url: str) -> None:
        self._widget, self._houses, self._noticing, self._url = widget, houses, noticing, url

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("widget", __name__)
        room.add_url_rule("/w/v1.js", view_func=self.launcher)
        room.add_url_rule("/w/<version>.js", view_func=self.pinned)
        room.add_url_rule("/w/form/<company>/<language>.js", view_func=self.form)
        room.add_url_rule("/w/more/<language>.js", view_func=self.more)
        return room

    def launcher(self) -> Response:
        """Hand out the script that companies embed."""
        return script(self._widget.launcher, LAUNCHER)

    def pinned(self, version: str) -> Response:
        """Hand out one launcher, the same for ever: a page that pins it would refuse another."""
        if version not in self._widget.launchers:
            abort(404)
        return script(self._widget.launchers[version], FOREVER)

    def form(self, company: str, language: str) -> Response:
        """Hand out the form's module for a company and a language."""
        found = self._houses.find(company)
        if found is None:
            abort(404)
        slug = found[0].slug
        answer = script(self._widget.form(*found, f"{self._url}/{slug}/new#data", language))
        # A module from another site is asked for with the origin of the page that wants it (Fetch, 3.1).
        if note := self._noticing.of(slug, request.headers.get("Origin")):
            answer.call_on_close(note)
        return answer

    def more(self, language: str) -> Response:
        """Hand out the module of what is needed after the visitor began to write, in a language."""
        return script(self._widget.more(language))


def script(source: str, cache: str = SHORT) -> Response:
    """Answer with a script that any site may load, in the coding that the request likes best."""
    coding = coding_for(request.accept_encodings)
    body, tag = _packed(source, coding)
    response = Response(body, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Vary"] = "Accept-Encoding"
    if coding != "identity":
        response.headers["Content-Encoding"] = coding
    response.set_etag(tag)
    response.make_conditional(request)
    return response


def coding_for(accepted: Accept) -> str:
    """Return the coding with the highest weight, of equals the smallest (RFC 9110, 12.5.3).

    Where nothing is said of `identity` it is acceptable, and liked least; it is also what those get who accept nothing.
    """
    weights = {coding: accepted.quality(coding) for coding in (*_PACKED, "identity")}
    best = max(weights, key=lambda coding: weights[coding])
    return best if weights[best] else "identity"


@lru_cache(maxsize=_KEPT)
def _packed(source: str, coding: str) -> tuple[bytes, str]:
    """Return a script in a coding, and the tag by which a cache knows these very bytes."""
    plain = source.encode()
    if coding == "br":
        body = brotli.compress(plain, mode=brotli.MODE_TEXT, quality=_QUALITY)
    elif coding == "gzip":
        body = gzip.compress(plain, mtime=0)
    else:
        body = plain
    return body, blake2b(body, digest_size=16).hexdigest()
