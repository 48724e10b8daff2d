"""Every notice of the service as one table: what it tells, whom, when, and why they get it (Rulebook S2)."""

from dataclasses import dataclass
from enum import StrEnum

from notifications.messages import Notice


class Audience(StrEnum):
    """Whom a notice can reach. The value is what a page calls them."""

    MARAC = "everyone who attends the MARAC, and who runs it"
    LISTS = "everyone who attends a meeting whose list it is, and who runs it"
    AGENDAS = "everyone who attends a meeting with an agenda, and who runs it"
    MEETING = "everyone who attends that meeting, and who runs it"
    RESEARCHES = "who answers for an agency that is asked and has not answered"
    CONFIRMS = "who confirms for an agency that has not answered every case"
    ACTS = "who does the action; where nobody is named, who attends for its agency"
    TELLS_VICTIM = "the professional who is named; for one without an account, their agency’s who do it then"
    FLAGS = "who acts for an agency with a flag to add or to take off"
    COORDINATORS = "the coordinators; the chairs, where none of them may see it"
    CHAIRS = "the chairs who may open the case"
    REQUESTS = "who answers for an agency that is asked, and who runs the meetings"
    RECORDS = "who answers for an agency that is asked what it still holds"
    RUNS = "who runs the meetings"
    OFFLINE = "who runs the meetings, and has a passphrase for offline packs"
    OFFLINE_FAILS = "who has a passphrase for offline packs; where nobody has, the coordinators"
    REVIEWS = "chairs, and information governance"
    ALARMS = "chairs, and information governance"
    GOVERNANCE = "information governance"
    DISAGREEMENTS = "who acts for an agency on either side of it"
    NAMED_CASES = "who runs the meetings, and who acts for an agency that takes part in one case alone"
    COMPLAINTS = "chairs, and information governance; nobody whom it is about"
    REFERRERS = "who sent the referral"
    MISSING = "who runs the panels of exploitation, and who attends one for the police; not who said so"
    EXPLOITATION = "who runs the panels of exploitation; not who sent it"
    TRANSFERS = "the coordinators of the area concerned; the chairs, where none of them may open the case"
    POLICE = "the police who were told, as far as they may open the case"
    READERS = "who read the old text, or is asked to correct it"
    HOLDERS = "who has fetched a copy of it, whether they may still have one or not"
    ANYBODY = "who chose one message a day"


class Urgency(StrEnum):
    """Whether a notice waits: for quiet hours to end, or for one message a day."""

    ALWAYS = "always"
    NEAR = "near"  # where the meeting is today, or on the next working day
    NO = "no"


