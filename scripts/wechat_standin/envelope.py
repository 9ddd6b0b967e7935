"""Signatures and AES envelopes of pushed messages, on bare `cryptography`: not the library the product uses."""

from __future__ import annotations

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


class BadEnvelope(ValueError):
    """Not sealed with this key, or not for this account."""


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def seal(plain: str, aes_key: str, appid: str) -> str:
    """AES-256-CBC over 16 random bytes, the length, the text and the appid; padded to 32 bytes (PKCS#7); base64."""
    key = base64.b64decode(aes_key + "=")
    text = plain.encode()
    block = os.urandom(16) + struct.pack(">I", len(text)) + text + appid.encode()
    padding = 32 - len(block) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(
        encryptor.update(block + bytes([padding]) * padding) + encryptor.finalize()
    ).decode()


def unseal(sealed: str, aes_key: str, appid: str) -> str:
    key = base64.b64decode(aes_key + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    block = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
    block = block[16 : -block[-1]]
    (length,) = struct.unpack(">I", block[:4])
    if block[4 + length :] != appid.encode():
        raise BadEnvelope("sealed for another account")
    return block[4 : 4 + length].decode()
