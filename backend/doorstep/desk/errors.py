"""What a desk refuses."""

from __future__ import annotations

from backend.core.errors import Invalid


class AreaUnchosen(Invalid):
    code = "desk.area_unchosen"
    title = "请先选择地区"
    next = "您负责几个地区，请在上方选择其中一个再查看。"


class NotAVillage(Invalid):
    code = "desk.not_a_village"
    title = "请选择一个村"
    next = "入户清单一次只能取一个村的，请先选到村。"
