"""What loading a plan, or asking for one, is refused with."""

from __future__ import annotations

from collections.abc import Iterable

from backend.core.errors import Invalid, NotFound, Refusal
from backend.programme.located import Contradiction


class _Contradictory(Invalid):
    """Refused with every contradiction; ``errors`` is keyed by place and line, as in ``paths[2].households (line 41)``."""

    def __init__(self, contradictions: Iterable[Contradiction]) -> None:
        self.contradictions = tuple(contradictions)
        by_place: dict[str, list[str]] = {}
        for found in self.contradictions:
            by_place.setdefault(found.where or "-", []).append(found.text)
        first = self.contradictions[0] if self.contradictions else ""
        super().__init__(f"共{len(self.contradictions)}处，第一处：{first}", errors=by_place)


class ProgrammeContradictory(_Contradictory):
    code = "programme.contradictory"
    clause = "8.2"
    title = "方案文件有矛盾"
    next = "请按所列位置改正后重新载入；在此之前，原有方案继续有效。"


class AreasContradictory(_Contradictory):
    code = "programme.areas_contradictory"
    clause = "3"
    title = "行政区划文件与方案不一致"
    next = "请按所列位置改正后重新载入；原有行政区划没有变动。"


class NoProgramme(NotFound):
    code = "programme.none"
    title = "这个地区还没有载入方案"
    next = "请由管理员先载入本地区的方案文件。"


class LoadedMeanwhile(Refusal):
    code = "programme.loaded_meanwhile"
    title = "另有人正在载入"
    next = "请稍等片刻，核对已载入的内容后再试。"
