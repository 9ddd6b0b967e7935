"""The table of routes against the application: complete, and true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from backend.identity.roles import ACTS, LABELS, OF_A_HOUSEHOLD
from tests.api.digests import changed
from tests.api.scene import Scene
from tests.api.table import (
    ALL_ALIKE,
    ANYBODY,
    NOBODY,
    SEES_NOTHING,
    TABLE,
    Asked,
    Row,
    load_rows,
    routes_of,
)
from tests.builders.product import Someone
from tests.harness.http import Answer

load_rows()
ROWS = [pytest.param(each, id=each.name) for each in TABLE.values()]

# Everything that answers without a session. Whoever adds a line here has thought about what it tells a stranger.
PUBLIC = {
    "GET /",  # the mini-program in a browser; without its build what this is, and whom to call
    "GET /plain",  # what this is, and whom to call
    "GET /pages/<path:page>",  # the mini-program in a browser: the same for everybody, it signs in by itself
    "GET /packages/<path:page>",
    "GET /assets/<path:name>",
    "GET /static/<path:name>",
    "GET /<string:name>.txt",  # WeChat's proof that the address is ours
    "GET /q/<string:name>.txt",
    "GET /favicon.ico",
    "GET /healthz",
    "GET /readyz",
    "GET /q/<string:code>",  # a sticker read outside WeChat: leads on, whatever the code
    "GET /q/<string:code>/plain",  # hotline and emergency report, nobody's data
    "GET /api/docs",
    "GET /api/docs/<path:name>",
    "GET /api/openapi.json",
    "GET /api/areas",  # the plan and its areas are published
    "GET /api/programme",
    "GET /api/client-settings",
    "POST /api/fault-reports",  # danger or a cold house, by whoever scans the sticker; tells nothing of the house
    "GET /api/wechat/callback",  # signed by the platform
    "POST /api/wechat/callback",
    "GET /api/wechat/callback/mini-program",
    "POST /api/wechat/callback/mini-program",
    "POST /api/photos",  # of an emergency, by whoever stands at the door
    "POST /api/scans",
    "POST /api/sessions",
    "GET /api/sessions/official-account",  # login on a page opened in WeChat: there and back
    "POST /api/sessions/official-account",
}
FLASKS_OWN = {"GET /door-static/<path:filename>"}
# Writes without an Idempotency-Key: what they are given can be used once, or the platform gives none.
WITHOUT_KEY = {
    "POST /api/sessions",
    "POST /api/sessions/official-account",
    "DELETE /api/sessions/current",
    "POST /api/me/phone",
    "POST /api/wechat/callback",
    "POST /api/wechat/callback/mini-program",
}
# What a phone may keep, and must ask for again each time: it is told in few bytes that nothing changed, if it still may see it.
ASKED_FOR_AGAIN = {"GET /api/desk/walk"}
QUESTIONS = {"POST /api/eligibility/questions"}  # too private for an address


def send(
    scene: Scene, row: Row, asked: Asked, person: Someone | None, *, key: str | None = None, **changed: Any
) -> Answer:
    """Make the row's request as somebody; ``changed`` replaces parts of it."""
    client = scene.client(person)
    path = row.rule
    for name, value in asked.path.items():
        for kind in ("string", "path"):
            path = path.replace(f"<{kind}:{name}>", quote(value, safe="/" if kind == "path" else ""))
    if asked.raw:
        kind, body = asked.raw
        return client.request(row.method, path, query=asked.query, body=body, headers={"Content-Type": kind})
    if row.method == "GET":
        return client.request("GET", path, query=asked.query)
    if asked.files:
        return client.upload(path, asked.files, asked.fields, **({"key": key} if key else {}))
    return client.send(row.method, path, changed.get("json", asked.json), key=key)


def asker(scene: Scene, row: Row, asked: Asked) -> Someone | None:
    """Who makes the row's valid request."""
    if asked.token:
        return Someone("", asked.token, "")
    if row.by == NOBODY:
        return None
    return scene.anybody if row.by == ANYBODY else scene.here[row.by]


