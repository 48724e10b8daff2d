"""Safe addresses: sealed with a key that is not in the database, opened in memory (security.md A17)."""

from uuid import UUID

import structlog

from meetingsvc import seal
from meetingsvc.config import Unsafe

log = structlog.get_logger()
_PURPOSE = "address"


def closed(address_id: UUID, text: str) -> bytes:
    """What the database keeps of a confidential address."""
    return seal.seal(_PURPOSE, text.encode(), str(address_id))


def opened(address_id: UUID, kept: bytes) -> str | None:
    """The address again; None where it cannot be opened: the key is gone, or the row is another's."""
    try:
        return seal.unseal(_PURPOSE, kept, str(address_id)).decode()
    except (seal.Unsealable, Unsafe, OSError) as gone:
        log.error("address.not_readable", address=str(address_id), kind=type(gone).__name__)
        return None
