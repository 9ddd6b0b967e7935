"""What nobody honest would send, and what honest people mistype: a clear answer each, and nothing written."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from backend.core import clock
from backend.identity.roles import CADRE, CONTRACTOR, DRIVER, RESIDENT, TOWNSHIP
from backend.registry.rules.household_code import new_code
from tests.api.digests import changed
from tests.api.rows_registry import list_of
from tests.api.scene import HERE, Scene, photo_bytes
from tests.harness.http import Answer

JSON = "application/json"
NO_ID = "0" * 26


@dataclass(frozen=True)
class Sent:
    """One request as raw as it gets."""

    role: str
    method: str
    path: str
    body: bytes | None = None
    content_type: str | None = JSON
    headers: dict[str, str] = field(default_factory=dict)


Case = Callable[[Scene], Sent]
CASES: dict[str, tuple[Case, int, str]] = {}


def case(name: str, status: int, code: str) -> Callable[[Case], Case]:
    def enter(made: Case) -> Case:
        assert name not in CASES
        CASES[name] = (made, status, code)
        return made

    return enter


def to_me(name: str, body: bytes, status: int, code: str, content_type: str | None = JSON) -> None:
    """A change of one's own name, with this body."""
    case(name, status, code)(lambda _scene: Sent(RESIDENT, "PATCH", "/api/me", body, content_type))


def an_order(name: str, status: int, code: str, **changes: Any) -> None:
    """An order of a household that may order, but for what is given."""

    def made(scene: Scene) -> Sent:
        scene.supplied()
        body = json.dumps(scene.order_body(scene.warm_stove(), **changes)).encode()
        return Sent(RESIDENT, "POST", "/api/fuel-orders", body)

    case(name, status, code)(made)


def an_upload(name: str, path: str, content: bytes, status: int, code: str, **fields: str) -> None:
    """A file; ``fields`` go along."""

    def made(scene: Scene) -> Sent:
        whole = {"area_code": scene.village()[:9], **fields} if path == "/api/imports" else fields
        kind, body = form_of({"file": ("a.bin", content)}, whole)
        return Sent(TOWNSHIP, "POST", path, body, kind)

    case(name, status, code)(made)


def form_of(files: dict[str, tuple[str, bytes]], fields: dict[str, str]) -> tuple[str, bytes]:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (filename, content) in files.items():
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return "multipart/form-data; boundary=x", b"".join(parts) + b"--x--\r\n"


# Bodies

to_me("an empty body", b"", 422, "invalid")
to_me("two megabytes of JSON", json.dumps({"name": "王" * 700_000}).encode(), 413, "too_large")
to_me("JSON that says it is text", b'{"name": "x"}', 415, "wrong_media", "text/plain")
to_me("JSON that does not say what it is", b'{"name": "x"}', 415, "wrong_media", None)
to_me("a form where JSON is wanted", b"name=x", 415, "wrong_media", "application/x-www-form-urlencoded")
to_me("half of a body", b'{"name": "x', 422, "http.not_json")
to_me("a NUL in a text", b'{"name": "a\\u0000b"}', 422, "invalid")
to_me("a control character in a text", b'{"name": "a\\u0007b"}', 422, "invalid")
to_me("a raw control character in a text", b'{"name": "a\x07b"}', 422, "http.not_json")
to_me("a NUL in a name of JSON", b'{"name": "x", "a\\u0000": 1}', 422, "http.not_json")
to_me("half of a surrogate pair", b'{"name": "\\ud800"}', 422, "invalid")
to_me("bytes that are not UTF-8", b'{"name": "\xff\xfe"}', 422, "http.not_json")
to_me("a name that stands twice", b'{"name": "a", "name": "b"}', 422, "http.not_json")
to_me("not a number", b'{"name": NaN}', 422, "http.not_json")
to_me("an infinite number", b'{"name": 1e999}', 422, "http.not_json")
to_me("a number of ten thousand digits", b'{"name": ' + b"9" * 10_000 + b"}", 422, "http.not_json")
to_me("a hundred thousand brackets", b"[" * 100_000, 422, "http.not_json")
to_me("nesting that closes", b'{"name": ' + b"[" * 500 + b"]" * 500 + b"}", 422, "http.not_json")
to_me("a list where an object is wanted", b"[]", 422, "invalid")
to_me("null where an object is wanted", b"null", 422, "invalid")
to_me("a text where an object is wanted", b'"name"', 422, "invalid")
to_me("a field that nobody knows", b'{"name": "x", "role": "administrator"}', 422, "invalid")
to_me("a number where a text is wanted", b'{"name": 5}', 422, "invalid")
to_me("a text that is only spaces", b'{"name": "   "}', 422, "invalid")
to_me("a text that is too long", json.dumps({"name": "王" * 41}).encode(), 422, "invalid")


@case("no body where a household must be named", 422, "invalid")
def _(scene: Scene) -> Sent:
    scene.home()
    return Sent(RESIDENT, "POST", "/api/fuel-orders", b"")


