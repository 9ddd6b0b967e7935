"""Everything that can be answered with "no", as one tree; core.http turns each into one problem document (RFC 9457).

Problem
 ├─ NotSignedIn      401  no session, or an ended one
 ├─ NotPermitted     403  no role of this person may do it
 ├─ NotFound         404  not there, or outside one's area or household
 ├─ Refusal          409  a rule, a state or a key stands against it
 ├─ Invalid          422  the request's shape
 ├─ TooLarge         413
 ├─ WrongMedia       415
 ├─ TooMany          429
 └─ Unavailable      503  a service we depend on does not answer; nothing was done

A capability's refusal derives from Refusal (or the fitting branch), sets ``code``, ``clause``, ``title`` and ``next``
and is raised with the detail for this person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class Problem(Exception):
    """Base of all refusals. ``detail`` and ``next`` are Chinese, for the person; ``code`` is stable, for programs."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "problem"
    title: ClassVar[str] = "无法办理"
    next: ClassVar[str] = "请稍后再试，或拨打服务热线。"
    clause: ClassVar[str | None] = None
    retry_after: int | None = None
    """Seconds after which another try has a chance; told as the header ``Retry-After``."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        next: str | None = None,
        clause: str | None = None,
        facts: Mapping[str, Any] | None = None,
        errors: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.next_step = next or type(self).next
        self.cited = clause or type(self).clause
        self.facts = dict(facts or {})
        self.errors = dict(errors or {})
        self.retry_after = retry_after or type(self).retry_after


class NotSignedIn(Problem):
    status = 401
    code = "session.none"
    title = "请先登录"
    next = "请重新登录后再试。"


class NotPermitted(Problem):
    status = 403
    code = "role.not_permitted"
    title = "您的身份不能办理此事"
    next = "请由有此职责的人员办理，或联系乡镇（街道）。"


class NotFound(Problem):
    status = 404
    code = "not_found"
    title = "没有找到"
    next = "请核对后再试；如属其他村镇，请由当地人员办理。"


class Refusal(Problem):
    status = 409
    code = "refused"
    title = "暂时不能办理"


class Invalid(Problem):
    status = 422
    code = "invalid"
    title = "填写的内容有误"
    next = "请按提示修改后再提交，已填内容不会丢失。"


class TooLarge(Problem):
    status = 413
    code = "too_large"
    title = "内容过大"
    next = "请缩小后再提交；照片请用手机相机的普通模式重拍。"


class WrongMedia(Problem):
    status = 415
    code = "wrong_media"
    title = "文件类型不符"
    next = "请换成要求的文件类型后再提交。"


class TooMany(Problem):
    status = 429
    code = "too_many"
    title = "操作太频繁"
    next = "请稍等片刻再试。"


class Unavailable(Problem):
    status = 503
    code = "unavailable"
    title = "服务暂时不可用"
    next = "您的操作没有生效，请稍后再试。"
