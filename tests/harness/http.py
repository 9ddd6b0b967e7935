"""A small HTTP client for journeys: what a phone sends and what it gets back."""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case) and body as they came; redirects are not followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    def expect(self, status: int) -> Any:
        """The JSON of an answer that should have this status; else an assertion that shows what came instead."""
        assert self.status == status, (
            f"expected {status}, got {self.status}: {self.body[:2000].decode(errors='replace')}"
        )
        is_json = "json" in self.headers.get("content-type", "")
        return self.json() if is_json and self.body else None


@dataclass
class Client:
    """One person's client. ``token`` goes out as a bearer token; cookies are kept and sent back."""

    base_url: str
    token: str | None = None
    timeout: float = 30.0
    cookies: dict[str, str] = field(default_factory=dict)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request on a connection of its own. ``json`` or ``body``, not both."""
        sent = {"Accept": "application/json", **(headers or {})}
        if json is not None:
            body = _encode(json)
            sent.setdefault("Content-Type", "application/json")
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.token}"
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if query:
            path = f"{path}?{urlencode({name: value for name, value in query.items() if value is not None})}"
        base = urlsplit(self.base_url)
        connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=self.timeout)
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            content = response.read()
            for line in response.headers.get_all("Set-Cookie") or ():
                for name, morsel in SimpleCookie(line).items():
                    if morsel.value and morsel["max-age"] != "0":
                        self.cookies[name] = morsel.value
                    else:
                        self.cookies.pop(name, None)
            return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, content)
        finally:
            connection.close()

    def get(self, path: str, **query: Any) -> Answer:
        return self.request("GET", path, query=query)

    def send(
        self, method: str, path: str, json: Any = None, *, key: str | None = None, **more: Any
    ) -> Answer:
        """A write. Without ``key`` it carries a fresh Idempotency-Key, as a client's new action does."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4()), **more.pop("headers", {})}
        return self.request(method, path, json=json, headers=headers, **more)

    def post(self, path: str, json: Any = None, *, key: str | None = None, **more: Any) -> Answer:
        return self.send("POST", path, json, key=key, **more)

    def put(self, path: str, json: Any = None, *, key: str | None = None, **more: Any) -> Answer:
        return self.send("PUT", path, json, key=key, **more)

    def patch(self, path: str, json: Any = None, *, key: str | None = None, **more: Any) -> Answer:
        return self.send("PATCH", path, json, key=key, **more)

    def delete(self, path: str, json: Any = None, *, key: str | None = None, **more: Any) -> Answer:
        return self.send("DELETE", path, json, key=key, **more)

    def upload(
        self,
        path: str,
        files: Mapping[str, tuple[str, bytes]],
        fields: Mapping[str, str] | None = None,
        *,
        key: str | None = None,
    ) -> Answer:
        """Send multipart/form-data; ``files`` maps a field to (file name, content)."""
        boundary = "----test-boundary"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in (fields or {}).items()
        ]
        for name, (filename, content) in files.items():
            head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"'
            parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        return self.post(
            path, body=body, key=key, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}
        )


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
