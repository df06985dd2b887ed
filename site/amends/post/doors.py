"""Where the links in a mail lead."""

from dataclasses import dataclass, field

from amends import links
from amends.inbox.tickets import Ticket
from amends.post.matter import Matter


@dataclass(frozen=True, slots=True)
class Doors:
    """The links in the mails of one installation, whose service is at `url`."""

    url: str
    secret: bytes = field(repr=False)

    def case(self, matter: Matter) -> str:
        """Return the private link of a case."""
        received = matter.received_case
        return f"{self.url}/c/{links.token(self.secret, received.number, received.generation)}/"

    def confirm(self, matter: Matter) -> str:
        """Return the link that confirms the address of a case."""
        received = matter.received_case
        token = links.confirmation(self.secret, received.number, received.generation, matter.contact.email)
        return f"{self.url}/c/{token}/confirm"

    def stop(self, email: str) -> str:
        """Return the link that stops all mail to an address."""
        return f"{self.url}/c/{links.stopping(self.secret, links.address_digest(self.secret, email))}/stop"

    def choose(self, ticket: Ticket) -> str:
        """Return the link with which somebody of the staff chooses a password."""
        return f"{self.url}/desk/choose/{ticket.token}"

    def desk(self, matter: Matter) -> str:
        """Return where staff open a case."""
        return f"{self.url}/desk/{matter.company.slug}/{matter.number}"
