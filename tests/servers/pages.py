"""Templates are compiled once for each process: many tests make an application of their own."""

from typing import Any

from jinja2.bccache import Bucket, BytecodeCache

from meetingsvc.web import templating


class Compiled(BytecodeCache):
    """What was compiled, by a template's name and its very text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """As it was kept."""
        if kept := self._kept.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps it."""
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def keep() -> None:
    """From now on, for every application of this process."""
    kept, make = Compiled(), templating.Environment.__init__

    def made(self: templating.Environment, app: Any, **options: Any) -> None:
        make(self, app, **{"bytecode_cache": kept, **options})

    templating.Environment.__init__ = made  # type: ignore[method-assign]
