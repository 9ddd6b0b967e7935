"""Blueprints whose document tells everything: every route, its key, its permission and every refusal by code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, Final, TypeVar

import flask_smorest
from flask import Flask
from webargs.flaskparser import FlaskParser

from backend.core import errors
from backend.core.http import problems, requests
from backend.core.http.paging import BadCursor, PagingSchema
from backend.core.http.problems import CONTENT_TYPE, ProblemSchema
from backend.core.idempotency import AnswerWithheld, DoneBefore, KeyMissing, KeyReused

View = TypeVar("View", bound=Callable[..., Any])

_KEY_HEADER: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9A-Za-z_.:-]{8,64}$"},
    "description": "A random string of the client's own; the same key gives the same answer, once done.",
}

_FORM_WITH_FILE: Final = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}},
    "required": ["file"],
}


def refuses(*refusals: type[errors.Problem]) -> Callable[[View], View]:
    """Document what a route may answer "no" with, beyond what its decorators already imply."""

    def mark(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        wrapper._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]  # flask-smorest's
        wrapper._apidoc.setdefault("refusals", []).extend(refusals)  # type: ignore[attr-defined]
        return wrapper  # type: ignore[return-value]  # wraps keeps the signature

    return mark


def note_in_document(view: Callable[..., Any], **marks: Any) -> None:
    """Let a decorator leave a mark that the document shows (act, public, scope)."""
    view._apidoc = {**deepcopy(getattr(view, "_apidoc", {})), **marks}  # type: ignore[attr-defined]  # flask-smorest's


class _Parser(FlaskParser):
    """A query parameter that a route does not know is refused as an unknown field is: a filter with a slip of the
    pen must not show everything."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": None,  # the schema's own, which is to refuse
    }


class Blueprint(flask_smorest.Blueprint):
    """A capability's routes; its document completes itself from the decorators."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._complete_doc)

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        if hasattr(obj, "manner"):
            note_in_document(obj, manner=obj.manner, secret=getattr(obj, "secret", False))
        if hasattr(obj, "takes_files"):
            note_in_document(obj, takes_files=True)
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)

    def _complete_doc(
        self, doc: dict[str, Any], info: dict[str, Any], *, method: str, **_context: Any
    ) -> dict[str, Any]:
        refusals = list(info.get("refusals", ()))
        act = info.get("act")
        if act:
            doc["security"] = [{"session": []}]
            doc["x-act"] = act
            refusals += [errors.NotSignedIn, errors.NotPermitted]
            if info.get("scope"):
                refusals.append(errors.NotFound)
        else:
            doc["security"] = [{}, {"session": []}]
        if info.get("manner") == "idempotent":
            doc.setdefault("parameters", []).append(_KEY_HEADER)
            refusals += [KeyMissing, KeyReused, AnswerWithheld]
            if info.get("secret"):
                refusals.append(DoneBefore)
        asked = [each.get("schema") for each in doc.get("parameters", ())]
        if any(isinstance(schema, type) and issubclass(schema, PagingSchema) for schema in asked):
            refusals.append(BadCursor)
        if info.get("takes_files"):
            form = {"multipart/form-data": {"schema": _FORM_WITH_FILE}}
            doc.setdefault("requestBody", {"required": True, "content": form})
        if method != "get":
            refusals += [errors.Invalid, requests.NotJson, errors.TooLarge, errors.WrongMedia]
        refusals += [errors.NotFound, requests.BadText, errors.Invalid]
        doc["responses"] = self._with_refusals(doc.get("responses", {}), refusals)
        return doc

    @staticmethod
    def _with_refusals(responses: dict[Any, Any], refusals: list[type[errors.Problem]]) -> dict[Any, Any]:
        codes: dict[int, dict[str, str]] = defaultdict(dict)
        for refusal in refusals:
            codes[refusal.status][refusal.code] = refusal.title
        # flask-smorest's own errors (422, "default") say less than the codes below.
        kept = {str(status): answer for status, answer in responses.items() if str(status) < "4"}
        for status, named in sorted(codes.items()):
            lines = "\n".join(f"- `{code}` {title}" for code, title in sorted(named.items()))
            kept[str(status)] = {
                "description": lines,
                "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                "x-codes": sorted(named),
            }
        return kept


class Api(flask_smorest.Api):
    """flask-smorest with our problem documents in place of its own errors."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        problems.register(self._app)


def make_api(app: Flask, title: str, version: str) -> Api:
    """The API of ``app``; registers request checks and problem documents as well."""
    app.config.update(
        API_TITLE=title,
        API_VERSION=version,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"session": {"type": "http", "scheme": "bearer"}}},
        },
    )
    requests.register(app)
    api = Api(app)
    if "Problem" not in api.spec.components.schemas:
        api.spec.components.schema("Problem", schema=ProblemSchema)
    return api


def blueprint(name: str, description: str, url_prefix: str = "/api") -> Blueprint:
    """A capability's blueprint under ``/api``."""
    return Blueprint(name, f"backend.{name}", url_prefix=url_prefix, description=description)
