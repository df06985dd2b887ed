"""What the widget weighs on its way: a page of a shop must not feel that it is there.

Counted are the bytes of the bodies that the real server sends to a browser, compressed with Brotli 11.
"""

import urllib.request
from collections.abc import Iterator

import pytest

from amends.intake import own_widget
from tests.house import House
from tests.test_serve import serving

UNTIL_BUTTON = 1_000
"""Bytes until the button shows, in one request; a page that never opens the form loads no more."""

UNTIL_FORM = 6_000
"""Bytes until the form is open, in two requests, these among them."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service."""
    house = House(tmp_path_factory.mktemp("house"))
    path = house.content / "acme" / "company.toml"
    contact = '\n[[contacts]]\nkind = "phone"\nvalue = "+49 30 1234567"\nnote = "Mo to Fr, 9 to 17"\n'
    path.write_text(path.read_text() + contact)
    with serving(house) as (_, address):
        yield address
    house.close()


def sent(address: str) -> int:
    """Return the bytes that come for an address to a browser, as they come."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        body = answer.read()
        assert answer.headers["Content-Length"] == str(len(body))
        return len(body)


@pytest.mark.parametrize("address", ["/w/v1.js", *(f"/w/{number}.js" for number in own_widget().launchers)])
def test_a_launcher_is_small(service: str, address: str) -> None:
    assert sent(service + address) <= UNTIL_BUTTON


@pytest.mark.parametrize("language", sorted(own_widget().strings))
def test_a_form_is_small_in_every_language(service: str, language: str) -> None:
    assert sent(f"{service}/w/v1.js") + sent(f"{service}/w/form/acme/{language}.js") <= UNTIL_FORM
