"""What an operator sets."""

import os
import select
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from amends.settings import Settings, SettingsError, Smtp, read_settings
from tests.factories import put

KEYS = {
    "content": "/srv/board/content",
    "out": "/srv/board/public",
    "cache": "/srv/board/cache",
    "database": "postgresql+psycopg://amends@db/amends",
    "url": "https://feedback.example",
    "proxies": "2",
    "undo_seconds": "30",
}


def settings_in(instance: Path, **environ: str) -> Settings:
    return read_settings({"AMENDS_INSTANCE": str(instance), **environ})


def facts_of(settings: Settings) -> dict[str, str]:
    return {key: str(getattr(settings, key)) for key in KEYS}


def refusal(tmp_path: Path, **environ: str) -> str:
    with pytest.raises(SettingsError) as error:
        settings_in(tmp_path, **environ)
    return str(error.value)


def test_without_any_setting_everything_stands_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({}) == Settings(
        content=tmp_path / "content",
        instance=tmp_path / "instance",
        out=tmp_path / "public",
        cache=tmp_path / ".amends",
        database=f"sqlite:///{tmp_path}/instance/amends.db",
        url="http://127.0.0.1:8000",
        proxies=0,
        undo_seconds=10,
    )
    assert os.listdir(tmp_path) == []


def test_every_setting_can_stand_in_the_environment(tmp_path: Path) -> None:
    environ = {f"AMENDS_{key.upper()}": value for key, value in KEYS.items()}
    assert facts_of(settings_in(tmp_path, **environ)) == KEYS


def test_every_setting_can_stand_in_settings_toml(tmp_path: Path) -> None:
    put(tmp_path / "settings.toml", "".join(f'{key} = "{value}"\n' for key, value in KEYS.items()))
    assert facts_of(settings_in(tmp_path)) == KEYS


def test_whole_numbers_need_no_quotes_in_settings_toml(tmp_path: Path) -> None:
    put(tmp_path / "settings.toml", "proxies = 2\nundo_seconds = 0\n")
    assert (settings_in(tmp_path).proxies, settings_in(tmp_path).undo_seconds) == (2, 0)


@pytest.mark.parametrize("key", KEYS)
def test_the_command_line_goes_before_the_environment_and_that_before_settings_toml(tmp_path: Path, key: str) -> None:
    def variant(name: str) -> str:
        return str(len(name)) if KEYS[key].isdecimal() else KEYS[key] + name

    put(tmp_path / "settings.toml", f'{key} = "{variant("file")}"\n')
    environ = {"AMENDS_INSTANCE": str(tmp_path)}
    assert facts_of(read_settings(environ))[key] == variant("file")
    environ[f"AMENDS_{key.upper()}"] = variant("variable")
    assert facts_of(read_settings(environ))[key] == variant("variable")
    assert facts_of(read_settings(environ, **{key: variant("line")}))[key] == variant("line")
    assert facts_of(read_settings(environ, **{key: None}))[key] == variant("variable")


def test_the_instance_can_be_given_too(tmp_path: Path) -> None:
    environ = {"AMENDS_INSTANCE": str(tmp_path / "a")}
    assert read_settings(environ).instance == tmp_path / "a"
    assert read_settings(environ, instance=str(tmp_path / "b")).locks == tmp_path / "b" / "locks"


@pytest.mark.parametrize(
    ("url", "host", "is_secure"),
    [
        ("https://feedback.example/", "feedback.example", True),
        ("http://127.0.0.1:8000", "127.0.0.1", False),
        ("https://Feedback.Example:8443", "feedback.example", True),
        ("https://feedback.example:8443", "feedback.example", True),
    ],
)
def test_the_address_says_which_host_and_whether_it_is_secure(
    tmp_path: Path, url: str, host: str, *, is_secure: bool
) -> None:
    settings = settings_in(tmp_path, AMENDS_URL=url)
    assert (settings.url, settings.host, settings.secure) == (url.rstrip("/").lower(), host, is_secure)


@pytest.mark.parametrize("url", ["https://Feedback.Example:443", "https://feedback.example:443/"])
def test_the_address_is_written_as_browsers_write_an_origin(tmp_path: Path, url: str) -> None:
    assert settings_in(tmp_path, AMENDS_URL=url).url == "https://feedback.example"


