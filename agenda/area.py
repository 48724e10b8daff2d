"""What an area sets for itself: every number of the rulebook, with the rulebook's default."""

from dataclasses import dataclass, field
from datetime import date, time

SECURE_DOMAINS: tuple[str, ...] = (
    "cjsm.net",
    "gov.uk",
    "gse.gov.uk",
    "gsi.gov.uk",
    "gsx.gov.uk",
    "hscic.gov.uk",
    "mod.uk",
    "nhs.net",
    "nhs.uk",
    "pnn.police.uk",
    "scn.gov.uk",
)
"""Where content may be sent by e-mail, unless the area has edited the list (Rulebook S1)."""


@dataclass(frozen=True, slots=True)
class AreaSettings:
    """The settings of one area; `metadata["rule"]` names where each default comes from."""

    cut_off: time = field(default=time(8, 0), metadata={"rule": "T1", "label": "Daily cut-off"})
    starts: time = field(default=time(11, 0), metadata={"rule": "T14", "label": "Daily meeting starts"})
    monday_starts: time = field(
        default=time(11, 0), metadata={"rule": "T14", "label": "Monday meeting starts"}
    )
    repeat_months: int = field(default=12, metadata={"rule": "T6", "label": "Repeat looks back, months"})
    marac_anchor: date | None = field(
        default=None, metadata={"rule": "M1", "label": "A day on which a MARAC sits"}
    )
    marac_every_days: int = field(default=14, metadata={"rule": "M1", "label": "Days between MARACs"})
    marac_starts: time = field(default=time(9, 30), metadata={"rule": "M1", "label": "MARAC starts"})
    pack_days: int = field(default=14, metadata={"rule": "S3", "label": "A pack can be fetched for, days"})
    closed_after_days: int = field(
        default=28, metadata={"rule": "V5", "label": "A case is closed when it was last heard before, days"}
    )
    secure_domains: tuple[str, ...] = field(
        default=SECURE_DOMAINS,
        metadata={"rule": "S1", "label": "Secure domains, where content may be sent by e-mail"},
    )
    extra_holidays: tuple[date, ...] = field(
        default=(), metadata={"rule": "T1", "label": "Further days without a list"}
    )
    dash_high: int = field(default=14, metadata={"rule": "T7", "label": "DASH: high risk from"})
    dash_medium: int = field(default=10, metadata={"rule": "T7", "label": "DASH: medium risk from"})
    escalation_events: int = field(
        default=3,
        metadata={
            "rule": "T7",
            "label": "Escalation: referred from so many incidents on (0: never)",
        },
    )
    escalation_months: int = field(default=12, metadata={"rule": "T7", "label": "Escalation: within months"})
    returned_days: int = field(
        default=1, metadata={"rule": "T7", "label": "Returned referrals shown after, working days"}
    )
    public_form: bool = field(
        default=False, metadata={"rule": "T7", "label": "Referral form without an account"}
    )
    child_call: str = field(
        default="", metadata={"rule": "E3", "label": "Whom to call for a child at immediate risk"}
    )
    coordinator_call: str = field(
        default="", metadata={"rule": "T7", "label": "How to reach the coordinator"}
    )
    disclosure_days: int = field(
        default=28, metadata={"rule": "Y1", "label": "Disclosure scheme, days in all"}
    )
    disclosure_checks_hours: int = field(
        default=24, metadata={"rule": "Y1", "label": "Disclosure scheme: minimum checks within, hours"}
    )
    disclosure_meet_days: int = field(
        default=10,
        metadata={"rule": "Y1", "label": "Disclosure scheme: face to face within, working days"},
    )
    order_reminder_days: int = field(
        default=7, metadata={"rule": "T10", "label": "First reminder before an order ends, days"}
    )
    order_last_reminder_days: int = field(
        default=2, metadata={"rule": "T10", "label": "Last reminder before an order ends, days"}
    )
    receipt_days: int = field(
        default=2, metadata={"rule": "M5", "label": "Receipt of a transfer asked for after, working days"}
    )
    notify_from: date | None = field(
        default=None, metadata={"rule": "P1", "label": "Notification clocks run for what is recorded from"}
    )
    notify_high_hours: int = field(
        default=24, metadata={"rule": "P1", "label": "High risk: agencies told within, hours"}
    )
    notify_medium_days: int = field(
        default=3, metadata={"rule": "P1", "label": "Medium risk: agencies told within, days"}
    )
    notify_standard_days: int = field(
        default=7, metadata={"rule": "P1", "label": "Standard risk: reviewed within, days of receipt"}
    )
