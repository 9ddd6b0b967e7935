"""What is refused before the application is asked, in the shape of its own refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backend.core.http import problem_document

IN_DANGER: Final = "有危险请先离开屋子，拨打120或119。"


@dataclass(eq=False)
class Refused(Exception):  # a refusal, as the others in the house
    """Answered in place of the application. ``detail`` and ``next`` are Chinese, for the person."""

    status: int
    code: str
    title: str
    detail: str
    next: str
    retry_after: int | None = None

    def document(self, request_id: str) -> bytes:
        return problem_document(
            self.status, self.code, self.title, self.detail, self.next, request_id=request_id
        ).encode()


def not_understood(detail: str) -> Refused:
    return Refused(400, "http.bad_request", "请求无法理解", detail, "请返回重新操作。")


def too_slow(detail: str = "内容没有在规定的时间内传完。") -> Refused:
    return Refused(
        408, "http.timeout", "请求超时", detail, f"请换个信号好的地方再试，再试不会重复办理；{IN_DANGER}"
    )


def too_large(limit_mb: int) -> Refused:
    return Refused(
        413,
        "too_large",
        "内容过大",
        f"内容过大，最多 {limit_mb} MB。",
        "照片请用普通模式重拍；文件请缩小后再提交。",
    )


def unexpected() -> Refused:
    return Refused(
        500,
        "http.unexpected",
        "系统出现意外",
        "系统出现意外",
        "没有办成，请稍后再试；如仍不行，请拨打服务热线并报上请求编号。",
    )


def busy(detail: str = "此刻办理的人太多。") -> Refused:
    return Refused(
        503, "http.busy", "系统正忙", detail, f"没有办成，请稍等片刻再试；{IN_DANGER}", retry_after=5
    )
