"""The pictures of a report: what arrived is kept, what did not is told, and the report stands either way (2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from backend.core.storage import PhotoMissing, PhotoTaken, attach_photos
from backend.faults.errors import TooManyPhotos

MOST_PHOTOS: Final = 9
MOST_LISTED: Final = 30  # tried and told; how many more there were is counted


@dataclass(frozen=True, slots=True)
class PhotoNotKept:
    """A picture that was left out; ``id`` is None where what came was no id."""

    index: int
    id: str | None
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """``not_kept`` are the first MOST_LISTED of the ``left_out``."""

    kept: tuple[str, ...]
    left_out: int
    not_kept: tuple[PhotoNotKept, ...]


def leave_out(ids: Sequence[str | None]) -> Pictures:
    """Of a report that is only counted: none is kept, and each is told."""
    named = {photo_id: index for index, photo_id in reversed(list(enumerate(ids)))}
    told = [
        PhotoNotKept(index, photo_id, TooManyPhotos.code, "这一户一小时内的报告太多，照片没有留存。")
        for photo_id, index in sorted(named.items(), key=lambda each: each[1])
    ]
    return Pictures((), len(told), tuple(told[:MOST_LISTED]))


def keep_pictures(session: Session, ids: Sequence[str | None], fault_id: str, by: str | None) -> Pictures:
    """Attach to the fault what is the uploader's own and still free; a photo named twice is one."""
    kept: list[str] = []
    not_kept: list[PhotoNotKept] = []
    left_out = 0
    seen: set[str | None] = set()
    for index, photo_id in enumerate(ids):
        if photo_id in seen:
            continue
        seen |= {photo_id} - {None}
        try:
            if len(kept) == MOST_PHOTOS or left_out >= MOST_LISTED:
                raise TooManyPhotos(f"一次报告最多留 {MOST_PHOTOS} 张照片。")
            if photo_id is None:
                raise PhotoMissing("有照片没有上传成功。")
            attach_photos(session, (photo_id,), ("fault", fault_id), by)
            kept.append(photo_id)
        except (PhotoMissing, PhotoTaken, TooManyPhotos) as problem:
            left_out += 1
            if left_out <= MOST_LISTED:
                not_kept.append(PhotoNotKept(index, photo_id, problem.code, problem.detail))
    return Pictures(tuple(kept), left_out, tuple(not_kept))
