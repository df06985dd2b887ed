"""Handing mails to the server that takes them (RFC 5321), with STARTTLS (RFC 3207) and for any address (RFC 6531)."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from smtplib import SMTP, SMTP_SSL

from amends.post.mail import Mail, write
from amends.post.trouble import FailedError, UndeliverableError
from amends.settings import Smtp

SECONDS = 10.0
"""How long each answer of the server may take."""
_GOES_AWAY = 421


class Mailer:
    """Hands mails to one server, all of them over one connection until that is closed."""

    def __init__(
        self, smtp: Smtp, mail_from: str, *, trust: ssl.SSLContext | None = None, seconds: float = SECONDS
    ) -> None:
        self._smtp, self._from, self._seconds = smtp, mail_from, seconds
        self._trust = trust or ssl.create_default_context()
        self._open: SMTP | None = None

    def send(self, mail: Mail) -> None:
        """Hand over a mail: when this returns, the server has taken it.

        UndeliverableError where it never will, FailedError where it did not now.
        """
        with self._as_down():
            server = self._open or self._connect()
            try:
                to, options = _route(server, mail.to)
                server.sendmail(self._from, [to], write(mail, self._from, to), options)
            except smtplib.SMTPRecipientsRefused as error:
                ((code, said),) = error.recipients.values()
                self._refused(code, said)
            except smtplib.SMTPDataError as error:
                self._refused(error.smtp_code, error.smtp_error)

    def sign_in(self) -> None:
        """Connect as for a mail, and go away again; FailedError where the server takes none from us."""
        with self._as_down():
            self._connect()
        self.close()

    def close(self) -> None:
        """End the connection, if one is open."""
        if self._open is not None:
            with suppress(OSError):
                self._open.quit()
            self._open.close()
            self._open = None

    @contextmanager
    def _as_down(self) -> Iterator[None]:
        """Turn what is not about one mail into a FailedError: the operator can mend it."""
        try:
            yield
        except smtplib.SMTPResponseException as error:
            self.close()
            raise FailedError(_said(error.smtp_code, error.smtp_error), is_down=True) from error
        except OSError as error:
            self.close()
            raise FailedError(f"{type(error).__name__}: {error}", is_down=True) from error

    def _connect(self) -> SMTP:
        smtp, us = self._smtp, self._from.rpartition("@")[2]
        if smtp.is_tls:
            self._open = SMTP_SSL(smtp.host, smtp.port, us, timeout=self._seconds, context=self._trust)
        else:
            self._open = SMTP(smtp.host, smtp.port, us, timeout=self._seconds)
        server = self._open
        server.ehlo()
        is_secret = smtp.is_tls
        if not is_secret and server.has_extn("starttls"):
            server.starttls(context=self._trust)
            server.ehlo()
            is_secret = True
        if smtp.needs_starttls and not is_secret:
            raise ConnectionRefusedError("the server offers no STARTTLS, and nothing is sent without")
        if smtp.user:
            if not (is_secret or smtp.is_loopback):
                raise ConnectionRefusedError("no password is sent over a connection that is not encrypted")
            server.login(smtp.user, smtp.password)
        return server

    def _refused(self, code: int, said: bytes | str) -> None:
        if 500 <= code < 600:
            raise UndeliverableError(_said(code, said))
        if code == _GOES_AWAY:
            self.close()
        raise FailedError(_said(code, said), is_down=code == _GOES_AWAY)


def _route(server: SMTP, address: str) -> tuple[str, list[str]]:
    """Return an address as this server takes it, and what it has to be told; UndeliverableError where it takes none."""
    if address.isascii():
        return address, []
    if server.has_extn("smtputf8"):
        return address, ["SMTPUTF8", "BODY=8BITMIME"]
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise UndeliverableError("the mail server takes no addresses in other letters than Latin ones (SMTPUTF8)")
    try:
        in_ascii = domain.encode("idna").decode("ascii")
        # Python has the names of 2003, which write some letters as others: that would be somebody else's domain.
        if in_ascii.encode().decode("idna") != domain.lower():
            raise UnicodeError
    except UnicodeError:
        raise UndeliverableError("the mail server does not take this domain, and it has no form in ASCII") from None
    return f"{local}@{in_ascii}", []


def _said(code: int, said: bytes | str) -> str:
    return f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