@pytest.mark.parametrize(
    "url",
    ["feedback.example", "ftp://feedback.example", "https://a.example/x", "https://a b", "https://a\n"],
)
def test_an_address_that_cannot_be_is_refused(tmp_path: Path, url: str) -> None:
    assert refusal(tmp_path, AMENDS_URL=url) == f"AMENDS_URL is {url!r}; it should be like https://feedback.example"


@pytest.mark.parametrize(("key", "most"), [("PROXIES", 10), ("UNDO_SECONDS", 600)])
@pytest.mark.parametrize("wrong", ["-1", "1.5", "one", "1 0", "601"])
def test_a_number_that_cannot_be_is_refused(tmp_path: Path, key: str, most: int, wrong: str) -> None:
    said = refusal(tmp_path, **{f"AMENDS_{key}": wrong})
    assert said == f"AMENDS_{key} is {wrong!r}; it should be a whole number from 0 to {most}"


def test_a_number_may_be_as_large_as_is_said(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, AMENDS_PROXIES="10", AMENDS_UNDO_SECONDS="600")
    assert (settings.proxies, settings.undo_seconds) == (10, 600)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"url", "cannot be read: Expected '=' after a key"),
        (b'url = "\xff"', "cannot be read: 'utf-8' codec can't decode byte 0xff"),
        (b"colour = 3", "has the unknown key 'colour'; known are content, out, cache, database, url, proxies, undo"),
        (b"instance = 'x'", "has the unknown key 'instance'; known are content"),
    ],
)
def test_a_settings_toml_that_cannot_be_used_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    path = put(tmp_path / "settings.toml", data)
    assert refusal(tmp_path).startswith(f"{path} {said}")


MAIL_FROM = "feedback@acme.example"


def smtp_of(tmp_path: Path, url: str) -> Smtp | None:
    return settings_in(tmp_path, AMENDS_SMTP=url, AMENDS_MAIL_FROM=MAIL_FROM).smtp


@pytest.mark.parametrize(
    ("url", "smtp"),
    [
        ("smtp://mail.example", Smtp("mail.example", 587)),
        ("smtp://mail.example:25/", Smtp("mail.example", 25)),
        ("smtps://mail.example", Smtp("mail.example", 465, is_tls=True, needs_starttls=False)),
        ("smtp://a%40b:p%2Fw%3A@mail.example:25", Smtp("mail.example", 25, "a@b", "p/w:")),
        ("smtp://mail.example?starttls=required", Smtp("mail.example", 587)),
        ("smtp://mail.example?starttls=offered", Smtp("mail.example", 587, needs_starttls=False)),
        ("smtp://localhost:25", Smtp("localhost", 25, needs_starttls=False)),
        ("smtp://127.0.0.1:25", Smtp("127.0.0.1", 25, needs_starttls=False)),
        ("smtp://[::1]:25", Smtp("::1", 25, needs_starttls=False)),
        ("smtp://localhost:25?starttls=required", Smtp("localhost", 25)),
    ],
)
def test_the_address_of_the_mail_server_says_all_of_it(tmp_path: Path, url: str, smtp: Smtp) -> None:
    assert smtp_of(tmp_path, url) == smtp
    assert smtp.is_loopback == (smtp.host in ("localhost", "127.0.0.1", "::1"))


def test_mail_can_be_set_in_settings_toml_and_is_not_sent_unless_it_is_set(tmp_path: Path) -> None:
    assert (settings_in(tmp_path).smtp, settings_in(tmp_path).mail_from) == (None, "")
    put(tmp_path / "settings.toml", f'smtp = "smtp://mail.example"\nmail_from = "{MAIL_FROM}"\n')
    settings = settings_in(tmp_path)
    assert (settings.smtp, settings.mail_from) == (Smtp("mail.example", 587), MAIL_FROM)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example", "http://u:canary@mail.example", "smtp://", "smtp://u:canary@", "smtp://u:canary@mail.example:x",
        "smtp://u:canary@mail.example:99999", "smtp://u:canary@mail.example/inbox", "smtp://u:canary@[::1",
        "smtp://u:canary@mail.example?starttls=never", "smtp://u:canary@mail.example?tls=1", "smtp://u:canary@m?x",
    ],
)  # fmt: skip
def test_a_mail_server_that_cannot_be_is_refused_without_its_password(tmp_path: Path, url: str) -> None:
    said = refusal(tmp_path, AMENDS_SMTP=url, AMENDS_MAIL_FROM=MAIL_FROM)
    assert said.startswith("AMENDS_SMTP cannot be read; it should be like smtp://user:password@mail.example:587")
    assert "canary" not in said


