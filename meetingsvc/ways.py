"""By which way each door lets something out of the service: every one of them says it (Rulebook E4).

A new door is named here, or its answers are refused (`web/headers.py`) and `tests/test_ways.py` fails. What
is for the screen alone goes by none but `Way.SCREEN`: `store/scope_documents.py` asks the same `Way`.
"""

from minutes.screen_only import Way

#: By module. What answers no page, writes a file, sends, or finds what others then send.
DOORS: dict[str, Way] = {
    **dict.fromkeys(
        ("meetingsvc.web.packs", "meetingsvc.usecases.packs", "meetingsvc.usecases.pack_building",
         "meetingsvc.usecases.pack_door", "meetingsvc.packs", "meetingsvc.pack_files",
         "meetingsvc.store.pack_content", "agenda.pdf"),
        Way.PACK,
    ),
    **dict.fromkeys(
        ("meetingsvc.web.emergency_packs", "meetingsvc.usecases.emergency_pack_making",
         "meetingsvc.usecases.emergency_packs", "meetingsvc.store.emergency_pack_content"),
        Way.OFFLINE_PACK,
    ),
    **dict.fromkeys(
        ("meetingsvc.web.minutes_copies", "meetingsvc.usecases.minutes_copies",
         "meetingsvc.store.minutes_content"),
        Way.MINUTES,
    ),
    **dict.fromkeys(
        ("meetingsvc.web.disclosure_releases", "meetingsvc.usecases.disclosure_releases",
         "meetingsvc.store.disclosure_items"),  # a subject's own request, and every other (X2)
        Way.RELEASE,
    ),
    **dict.fromkeys(
        ("meetingsvc.web.transfers", "meetingsvc.usecases.transfer_files",
         "meetingsvc.usecases.transfer_handover", "meetingsvc.store.transfer_source"),
        Way.TRANSFER,
    ),
    **dict.fromkeys(
        ("meetingsvc.web.disagreements", "meetingsvc.usecases.disagreement_files"),
        Way.DOWNLOAD,
    ),
    **dict.fromkeys(
        ("meetingsvc.web.actions", "meetingsvc.web.flags", "meetingsvc.web.feed", "agenda.rejects",
         "meetingsvc.usecases.feed"),
        Way.EXPORT,
    ),
    **dict.fromkeys(
        ("meetingsvc.mail", "meetingsvc.mail_smtp", "meetingsvc.web.mail_setup",
         "meetingsvc.web.outbox_parts", "meetingsvc.usecases.notices", "meetingsvc.usecases.outbox",
         "meetingsvc.usecases.outbox_letters"),
        Way.MAIL,
    ),
    **dict.fromkeys(
        ("meetingsvc.web.calendar", "meetingsvc.usecases.calendar_feeds", "notifications.invites"),
        Way.CALENDAR,
    ),
    **dict.fromkeys(
        ("meetingsvc.api.door", "meetingsvc.web.feed_tokens", "meetingsvc.web.live",
         "meetingsvc.web.problems", "meetingsvc.web.referral_pages", "meetingsvc.web.referral_risk_pages",
         "meetingsvc.web.referrals", "meetingsvc.web.public_referrals", "meetingsvc.web.child_referrals"),
        Way.API,
    ),
    **dict.fromkeys(("meetingsvc.web.statistics", "meetingsvc.store.statistics"), Way.STATISTICS),
    **dict.fromkeys(
        ("meetingsvc.web.search", "meetingsvc.store.search", "meetingsvc.store.search_cases",
         "meetingsvc.store.search_people"),
        Way.SEARCH,
    ),
    "meetingsvc.web.prints": Way.PRINT,
    **dict.fromkeys(  # pages with a header of their own
        ("meetingsvc.web.again", "meetingsvc.web.outcomes"), Way.SCREEN
    ),
}  # fmt: skip
