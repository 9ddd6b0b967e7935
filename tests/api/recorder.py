"""Looks at every answer of the application, whoever asked: is it in the document, has it the shape of its kind?"""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask, Response, request

from backend.core.http.problems import CONTENT_TYPE

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGES = ("/", "/q/<string:code>", "/favicon.ico")  # for people: HTML, and no part of the document
CALLBACKS = "/api/wechat/"  # for the platform: plain text


class Recorder:
    """Hooks into an application before its first request; ``complaints`` says what was wrong, once for each."""

    def __init__(self, app: Flask) -> None:
        self.document: dict[str, Any] = _document_of(app)
        self.met: set[tuple[str, str, int, str]] = set()
        self.complaints: list[str] = []
        app.after_request_funcs.setdefault(None, []).insert(0, self._look)

    def take_complaints(self) -> list[str]:
        taken, self.complaints = self.complaints, []
        return taken

    def operation(self, method: str, rule: str) -> dict[str, Any] | None:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
        found: dict[str, Any] | None = self.document["paths"].get(path, {}).get(method.lower())
        return found

    def _look(self, response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else ""
        problem = None
        if response.status_code >= 400 and rule not in PAGES and not rule.startswith(CALLBACKS):
            problem = self._problem(response, rule)
        code = problem.get("code", "") if problem else ""
        if (
            rule.startswith("/api/")
            and not rule.startswith(CALLBACKS)
            and request.method not in ("HEAD", "OPTIONS")
        ):
            self._compare(response, rule, code)
        return response

    def _complain(self, text: str) -> None:
        complaint = f"{request.method} {request.path}: {text}"
        if complaint not in self.complaints:
            self.complaints.append(complaint)

    def _problem(self, response: Response, rule: str) -> dict[str, Any]:
        if response.content_type != CONTENT_TYPE:
            self._complain(f"{response.status_code} as {response.content_type}")
            return {}
        problem: dict[str, Any] = json.loads(response.get_data())
        for name in ("title", "detail", "next"):
            if not CHINESE.search(str(problem.get(name) or "")):
                self._complain(
                    f"{problem.get('code')}: {name} says nothing to a person: {problem.get(name)!r}"
                )
        if problem.get("status") != response.status_code:
            self._complain(f"status {problem.get('status')} in a {response.status_code}")
        if problem.get("type") != f"urn:problem:{problem.get('code')}":
            self._complain(f"type {problem.get('type')}")
        if problem.get("clause") and not problem.get("clause_label"):
            self._complain(f"clause {problem['clause']} without its label")
        if response.status_code >= 500 and problem.get("code") != "wechat.unavailable":
            self._complain(f"{response.status_code} {problem.get('code')}")
        return problem

    def _compare(self, response: Response, rule: str, code: str) -> None:
        operation = self.operation(request.method, rule)
        if operation is None:
            return  # the table's test tells which routes stand in no document
        self.met.add((request.method, rule, response.status_code, code))
        documented = operation["responses"].get(str(response.status_code))
        if documented is None:
            self._complain(f"{response.status_code} {code} is not in the document")
        elif code and code not in documented.get("x-codes", ()):
            self._complain(f"{response.status_code} {code} is not among {documented.get('x-codes')}")


def _document_of(app: Flask) -> dict[str, Any]:
    view = app.view_functions["openapi_document"]
    response = view()
    assert isinstance(response, Response)
    document: dict[str, Any] = json.loads(response.get_data())
    return document
