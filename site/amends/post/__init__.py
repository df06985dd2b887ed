"""Telling customers and companies what happened: letters by mail, calls to webhooks, and whether they are wanted.

The inbox has what is to be told (`inbox/outbox.py`, `inbox/notices.py`); here it is written and delivered.
"""

from amends.post.consent import Confirming, confirm, confirming, may_stop, stop
from amends.post.postman import Postman
from amends.post.smtp import Mailer
from amends.post.trouble import FailedError

__all__ = ["Confirming", "FailedError", "Mailer", "Postman", "confirm", "confirming", "may_stop", "stop"]
