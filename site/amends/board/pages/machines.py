"""What the board has for machines: feeds, tables, figures, badges, the map of its pages, the headers of its host."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from amends.board import frame, moved, pages
from amends.board.edition import Edition
from amends.board.machines import (
    address,
    atom,
    badge,
    entries,
    feeds,
    figures,
    headers,
    jsonfeed,
    servers,
    similar,
    sitemap,
    table,
)
from amends.board.page import File, Route, of_settings, once
from amends.board.pages import search

# --- Feeds ---


def feed_atom(edition: Edition, company: str | None = None) -> File | None:
    """Give the newest cases as Atom, of a company or of all."""
    return _feed(edition, company, "feed.xml", only_open=False)


def feed_json(edition: Edition, company: str | None = None) -> File | None:
    """Give the newest cases as JSON Feed, of a company or of all."""
    return _feed(edition, company, "feed.json", only_open=False)


def open_atom(edition: Edition, company: str | None = None) -> File | None:
    """Give all open cases as Atom, of a company or of all."""
    return _feed(edition, company, "open.xml", only_open=True)


def open_json(edition: Edition, company: str | None = None) -> File | None:
    """Give all open cases as JSON Feed, of a company or of all."""
    return _feed(edition, company, "open.json", only_open=True)


def _made_of_all(edition: Edition, company: str | None = None) -> bytes:
    return feeds.made_of(edition, company, only_open=False)


def _made_of_open(edition: Edition, company: str | None = None) -> bytes:
    return feeds.made_of(edition, company, only_open=True)


def _feed(edition: Edition, company: str | None, name: str, *, only_open: bool) -> File | None:
    feed = feeds.feed(edition, company, name, only_open=only_open)
    if feed is None:
        return None
    return address.file(name, jsonfeed.write(feed) if name.endswith(".json") else atom.write(feed))


# --- Tables and figures ---


def cases_json(edition: Edition, company: str) -> File | None:
    """Give every case that a company received, shown or not, as JSON."""
    shelf = edition.shelf(company)
    if shelf is None:
        return None
    board = edition.record.board
    about = {
        "slug": company,
        "name": entries.name(shelf.company.name),
        "url": address.at(board, company, ""),
        "timezone": str(shelf.company.zone),
    }
    return address.file("cases.json", table.write_json(figures.VERSION, about, table.rows(edition, shelf, "json")))


def cases_csv(edition: Edition, company: str) -> File | None:
    """Give every case that a company received, shown or not, as CSV."""
    shelf = edition.shelf(company)
    return address.file("cases.csv", table.write_csv(table.rows(edition, shelf, "csv"))) if shelf else None


def all_cases_json(edition: Edition) -> File:
    """Say where each company's cases and figures are."""
    board = edition.record.board
    names = ("cases.json", "cases.csv", "figures.json", "feed.xml", "feed.json")
    companies = [
        {
            "slug": company.slug,
            "name": entries.name(company.name),
            "url": address.at(board, company.slug, ""),
            **{name.replace(".", "_"): address.at(board, company.slug, name) for name in names},
        }
        for company in edition.record.companies
    ]
    return address.file("cases.json", jsonfeed.dump({"version": figures.VERSION, "companies": companies}))


def figures_json(edition: Edition, company: str) -> File | None:
    """Give all figures of a company."""
    shelf = edition.shelf(company)
    return address.file("figures.json", jsonfeed.dump(figures.company(edition, shelf.company))) if shelf else None


def all_figures_json(edition: Edition) -> File:
    """Give the figures of all companies."""
    return address.file("figures.json", jsonfeed.dump(figures.board(edition)))


def similar_json(edition: Edition, company: str) -> File | None:
    """Give what the widget offers to read to those who are about to ask."""
    shelf = edition.shelf(company)
    return address.file("similar.json", similar.index(edition, shelf)) if shelf else None


def _made_of_similar(edition: Edition, company: str) -> bytes:
    shelf = edition.shelf(company)
    return similar.made_of(edition, shelf) if shelf else b""


def badge_light(edition: Edition, company: str) -> File | None:
    """Give a company's badge for light pages."""
    return _badge(edition, company, "badge.svg", dark=False)


def badge_dark(edition: Edition, company: str) -> File | None:
    """Give a company's badge for dark pages."""
    return _badge(edition, company, "badge-dark.svg", dark=True)


def _badge(edition: Edition, slug: str, name: str, *, dark: bool) -> File | None:
    shelf = edition.shelf(slug)
    if shelf is None:
        return None
    shown = badge.figures_of(edition.figures(slug), edition.figures_all(slug))
    return address.file(name, badge.draw(edition.lang_of(shelf.company), shelf.company, shown, dark=dark))


