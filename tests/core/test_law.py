"""Values that hold from a day on, and clauses as people read them."""

from __future__ import annotations

from datetime import date

import pytest

from backend.core.law import Dated, DatedValue, Decision, NotInForce, Reason, chinese_numeral, clause_label
from tests.programme.files import sample_plan

FIRST, SECOND = date(2022, 9, 15), date(2023, 4, 1)
LIMIT = Dated((DatedValue(1500, "4.1.1.5", SECOND), DatedValue(2000, "4.1.1.5", FIRST)))


def test_before_its_first_day_a_value_is_not_zero_but_an_error() -> None:
    with pytest.raises(NotInForce, match="2022-09-14"):
        LIMIT.on(date(2022, 9, 14))


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (FIRST, 2000),
        (date(2022, 9, 16), 2000),
        (date(2023, 3, 31), 2000),
        (SECOND, 1500),
        (date(2023, 4, 2), 1500),
        (date(2099, 1, 1), 1500),
    ],
)
def test_a_value_holds_from_its_first_day_until_a_later_one_begins(day: date, value: int) -> None:
    found = LIMIT.on(day)
    assert (found.value, found.clause) == (value, "4.1.1.5")


def test_no_value_at_all_is_an_error_on_every_day() -> None:
    with pytest.raises(NotInForce):
        Dated(()).on(FIRST)


@pytest.mark.parametrize(
    ("clause", "label"),
    [
        ("4", "第四部分"),
        ("8.4", "第八部分（四）"),
        ("5.1.3", "第五部分（一）3"),
        ("4.1.1.5", "第四部分（一）1（5）"),
        ("10.12.3.1", "第十部分（十二）3（1）"),
    ],
)
def test_a_clause_is_shown_as_the_notice_numbers_it(clause: str, label: str) -> None:
    assert clause_label(clause) == label


def test_every_clause_of_the_sample_plan_can_be_shown() -> None:
    labels = [clause_label(clause) for clause in sample_plan().clauses]
    assert labels and len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("number", "numeral"),
    [(0, "零"), (1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_numerals(number: int, numeral: str) -> None:
    assert chinese_numeral(number) == numeral


@pytest.mark.parametrize("number", [-1, 100])
def test_a_numeral_beyond_the_outline_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        chinese_numeral(number)


def test_a_decision_names_each_clause_once_in_the_order_of_its_reasons() -> None:
    reasons = (Reason("a", "5.2", ""), Reason("b", "5.1", ""), Reason("c", "5.2", ""))
    assert Decision("refused", reasons, "rule", "1").clauses == ("5.2", "5.1")
