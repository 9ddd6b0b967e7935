"""Requests made up from the document, valid and not: never an answer of 5xx, nor one that the document does not name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.core import clock
from backend.identity.roles import CODE_LENGTHS, LABELS, OF_A_COMPANY, OF_A_HOUSEHOLD
from tests.api.conftest import AFTER_NOON, Watched
from tests.api.recorder import CALLBACKS
from tests.api.scene import HERE
from tests.api.table import TABLE, Row, load_rows
from tests.builders.product import Someone, give_role_to, somebody
from tests.sizes import SIZES

pytestmark = pytest.mark.only_on(
    "postgresql", "what SQLite swallows PostgreSQL refuses; one of them is enough"
)

load_rows()
ABOUT_ITSELF = ("/api/openapi.json", "/api/docs", "/api/docs/<path:name>")
OPERATIONS = [
    pytest.param(each, id=each.name)
    for each in TABLE.values()
    if each.rule.startswith("/api/")
    and not each.rule.startswith(CALLBACKS)  # answered in plain text, for the platform
    and each.rule not in ABOUT_ITSELF
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def mess(new_scene: Callable[[], AbstractContextManager[Watched]]) -> Iterator[Watched]:
    with new_scene() as made, clock.pinned(AFTER_NOON):
        yield made


@pytest.fixture(scope="module")
def schema(mess: Watched) -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", mess[0].app)


@pytest.fixture(scope="module")
def everybody(mess: Watched) -> Someone:
    """Somebody with every role there is, each at its level here, and for the company with the work."""
    scene = mess[0]
    person = somebody(scene.db, name="什么都管")
    for role in LABELS:
        if role in OF_A_COMPANY:
            give_role_to(scene.db, person, role, company_id=HERE)
        elif role not in OF_A_HOUSEHOLD:
            length = CODE_LENGTHS.get(role, len(scene.county.district))
            give_role_to(scene.db, person, role, area_code=scene.village()[:length])
    return person


def operation_of(schema: Any, row: Row) -> Any:
    path = row.rule.replace("<string:", "{").replace("<path:", "{").replace(">", "}")
    return schema[path][row.method]


def strategy_of(operation: Any) -> st.SearchStrategy[Any]:
    """Requests that fit the document, and others that do not."""
    fitting: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not (operation.body or operation.query or operation.path_parameters):
        return fitting
    return fitting | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


@pytest.mark.parametrize("row", OPERATIONS)
def test_whatever_comes_is_answered_as_documented(
    mess: Watched, schema: Any, everybody: Someone, row: Row
) -> None:
    scene, recorder = mess
    operation = operation_of(schema, row)
    asked = row.prepare(scene)
    token = asked.token or everybody.token

    # The path leads to something that is there in most of them: past the 404 is where it becomes interesting.
    @settings(
        max_examples=SIZES.made_up_requests,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy_of(operation), there=st.sampled_from([True, True, False]))
    def answered_as_documented(case: Any, there: bool) -> None:
        scene.forget_rates()
        if there and asked.path:
            case.path_parameters = dict(asked.path)
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    answered_as_documented()
    assert not recorder.take_complaints()
