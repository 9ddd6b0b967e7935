"""What clause 5 can answer, and on which ground: each with its clause and the sentence that people read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from backend.core.law import Reason
from backend.eligibility.rules.choices import Decider, SettledChoices
from backend.eligibility.rules.facts import REGISTER_LABELS, Register


class Outcome(StrEnum):
    ONE_HOUSEHOLD = "one_household"
    OWN_HOUSEHOLD = "own_household"
    SPLIT_POSSIBLE = "split_possible"
    SPECIAL_CASE = "special_case"
    NO_ENTITLEMENT = "no_entitlement"
    ASK = "ask"


OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.ONE_HOUSEHOLD: "合算为一户",
    Outcome.OWN_HOUSEHOLD: "单独算一户",
    Outcome.SPLIT_POSSIBLE: "可以申请分户认定",
    Outcome.SPECIAL_CASE: "按特殊情况议定、审核",
    Outcome.NO_ENTITLEMENT: "不享受补贴",
    Outcome.ASK: "还需补充情况",
}


class Ground(StrEnum):
    """Why the rule stops where it stops; the value ends the reason's code."""

    TAKES_NO_PART = "takes_no_part"
    MARRIED_COUPLE = "married_couple"
    CHILD_LIVES_WITH_PARENTS = "child_lives_with_parents"
    ONE_COURTYARD_ONE_PIPELINE = "one_courtyard_one_pipeline"
    NO_DWELLING_HERE = "no_dwelling_here"
    NO_HEATING_OF_ITS_OWN = "no_heating_of_its_own"
    IN_NEITHER_REGISTER = "in_neither_register"
    REGISTERED_TOGETHER = "registered_together"
    REGISTERED_APART = "registered_apart"
    CHILD_IN_OWN_DWELLING = "child_in_own_dwelling"
    COURTYARD_UNDECIDED = "courtyard_undecided"
    DWELLING_AGAINST_REGISTER = "dwelling_against_register"
    REGISTERS_DELIBERATED = "registers_deliberated"


_DECIDERS: Mapping[Decider, str] = {
    Decider.VILLAGE_COMMITTEE: "村委会",
    Decider.TOWNSHIP: "乡镇（街道）",
    Decider.DISTRICT: "区级牵头部门",
}
_ONE = Outcome.ONE_HOUSEHOLD
_SPECIAL = Outcome.SPECIAL_CASE
_DELIBERATED = "须由村委会集体议定，报乡镇（街道）审核后确定。"

# ground: outcome, clause, sentence. What stands in braces is the choice of the programme file.
GROUNDS: Mapping[Ground, tuple[Outcome, str, str]] = {
    Ground.TAKES_NO_PART: (
        Outcome.NO_ENTITLEMENT,
        "5.4",
        "没有参加本次改造，暂不享受补贴；参加后可以重新认定。",
    ),
    Ground.MARRIED_COUPLE: (_ONE, "5.1.1", "夫妻二人无论户口是否分开，都合算为一户。"),
    Ground.CHILD_LIVES_WITH_PARENTS: (_ONE, "5.1.2", "子女和父母在一起过日子，户口分开也合算为一户。"),
    Ground.ONE_COURTYARD_ONE_PIPELINE: (_ONE, "5.1.3", "住在同一院落，又共用一条供暖管线，合算为一户。"),
    Ground.NO_DWELLING_HERE: (_ONE, "5.1.4", "在本村没有单独居住的房屋，单独计户的条件不够，不另算一户。"),
    Ground.NO_HEATING_OF_ITS_OWN: (_ONE, "5.1.4", "在院内既没有单独住房，也没有单独供暖，不另算一户。"),
    Ground.IN_NEITHER_REGISTER: (_ONE, "5.1.4", "派出所户口和村委会登记里都查不到，单独计户的条件不够。"),
    Ground.REGISTERED_TOGETHER: (_ONE, "5", "派出所户口登记在同一户，以此为基础合算为一户。"),
    Ground.REGISTERED_APART: (
        Outcome.OWN_HOUSEHOLD,
        "5",
        "派出所户口和村委会登记都是单独一户，在本村又另有住房，单独算一户。",
    ),
    Ground.CHILD_IN_OWN_DWELLING: (
        Outcome.SPLIT_POSSIBLE,
        "5.2",
        "子女在本村另住一处、自己过日子，只是户口还没有分开，可以申请分户认定："
        "先由{by}认定，再由{countersigned_by}在{days}个工作日内会签；未会签之前不算通过。",
    ),
    Ground.COURTYARD_UNDECIDED: (
        _SPECIAL,
        "5.3",
        "同住一院但没有共用供暖管线，不能直接算作一户，" + _DELIBERATED,
    ),
    Ground.DWELLING_AGAINST_REGISTER: (
        _SPECIAL,
        "5.3",
        "在本村另有住房，户口却在一起，又不是父母和子女，" + _DELIBERATED,
    ),
    Ground.REGISTERS_DELIBERATED: (_SPECIAL, "5.3", "两处登记不一致，是否单独算一户，" + _DELIBERATED),
}

SAME_EITHER_WAY = Reason(
    "eligibility.same_either_way", "5", "有的情况还没有填写，但不论怎样结论都相同，依据一并列出。"
)
SPECIAL_OFFERED = Reason(
    "eligibility.special_offered",
    "5.3",
    "子女在本村另有住房、独立生活，如认为情况特殊，可以提出，由村委会集体议定，报乡镇（街道）审核后确定。",
)
ANSWERS_CONTRADICT = Reason(
    "eligibility.answers_contradict",
    "5.1.2",
    "既说在一起过日子，又说不在同一院落或另有单独住房，前后不一，请核实后重新填写。",
)


def reason_for(ground: Ground, choices: SettledChoices) -> Reason:
    _, clause, text = GROUNDS[ground]
    by, countersigned_by = _DECIDERS[choices.split_decided_by], _DECIDERS[choices.split_countersigned_by]
    days = choices.split_countersign_working_days
    return Reason(
        f"eligibility.{ground}", clause, text.format(by=by, countersigned_by=countersigned_by, days=days)
    )


def registers_differ(police: Register, village: Register) -> Reason:
    return Reason(
        "eligibility.registers_differ",
        "5",
        f"派出所户口记为“{REGISTER_LABELS[police]}”，村委会登记记为“{REGISTER_LABELS[village]}”，两处不同，请核实。",
    )
