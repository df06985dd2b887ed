"""The same cases for Hugo: a small site whose pages say what the board's say, in short.

A page for each case, lists of all, of each company's and of each topic's in pages of 50, and a feed of the latest.
"""

import json
from collections.abc import Mapping

from amends import clock
from amends.case import Case

_CONFIGURATION = """baseURL = "https://board.example/"
title = "Board"
pluralizeListTitles = false
disableKinds = ["taxonomy", "sitemap", "robotsTXT", "404"]

[taxonomies]
topic = "topics"

[outputs]
home = ["html", "rss"]
section = ["html"]
term = ["html"]
page = ["html"]

[pagination]
pagerSize = 50

[services.rss]
limit = 50
"""

_BASE = """<!doctype html>
<html lang="{{ .Params.language | default "en" }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }}</title>
</head>
<body>
<header><a href="{{ site.Home.RelPermalink }}">{{ site.Title }}</a></header>
<main>
{{ block "main" . }}{{ end }}
</main>
<footer><a href="/index.xml">The latest cases</a></footer>
</body>
</html>
"""

_CASE = """{{ define "main" }}
<h1>{{ .Title }}</h1>
<dl>
<dt>Company</dt><dd><a href="{{ .CurrentSection.RelPermalink }}">{{ .CurrentSection.Title }}</a></dd>
{{ range .GetTerms "topics" }}<dt>Topic</dt><dd><a href="{{ .RelPermalink }}">{{ .Title }}</a></dd>{{ end }}
<dt>Received</dt><dd><time>{{ .Date.Format "2 January 2006, 15:04" }}</time></dd>
{{ range .Params.events }}<dt>{{ .by }}: {{ .event }}</dt><dd><time>{{ .at }}</time> {{ .facts }}</dd>
{{ end }}</dl>
{{ .Content }}
{{ end }}
"""

_LIST = """{{ define "main" }}
<h1>{{ .Title }}</h1>
{{ $pager := .Paginate (CASES) }}
<ol>
{{ range $pager.Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>
{{ .CurrentSection.Title }}, <time>{{ .Date.Format "2 January 2006" }}</time>, {{ .Params.events | len }} events</li>
{{ end }}</ol>
<nav>{{ with $pager.Prev }}<a href="{{ .URL }}">Newer</a>{{ end }}
{{ $pager.PageNumber }} of {{ $pager.TotalPages }}
{{ with $pager.Next }}<a href="{{ .URL }}">Older</a>{{ end }}</nav>
{{ end }}
"""


def site() -> Mapping[str, str]:
    """Return the site's files by their paths, its content left out."""
    return {
        "hugo.toml": _CONFIGURATION,
        "layouts/baseof.html": _BASE,
        "layouts/page.html": _CASE,
        "layouts/home.html": _LIST.replace("CASES", "site.RegularPages"),
        "layouts/section.html": _LIST.replace("CASES", ".RegularPages"),
        "layouts/term.html": _LIST.replace("CASES", ".Pages"),
    }


def page_path(case: Case) -> str:
    """Return where the page of a case stands in the site."""
    return f"content/{case.company}/{case.number}.md"


def page(case: Case) -> str:
    """Return a case as Hugo reads it: front matter in JSON, then the customer's words and the replies in Markdown."""
    facts = {
        "title": case.title,
        "date": clock.stamp(case.received),
        "language": case.language,
        "topics": [case.topic],
        "events": [
            {
                "at": clock.stamp(event.at),
                "by": event.by,
                "event": event.event,
                "facts": " ".join(str(fact) for fact in (event.name, event.what, event.due, event.outcome) if fact),
            }
            for event in case.events
        ],
    }
    replies = [f"## {event.name}\n\n{event.text}" for event in case.replies]
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n\n" + "\n\n".join([case.text, *replies]) + "\n"
