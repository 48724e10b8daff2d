"""What tests write lies in memory where there is room: none of it outlives them, and a disk is slow."""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # on Linux, what is kept here is in memory
_ENOUGH = 4 << 30


def use() -> None:
    """From now on, for this process and those it starts; unless TMPDIR says otherwise."""
    if "TMPDIR" not in os.environ and _has_room():
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


def _has_room() -> bool:
    """Programs are also installed there, and must run."""
    if not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK):
        return False
    return shutil.disk_usage(_MEMORY).free > _ENOUGH and not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
