"""The code on the sticker: what a wrong reading cannot do, and what typing is forgiven (house code)."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.registry.rules.household_code import (
    ALPHABET,
    LENGTH,
    MistypedCode,
    check,
    check_character,
    grouped,
    new_code,
)

codes = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1).map(
    lambda body: body + check_character(body)
)


def accepted(code: str) -> bool:
    try:
        check(code)
    except MistypedCode:
        return False
    return True


def test_no_character_looks_like_another() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 23
    for alike in ("0ODQ", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1, alike
    assert not set("01OILUV") & set(ALPHABET)


def test_new_codes_are_good_and_differ() -> None:
    made = [new_code() for _ in range(2_000)]
    assert len(set(made)) == len(made)
    assert all(check(code) == code and len(code) == LENGTH for code in made)


@given(codes)
def test_any_one_wrong_character_is_refused(code: str) -> None:
    for place in range(LENGTH):
        for other in ALPHABET.replace(code[place], ""):
            assert not accepted(code[:place] + other + code[place + 1 :])


@given(codes)
def test_any_two_exchanged_characters_are_refused(code: str) -> None:
    for one, two in combinations(range(LENGTH), 2):
        if code[one] != code[two]:
            typed = list(code)
            typed[one], typed[two] = typed[two], typed[one]
            assert not accepted("".join(typed))


@given(codes, st.integers(0, LENGTH - 2), st.sampled_from(ALPHABET), st.sampled_from(ALPHABET))
def test_a_pair_read_as_another_pair_is_refused(code: str, place: int, one: str, two: str) -> None:
    def with_pair(character: str) -> str:
        return code[:place] + character * 2 + code[place + 2 :]

    assert one == two or not (accepted(with_pair(one)) and accepted(with_pair(two)))


@given(codes)
def test_typing_is_forgiven(code: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
    for typed in (
        code.lower(),
        grouped(code),
        f"  {code[:4]}-{code[4:7]}–{code[7:]}\n",
        wide,
        wide.lower(),
        f"https://qn.example.cn/q/{code}",
        f"http://QN.example.cn/q/{code.lower()}?from=sticker#a",
        f"qn.example.cn/q/{code}/",
    ):
        assert check(typed) == code
    assert check(f"https://qn.example.cn/q/{code}", domain="QN.example.cn") == code


@given(codes)
def test_a_letter_that_no_sticker_has_is_the_digit_it_was_read_from(code: str) -> None:
    assert check(code.translate(str.maketrans("2568", "ZSGB"))) == code


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (" - ", "empty"),
        ("23456", "length"),
        ("2345678999X", "length"),
        ("0OOO1IILUV", "character"),
        ("户户户户户户户户户户", "character"),
        ("https://example.com/", "elsewhere"),
        ("https://example.com/other/q/2345678999", "elsewhere"),
        ("ftp://example.com/q/2345678999", "elsewhere"),
        ("https://[bad/q/2345678999", "elsewhere"),
    ],
)
def test_what_is_no_code_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(MistypedCode) as refused:
        check(typed)
    assert refused.value.reason == reason


def test_a_sticker_of_another_site_is_refused() -> None:
    code = new_code()
    with pytest.raises(MistypedCode) as refused:
        check(f"https://qn.example.cn.evil.example/q/{code}", domain="qn.example.cn")
    assert refused.value.reason == "elsewhere"


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_a_good_code_or_a_reason(typed: str) -> None:
    try:
        code = check(typed)
    except MistypedCode as refused:
        assert refused.reason
    else:
        assert check(code) == code