def wrong_roles(scene: Scene, row: Row) -> Iterator[tuple[str, Someone]]:
    """Everybody here whose role the act does not name, and somebody without any."""
    may = row.may(scene.app)
    if "anybody" not in may:
        yield ANYBODY, scene.anybody
        for role in LABELS:
            if role not in may:
                yield role, scene.here[role]


def others(scene: Scene, row: Row) -> Iterator[tuple[str, Someone]]:
    """Those whose role the act names, with no business where the row's object is."""
    may = row.may(scene.app)
    if "anybody" in may:
        # About oneself or one's house: everybody but the one who asks, and who is of the same house, is another.
        own = OF_A_HOUSEHOLD if row.by in OF_A_HOUSEHOLD else ()
        yield from ((role, person) for role, person in scene.here.items() if role not in own)
    for role in sorted(may - {"anybody"}):
        yield f"{role} elsewhere", scene.elsewhere[role]


def test_every_route_has_its_row(scene: Scene) -> None:
    routes = {f"{method} {rule.rule}" for method, rule in routes_of(scene.app)}
    assert routes - {each.name for each in TABLE.values()} == set()


def test_every_row_has_its_route(scene: Scene) -> None:
    routes = {f"{method} {rule.rule}" for method, rule in routes_of(scene.app)}
    assert {each.name for each in TABLE.values()} - routes == set()


def test_what_is_public_is_what_was_reviewed(scene: Scene) -> None:
    views = scene.app.view_functions
    marked = {
        f"{method} {rule.rule}"
        for method, rule in routes_of(scene.app)
        if getattr(views[rule.endpoint], "open_to_all", False)
    }
    assert marked == PUBLIC


def test_every_route_is_public_or_has_an_act_and_never_both(scene: Scene) -> None:
    for method, rule in routes_of(scene.app):
        view = scene.app.view_functions[rule.endpoint]
        name = f"{method} {rule.rule}"
        if name in FLASKS_OWN:
            continue
        act = getattr(view, "act", None)
        assert (act is not None) != getattr(view, "open_to_all", False), name
        assert act is None or act in ACTS, name


def test_every_write_says_how_it_ends(scene: Scene) -> None:
    manners: dict[str, set[str]] = {"idempotent": set(), "commits": set(), "reads": set()}
    for method, rule in routes_of(scene.app):
        manner = getattr(scene.app.view_functions[rule.endpoint], "manner", None)
        if method == "GET":
            assert manner is None, f"{method} {rule.rule} only looks"
        else:
            manners[str(manner)].add(f"{method} {rule.rule}")
    assert manners["commits"] == WITHOUT_KEY
    assert manners["reads"] == QUESTIONS


def test_every_act_is_of_some_route(scene: Scene) -> None:
    used = {
        getattr(scene.app.view_functions[rule.endpoint], "act", None)
        for _method, rule in routes_of(scene.app)
    }
    unused = set(ACTS) - used
    # A photo is asked for by the place of what it belongs to.
    assert unused <= {"photo.see", "scan.trace"}, "acts that no route asks for"