# Addresses and headers


@case("a NUL in a path", 404, "not_found")
def _(scene: Scene) -> Sent:
    return Sent(CADRE, "GET", "/api/households/%00")


@case("bytes in a path that are not UTF-8", 404, "not_found")
def _(scene: Scene) -> Sent:
    return Sent(CADRE, "GET", "/api/households/%ff%fe")


@case("a path of four thousand characters", 422, "invalid")
def _(scene: Scene) -> Sent:
    return Sent(CADRE, "GET", f"/api/households/{'A' * 4000}")


@case("a NUL in a query", 422, "http.bad_text")
def _(scene: Scene) -> Sent:
    return Sent(CADRE, "GET", "/api/households?address=%00")


@case("a page larger than there are", 422, "invalid")
def _(scene: Scene) -> Sent:
    return Sent(CADRE, "GET", f"/api/households?limit={2**64}")


@case("a page cursor that was made up", 422, "http.bad_cursor")
def _(scene: Scene) -> Sent:
    return Sent(CADRE, "GET", "/api/households?cursor=JyBPUiAxPTE")


@case("a key with a control character", 422, "http.idempotency_key_missing")
def _(scene: Scene) -> Sent:
    return Sent(RESIDENT, "PATCH", "/api/me", b'{"name": "x"}', headers={"Idempotency-Key": "12345678\x7f"})


@case("a key of a thousand characters", 422, "http.idempotency_key_missing")
def _(scene: Scene) -> Sent:
    return Sent(RESIDENT, "PATCH", "/api/me", b'{"name": "x"}', headers={"Idempotency-Key": "k" * 1000})


@case("a token that was made up", 401, "session.ended")
def _(scene: Scene) -> Sent:
    return Sent(RESIDENT, "GET", "/api/me", headers={"Authorization": "Bearer ' OR 1=1 --\x7f"})


@case("another scheme than ours", 401, "session.none")
def _(scene: Scene) -> Sent:
    return Sent(RESIDENT, "GET", "/api/me", headers={"Authorization": "Basic YTpi"})


# Files


