"""The code on the sticker at the door: ten characters that identify a household and authorise nothing.

The alphabet has 23 characters, a prime, none of which is taken for another (no 0 O D Q, 1 I L, 2 with Z, 5 with S, 6 with G,
8 with B, U with V). Position i, counted from the right, weighs i; the weighted sum of a good code is 0 modulo 23.
Weights 1…10 are different and not 0 modulo a prime, so one wrong character changes the sum, and so does exchanging any
two characters, adjacent or not. Two equal neighbours read as two other equal ones are caught too (no two weights add to 23).
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Final
from urllib.parse import urlsplit

ALPHABET: Final = "23456789ACEFHJKMNPRTWXY"
LENGTH: Final = 10

_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS: Final = str.maketrans({"Z": "2", "S": "5", "G": "6", "B": "8"})
"""These letters never stand on a sticker: who types one has read the digit."""
_BETWEEN: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\-‐-―−_.·/]+")


class MistypedCode(ValueError):
    """No household code. ``reason``: "empty", "length", "character", "check" or "elsewhere" (another site's address)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def new_code() -> str:
    """A random code with its check character; whether it is free is the caller's question."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The tenth character for nine of the alphabet."""
    total = sum(
        weight * _VALUE[character] for weight, character in zip(range(LENGTH, 1, -1), body, strict=True)
    )
    return ALPHABET[-total % len(ALPHABET)]


def check(typed: str, *, domain: str | None = None) -> str:
    """The code in its canonical form, from what was typed or scanned; raises MistypedCode.

    Small letters, full width, spaces and dashes do not matter. An address is taken if its path ends in ``/q/<code>`` and,
    where ``domain`` is given, its host is that one.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if "://" in text or "/q/" in text.lower():
        text = _from_address(text, domain)
    code = _BETWEEN.sub("", text).upper().translate(_READ_AS)
    if not code:
        raise MistypedCode("empty")
    if len(code) != LENGTH:
        raise MistypedCode("length")
    if any(character not in _VALUE for character in code):
        raise MistypedCode("character")
    if check_character(code[:-1]) != code[-1]:
        raise MistypedCode("check")
    return code


def grouped(code: str) -> str:
    """As it is printed and read aloud: four, three, three."""
    return f"{code[:4]} {code[4:7]} {code[7:]}"


def _from_address(text: str, domain: str | None) -> str:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text.lstrip('/')}")
        host = parts.hostname
    except ValueError:
        raise MistypedCode("elsewhere") from None
    head, mark, code = parts.path.rpartition("/q/")
    if (
        parts.scheme not in ("http", "https")
        or not mark
        or head
        or (domain is not None and host != domain.lower())
    ):
        raise MistypedCode("elsewhere")
    return code.strip("/")
