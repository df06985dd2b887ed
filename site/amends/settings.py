"""What an operator sets: where things stand, and how the service is reached.

Each setting is an environment variable (`AMENDS_CONTENT`) or a key of `instance/settings.toml` (`content`);
the environment wins. There is no default secret: one is made at the first start.
"""

import ipaddress
import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

_KEYS = (
    "content",
    "out",
    "cache",
    "database",
    "url",
    "proxies",
    "undo_seconds",
    "hourly_network",
    "hourly_company",
    "log",
    "smtp",
    "mail_from",
    "keep_contacts_days",
    "require_totp",
)
_SECRET_BYTES = 32
_LOGS = ("text", "json")
_SWITCH = ("on", "off")
_PORTS = {"smtp": 587, "smtps": 465}
"""Of submission (RFC 6409) and of submission over TLS (RFC 8314)."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
DEFAULT_URL = "http://127.0.0.1:8000"
MOST_HOURLY = 10**9


class SettingsError(ValueError):
    """A setting cannot be used; the text says which, why, and what it should be."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """The server that takes our mail. `is_tls` says that the connection is encrypted from its first byte.

    Otherwise STARTTLS is used where it is offered; `needs_starttls` says that nothing is sent without.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False
    needs_starttls: bool = True

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine."""
        return _is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of an installation.

    `url` is where visitors reach the service, without a slash at its end; `proxies` the number of reverse
    proxies in front of it whose headers are believed; `undo_seconds` the time in which staff can take back
    what they sent; `hourly_network` and `hourly_company` how many submissions are taken in within an hour from one
    network (an IPv4 /24, an IPv6 /48) and for one company, 0 where there is no limit; `log` the form in which the
    service tells what it does, text or json. Mail is sent through `smtp` from the address `mail_from`, or not at
    all. `keep_contacts_days` is how long a customer's address and order number are kept after the case has ended.
    With `require_totp` admins and keepers do nothing at the desk before they have set up codes for signing in.
    """

    content: Path
    instance: Path
    out: Path
    cache: Path
    database: str
    url: str
    proxies: int
    undo_seconds: int
    hourly_network: int = 60
    hourly_company: int = 5000
    log: str = "text"
    smtp: Smtp | None = None
    mail_from: str = ""
    keep_contacts_days: int = 90
    require_totp: bool = True

    @property
    def locks(self) -> Path:
        """The folder of the locks that keep writers of the record apart."""
        return self.instance / "locks"

    @property
    def host(self) -> str:
        """The one host name that the service answers to."""
        return urlsplit(self.url).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether visitors and staff come over HTTPS."""
        return self.url.startswith("https://")

    def secret(self) -> bytes:
        """Return the installation's secret, making it at the first call; SettingsError where it is damaged."""
        path = self.instance / "secret.key"
        try:
            self.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                _make_secret(path)
            return _secret_in(path)
        except OSError as error:
            raise SettingsError(f"{path} cannot be used: {error.strerror}") from error


def read_settings(environ: Mapping[str, str], **given: str | None) -> Settings:
    """Read the settings from the command line (`given`), the environment and `instance/settings.toml`."""
    instance = Path(given.get("instance") or environ.get("AMENDS_INSTANCE") or "instance").absolute()
    stored = _stored(instance / "settings.toml")
    values = {key: given.get(key) or environ.get(f"AMENDS_{key.upper()}") or stored.get(key) for key in _KEYS}
    url = (values["url"] or DEFAULT_URL).rstrip("/")
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", url):
        raise SettingsError(f"AMENDS_URL is {url!r}; it should be like https://feedback.example")
    url = re.sub(r"^(http://[^:]+):80$|^(https://[^:]+):443$", r"\1\2", url.lower())
    mail_from = values["mail_from"] or ""
    smtp = _read_smtp(values["smtp"], mail_from) if values["smtp"] or mail_from else None
    return Settings(
        content=Path(values["content"] or "content").absolute(),
        instance=instance,
        out=Path(values["out"] or "public").absolute(),
        cache=Path(values["cache"] or ".amends").absolute(),
        database=values["database"] or f"sqlite:///{instance / 'amends.db'}",
        url=url,
        proxies=_whole("proxies", values["proxies"] or "0", 10),
        undo_seconds=_whole("undo_seconds", values["undo_seconds"] or "10", 600),
        hourly_network=_whole("hourly_network", values["hourly_network"] or "60", MOST_HOURLY),
        hourly_company=_whole("hourly_company", values["hourly_company"] or "5000", MOST_HOURLY),
        log=_one_of("log", values["log"] or "text", _LOGS),
        smtp=smtp,
        mail_from=mail_from,
        keep_contacts_days=_whole("keep_contacts_days", values["keep_contacts_days"] or "90", 3650),
        require_totp=_one_of("require_totp", values["require_totp"] or "on", _SWITCH) == "on",
    )


def _stored(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    unknown = sorted(table.keys() - set(_KEYS))
    if unknown:
        raise SettingsError(f"{path} has the unknown key {unknown[0]!r}; known are {', '.join(_KEYS)}")
    return {key: str(value) for key, value in table.items()}


def _whole(key: str, text: str, most: int) -> int:
    if not text.isdecimal() or int(text) > most:
        raise SettingsError(f"AMENDS_{key.upper()} is {text!r}; it should be a whole number from 0 to {most}")
    return int(text)


def _one_of(key: str, text: str, words: tuple[str, ...]) -> str:
    if text not in words:
        raise SettingsError(f"AMENDS_{key.upper()} is {text!r}; it should be {' or '.join(words)}")
    return text


def _read_smtp(url: str | None, mail_from: str) -> Smtp:
    """Read where mail goes, and check whom it is from; no refusal repeats what may hold a password."""
    if not _ADDRESS.fullmatch(mail_from):
        raise SettingsError(f"AMENDS_MAIL_FROM is {mail_from!r}; it should be like feedback@acme.example")
    try:
        parts = urlsplit(url or "")
        asked = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else {}
        starttls = asked.pop("starttls", ["offered" if _is_loopback(parts.hostname or "") else "required"])
        is_tls, port = parts.scheme == "smtps", parts.port or _PORTS[parts.scheme]
        if asked or not parts.hostname or parts.path.strip("/") or starttls not in (["required"], ["offered"]):
            raise ValueError
    except (ValueError, KeyError):
        raise SettingsError(
            "AMENDS_SMTP cannot be read; it should be like smtp://user:password@mail.example:587?starttls=required"
        ) from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Smtp(parts.hostname, port, user, password, is_tls, starttls == ["required"] and not is_tls)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _make_secret(path: Path) -> None:
    """Write a new secret and give it its name in one step: of two processes at once, the first one's counts."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(_SECRET_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)


def _secret_in(path: Path) -> bytes:
    text = path.read_text("ascii", "replace").strip()
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise SettingsError(
            f"{path} is damaged: it should hold 64 hexadecimal characters. Restore it from a backup; "
            "a new one (delete the file) makes every private link given so far invalid."
        )
    return bytes.fromhex(text)
