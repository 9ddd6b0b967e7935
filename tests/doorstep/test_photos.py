"""Photos: taken from anybody, shown to who sent them and to who may see what they belong to."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from backend.core import storage
from backend.core.http.rates import RateCount
from backend.core.leases import wall_clock
from backend.doorstep.routes import PHOTOS_A_PERSON, PHOTOS_AN_ADDRESS, WITHIN_SECONDS
from tests.builders.pictures import large_jpeg
from tests.doorstep.houses import Houses, picture


def sent(houses: Houses, who: str | None) -> str:
    return str(houses.client(who).upload("/api/photos", {"file": ("a.png", picture())}).expect(201)["id"])


def may_see(houses: Houses, photo: str) -> set[str]:
    found = set()
    for who in houses.people:
        answer = houses.client(who).get(f"/api/photos/{photo}")
        assert answer.status in (200, 404), who
        if answer.status == 200:
            assert answer.headers["content-type"] == "image/jpeg"
            Image.open(io.BytesIO(answer.body)).verify()
            found.add(who)
        else:
            assert answer.json()["code"] == "not_found"
    return found


def test_a_photo_is_its_senders_alone_until_it_belongs_to_something(houses: Houses) -> None:
    photo = sent(houses, "installer with a job")
    assert may_see(houses, photo) == {"installer with a job"}
    assert houses.client(None).get(f"/api/photos/{photo}").status == 401
    assert houses.client("resident").get("/api/photos/00000000000000000000000000").status == 404


def test_a_photo_of_an_unknown_sender_is_nobodys_until_it_belongs_to_something(houses: Houses) -> None:
    assert may_see(houses, sent(houses, None)) == set()


def test_a_photo_of_an_installed_item_is_seen_by_who_sees_the_installation(houses: Houses) -> None:
    photo = sent(houses, "installer with a job")
    installer = houses.people["installer with a job"]
    assert installer is not None
    item = houses.installed_item()
    with houses.db.writing() as session:
        storage.attach_photos(session, (photo,), ("installed_item", item), installer.id)
    assert may_see(houses, photo) == {
        "resident", "proxy", "cadre", "township officer", "acceptor", "inspector",
        "installer with a job", "repairer with a job",
    }  # fmt: skip


def test_a_photo_of_a_fault_is_seen_by_who_sees_the_fault(houses: Houses) -> None:
    """Not by the installer of the same company, who has nothing to do with repairs."""
    photo = sent(houses, None)
    body = {"household_code": houses.code, "category": "co", "photo_ids": [photo]}
    assert houses.client(None).post("/api/fault-reports", body).expect(201)["photos_left_out"] == 0
    assert may_see(houses, photo) == {
        "resident", "proxy", "cadre", "township officer", "inspector", "repairer with a job",
    }  # fmt: skip


def test_what_belongs_to_something_unknown_is_shown_to_its_sender_only(houses: Houses) -> None:
    photo = sent(houses, "resident")
    resident = houses.people["resident"]
    assert resident is not None
    with houses.db.writing() as session:
        storage.attach_photos(session, (photo,), ("something", "00000000000000000000000000"), resident.id)
    assert may_see(houses, photo) == {"resident"}


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"x" * (34 * 1024 * 1024), 413, "too_large"),
        (b"\xff\xd8\xff" + b"x" * (32 * 1024 * 1024 + 100), 413, "photo.too_large"),
        (b"not a photo at all", 415, "photo.not_a_photo"),
        (b"", 415, "photo.not_a_photo"),
        (b"%PDF-1.4 ...", 415, "photo.not_a_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "photo.not_a_photo"),
        (picture(form="GIF"), 415, "photo.not_a_photo"),
    ],
    ids=["34 MB", "over 32 MB", "text", "empty", "pdf", "svg", "gif"],
)
def test_what_is_too_large_or_no_photo_is_refused(
    houses: Houses, content: bytes, status: int, code: str
) -> None:
    answer = houses.client("resident").upload("/api/photos", {"file": ("a.jpg", content)})
    assert (answer.status, answer.json()["code"]) == (status, code)
    assert answer.json()["next"]
    if status == 413:
        assert "普通模式重拍" in answer.json()["next"]


def test_a_phones_picture_of_50_megapixels_is_taken(houses: Houses) -> None:
    raw = large_jpeg(8_160, 6_120)
    kept = houses.client("resident").upload("/api/photos", {"file": ("a.jpg", raw)}).expect(201)
    assert (kept["width"], kept["height"]) == (2560, 1928)


def test_the_same_picture_twice_is_two_photos_and_the_same_key_is_one(houses: Houses) -> None:
    client, files = houses.client("resident"), {"file": ("a.jpg", large_jpeg(6_000, 4_000))}
    first, again, other = (
        client.upload("/api/photos", files, key=key).expect(201)
        for key in ("key-of-photo-1", "key-of-photo-1", "key-of-photo-2")
    )
    assert first == again and first["id"] != other["id"]


def _sent_before(houses: Houses, bucket: str, number: int) -> None:
    """As if so many had been sent in this hour, or in the one that begins meanwhile."""
    hour = int(wall_clock().timestamp()) // WITHIN_SECONDS * WITHIN_SECONDS
    with houses.db.writing() as session:
        for start in (hour, hour + WITHIN_SECONDS):
            session.merge(RateCount(bucket=bucket, window_start=start, used=number))


def test_an_installer_sends_a_long_days_backlog_whoever_else_shares_the_address(houses: Houses) -> None:
    sent(houses, None)
    with houses.db.reading() as session:
        (shared,) = session.scalars(select(RateCount.bucket).where(RateCount.bucket.like("photo-unknown:%")))
    _sent_before(houses, shared, PHOTOS_AN_ADDRESS)
    installer = houses.people["installer with a job"]
    assert installer is not None
    _sent_before(
        houses, f"photo:{installer.id}", 2 * 40 * 10
    )  # forty houses, ten photos each, all of them twice
    sent(houses, "installer with a job")
    sent(houses, "resident")


@pytest.mark.parametrize("who", [None, "resident"])
def test_whoever_sends_without_end_is_told_when_to_go_on(houses: Houses, who: str | None) -> None:
    sent(houses, who)
    with houses.db.reading() as session:
        (bucket,) = session.scalars(select(RateCount.bucket).where(RateCount.bucket.like("photo%")))
    _sent_before(houses, bucket, PHOTOS_A_PERSON if who else PHOTOS_AN_ADDRESS)
    refused = houses.client(who).upload("/api/photos", {"file": ("a.png", picture())})
    assert refused.expect(429)["code"] == "too_many"
    assert 1 <= int(refused.headers["retry-after"]) <= WITHIN_SECONDS
    sent(houses, "installer with a job")


def test_where_no_photo_can_be_stored_it_says_so_and_the_report_still_stands(houses: Houses) -> None:
    folder: Path = houses.app.extensions["backend.storage"].folder
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder.rename(folder.with_name("aside"))
    folder.write_bytes(b"")  # no folder any more
    try:
        refused = houses.client(None).upload("/api/photos", {"file": ("a.png", picture())}).expect(503)
    finally:
        folder.unlink()
        aside.rename(folder)
    assert (refused["code"], "先报告" in refused["next"]) == ("photo.storage_away", True)
    body = {"household_code": houses.code, "category": "co", "photo_ids": [None]}
    assert houses.client(None).post("/api/fault-reports", body).expect(201)["photos_left_out"] == 1


# The form's parser leaves what it had begun to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_where_there_is_no_room_for_what_arrives_it_says_so(
    houses: Houses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    raw = large_jpeg(8_160, 6_120)
    refused = houses.client("resident").upload("/api/photos", {"file": ("a.jpg", raw)}).expect(503)
    assert refused["code"] == "photo.storage_away"


def test_without_a_file_it_says_which_field_is_empty(houses: Houses) -> None:
    answer = houses.client("resident").upload("/api/photos", {}, {"note": "x"})
    assert (answer.status, answer.json()["code"]) == (415, "photo.not_a_photo")
    assert "file" in answer.json()["detail"]


def test_what_the_camera_wrote_into_a_photo_is_gone(houses: Houses) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    raw = picture(size=(40, 30), form="JPEG", exif=exif)
    assert b"SecretCameraMaker" in raw
    photo = houses.client("resident").upload("/api/photos", {"file": ("a.jpg", raw)}).expect(201)["id"]
    assert b"SecretCameraMaker" not in houses.client("resident").get(f"/api/photos/{photo}").body