@pytest.mark.parametrize("address", ["", "feedback", "a b@acme.example", "A <a@acme.example>", "a@b@c", "a@b\n"])
def test_a_sender_that_cannot_be_is_refused(tmp_path: Path, address: str) -> None:
    said = refusal(tmp_path, AMENDS_SMTP="smtp://mail.example", AMENDS_MAIL_FROM=address)
    assert said == f"AMENDS_MAIL_FROM is {address!r}; it should be like feedback@acme.example"


def test_a_sender_alone_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, AMENDS_MAIL_FROM=MAIL_FROM).startswith("AMENDS_SMTP cannot be read")


def test_no_password_shows_in_the_settings(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, AMENDS_SMTP="smtp://u:canary@mail.example", AMENDS_MAIL_FROM=MAIL_FROM)
    assert settings.smtp
    assert settings.smtp.password == "canary"
    assert "canary" not in repr(settings) + str(settings)


def test_an_instance_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "instance", "a file")
    assert str(path) in refusal(path)


def test_a_settings_toml_that_is_no_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.mkdir()
    assert refusal(tmp_path).startswith(f"{path} cannot be read: ")


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "deep" / "instance")
    secret = settings.secret()
    assert len(secret) == 32
    assert settings.secret() == settings_in(settings.instance).secret() == secret
    path = settings.instance / "secret.key"
    assert bytes.fromhex(path.read_text()) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.instance.stat().st_mode) == 0o700
    assert os.listdir(settings.instance) == ["secret.key"]


def test_every_installation_has_its_own_secret(tmp_path: Path) -> None:
    assert settings_in(tmp_path / "a").secret() != settings_in(tmp_path / "b").secret()


@pytest.mark.parametrize("damage", [b"", b"\n", b"0" * 63, b"0" * 65, b"x" * 64, b"A" * 64, b"\xff" * 64, b"0" * 32])
def test_a_damaged_secret_is_refused_with_the_way_out_and_not_replaced(tmp_path: Path, damage: bytes) -> None:
    path = put(tmp_path / "secret.key", damage)
    with pytest.raises(SettingsError) as error:
        settings_in(tmp_path).secret()
    assert str(error.value) == (
        f"{path} is damaged: it should hold 64 hexadecimal characters. Restore it from a backup; "
        "a new one (delete the file) makes every private link given so far invalid."
    )
    assert path.read_bytes() == damage


MAKER = """
import secrets, sys
from amends.settings import read_settings
def slowly(make):
    def made(*given):
        print("making", flush=True)
        sys.stdin.readline()
        return make(*given)
    return made
if sys.argv[2] == "slow":
    secrets.token_hex, secrets.token_bytes = slowly(secrets.token_hex), slowly(secrets.token_bytes)
print(read_settings({}, instance=sys.argv[1]).secret().hex(), flush=True)
"""


def test_two_processes_that_start_at_once_get_the_same_secret(tmp_path: Path) -> None:
    def start(pace: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", MAKER, str(tmp_path), pace]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with start("slow") as slow:
        assert slow.stdout
        assert slow.stdout.readline() == "making\n"
        with start("quick") as quick:
            # The quick one may go ahead, or wait for the slow one: then that is let go on after a while.
            assert quick.stdout
            select.select([quick.stdout], [], [], 2)
            one, _ = slow.communicate("\n" * 5)
            other, _ = quick.communicate()
    assert one.splitlines()[-1:] == other.splitlines() == [(tmp_path / "secret.key").read_text().strip()]


def test_the_form_of_the_log_is_text_or_json(tmp_path: Path) -> None:
    assert settings_in(tmp_path).log == "text"
    assert settings_in(tmp_path, AMENDS_LOG="json").log == "json"
    put(tmp_path / "settings.toml", 'log = "json"\n')
    assert settings_in(tmp_path).log == "json"
    assert refusal(tmp_path, AMENDS_LOG="JSON") == "AMENDS_LOG is 'JSON'; it should be text or json"


def test_codes_are_required_unless_that_is_switched_off(tmp_path: Path) -> None:
    assert settings_in(tmp_path).require_totp
    assert settings_in(tmp_path, AMENDS_REQUIRE_TOTP="on").require_totp
    assert not settings_in(tmp_path, AMENDS_REQUIRE_TOTP="off").require_totp
    assert refusal(tmp_path, AMENDS_REQUIRE_TOTP="no") == "AMENDS_REQUIRE_TOTP is 'no'; it should be on or off"
