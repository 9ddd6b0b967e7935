"""What supervision refuses."""

from __future__ import annotations

from backend.core.errors import Refusal


class CompanyKnown(Refusal):
    code = "company.known_already"
    title = "企业编号已登记"
    next = "请在企业列表中核对；如是另一家企业，请换一个编号。"
    clause = "8.4"
