"""ID numbers and phones at rest: AES-GCM under a key with an id, and a keyed hash to look them up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Encryption keys by id (32 bytes each); ``current`` seals, all of them open. ``lookup`` keys the hashes."""

    keys: Mapping[str, bytes] = field(repr=False)
    current: str
    lookup: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise ValueError("the current encryption key is not among the keys")
        if any(len(key) != 32 for key in self.keys.values()) or len(self.lookup) < 32:
            raise ValueError("encryption keys have 32 bytes, the lookup key at least 32")
        if any(":" in key_id for key_id in self.keys):
            raise ValueError("a key id holds no colon")


class KeysMissing(RuntimeError):
    """Encrypted data was touched before the process was given its keys."""


_ring: KeyRing | None = None


def configure(ring: KeyRing) -> None:
    """Give this process its keys; done once by each composition root."""
    global _ring
    _ring = ring


def _keys() -> KeyRing:
    if _ring is None:
        raise KeysMissing("core.crypto.configure was not called")
    return _ring


def seal(plain: str, purpose: str) -> str:
    """``key id:base64(nonce + ciphertext)``; bound to ``purpose``, so that one column's value fits no other."""
    ring = _keys()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(ring.keys[ring.current]).encrypt(nonce, plain.encode(), purpose.encode())
    return f"{ring.current}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, purpose: str) -> str:
    return opened_by(_keys(), sealed, purpose)


def opened_by(ring: KeyRing, sealed: str, purpose: str) -> str:
    """As ``unseal``, by the keys of a given ring."""
    key_id, _, body = sealed.partition(":")
    raw = base64.b64decode(body)
    return (
        AESGCM(ring.keys[key_id]).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode()).decode()
    )


def lookup_hash(purpose: str, value: str) -> str:
    """A keyed hash (hex) by which an encrypted value is found; useless without the key."""
    return hmac.new(_keys().lookup, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


class EncryptedText(TypeDecorator[str]):
    """A column whose text is sealed at rest. It can be neither compared nor sorted: look it up by its hash."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unseal(value, self.purpose)


def mask_id(number: str | None) -> str | None:
    """140699********4361: the division and the last four, enough to recognise and too little to use."""
    if not number:
        return None
    if len(number) < 12:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def mask_phone(number: str | None) -> str | None:
    """199****0001."""
    if not number:
        return None
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_name(name: str | None) -> str | None:
    """史*, 雷*忠: the family name, and the last character of longer names."""
    if not name:
        return None
    if len(name) <= 2:
        return name[0] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]