_NOT_NEAR = "; not where the meeting is today, or on the next working day"
_IN_FEED = (
    " Not sent to people who chose the calendar they subscribe to instead; emergency MARACs always are, and "
    "changes to what an invitation has put into a calendar."
)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One notice. Every text is a constant: none names a person, a case or a meeting (Rulebook S2, F3)."""

    notice: Notice
    tells: str
    audience: Audience
    when: str
    why: str  # ends the message: why this person gets it
    rules: str
    urgency: Urgency = Urgency.NO
    may_wait_a_day: bool = False  # a person may choose one message a day for it
    of_meeting: bool = False  # its day is the day a meeting sits, or was to, or something is due
    until_its_day: bool = False  # once that day is over it waits like anything else
    may_be_in_feed: bool = False  # a person may do without it while they subscribe to their calendar

    @property
    def waits(self) -> str:
        """For what it waits, as people read it."""
        if self.urgency is Urgency.ALWAYS:
            return "Sent at once, by day and by night."
        day = ", or for the one message a day where that is chosen" if self.may_wait_a_day else ""
        near = self.urgency is Urgency.NEAR
        said = f"Waits for quiet hours to end{day}{_NOT_NEAR if near else ''}."
        return said + _IN_FEED if self.may_be_in_feed else said


_N, _A = Notice, Audience
_ATTENDS = "You get this because your agency attends the meeting, or you run it."
_RUNS = "You get this because you run the area’s meetings."
_OFFLINE = "You get this because you run the area’s meetings, and have a passphrase for offline packs."

ROWS: tuple[Scheduled, ...] = (
    Scheduled(_N.LIST_READY, "The list of a meeting can be read", _A.LISTS,
              "When it is circulated, each day that the meeting sits", _ATTENDS, "D1, T14", Urgency.ALWAYS,
              of_meeting=True),
    Scheduled(_N.RESEARCH, "An agency is asked what it holds", _A.RESEARCHES,
              "When it is asked; before it is due, as the area has set; and once it is late",
              "You get this because you answer for an agency that is asked for research.",
              "D1, M2", Urgency.NEAR, may_wait_a_day=True, of_meeting=True),
    Scheduled(_N.AGENDA_PUBLISHED, "The agenda of a MARAC is shared", _A.MARAC,
              "When it is published", _ATTENDS, "M1, M4", Urgency.NEAR, may_wait_a_day=True,
              of_meeting=True),
    Scheduled(_N.SUPPLEMENTARY_LIST, "A supplementary list of a MARAC is shared", _A.MARAC,
              "When it is published", _ATTENDS, "M1", Urgency.NEAR, may_wait_a_day=True,
              of_meeting=True),
    Scheduled(_N.PACK_READY, "A pack can be fetched", _A.MARAC,
              "When a case joins it after a second person’s decision, or it is corrected", _ATTENDS,
              "S3", Urgency.NEAR, may_wait_a_day=True, of_meeting=True, until_its_day=True),
    Scheduled(_N.PACK_NOT_FETCHED, "Nobody of an agency has fetched its pack", _A.MARAC,
              "Once, working days before the MARAC as the area has set; not while its agenda is just out",
              _ATTENDS, "S3", Urgency.NEAR, may_wait_a_day=True, of_meeting=True),
    Scheduled(_N.PACK_RECALLED, "A pack is called back", _A.HOLDERS,
              "When it is, and once a day until they have confirmed that their copy is destroyed",
              "You get this because you have fetched a copy of a pack.", "S3, V1", Urgency.ALWAYS),
    Scheduled(_N.OFFLINE_PACK_READY, "An offline pack can be downloaded", _A.OFFLINE,
              "When it is made before a meeting, and when it is made again after it was downloaded", _OFFLINE,
              "S3", may_wait_a_day=True, of_meeting=True),
    Scheduled(_N.OFFLINE_PACK_FAILED, "An offline pack could not be made", _A.OFFLINE_FAILS,
              "At once, and once until it is made", _RUNS, "S3", Urgency.ALWAYS, of_meeting=True),
    Scheduled(_N.CONFIRMATIONS, "Update-only cases are to be confirmed", _A.CONFIRMS,
              "Before they are due, as the area has set, and once they are late",
              "You get this because you confirm cases for an agency that attends the MARAC.",
              "C3", may_wait_a_day=True, of_meeting=True),
    Scheduled(_N.MEETING_CHANGED, "A meeting was moved or cancelled", _A.MEETING,
              "When it is", _ATTENDS, "M4, T14", Urgency.NEAR, may_wait_a_day=True, of_meeting=True),
    Scheduled(_N.INVITATION, "An entry for your calendar: a meeting is put in, moved or cancelled",
              _A.AGENDAS, "When it has a date, or its agenda is shared; and when that changes", _ATTENDS,
              "M1, M4", Urgency.NEAR, of_meeting=True, may_be_in_feed=True),
    Scheduled(_N.EXPECTED, "The time at which a referrer comes to a meeting is set, or has changed",
              _A.REFERRERS, "When it is kept or taken off, and when its MARAC is moved or cancelled",
              "You get this because you sent a referral.", "T14, M4", Urgency.NEAR, of_meeting=True),
    Scheduled(_N.EMERGENCY, "An emergency MARAC is asked for", _A.RUNS,
              "At once, and every hour until it is decided", _RUNS, "M4", Urgency.ALWAYS),
    Scheduled(_N.DISCLOSURE, "A disclosure is to be decided at the daily meeting, or confirmed after it",
              _A.CHAIRS, "Once for each list that takes an application; once when a chair has to confirm "
              "what was decided, and once more when that is overdue",
              "You get this because you chair the daily meeting, which decides on disclosures.",
              "C4, Y1", of_meeting=True),
    Scheduled(_N.REQUEST, "A third party’s request waits for an answer or a decision", _A.REQUESTS,
              "When it waits for them, and once it is overdue",
              "You get this because you answer for an agency, decide on requests, or run the meetings.",
              "X1, X2, X3", may_wait_a_day=True),
    Scheduled(_N.LEGAL_ADVICE, "A court may see what your agency supplied: take legal advice", _A.REQUESTS,
              "Once, when who runs the meetings tells the agencies that were asked",
              "You get this because you answer for an agency that is asked.", "X3"),
    Scheduled(_N.RECORDS, "Your agency is asked what it still holds of an old case", _A.RECORDS,
              "Once when it is asked, twelve months after the last incident, and once when it is late",
              "You get this because you answer for an agency.", "L3", may_wait_a_day=True),
    Scheduled(_N.MINUTES, "Minutes are issued or corrected", _A.MEETING,
              "When the chair approves them", _ATTENDS, "R1, M4", may_wait_a_day=True),
    Scheduled(_N.ACTIONS, "An action is due soon, or overdue", _A.ACTS,
              "Before it is due, as the area has set, and after it is overdue",
              "You get this because an action waits for you or your agency.",
              "A2", may_wait_a_day=True, of_meeting=True, until_its_day=True),
    Scheduled(_N.FEEDBACK, "A task of yours after a meeting is due, or overdue", _A.TELLS_VICTIM,
              "On the working day before it is due, and on the day after",
              "You get this because you are named for a task after a meeting.", "F1, F5"),
    Scheduled(_N.FLAGS, "Flags are to be added or taken off", _A.FLAGS,
              "When a meeting has heard the case, when a flag ends, and weekly while one stands too long",
              "You get this because you act for an agency that keeps its own records up to date.",
              "G1", may_wait_a_day=True),
    Scheduled(_N.ORDER_ENDING, "A protection order ends soon", _A.COORDINATORS,
              "Twice before it ends, as the area has set", _RUNS, "T10", may_wait_a_day=True),
    Scheduled(_N.CRIME_DISCLOSED, "A crime was disclosed in a meeting", _A.POLICE,
              "When it is recorded, and each day after that until your force has it",
              "You get this because you receive such records for your force.",
              "D3", Urgency.ALWAYS),
    Scheduled(_N.CORRECTION, "Something that was read is corrected", _A.READERS,
              "When it is corrected, or a correction is asked for",
              "You get this because you read what it is about, or your agency shared it.",
              "R2", Urgency.NEAR, may_wait_a_day=True, of_meeting=True, until_its_day=True),
    Scheduled(_N.REFERRAL_RETURNED, "A referral came back with a question", _A.REFERRERS,
              "When it is returned", "You get this because you sent it.", "T7"),
    Scheduled(_N.STILL_MISSING, "Somebody is missing", _A.MISSING,
              "When it comes in, and when somebody who was back is missing again",
              "You get this because you run panels of exploitation, or attend one for the police.",
              "E1, E3"),
    Scheduled(_N.CHILD_REFERRED, "Somebody was referred, and it may not be able to wait", _A.EXPLOITATION,
              "When it is sent", "You get this because you run panels of exploitation.",
              "E3", Urgency.ALWAYS),
    Scheduled(_N.TRANSFER, "A case is offered by another area, or answered for", _A.TRANSFERS,
              "When it is offered or answered, and once when an answer is late", _RUNS, "M5",
              may_wait_a_day=True),
    Scheduled(_N.BREAK_GLASS, "A case was opened out of the ordinary", _A.REVIEWS,
              "At once", "You get this because you review such openings.", "M6", Urgency.ALWAYS),
    Scheduled(_N.ALARM, "The service raised an alarm", _A.ALARMS,
              "At once", "You get this because you look into alarms.", "V5", Urgency.ALWAYS),
    Scheduled(_N.AGREEMENTS, "An agreement is to be reviewed, or an agency that left is to be asked again",
              _A.GOVERNANCE,
              "Once when a review is due soon, once when it is late, and each time an agency is to be asked",
              "You get this because you keep the register of agreements.", "V1", may_wait_a_day=True),
    Scheduled(_N.BREACH, "A breach is raised, or one of its clocks ends", _A.GOVERNANCE,
              "When it is raised, once before each of its clocks ends, and once when one is over",
              "You get this because you deal with breaches.", "V3", Urgency.ALWAYS),
    Scheduled(_N.COMPLAINT, "A complaint is recorded, or one of its clocks is over", _A.COMPLAINTS,
              "When it is recorded, and once when each of its clocks is over",
              "You get this because you deal with complaints.", "V2"),
    Scheduled(_N.DISAGREEMENT, "A disagreement between agencies waits for an answer or a step",
              _A.DISAGREEMENTS, "When the other side has done something, and once when a step is late",
              "You get this because your agency takes part in a disagreement.", "V4, W2",
              may_wait_a_day=True),
    Scheduled(_N.NAMED_CASE, "An agency that has not signed is to take part in a case, or does",
              _A.NAMED_CASES,
              "When it is proposed or allowed, when either side has written, and each time an agency is "
              "asked what became of what it was told",
              "You get this because you run the area’s meetings, or act for an agency that takes part in one "
              "case alone.", "V1, X5"),
    Scheduled(_N.NOT_SENT, "A message was given up, or needs a decision", _A.RUNS,
              "When the service stops trying: at once where the message was urgent, else once a day at most; "
              "chairs where it was urgent and no coordinator can be told", _RUNS, "S2"),
    Scheduled(_N.ALARM_NOT_SENT, "Somebody was not told of an alarm, or of an opening", _A.ALARMS,
              "At once, when the service stops trying", "You get this because you were told of it too.",
              "V5, M6", Urgency.ALWAYS),
    Scheduled(_N.DIGEST, "What waited for one message a day", _A.ANYBODY,
              "On working days, at the hour the area has set; not where nothing is left to tell",
              "You get this because you chose one message a day.", "S2"),
)  # fmt: skip
"""A notice without a row cannot be queued."""
