"""Tests reach nothing but this machine."""

import socket
from typing import Any

_connect, _look_up = socket.socket.connect, socket.getaddrinfo
_HERE = ("127.", "::1", "localhost", "0.0.0.0")


def forbid() -> None:
    """From now on this process connects to, and looks up, its own machine only."""
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.getaddrinfo = look_up  # type: ignore[assignment]


def connect(self: socket.socket, address: Any) -> None:
    """Refuses every address but a loopback one or a file."""
    if isinstance(address, tuple):
        _refuse(address[0])
    _connect(self, address)


def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
    """Refuses to ask a name server."""
    _refuse(host)
    return _look_up(host, *args, **kwargs)


def _refuse(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if isinstance(name, str) and name and not name.startswith(_HERE):
        raise OSError(f"tests need no network, and {name} was asked for")