# --- The map of the board ---


def sitemap_xml(edition: Edition) -> File:
    """Give the map of all pages, or the index of its parts."""
    names = [f"sitemap-{number}.xml" for number in range(1, len(_cuts(edition)) + 1)]
    return address.file("sitemap.xml", sitemap.index(edition, names) if names else sitemap.whole(edition, pages.ROUTES))


def sitemap_part(edition: Edition, number: int) -> File | None:
    """Give one part of a map that needs several."""
    cuts = _cuts(edition)
    if number > len(cuts):
        return None
    return address.file(f"sitemap-{number}.xml", sitemap.part(edition, pages.ROUTES, cuts[number - 1]))


def _made_of_part(edition: Edition, number: int) -> bytes:
    return sitemap.made_of(edition, _cuts(edition)[number - 1])


def robots_txt(edition: Edition) -> File:
    """Say that all may read everything, and where the map is."""
    return address.file("robots.txt", sitemap.robots(address.at(edition.record.board, "sitemap.xml")))


def _cuts(edition: Edition) -> tuple[sitemap.Cut, ...]:
    return edition.once("cuts", lambda: sitemap.cuts(edition, pages.ROUTES))


def _each_part(edition: Edition, _: str) -> Iterator[Mapping[str, Any]]:
    for number in range(1, len(_cuts(edition)) + 1):
        yield {"number": number}


# --- The headers of its host ---


def headers_file(edition: Edition) -> File:
    """Give the headers as Netlify and Cloudflare Pages read them."""
    static = Path(frame.__file__).parent / "static"
    versioned = (file.name for file in static.iterdir() if file.suffix in (".css", ".js"))
    return address.file("_headers", headers.headers_file(edition.record.board, search.POLICY, versioned))


def redirects(edition: Edition) -> File | None:
    """Give where old addresses lead as Netlify and Cloudflare Pages read it."""
    lines = moved.redirects(edition)
    return address.file("_redirects", lines) if lines else None


def _where_needed(edition: Edition, _: str) -> Iterator[Mapping[str, Any]]:
    if moved.redirects(edition):
        yield {}


def nginx(edition: Edition) -> File:
    """Give the board's server for nginx."""
    return address.file("nginx.conf", servers.nginx(edition.record.board, search.POLICY))


def caddy(edition: Edition) -> File:
    """Give the board's site for Caddy."""
    return address.file("Caddyfile", servers.caddy(edition.record.board, search.POLICY))


ROUTES = (
    Route("/feed.xml", "feed_atom", feed_atom, once, _made_of_all),
    Route("/feed.json", "feed_json", feed_json, once, _made_of_all),
    Route("/open.xml", "open_atom", open_atom, once, _made_of_open),
    Route("/open.json", "open_json", open_json, once, _made_of_open),
    Route("/<slug:company>/feed.xml", "company_feed_atom", feed_atom, once, _made_of_all),
    Route("/<slug:company>/feed.json", "company_feed_json", feed_json, once, _made_of_all),
    Route("/<slug:company>/open.xml", "company_open_atom", open_atom, once, _made_of_open),
    Route("/<slug:company>/open.json", "company_open_json", open_json, once, _made_of_open),
    Route("/cases.json", "all_cases_json", all_cases_json, once, of_settings),
    Route("/figures.json", "all_figures_json", all_figures_json, once),
    Route("/<slug:company>/cases.json", "cases_json", cases_json, once),
    Route("/<slug:company>/cases.csv", "cases_csv", cases_csv, once),
    Route("/<slug:company>/figures.json", "figures_json", figures_json, once),
    Route("/<slug:company>/similar.json", "similar_json", similar_json, once, _made_of_similar),
    Route("/<slug:company>/badge.svg", "badge", badge_light, once),
    Route("/<slug:company>/badge-dark.svg", "badge_dark", badge_dark, once),
    Route("/sitemap.xml", "sitemap", sitemap_xml, once),
    Route("/sitemap-<page:number>.xml", "sitemap_part", sitemap_part, _each_part, _made_of_part),
    Route("/robots.txt", "robots", robots_txt, once, of_settings),
    Route("/_headers", "headers", headers_file, once, of_settings),
    Route("/_redirects", "redirects", redirects, _where_needed, of_settings),
    Route("/_hosting/nginx.conf", "nginx", nginx, once, of_settings),
    Route("/_hosting/Caddyfile", "caddy", caddy, once, of_settings),
)