@pytest.mark.parametrize("row", ROWS)
def test_a_route_answers_whom_it_should_and_nobody_else(scene: Scene, row: Row) -> None:
    asked = row.prepare(scene)
    before = scene.digests()
    failures = [*refusals_missed(scene, row, asked), *strangers_answered(scene, row, asked)]
    after = scene.digests()
    assert not failures, "\n".join(failures)
    assert not changed(before, after), "refused requests wrote"

    key = f"key-of-{scene.number():08d}"
    answer = send(scene, row, asked, asker(scene, row, asked), key=key)
    assert answer.status == row.status, f"{answer.status}: {answer.text[:500]}"
    if asked.hidden:
        assert asked.hidden in answer.text
    if row.rule.startswith("/api/") and not row.rule.startswith("/api/docs/"):
        # Photos, sheets and workbooks as well: no browser and no proxy keeps what a role was shown.
        kept = "private, no-cache" if row.name in ASKED_FOR_AGAIN else "no-store"
        assert answer.headers["cache-control"] == kept
        assert ("etag" in answer.headers) == (row.name in ASKED_FOR_AGAIN)
    done = scene.digests()
    assert bool(changed(after, done)) == row.changes, changed(after, done)

    if row.manner(scene.app) == "idempotent":
        failures += repeats_missed(scene, row, asked, answer, key)
    elif row.method == "GET":
        failures += lookers_refused(scene, row, asked)
    assert not failures, "\n".join(failures)
    assert not changed(done, scene.digests()), "a repetition wrote"


def met(answer: Answer) -> str:
    """Status and, of a problem, its code."""
    is_problem = "problem" in answer.headers.get("content-type", "")
    return f"{answer.status} {answer.json()['code']}" if is_problem else str(answer.status)


def refusals_missed(scene: Scene, row: Row, asked: Asked) -> Iterator[str]:
    """Who has no session or no role for it, and was answered otherwise than they should; a write without its key."""
    expected: list[tuple[str, Someone | None, str]] = []
    if row.act(scene.app) is not None:
        expected += [("no session", None, "401 session.none"), ("ended", scene.ended, "401 session.ended")]
        expected += [(who, each, "403 role.not_permitted") for who, each in wrong_roles(scene, row)]
    for who, person, wanted in expected:
        if (given := met(send(scene, row, asked, person))) != wanted:
            yield f"{who}: {given}, expected {wanted}"
    if row.manner(scene.app) == "idempotent":
        given = met(send(scene, row, asked, asker(scene, row, asked), key=" "))
        if given != "422 http.idempotency_key_missing":
            yield f"without a key: {given}"


def strangers_answered(scene: Scene, row: Row, asked: Asked) -> Iterator[str]:
    """Who has the role elsewhere, and was told or could do more than that."""
    if row.act(scene.app) is None or row.elsewhere == ALL_ALIKE:
        return
    for who, person in others(scene, row):
        answer = send(scene, row, asked, person)
        if row.elsewhere == SEES_NOTHING:
            if answer.status not in (200, 404) or (asked.hidden and asked.hidden in answer.text):
                yield f"{who}: {met(answer)}, and may see {asked.hidden}"
        elif met(answer).partition(" ")[2] != row.elsewhere:
            yield f"{who}: {met(answer)}, expected {row.elsewhere}"


def lookers_refused(scene: Scene, row: Row, asked: Asked) -> Iterator[str]:
    """Who may look, is here, and was not shown it."""
    if "anybody" in row.may(scene.app) and row.elsewhere != ALL_ALIKE:
        return  # one's own: nobody else's
    for role in sorted(row.may(scene.app) - {"anybody"}):
        answer = send(scene, row, asked, scene.here[role])
        if answer.status != row.status:
            yield f"{role}: {met(answer)}"


def repeats_missed(scene: Scene, row: Row, asked: Asked, first: Answer, key: str) -> Iterator[str]:
    """The same key again is the same answer; with another content it is refused."""
    person = asker(scene, row, asked)
    again = send(scene, row, asked, person, key=key)
    if not row.repeats:
        if met(again) != "409 http.done_before":
            yield f"repeated: {met(again)}, and the answer is a secret"
    elif (again.status, again.body) != (first.status, first.body):
        yield f"repeated: {met(again)} {again.text[:300]}"
    elif again.headers.get("idempotent-replay") != "true":
        yield "repeated, and it does not say so"
    if not asked.files:
        other = send(scene, row, asked, person, key=key, json={**(asked.json or {}), "another": "content"})
        if met(other) != "409 http.idempotency_key_reused":
            yield f"the key with another content: {met(other)}"
