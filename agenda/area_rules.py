"""The area's own numbers for the rules of referrals: each beside its rule in `area.py`."""

from agenda.area import AreaSettings
from agenda.referral_reasons import Escalation
from agenda.referral_state import Returns
from agenda.risk_tools import Bands


def bands(settings: AreaSettings) -> Bands:
    """From how many points a risk tool's result is high or medium (field.md C)."""
    return Bands(settings.dash_high, settings.dash_medium)


def escalation(settings: AreaSettings) -> Escalation:
    """So many incidents in so many months are a reason to refer (field.md C)."""
    return Escalation(settings.escalation_events, settings.escalation_months)


def returns(settings: AreaSettings) -> Returns:
    """How long a referrer has a returned referral before it is put before the coordinator (Rulebook T7)."""
    return Returns(settings.returned_days)
