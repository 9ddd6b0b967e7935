"""A wire between the product and its PostgreSQL that a test can cut, or hold so that nobody hears anything any more."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading

from sqlalchemy import URL, make_url


class Wire:
    """Listens on loopback and passes on what comes, until it is told otherwise. ``url``: the database through it."""

    def __init__(self, database_url: str) -> None:
        self._to = make_url(database_url)
        self._held = threading.Event()
        self._cut = False
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def url(self) -> str:
        port = self._listener.getsockname()[1]
        through: URL = self._to.set(host="127.0.0.1", port=port, query={})
        return through.render_as_string(hide_password=False)

    def hold(self) -> None:
        """From now on everything is taken and nothing passed on, in old connections and in new ones."""
        self._held.set()

    def cut(self) -> None:
        """Close what is open, and each new connection at once."""
        self._cut = True
        self._close_all()

    def mend(self) -> None:
        """What was held is lost with its connections; new ones are passed on as at first."""
        self._close_all()
        self._held.clear()
        self._cut = False

    def close(self) -> None:
        self._cut = True
        self._listener.close()
        self._close_all()

    def _close_all(self) -> None:
        with self._lock:
            found, self._open = self._open, []
        for each in found:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._cut:
                near.close()
                continue
            threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError), near, self._far() as far:
            with self._lock:
                self._open += [near, far]
            with selectors.DefaultSelector() as ready:
                ready.register(near, selectors.EVENT_READ, far)
                ready.register(far, selectors.EVENT_READ, near)
                while True:
                    for key, _ in ready.select():
                        content = key.fileobj.recv(65536)  # type: ignore[union-attr]  # ours are sockets
                        if not content:
                            return
                        if not self._held.is_set():
                            key.data.sendall(content)

    def _far(self) -> socket.socket:
        host = self._to.query.get("host") or self._to.host or "127.0.0.1"
        port = self._to.port or 5432
        if isinstance(host, str) and host.startswith("/"):
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{host}/.s.PGSQL.{port}")
            return far
        return socket.create_connection((str(host), port), timeout=10)
