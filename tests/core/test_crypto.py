"""What is sealed at rest: old keys open, new ones seal, nothing opens what was changed."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text

from backend.core import crypto
from backend.core.crypto import KeyRing, lookup_hash, mask_id, mask_name, mask_phone, seal, unseal
from backend.core.db import Database
from backend.identity.models import Person
from tests.builders.product import somebody
from tests.harness.keys import configure_this_process

OLD, NEW, LOOKUP = b"o" * 32, b"n" * 32, b"l" * 32


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    """Each test may give this process other keys; the run's own come back after it."""
    crypto.configure(KeyRing({"old": OLD}, "old", LOOKUP))
    yield
    configure_this_process()


def test_what_was_sealed_is_opened() -> None:
    for plain in ("140699195001014361", "史某某", "", "𫘜", "x" * 10_000):
        assert unseal(seal(plain, "person.phone"), "person.phone") == plain


def test_the_same_text_is_never_sealed_alike() -> None:
    assert seal("19900000001", "p") != seal("19900000001", "p")


def test_after_a_new_key_the_old_one_still_opens_and_the_new_one_seals() -> None:
    before = seal("19900000001", "p")
    crypto.configure(KeyRing({"old": OLD, "new": NEW}, "new", LOOKUP))
    assert unseal(before, "p") == "19900000001"
    after = seal("19900000001", "p")
    assert after.startswith("new:") and before.startswith("old:")
    crypto.configure(KeyRing({"new": NEW}, "new", LOOKUP))
    assert unseal(after, "p") == "19900000001"
    with pytest.raises(KeyError):
        unseal(before, "p")


def test_a_value_of_one_column_does_not_open_in_another() -> None:
    with pytest.raises(InvalidTag):
        unseal(seal("19900000001", "person.phone"), "household.phone")


def test_a_single_changed_bit_is_refused() -> None:
    key_id, _, body = seal("19900000001", "p").partition(":")
    raw = base64.b64decode(body)
    for place in (0, 11, 12, len(raw) // 2, len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(InvalidTag):
            unseal(f"{key_id}:{base64.b64encode(changed).decode()}", "p")


def test_a_value_sealed_by_another_county_does_not_open_under_the_same_key_id() -> None:
    sealed = seal("19900000001", "p")
    crypto.configure(KeyRing({"old": NEW}, "old", LOOKUP))
    with pytest.raises(InvalidTag):
        unseal(sealed, "p")


@pytest.mark.parametrize(
    ("keys", "current", "lookup"),
    [
        ({"a": OLD}, "b", LOOKUP),
        ({"a": b"short"}, "a", LOOKUP),
        ({"a": OLD}, "a", b"short"),
        ({"a:b": OLD}, "a:b", LOOKUP),
    ],
    ids=["current key absent", "short key", "short lookup key", "colon in a key id"],
)
def test_a_ring_that_could_not_work_is_refused(keys: dict[str, bytes], current: str, lookup: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        KeyRing(keys, current, lookup)


def test_a_ring_shows_no_key() -> None:
    shown = repr(KeyRing({"old": OLD}, "old", LOOKUP))
    assert "ooo" not in shown and "lll" not in shown


def test_hashes_for_lookup_differ_by_purpose_and_by_key() -> None:
    phone = lookup_hash("phone", "19900000001")
    assert phone == lookup_hash("phone", "19900000001")
    assert len({phone, lookup_hash("id_number", "19900000001"), lookup_hash("phone", "19900000002")}) == 3
    crypto.configure(KeyRing({"old": OLD}, "old", b"m" * 32))
    assert phone != lookup_hash("phone", "19900000001")


def test_the_column_holds_no_plain_text(db: Database) -> None:
    person = somebody(db)
    with db.writing() as session:
        session.get_one(Person, person.id).phone = "19900000001"
    with db.reading() as session:
        stored = session.execute(text("SELECT phone FROM people WHERE phone IS NOT NULL")).scalar_one()
        assert session.scalar(select(Person.phone).where(Person.id == person.id)) == "19900000001"
    assert stored.startswith("old:")
    assert "19900000001" not in stored


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("140699195001014361", "140699********4361"),
        ("140699500101436", "140699*****1436"),
        ("1406991", "*******"),
        ("", None),
        (None, None),
    ],
)
def test_an_id_number_is_shown_by_its_ends(number: str | None, shown: str | None) -> None:
    assert mask_id(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("19900000001", "199****0001"), ("0349123", "*******"), ("", None), (None, None)],
)
def test_a_telephone_is_shown_by_its_ends(number: str | None, shown: str | None) -> None:
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("史进", "史*"), ("雷大忠", "雷*忠"), ("欧阳小春", "欧**春"), ("𫘜明", "𫘜*"), ("", None), (None, None)],
)
def test_a_name_is_shown_by_its_family(name: str | None, shown: str | None) -> None:
    assert mask_name(name) == shown
