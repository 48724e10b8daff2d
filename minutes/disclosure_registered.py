"""What a protection order and a line on consent say, as items held for third parties (Rulebook X2, T10, K1).

Who wrote a line down, and who authorised sharing, is no item: neither is who reported a note.
"""

from datetime import date, datetime

from agenda.calendar import day_words
from agenda.incidents import Order
from agenda.pack_words import moment
from agenda.referral_consent import Consent

ORDER, CONSENT = "protection order", "consent"
_LIVES = {True: "The parties live together.", False: "The parties do not live together."}


def order_said(one: Order) -> str:
    """Its kind, when it was made, until when it holds, its terms, and whether the parties live together; of
    what was not told, nothing (T10)."""
    lines = (
        f"{one.kind or 'A protection order of a kind that is not told'}.",
        f"Made {moment(one.made_at)}." if one.made_at else "",
        f"Ends {_end(one.expires_at)}." if one.expires_at else "",
        f"Terms: {one.terms.strip()}" if one.terms.strip() else "",
        "" if one.live_together is None else _LIVES[one.live_together],
    )
    return "\n".join(filter(None, lines))


def _end(told: date | datetime) -> str:
    return moment(told) if isinstance(told, datetime) else day_words(told)


def consent_said(one: Consent) -> str:
    """What the victim said and its limits; on which grounds nobody asked; what is shared without it, why and
    with whom (K1 to K3)."""
    shared = one.sharing
    lines = (
        " ".join(filter(None, (one.answer.words, one.limits.strip()))),
        *(f"{ground.label}." for ground in sorted(one.grounds)),
        f"Shared: {shared.what.strip()}" if shared else "",
        *(f"{why.label}." for why in sorted(shared.why if shared else ())),
        f"Shared with: {shared.receives.strip()}" if shared else "",
    )
    return "\n".join(filter(None, lines))
