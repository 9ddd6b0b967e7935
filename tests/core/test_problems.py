"""Every refusal of the product, found by walking the tree: a stable code, Chinese words, a clause that exists."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator

import pytest

import backend
from backend.core import errors
from backend.core.db import Database
from backend.core.errors import Problem
from backend.core.http.problems import ProblemSchema, answer_problem
from backend.core.law import clause_label
from tests.core.probe import probe_app
from tests.programme.files import sample_plan

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _all() -> list[type[Problem]]:
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        importlib.import_module(module.name)
    found = {kind for kind in _below(Problem) if kind.__module__.startswith("backend.")}
    return sorted(found, key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")


PROBLEMS = _all()
TOLD = [
    kind for kind in PROBLEMS if "code" in vars(kind)
]  # the others are kinds of one of these, or only stand above
BRANCHES = tuple(kind for kind in PROBLEMS if kind.__module__ == errors.__name__)


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_a_refusal_has_a_code_of_its_own_chinese_words_and_a_clause_that_exists(kind: type[Problem]) -> None:
    assert re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)?" if kind in BRANCHES else r"[a-z_]+\.[a-z0-9_]+", kind.code)
    assert kind in BRANCHES or kind.title not in {branch.title for branch in BRANCHES}
    assert CHINESE.search(kind.title) and len(kind.title) <= 30
    assert not kind.title.endswith("。")
    assert CHINESE.search(kind.next) and kind.next.endswith("。")
    assert kind.status in {branch.status for branch in BRANCHES}
    if kind.clause is not None:
        assert kind.clause in sample_plan().clauses
        assert clause_label(kind.clause)


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_a_refusal_speaks_to_a_person_and_names_no_address_and_no_page_that_is_not_there(
    kind: type[Problem],
) -> None:
    words = kind.title + kind.next
    assert not re.search(r"/api|\b(GET|POST|PUT|DELETE)\b|任务页", words), words


def test_no_two_refusals_share_a_code() -> None:
    raised = [kind for kind in TOLD if not any(below in TOLD for below in _below(kind)) or kind in BRANCHES]
    shared = {code: count for code, count in Counter(kind.code for kind in raised).items() if count > 1}
    assert not shared


def test_what_has_no_code_of_its_own_is_never_raised_as_a_bare_branch() -> None:
    """It either stands above refusals that have one, or is a special case of one that has."""
    for kind in set(PROBLEMS) - set(TOLD):
        assert kind.__subclasses__() or kind.code not in {branch.code for branch in BRANCHES}, kind


def test_every_status_is_one_of_the_tree_s() -> None:
    assert {branch.status for branch in BRANCHES} == {401, 403, 404, 409, 413, 415, 422, 429, 503}
    for kind in TOLD:
        assert kind.status in {branch.status for branch in BRANCHES}, kind


def test_a_document_holds_what_its_shape_promises(db: Database) -> None:
    class Sample(errors.Refusal):
        code = "test.sample"
        title = "样例"
        next = "请再试。"
        clause = "4.1"

    app = probe_app(db)
    with app.test_request_context("/api/things/a"):
        app.preprocess_request()
        said = answer_problem(Sample("原因", facts={"left_kg": 1}, errors={"name": ["必填。"]})).get_json()
        bare = answer_problem(Sample()).get_json()
        other = answer_problem(Sample(next="另办。", clause="5.1.3")).get_json()
    assert set(said) <= set(ProblemSchema().fields)
    assert said["facts"] == {"left_kg": 1} and said["errors"] == {"name": ["必填。"]}
    assert bare["detail"] == "样例" and "facts" not in bare and "errors" not in bare
    assert (other["next"], other["clause"], other["clause_label"]) == ("另办。", "5.1.3", "第五部分（一）3")
    assert ProblemSchema().validate(said) == {}
