"""The API's document: valid, complete, the one that is committed, and never less than before."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.compatibility import taken_away
from tests.api.recorder import CALLBACKS, Recorder
from tests.api.scene import Scene
from tests.api.table import routes_of
from tests.harness import ROOT

COMMITTED = ROOT / "backend" / "openapi.json"
AGAIN = "run `python -m backend.cli write-openapi` and look at what changed"
# What was taken away on purpose, with its reason; emptied when the change has landed.
WITHDRAWN: set[str] = set()


@pytest.fixture
def document(scene: Scene) -> dict[str, Any]:
    served: dict[str, Any] = scene.client(None).get("/api/openapi.json").expect(200)
    return served


def committed_before() -> dict[str, Any]:
    """The document of the last commit; where there is no history, the one in the folder."""
    shown = subprocess.run(
        ["git", "show", "HEAD:backend/openapi.json"], cwd=ROOT, capture_output=True, check=False
    )
    text = shown.stdout if shown.returncode == 0 else COMMITTED.read_bytes()
    before: dict[str, Any] = json.loads(text)
    return before


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_committed_document_is_the_one_that_is_served(document: dict[str, Any]) -> None:
    committed = json.loads(COMMITTED.read_text("utf-8"))
    assert committed == document, AGAIN


def test_nothing_is_taken_away_from_clients(document: dict[str, Any]) -> None:
    assert set(taken_away(committed_before(), document)) - WITHDRAWN == set()


def test_what_takes_something_away_is_found_out(document: dict[str, Any]) -> None:
    changed = copy.deepcopy(document)
    del changed["paths"]["/api/me"]["patch"]
    del changed["components"]["schemas"]["Household"]["properties"]["path"]
    changed["components"]["schemas"]["Household"]["properties"]["people"]["type"] = "string"
    changed["components"]["schemas"]["OrderRequest"]["required"].append("colour")
    changed["components"]["schemas"]["OrderRequest"]["properties"]["colour"] = {"type": "string"}
    assert sorted(taken_away(document, changed)) == [
        "Household.path is gone",
        "Household.people was ['integer', 'null']",
        "OrderRequest.colour must newly be given",
        "PATCH /api/me is gone",
    ]
    assert taken_away(document, document) == []


def test_every_route_under_api_is_in_the_document(scene: Scene, recorder: Recorder) -> None:
    about_itself = ("/api/openapi.json", "/api/docs", "/api/docs/<path:name>")
    missing = [
        f"{method} {rule.rule}"
        for method, rule in routes_of(scene.app)
        if rule.rule.startswith("/api/")
        and rule.rule not in about_itself
        and recorder.operation(method, rule.rule) is None
    ]
    assert missing == []


def test_every_operation_says_what_it_is_for(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                assert operation.get("summary"), f"{method} {path}"
                assert operation.get("tags"), f"{method} {path}"


def test_no_two_shapes_share_a_name(document: dict[str, Any]) -> None:
    """A schema that came second would be called like the first, with a number."""
    assert [name for name in document["components"]["schemas"] if re.search(r"\d$", name)] == []


def test_every_write_documents_its_key(document: dict[str, Any], scene: Scene, recorder: Recorder) -> None:
    for method, rule in routes_of(scene.app):
        operation = recorder.operation(method, rule.rule)
        if operation is None or rule.rule.startswith(CALLBACKS):
            continue
        headers = {each["name"] for each in operation.get("parameters", ()) if each.get("in") == "header"}
        keyed = getattr(scene.app.view_functions[rule.endpoint], "manner", None) == "idempotent"
        assert ("Idempotency-Key" in headers) == keyed, f"{method} {rule.rule}"


def test_every_act_stands_beside_its_operation(scene: Scene, recorder: Recorder) -> None:
    for method, rule in routes_of(scene.app):
        operation = recorder.operation(method, rule.rule)
        if operation is not None:
            act = getattr(scene.app.view_functions[rule.endpoint], "act", None)
            assert operation.get("x-act") == act, f"{method} {rule.rule}"
