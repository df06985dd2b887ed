"""The visitor's private page: whoever holds the link of a case is its customer. No account, no cookie."""

from amends.visitor.consent import Consent
from amends.visitor.lost import LostLinks
from amends.visitor.referral import Referrals
from amends.visitor.views import Visitor

__all__ = ["Consent", "LostLinks", "Referrals", "Visitor"]
