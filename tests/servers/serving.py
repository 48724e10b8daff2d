"""A service in a thread of the tests' own process, on a free port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from waitress import wasyncore
from waitress.server import create_server


@contextmanager
def served(app: Any, threads: int = 4, patience: float = 1) -> Iterator[int]:
    """Serves it, and says on which port.

    At the end what it is serving has `patience` seconds to finish. Its sockets are closed by the thread that
    waits on them: closed from another, they fail it as it waits.
    """
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=threads)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.task_dispatcher.shutdown(timeout=patience)
        server.trigger.pull_trigger(partial(wasyncore.close_all, sockets))
        thread.join(10)
        assert not thread.is_alive(), "the server did not stop"
