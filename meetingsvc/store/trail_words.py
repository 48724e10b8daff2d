"""What each action of the access log is called, and which sort of thing it is. Plain data."""

from enum import StrEnum


class Sort(StrEnum):
    """The sorts of thing that people do. The value is read and chosen by."""

    CASES = "Cases opened"
    SEARCHES = "Searches"
    MATCHES = "Who may be the same person"
    LISTS = "Lists and agendas"
    PACKS = "Packs"
    PRINTS = "Printed"
    ADDRESSES = "Addresses"
    SHARED = "What agencies shared"
    CONSENT = "Consent and risk assessments"
    ACCESS = "Who may open a case"
    OUTCOMES = "Outcomes and actions"
    TRANSFERS = "Transfers between areas"
    SCHEMES = "Disclosure scheme and protection orders"
    FEED = "Police feed"
    REFERRALS = "Referrals"
    MESSAGES = "Messages"
    ACCOUNTS = "Accounts and signing in"
    AREA = "Area and agencies"
    LOG = "This log, and alarms"


_WORDS: dict[Sort, dict[str, str]] = {
    Sort.CASES: {
        "case.read": "Opened a case",
        "case.asked_why": "Came to a closed case and was asked why",
        "case.reason_given": "Said why they read a closed case",
        "home.read": "Opened their first page, with the cases given to them or asked for",
        "incident.read": "Opened an incident",
        "person.read": "Opened the page of a person of the case",
        "timeline.read": "Opened a case's timeline",
    },
    Sort.MATCHES: {
        "matches.read": "Opened the pairs who may be one person",
        "people.calibrated": "Estimated how people are compared from the area's own",
        "match.read": "Opened two people who may be one",
        "match.decided": "Said whether two people are one",
        "merge.read": "Opened a merge of two people",
        "people.merged": "Confirmed that two people are one",
        "people.unmerged": "Confirmed that one person is two again",
    },
    Sort.SEARCHES: {"search.made": "Searched by number, reference or name"},
    Sort.LISTS: {
        "list.built": "Built a daily list",
        "list.read": "Opened a daily list",
        "list.left_out.read": "Opened what a daily list left out",
        "list.circulated": "Circulated a daily list that had waited",
        "list.added": "Added an incident to a daily list by hand",
        "list.closed": "Closed a daily meeting",
        "marac.read": "Opened a MARAC's agenda",
        "marac.waiting_read": "Opened what waits for a MARAC",
        "marac.item_read": "Opened a case of a MARAC's agenda",
        "marac.planned": "Planned a MARAC",
        "marac.referred": "Referred a case to a MARAC",
        "marac.withdrawn": "Took a case off a MARAC's agenda",
        "marac.line_changed": "Changed a case of a MARAC's agenda",
        "marac.added_late": "Added a late case to a MARAC",
        "marac.reordered": "Reordered a MARAC's agenda",
        "marac.discuss": "Moved a case to those that are discussed",
        "marac.moved": "Moved a MARAC to another day",
        "marac.closed": "Closed a MARAC's agenda",
        "marac.published": "Published a MARAC's agenda",
        "marac.supplement_published": "Published a supplementary list",
        "marac.did_not_sit": "Recorded that a MARAC did not sit",
        "marac.carried_over": "Carried referrals over to the next MARAC",
    },
    Sort.PACKS: {
        "pack.read": "Read a pack",
        "pack.copy_made": "Made their own copy of a pack",
        "pack.fetched": "Downloaded their copy of a pack",
        "pack.register_read": "Opened the register of copies",
        "pack.copy_deleted": "A copy of a pack was deleted",
        "pack.released": "Released restricted cases of a pack",
        "pack.expired": "A pack was deleted after its last day",
    },
    Sort.PRINTS: {
        "case.printed": "Printed a case",
        "list.printed": "Printed a daily list",
        "marac.printed": "Printed a MARAC's agenda",
        "pack.printed": "Printed a pack",
    },
    Sort.ADDRESSES: {
        "address.read": "Opened a case's addresses",
        "address.added": "Added an address",
        "address.corrected": "Corrected an address",
        "address.revealed": "Was shown a masked address",
        "address.shared": "Put an address into one person's copy of a pack",
        "address.share_withdrawn": "Took an address out of one person's copy of a pack",
        "associate.added": "Added a known associate",
        "contact.added": "Added a phone number or e-mail address",
        "contact.corrected": "Corrected a phone number or e-mail address",
    },
    Sort.SHARED: {
        "shared.read": "Opened what agencies shared",
        "note.added": "Recorded what an agency shared",
        "note.corrected": "Corrected what their agency shared",
        "correction.asked": "Asked an agency for a correction",
        "correction.declined": "Declined to correct what their agency shared",
        "correction.read": "Read a correction",
        "correction.list_read": "Opened the corrections to what they had read",
    },
    Sort.CONSENT: {
        "consent.read": "Opened what a victim said about sharing",
        "consent.recorded": "Recorded what a victim said about sharing",
        "risk.read": "Opened the risk assessments of a case",
        "risk.assessed": "Recorded a risk assessment",
    },
    Sort.ACCESS: {
        "access.read": "Opened who may open a case",
        "trail.case_read": "Opened who has opened a case",
        "wall.declare_opened": "Opened the page on which to say that they know somebody on a case",
        "wall.put": "A person was kept from a case",
        "wall.declared": "Said that they know somebody on a case",
        "wall.lifted": "Let a person open a case again",
        "wall.kept": "Kept a person from a case after looking at it",
        "restriction.asked": "Asked for a case to be restricted",
        "restriction.proposed": "A case was proposed for restriction",
        "restriction.put": "Restricted a case",
        "restriction.named": "Named a person to a restricted case",
        "restriction.unnamed": "Took a person's name off a restricted case",
        "restriction.employer": "Recorded what an employing agency decided",
        "restriction.officer": "Recorded what was decided about telling the LADO",
        "restriction.lifted": "Lifted a restriction",
        "restriction.declined": "Declined to restrict a case",
        "need_to_know.read": "Opened what waits for a decision on who may open a case",
        "case.allocated": "Gave a case to an IDVA",
        "case.taken_back": "Took a case back from an IDVA",
        "case.asked_for": "Asked for a case to be given to them",
        "case.ask_declined": "Declined to give an IDVA a case they asked for",
        "glass.broken": "Broke the glass to open a case",
        "glass.refused": "Tried to break the glass for a case that could not be opened",
        "glass.reviewed": "Reviewed why the glass was broken",
        "ticket.asked": "Asked for a ticket to open a case",
        "ticket.approved": "Approved a ticket",
        "ticket.refused": "Refused a ticket",
        "ticket.not_found": "Asked for a ticket for a case that could not be opened",
        "ticket.list_read": "Opened the list of tickets",
        "opening.list_read": "Opened the list of cases opened out of the ordinary",
        "opening.read": "Opened why a case was opened out of the ordinary",
        "case.closing_told": "Chairs and information governance were told that a case was closed to somebody",
        "cases.unattended": "Information governance was told of cases open to nobody who runs meetings",
    },
    Sort.OUTCOMES: {
        "outcome.recorded": "Recorded an outcome",
        "outcome.stood_in": "Recorded an outcome as chair, because no coordinator may open the case",
        "outcome.stand_in_told": "Chairs and information governance were told that a chair stood in",
        "identity.clarified": "Recorded who somebody is",
        "relationship.added": "Recorded what somebody is to another person",
        "relationship.removed": "Took away what somebody is said to be to another person",
        "action.set": "Set an action",
        "action.changed": "Changed an action",
        "action.removed": "Removed an action",
        "action.settled": "Recorded what became of an action",
        "action.read": "Opened an action",
        "action.list_read": "Opened the list of actions",
    },
    Sort.TRANSFERS: {
        "transfer.list_read": "Opened the cases that move to or from another area",
        "transfer.read": "Opened a transfer to another area",
        "transfer.arrival_read": "Opened a case that another area sends",
        "transfer.record_read": "Opened what came or went with a case",
        "transfer.confirmed": "Confirmed that a case is offered to another area",
        "transfer.file_made": "Made the file of a case for another area",
        "transfer.file_fetched": "Downloaded the file of a case for another area",
        "transfer.sent": "Recorded that the file of a case was sent",
        "transfer.received": "Recorded that another area has the file",
        "transfer.asked_again": "Asked another area for its receipt again",
        "transfer.accepted": "Accepted a case from another area",
        "transfer.refused": "A case was not accepted by another area",
        "transfer.withdrawn": "Withdrew a transfer",
        "transfer.declined": "Declined a case from another area",
        "transfer.entered": "Took in a case from an area outside the service",
        "transfer.moved": "A case moved to another area",
        "transfer.kept_from": "A person was kept from a case that another area sends",
        "transfer.recipient_refused": "The recipient of a transfer was refused",
        "notification.recorded": "Recorded that an agency was told of an incident, or reviewed it",
        "notification.list_read": "Opened which agencies have been told of incidents",
    },
    Sort.SCHEMES: {
        "application.made": "Made an application under a disclosure scheme",
        "application.list_read": "Opened the applications under the disclosure schemes",
        "application.read": "Opened an application under a disclosure scheme",
        "application.met": "Recorded that an applicant was met",
        "application.step": "Took a step on an application under a disclosure scheme",
        "order.list_read": "Opened the protection orders",
        "order.read": "Opened a protection order",
        "order.recorded": "Recorded a protection order",
        "order.corrected": "Corrected a protection order",
        "order.breached": "Recorded a breach of a protection order",
        "orders.reminded": "Coordinators were reminded of orders that end soon",
    },
    Sort.FEED: {
        "feed.received": "Sent a file of the police feed",
        "feed.imported": "Took in a file of the police feed",
        "feed.refused": "A file of the police feed was refused",
        "history.received": "Sent a file of past hearings",
        "history.imported": "Took in a file of past hearings",
        "history.refused": "A file of past hearings was refused",
        "import.read": "Opened what a file brought",
        "machine.token_made": "Made a token for a force's records system",
        "machine.revoked": "Revoked a token of a force's records system",
        "import.dealt_with": "Dealt with a file's rejected rows",
        "rejects.downloaded": "Downloaded a file's rejected rows",
    },
    Sort.REFERRALS: {
        "referral.begun": "Began a referral, told to act now on danger",
        "referral.saved": "Saved a part of a referral",
        "referral.part_removed": "Took somebody out of a referral",
        "referral.thrown_away": "Threw a draft referral away",
        "referral.sent": "Sent a referral",
        "referral.own_read": "Opened their own referral",
        "referral.incoming_read": "Opened the referrals that were sent",
        "referral.read": "Opened a referral",
        "referral.accepted": "Accepted a referral",
        "referral.addresses_kept": "Put a public referral's addresses beside its case, sealed",
        "referral.returned": "Returned a referral to its referrer",
        "referral.listed_as_it_stands": "Stopped waiting for a referrer's answer",
        "public_form.asked": "Somebody asked for a link to the form without an account",
        "public_form.refused": "A link to the form without an account was refused",
        "public_form.too_often": "A link to the form without an account was asked for too often",
        "public_form.confirmed": "Opened a link to the form without an account",
    },
    Sort.MESSAGES: {
        "message.sent": "A message was sent",
        "message.refused": "A message was refused",
        "message.failed": "A message could not be sent",
        "refusal.list_read": "Opened what was refused on its way out",
        "refusal.read": "Opened what was refused on its way out",
        "refusal.seen": "Marked a refusal as seen",
        "outgoing.refused": "Something was refused on its way out",
    },
    Sort.ACCOUNTS: {
        "account.created": "Made an account",
        "account.changed": "Changed an account",
        "account.disabled": "Disabled an account",
        "account.enabled": "Enabled an account",
        "account.recovered": "Gave somebody their account back",
        "role.changed": "Changed a person's role",
        "password.changed": "Changed their password",
        "password.reset": "Reset a password",
        "factors.reset": "Reset a second factor",
        "factor.added": "Added a second factor",
        "factor.removed": "Removed a second factor",
        "sessions.ended": "Ended their other sessions",
        "signed in": "Signed in",
        "proposal.read": "Opened what waits for a second person",
        "password accepted": "Signed in with a password",
        "sign-in refused": "Signing in was refused",
        "staff_detail.added": "Added details to be kept from cases by",
        "staff_detail.removed": "Removed details to be kept from cases by",
        "proposal.half_shown": "Was shown half of a one-time password",
        "proposal.made": "Asked a second person to decide",
    },
    Sort.AREA: {
        "area.created": "Made the area",
        "area.set": "Changed the area's settings",
        "agency.created": "Added an agency",
        "agency.changed": "Changed an agency",
        "agency.withdrawn": "Recorded an agency's withdrawal",
        "agreement.signed": "Recorded an agency's agreement",
        "agreement.reviewed": "Reviewed an agency's agreement",
        "withdrawal.cleared": "Recorded that an agency destroyed or returned what it held",
    },
    Sort.LOG: {
        "audit.read": "Opened this log",
        "alarm.raised": "An alarm was raised",
        "alarm.read": "Opened the alarms",
        "alarm.dealt_with": "Dealt with an alarm",
        "decoy.created": "Made a decoy case",
    },
}
WORDS: dict[str, str] = {action: words for told in _WORDS.values() for action, words in told.items()}
ACTIONS: dict[Sort, frozenset[str]] = {sort: frozenset(told) for sort, told in _WORDS.items()}
#: What who runs the meetings reads of the whole area, though it is about no one case.
MEETING_ACTIONS = frozenset().union(
    *(ACTIONS[sort] for sort in (Sort.SEARCHES, Sort.LISTS, Sort.PACKS, Sort.PRINTS))
)


def words(action: str) -> str:
    """What an action is called; one that nobody has named yet says itself."""
    return WORDS.get(action, action.replace(".", ": ").replace("_", " ").capitalize())
