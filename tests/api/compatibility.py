"""What a new document takes away from clients of an old one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")


def taken_away(old: Document, new: Document) -> list[str]:
    """Routes, answers and fields that are gone or of another type, and what a request must newly bring."""
    return [*_routes_gone(old, new), *_fields_gone(old, new), *_demands(old, new)]


def _operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                shared = item.get("parameters", [])
                operation = item[method]
                yield (
                    f"{method.upper()} {path}",
                    {**operation, "parameters": [*shared, *operation.get("parameters", [])]},
                )


def _routes_gone(old: Document, new: Document) -> Iterator[str]:
    now = dict(_operations(new))
    for name, operation in _operations(old):
        if name not in now:
            yield f"{name} is gone"
            continue
        for status in operation["responses"]:
            if status < "3" and status not in now[name]["responses"]:
                yield f"{name} no longer answers {status}"


def _schemas(document: Document) -> Document:
    schemas: Document = document["components"]["schemas"]
    return schemas


def _fields_gone(old: Document, new: Document) -> Iterator[str]:
    now = _schemas(new)
    for name, schema in _schemas(old).items():
        if name not in now:
            yield f"{name} is gone"
            continue
        for field, shape in schema.get("properties", {}).items():
            then = now[name].get("properties", {}).get(field)
            if then is None:
                yield f"{name}.{field} is gone"
            elif (shape.get("type"), shape.get("$ref")) != (then.get("type"), then.get("$ref")):
                yield f"{name}.{field} was {shape.get('type') or shape.get('$ref')}"


def _asked(document: Document) -> set[str]:
    """Names of the schemas that requests are made of, with those inside them."""
    found: set[str] = set()
    waiting = [operation.get("requestBody", {}) for _name, operation in _operations(document)]
    while waiting:
        for name in _references(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(_schemas(document)[name])
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rpartition("/")[2]
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)


def _demands(old: Document, new: Document) -> Iterator[str]:
    for name in sorted(_asked(old) & _asked(new)):
        for field in set(_schemas(new)[name].get("required", ())) - set(
            _schemas(old)[name].get("required", ())
        ):
            yield f"{name}.{field} must newly be given"
    before = dict(_operations(old))
    for name, operation in _operations(new):
        if name in before:
            for parameter in operation["parameters"]:
                known = {each["name"] for each in before[name]["parameters"] if each.get("required")}
                if parameter.get("required") and parameter["name"] not in known:
                    yield f"{name} newly needs {parameter['name']}"