def black_square(side: int) -> bytes:
    """A PNG of a few kilobytes that decodes to ``side`` × ``side`` pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    line = b"\0" * (1 + side // 8)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"IDAT", zlib.compress(line * 64)),
            chunk(b"IEND", b""),
        )
    )


an_upload("a photo of 35 megabytes", "/api/photos", b"\xff\xd8" + b"x" * 35_000_000, 413, "too_large")
an_upload("a photo just too large", "/api/photos", b"\xff\xd8" + b"x" * 33_600_000, 413, "photo.too_large")
an_upload("a photo of too many pixels", "/api/photos", black_square(40_000), 413, "photo.too_large")
an_upload("a photo that is none", "/api/photos", b"<svg onload=alert(1)>", 415, "photo.not_a_photo")
an_upload("half of a photo", "/api/photos", photo_bytes()[:200], 415, "photo.not_a_photo")
an_upload("a list of thirty megabytes", "/api/imports", b"x" * 30_000_000, 413, "too_large")
an_upload("a list just too large", "/api/imports", b"x" * 21_000_000, 413, "import.too_large")
an_upload("a list that is a photo", "/api/imports", photo_bytes(), 415, "import.not_a_list")
an_upload("a list for somebody else's area", "/api/imports", b"x", 404, "not_found", area_code="140699")


@case("a photo sent as JSON", 415, "wrong_media")
def _(scene: Scene) -> Sent:
    return Sent(RESIDENT, "POST", "/api/photos", b'{"file": "x"}')


@case("a form without the photo", 415, "photo.not_a_photo")
def _(scene: Scene) -> Sent:
    kind, body = form_of({}, {"file": "x"})
    return Sent(RESIDENT, "POST", "/api/photos", body, kind)


@case("a form without the list", 422, "import.file_missing")
def _(scene: Scene) -> Sent:
    kind, body = form_of({}, {"area_code": scene.village()[:9]})
    return Sent(TOWNSHIP, "POST", "/api/imports", body, kind)


# Stickers


def a_scan(code: str) -> Sent:
    return Sent(RESIDENT, "POST", "/api/scans", json.dumps({"household_code": code}).encode())


@case("a code that nobody printed", 404, "code.unknown")
def _(scene: Scene) -> Sent:
    return a_scan(new_code())


@case("a code with a wrong check character", 404, "code.unknown")
def _(scene: Scene) -> Sent:
    code = scene.code(scene.home())
    return a_scan(code[:-1] + ("2" if code[-1] != "2" else "3"))


@case("the address of somebody else's site", 404, "code.unknown")
def _(scene: Scene) -> Sent:
    return a_scan("https://example.org/pay?code=1")


@case("a sticker that was replaced", 409, "code.replaced")
def _(scene: Scene) -> Sent:
    return a_scan(worn_out(scene, revoke=False))


@case("a sticker that was revoked", 409, "code.revoked")
def _(scene: Scene) -> Sent:
    return a_scan(worn_out(scene, revoke=True))


def worn_out(scene: Scene, *, revoke: bool) -> str:
    """A code that was on a door until now."""
    home = scene.home()
    code = scene.code(home)
    body = {"reason": "破损", "revoke": revoke}
    scene.as_(CADRE).post(f"/api/households/{home}/stickers", body).expect(201)
    return code


@case("the neighbour's sticker at a delivery", 409, "code.other_house")
def _(scene: Scene) -> Sent:
    home, order = scene.order()
    body = {**scene.delivery_body(home), "household_code": scene.code(scene.home())}
    return Sent(DRIVER, "POST", f"/api/fuel-orders/{order}/deliveries", json.dumps(body).encode())


@case("a batch that nobody registered", 422, "fuel.unknown_batch")
def _(scene: Scene) -> Sent:
    home, order = scene.order()
    body = {**scene.delivery_body(home), "fuel_batch_id": NO_ID}
    return Sent(DRIVER, "POST", f"/api/fuel-orders/{order}/deliveries", json.dumps(body).encode())


# Amounts and days

an_order("kilograms that fill no bag", 409, "fuel.not_in_bags", kilograms=1010)
an_order("kilograms above the year's limit", 409, "fuel.above_limit", kilograms=3025)
an_order("no kilograms", 422, "invalid", kilograms=0)
an_order("negative kilograms", 422, "invalid", kilograms=-25)
an_order("kilograms beyond 32 bits", 422, "invalid", kilograms=2**31)
an_order("kilograms beyond 64 bits", 422, "invalid", kilograms=2**63)
an_order("kilograms with a fraction", 422, "invalid", kilograms=1000.5)
an_order("kilograms as a float", 422, "invalid", kilograms=1000.0)
an_order("kilograms as a text", 422, "invalid", kilograms="1000")
an_order("kilograms as a truth value", 422, "invalid", kilograms=True)
an_order("kilograms as a list", 422, "invalid", kilograms=[1000])
an_order("a household that is a list", 422, "invalid", household_id=["x"])
an_order("a household that is not there", 404, "not_found", household_id=NO_ID)
an_order("a delivery wanted yesterday", 409, "fuel.window_past", wanted_from="2022-09-01")
an_order("a day that is none", 422, "invalid", wanted_from="2022-02-30")
an_order("a day of the year ten thousand", 422, "invalid", wanted_until="10000-01-01")


@case("a slot in the past", 409, "slot.past")
def _(scene: Scene) -> Sent:
    day = (clock.today() - timedelta(days=1)).isoformat()
    body = {
        "contractor_id": HERE,
        "area_code": scene.village(),
        "day": day,
        "half_day": "morning",
        "capacity": 3,
    }
    return Sent(CONTRACTOR, "POST", "/api/slots", json.dumps(body).encode())


@case("a booking of a slot that is full of nothing", 409, "slot.full")
def _(scene: Scene) -> Sent:
    home, slot = scene.contracted(), scene.slot(days=20)
    scene.as_(CONTRACTOR).post(f"/api/slots/{slot}/capacity", {"capacity": 0}).expect(200)
    body = {"household_id": home, "slot_id": slot}
    return Sent(RESIDENT, "POST", "/api/bookings", json.dumps(body).encode())


def send(scene: Scene, sent: Sent) -> Answer:
    headers = dict(sent.headers)
    if sent.method != "GET":
        headers.setdefault("Idempotency-Key", f"key-of-{scene.number():08d}")
        if sent.content_type:
            headers["Content-Type"] = sent.content_type
    return scene.as_(sent.role).request(sent.method, sent.path, body=sent.body, headers=headers)


@pytest.mark.parametrize("name", CASES)
def test_is_refused_with_its_code_and_writes_nothing(scene: Scene, name: str) -> None:
    made, status, code = CASES[name]
    sent = made(scene)
    before = scene.digests()
    answer = send(scene, sent)
    assert answer.status == status, answer.text[:500]
    assert answer.json()["code"] == code
    assert not changed(before, scene.digests())


def test_a_formula_for_a_name_is_held_and_stays_a_text(scene: Scene) -> None:
    content = list_of(scene, head_name='=HYPERLINK("http://example.org","张三")')
    answer = scene.as_(TOWNSHIP).upload(
        "/api/imports", {"file": ("list.csv", content)}, {"area_code": scene.village()[:9]}
    )
    import_id = answer.expect(201)["id"]
    findings = scene.as_(TOWNSHIP).get(f"/api/imports/{import_id}/findings").expect(200)["items"]
    assert any(each["outcome"] == "held" for each in findings), findings
    book = openpyxl.load_workbook(
        io.BytesIO(scene.as_(TOWNSHIP).get(f"/api/imports/{import_id}/workbook").body)
    )
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
