"""After a restore: the service stays closed until a person has done again what was done since the backup.

Who was disabled or walled off since, or what was recalled, is not so in the backup (security.md D8).
"""

from datetime import datetime

from agenda.rules import RuleBroken
from meetingsvc.store import acting, audit, restored
from meetingsvc.store.restored import Closed, Ended
from meetingsvc.usecases import outbox_letters
from meetingsvc.usecases.transaction import saved

#: What is done at the service's own machine before anybody is let in.
BY_THE_HOST = (
    "accounts that were disabled are disabled again (meetingsvc user disable)",
    "passwords and second factors that were taken away are taken away again",
)
#: What those who run meetings do on their pages before everybody is let in.
BY_THEIR_PAGES = (
    "agencies that withdrew are withdrawn again",
    "walls, restrictions and openings that were ended are as they were",
    "addresses and consents that were withdrawn are withdrawn again",
    "packs that were recalled are recalled again; who fetched a copy since is not known any more",
    "letters that are parked are looked at: which of them had been sent",
)


def close(made_at: datetime, now: datetime) -> Ended:
    """Ends what lets anybody in, parks the letters, and closes the service. Nothing is sent by itself."""
    with saved():
        restored.close(made_at, now)
        ended, letters = restored.end_what_may_be_over(now)
        for row in letters:
            with acting.whole_area(row.area_id):
                outbox_letters.may_have_left(row.copy_id, now)
            audit.record(audit.COMMAND_LINE, row.area_id, "message.parked", f"message/{row.id}", now,
                         notice=row.notice, account=row.account_id)  # fmt: skip
        audit.record(audit.COMMAND_LINE, None, "backup.restored", "service/restored", now,
                     sessions=ended.sessions, links=ended.links, tokens=ended.tokens,
                     letters=ended.letters)  # fmt: skip
    return ended


def reopen(to: Closed | None, now: datetime) -> None:
    """Opens it, first to those who run meetings, then to everybody. For who sits at the service's machine.

    They have said that everything of the list was done again.
    """
    with saved():
        stands = restored.closed()
        if stands is None:
            raise RuleBroken("The service is open: nothing was restored, or it has been opened since.")
        if to is None and stands is Closed.TO_ALL:
            raise RuleBroken(
                "Open it to those who run meetings first: only they can do again what is done on pages. "
                "Run: meetingsvc reopen --coordinators"
            )
        restored.let_in(to, now)
        action = "service.opened" if to is None else "service.half_opened"
        audit.record(audit.COMMAND_LINE, None, action, "service/restored", now)
