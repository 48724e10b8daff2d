"""Settings as one frozen object, read once. The service refuses to start where unsafe."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

MEGABYTE = 1024 * 1024
#: The database in the data folder, where no other is named.
EMBEDDED = "meetingsvc.db"


class Unsafe(Exception):
    """The settings would run an unsafe service; worded for who starts it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of one installation; those of an area are `agenda.area.AreaSettings`."""

    database_url: str
    data_dir: Path
    owner_url: str = ""  # PostgreSQL: whom the tables belong to, and who alone changes their shape
    secret_key: str = ""
    demo: bool = False
    debug: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://localhost:8000"
    proxy_hops: int = 0
    mail_dir: Path | None = None
    smtp_url: str = ""
    mail_from: str = ""
    reply_mailbox: Path | None = None  # where a mail server puts the answers to invitations
    seal_key_file: Path | None = None
    backup_url: str = ""  # PostgreSQL: who may read everything, and only makes backups
    backup_dir: Path | None = None
    backup_key_file: Path | None = None
    backup_days: int = 14
    idle_minutes: int = 15
    session_hours: int = 10
    feed_limit: int = 200 * MEGABYTE

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Reads `MEETINGSVC_…`, with the defaults above. Raises `Unsafe` on what cannot be read."""
        told = {name.removeprefix("MEETINGSVC_").lower(): value for name, value in env.items()
                if name.startswith("MEETINGSVC_") and value}  # fmt: skip
        data_dir = Path(told.pop("data_dir", _default_data_dir(env)))
        readers = {"demo": _yes, "debug": _yes, "port": int, "proxy_hops": int, "idle_minutes": int,
                   "session_hours": int, "feed_limit": int, "mail_dir": Path,
                   "reply_mailbox": Path, "seal_key_file": Path, "backup_dir": Path, "backup_key_file": Path,
                   "backup_days": int}  # fmt: skip
        values: dict[str, object] = {}
        for name, text in told.items():
            if name not in cls.__dataclass_fields__:
                continue
            try:
                values[name] = readers.get(name, str)(text)  # type: ignore[operator]
            except ValueError:
                raise Unsafe(f"MEETINGSVC_{name.upper()} cannot be read: {text!r}") from None
        values.setdefault("public_url", f"http://localhost:{values.get('port', 8000)}")
        values.setdefault("database_url", f"sqlite:///{data_dir.resolve() / EMBEDDED}")
        return cls(data_dir=data_dir, **values)  # type: ignore[arg-type]

    @property
    def is_public(self) -> bool:
        """Whether the service can be reached from other machines."""
        return not (_is_loopback(self.host) and _is_loopback(urlsplit(self.public_url).hostname or ""))

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel only over TLS, wherever the service is reached over TLS."""
        return self.public_url.startswith("https://")

    def problems(self) -> list[tuple[str, str]]:
        """What makes it unsafe to serve with these settings, each with its mend."""
        found = []
        if not self.demo and len(self.secret_key) < 32:
            found.append(
                ("There is no secret key.", "Set MEETINGSVC_SECRET_KEY to 32 or more random characters.")
            )
        if self.seal_key_file and (fault := _unfit_key(self.seal_key_file)):
            mend = "Set MEETINGSVC_SEAL_KEY_FILE to a file of mode 600 with 32 or more random characters."
            found.append((f"The key file {self.seal_key_file} {fault}.", mend))
        if self.backup_key_file and (fault := _unfit_key(self.backup_key_file)):
            mend = "Set MEETINGSVC_BACKUP_KEY_FILE to a file of mode 600 with 32 or more random characters."
            found.append((f"The key file {self.backup_key_file} {fault}.", mend))
        if self.debug and self.is_public:
            found.append(("Debugging is on at a public address.", "Unset MEETINGSVC_DEBUG."))
        if self.demo and self.is_public:
            found.append(
                (
                    "The demonstration is at a public address: its passwords are printed.",
                    "Unset MEETINGSVC_HOST and MEETINGSVC_PUBLIC_URL.",
                )
            )
        if self.is_public and not self.secure_cookies:
            found.append(
                (
                    "A public address without TLS.",
                    "Set MEETINGSVC_PUBLIC_URL to the https:// address of the proxy before it.",
                )
            )
        if self.secure_cookies and not self.proxy_hops:
            found.append(
                (
                    "All visitors would seem to come from the proxy that speaks TLS.",
                    "Set MEETINGSVC_PROXY_HOPS to the number of proxies before the service.",
                )
            )
        return found

    def refuse_unsafe(self) -> None:
        """Raises `Unsafe` naming everything `problems` finds."""
        if found := self.problems():
            raise Unsafe("Refusing to start.\n" + "\n".join(f"- {what} {mend}" for what, mend in found))


def _unfit_key(path: Path) -> str:
    """Why a key file cannot be used; empty where it can."""
    try:
        keys, mode = path.read_bytes().splitlines(), path.stat().st_mode
    except OSError:
        return "cannot be read"
    if not keys or any(len(key.strip()) < 32 for key in keys):
        return "holds no key, or a short one"
    return "can be read by others" if mode & 0o077 else ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False  # a name that other machines may know


def _yes(text: str) -> bool:
    if text.lower() not in {"1", "0", "yes", "no", "true", "false"}:
        raise ValueError(text)
    return text.lower() in {"1", "yes", "true"}


def _default_data_dir(env: Mapping[str, str]) -> str:
    base = env.get("XDG_DATA_HOME") or (f"{env['HOME']}/.local/share" if env.get("HOME") else "/var/lib")
    return f"{base}/meetingsvc"
