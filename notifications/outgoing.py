"""What leaves the service, and when it is asked whether it may: every message, file and invitation."""

from enum import StrEnum

#: Kinds that are no notice, as the door and who reads what it refused call them; each value is the folder of
#: its templates under `templates/email/`.
PACK_LETTER = "pack_letter"
MAIL_TEST = "mail_test"

#: Files that are lists of one's own work, or the record of a disagreement, of no one meeting.
FLAGS_LIST = "flags list"
ACTIONS_LIST = "actions list"
DISAGREEMENT_FORM = "disagreement form"
#: What an agency that has not signed is told of a named case, as a page.
NAMED_CASE = "named case"
#: What such an agency is asked once its part is over: what became of what it was told.
NAMED_CASE_HELD = "named case held"


class What(StrEnum):
    """The value is stored, the label is read."""

    NOTICE = "notice"  # a message that something waits behind the login
    INVITATION = "invitation"  # an entry for a calendar, as bare as a notice
    PAGE = "page"  # content read behind the login
    FILE = "file"  # content taken away from behind the login
    LETTER = "letter"  # content by e-mail

    @property
    def has_content(self) -> bool:
        """Whether it says anything of a case. What does not may go where some of the cases may not."""
        return self in (What.PAGE, What.FILE, What.LETTER)

    @property
    def needs_secure_domain(self) -> bool:
        """Content is mailed to secure domains only; behind the login no address is used (Rulebook S1)."""
        return self is What.LETTER


class Stage(StrEnum):
    """When it was asked. Each time anew, for it may have changed since (Rulebook F3, S3, V1)."""

    BUILD = "build"
    SEND = "send"
    DOWNLOAD = "download"

    @property
    def words(self) -> str:
        """As whoever runs the meetings reads it."""
        return {
            Stage.BUILD: "before it was made",
            Stage.SEND: "when it was to be sent",
            Stage.DOWNLOAD: "when it was to be opened",
        }[self]
