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

CONFIDENTIALITY = (
    "What is said and shared here is confidential, and is shared to protect those at risk. It stays its "
    "agency’s own. Use it for the safety plan alone, keep it safe, and pass it on to nobody without the "
    "chair’s consent. The perpetrator is never told of this meeting. If you know somebody on a case, say so "
    "now and leave the room for it."
)
"""What is read out at each meeting, unless the area has its own words (Rulebook R3, F3, X1, M6)."""


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
    marac_close_days: int = field(
        default=9,
        metadata={"rule": "M4", "label": "Referrals close before a MARAC, working days (practice)"},
    )
    marac_agenda_days: int = field(
        default=8, metadata={"rule": "M4", "label": "Agenda out before a MARAC, working days (practice)"}
    )
    marac_starts: time = field(default=time(9, 30), metadata={"rule": "M1", "label": "MARAC starts"})
    action_days: int = field(
        default=5, metadata={"rule": "A1", "label": "An action is due after, where nobody says, working days"}
    )
    pack_days: int = field(default=14, metadata={"rule": "S3", "label": "A pack can be fetched for, days"})
    offline_pack_minutes: int = field(
        default=60,
        metadata={"rule": "S3", "label": "Offline pack made before a meeting, minutes (practice; 0: never)"},
    )
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
    disclosure_tells_marac: bool = field(
        default=True,
        metadata={
            "rule": "C4",
            "label": "Disclosure scheme: the MARAC is told before the police disclose",
        },
    )
    breach_dpo_hours: int = field(
        default=24,
        metadata={"rule": "V3", "label": "Breach: other agency’s data protection officer told within, hours"},
    )
    breach_heads_days: int = field(
        default=1,
        metadata={"rule": "V3", "label": "Breach: heads of service notified within, working days"},
    )
    breach_partners_hours: int = field(
        default=48, metadata={"rule": "V3", "label": "Breach: all partners told within, hours"}
    )
    breach_regulator_hours: int = field(
        default=72, metadata={"rule": "V3", "label": "Breach: regulator told within, hours"}
    )
    subject_access_months: int = field(
        default=1, metadata={"rule": "X2", "label": "Subject access: answered within, months"}
    )
    subject_access_more_months: int = field(
        default=2, metadata={"rule": "X2", "label": "Subject access: extended by, months"}
    )
    information_days: int = field(
        default=20,
        metadata={"rule": "X2", "label": "Freedom of information: answered within, working days"},
    )
    request_answer_days: int = field(
        default=5,
        metadata={"rule": "X2", "label": "Requests: agencies answer within, working days (practice)"},
    )
    request_look_days: int = field(
        default=10,
        metadata={
            "rule": "X1",
            "label": "Requests without a day: looked at again after, working days (practice)",
        },
    )
    objection_days: int = field(
        default=5,
        metadata={"rule": "X3", "label": "Objection made before a hearing, working days (practice)"},
    )
    review_months: int = field(default=12, metadata={"rule": "L1", "label": "Records reviewed every, months"})
    hold_child_cases: bool = field(
        default=True,
        metadata={"rule": "L1", "label": "Cases with a child are held until information governance lifts it"},
    )
    retention_answer_days: int = field(
        default=20,
        metadata={"rule": "L3", "label": "Agencies say what they still hold within, working days (practice)"},
    )
    complaint_heads_days: int = field(
        default=1,
        metadata={"rule": "V2", "label": "Complaint: heads of service notified within, working days"},
    )
    complaint_acknowledged_days: int = field(
        default=30, metadata={"rule": "V2", "label": "Complaint: acknowledged within, days (practice)"}
    )
    agreement_soon_days: int = field(
        default=28, metadata={"rule": "V1", "label": "Review of an agreement shown before, days (practice)"}
    )
    clearing_days: int = field(
        default=28, metadata={"rule": "V1", "label": "Destruction or return confirmed within, days"}
    )
    clearing_again_days: int = field(
        default=7, metadata={"rule": "V1", "label": "Asked again for it every, days (practice)"}
    )
    named_case_days: int = field(
        default=28,
        metadata={
            "rule": "V1",
            "label": "An agency that has not signed takes part in a named case for, days (practice)",
        },
    )
    disagreement_days: int = field(
        default=5, metadata={"rule": "V4", "label": "Disagreement: each step within, working days"}
    )
    conference_days: int = field(
        default=5,
        metadata={"rule": "W2", "label": "Child protection conference: each step within, working days"},
    )
    child_death_form_days: int = field(
        default=21, metadata={"rule": "W2", "label": "Child death overview: form completed within, days"}
    )
    child_death_asked_days: int = field(
        default=7,
        metadata={"rule": "W2", "label": "Child death overview: asked for again after, days (practice)"},
    )
    child_death_letter_days: int = field(
        default=14,
        metadata={"rule": "W2", "label": "Child death overview: each letter answered within, days"},
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
    minutes_daily_case: int = field(
        default=2, metadata={"rule": "T14", "label": "Daily meeting: minutes for a case"}
    )
    minutes_marac_case: int = field(
        default=12, metadata={"rule": "M1", "label": "MARAC: minutes for a case that is discussed"}
    )
    minutes_marac_update: int = field(
        default=3, metadata={"rule": "C3", "label": "MARAC: minutes for an update-only case (practice)"}
    )
    daily_minutes: int = field(
        default=90, metadata={"rule": "T14", "label": "Daily meeting lasts, minutes (practice)"}
    )
    marac_minutes: int = field(
        default=240, metadata={"rule": "M4", "label": "MARAC lasts, minutes (practice)"}
    )
    confidentiality_statement: str = field(
        default=CONFIDENTIALITY,
        metadata={"rule": "R3", "label": "Confidentiality statement, read out at each meeting"},
    )
    minutes_daily_days: int = field(
        default=1,
        metadata={"rule": "M4", "label": "Daily meeting: minutes out within, working days (practice)"},
    )
    minutes_marac_days: int = field(
        default=3, metadata={"rule": "M4", "label": "MARAC: minutes out within, working days"}
    )
    action_reminder_days: int = field(
        default=2, metadata={"rule": "A2", "label": "Owners reminded before an action is due, working days"}
    )
    confirm_days: int = field(
        default=1, metadata={"rule": "C3", "label": "Update-only cases confirmed before, working days"}
    )
    research_days: int = field(
        default=2, metadata={"rule": "M4", "label": "Research in before a MARAC, working days"}
    )
    research_remind_days: int = field(
        default=1, metadata={"rule": "M4", "label": "Research for a MARAC: reminded before, working days"}
    )
    research_remind_minutes: int = field(
        default=60, metadata={"rule": "D1", "label": "Research for a daily list: reminded before, minutes"}
    )
    feedback_daily_days: int = field(
        default=1,
        metadata={"rule": "F1", "label": "Daily meeting: victim told within, working days (practice)"},
    )
    feedback_marac_days: int = field(
        default=3, metadata={"rule": "F1", "label": "MARAC: victim told within, working days (practice)"}
    )
    feedback_duty: str = field(
        default="", metadata={"rule": "F2", "label": "Who tells the victim where no IDVA is allocated"}
    )
    flag_months: int = field(
        default=12, metadata={"rule": "G1", "label": "Flags are taken off after months (12 at most)"}
    )
    flag_days: int = field(
        default=3, metadata={"rule": "G1", "label": "Flags are added within, working days (practice)"}
    )
    flag_contact: str = field(
        default="", metadata={"rule": "G2", "label": "Whom a flag says to contact, in place of the IDVA"}
    )
    pack_remind_days: int = field(
        default=2,
        metadata={"rule": "S3", "label": "A pack nobody fetched: reminded before, working days (practice)"},
    )
    quiet_from: time = field(
        default=time(19, 0), metadata={"rule": "S2", "label": "Quiet hours start (practice)"}
    )
    quiet_until: time = field(
        default=time(7, 0), metadata={"rule": "S2", "label": "Quiet hours end (practice)"}
    )
    digest_at: time = field(
        default=time(8, 30), metadata={"rule": "S2", "label": "One message a day leaves at (practice)"}
    )
    mail_packs: bool = field(
        default=False,
        metadata={"rule": "S1", "label": "One’s own copy of a pack by e-mail as well, to secure domains"},
    )
    mail_sender: str = field(
        default="", metadata={"rule": "S2", "label": "Address that messages come from, if not the service’s"}
    )
    mail_reply_to: str = field(
        default="", metadata={"rule": "S2", "label": "Address that replies to messages go to"}
    )
    small_number: int = field(
        default=5,
        metadata={"rule": "W4", "label": "Statistics are rounded to a multiple of (practice)"},
    )
    privacy_controller: str = field(
        default="", metadata={"rule": "R2", "label": "Privacy notice: who is the controller of this service"}
    )
    privacy_officer: str = field(
        default="",
        metadata={"rule": "V2", "label": "Privacy notice: how to reach the data protection officer"},
    )
    complaints_to: str = field(
        default="", metadata={"rule": "V2", "label": "Privacy notice: to whom to complain first"}
    )
