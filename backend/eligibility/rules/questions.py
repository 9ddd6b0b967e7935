"""What is asked of people about clause 5, and what another answer would bring: in their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.core.law import Reason
from backend.eligibility.rules.facts import ANSWERS, REGISTER_LABELS, Answer, Fact, Relation
from backend.eligibility.rules.grounds import OUTCOME_LABELS, Outcome

_QUESTIONS: Mapping[Fact, tuple[str, str]] = {
    Fact.TAKES_PART: ("5.4", "这一方参加本次清洁取暖改造吗？"),
    Fact.RELATIONSHIP: ("5.1", "另一方是这一方的什么人？"),
    Fact.LIVING_TOGETHER: ("5.1.2", "双方是在一个屋里一起过日子吗？"),
    Fact.SAME_COURTYARD: ("5.1.3", "双方住在同一个院落吗？"),
    Fact.ONE_PIPELINE: ("5.1.3", "双方共用一条供暖管线吗？"),
    Fact.SEPARATE_DWELLING: ("5.2", "这一方在本村另有自己单独居住的房屋吗？"),
    Fact.POLICE_REGISTER: ("5", "派出所的户口是怎样登记的？"),
    Fact.OWN_HEATING: ("5.1.3", "这一方有自己单独的供暖设备吗？"),
    Fact.VILLAGE_REGISTER: ("5", "村委会的登记是怎样写的？"),
}

_STATEMENTS: Mapping[Fact, Mapping[Answer, str]] = {
    Fact.TAKES_PART: {True: "参加改造", False: "不参加改造"},
    Fact.RELATIONSHIP: {
        Relation.SPOUSE: "夫妻",
        Relation.PARENT: "另一方是父母",
        Relation.CHILD: "另一方是子女",
        Relation.OTHER_KIN: "其他亲属",
        Relation.NONE: "没有亲属关系（含已离婚）",
    },
    Fact.LIVING_TOGETHER: {True: "在一起过日子", False: "不在一起过日子"},
    Fact.SAME_COURTYARD: {True: "住在同一院落", False: "不在同一院落"},
    Fact.ONE_PIPELINE: {True: "共用一条供暖管线", False: "不共用供暖管线"},
    Fact.SEPARATE_DWELLING: {True: "在本村另有单独住房", False: "在本村没有单独住房"},
    Fact.POLICE_REGISTER: {value: f"派出所户口：{label}" for value, label in REGISTER_LABELS.items()},
    Fact.OWN_HEATING: {True: "有自己的供暖设备", False: "没有自己的供暖设备"},
    Fact.VILLAGE_REGISTER: {value: f"村委会登记：{label}" for value, label in REGISTER_LABELS.items()},
}


@dataclass(frozen=True, slots=True)
class Question:
    """The one thing to ask next: the fact, the clause that needs it, the words, the answers' labels."""

    fact: Fact
    clause: str
    text: str
    answers: tuple[tuple[Answer, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What would change the answer: if ``fact`` were ``value``, it would be one of ``outcomes``."""

    fact: Fact
    value: Answer
    outcomes: tuple[Outcome, ...]
    text: str


def question_about(fact: Fact) -> Question:
    clause, text = _QUESTIONS[fact]
    return Question(fact, clause, text, tuple((value, _STATEMENTS[fact][value]) for value in ANSWERS[fact]))


def reason_to_ask(question: Question) -> Reason:
    return Reason(f"eligibility.ask.{question.fact}", question.clause, question.text)


def change_if(fact: Fact, value: Answer, outcomes: tuple[Outcome, ...]) -> Change:
    then = "、".join(OUTCOME_LABELS[outcome] for outcome in outcomes)
    how = "结论改为" if len(outcomes) == 1 else "结论可能改变，视其他情况为"
    return Change(fact, value, outcomes, f"如果“{_STATEMENTS[fact][value]}”，{how}：{then}。")
