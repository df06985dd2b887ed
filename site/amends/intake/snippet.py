"""What a company pastes into its pages, so that the widget of this service runs there."""

from urllib.parse import urlsplit

from amends.intake.widget import integrity, newest, own_widget


def script(url: str, slug: str, *, pinned: bool) -> str:
    """Return the element that loads the launcher of the service at that address."""
    launchers = own_widget().launchers
    number = newest(launchers)
    source, pin = f"{url}/w/v1.js", ""
    if pinned:
        source = f"{url}/w/{number}.js"
        # Without CORS a browser may not look at the bytes of another site's script, and refuses them.
        pin = f' integrity="{integrity(launchers[number].encode())}" crossorigin="anonymous"'
    return f'<script async src="{source}"{pin} data-company="{slug}"></script>'


def policy(url: str, board: str) -> str:
    """Return the header that allows what the lines load: scripts and answers of the service, a picture of the board."""
    parts = urlsplit(board)
    return f"Content-Security-Policy: script-src {url}; connect-src {url}; img-src {parts.scheme}://{parts.netloc}"
