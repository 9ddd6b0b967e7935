"""Sessions, one's own person, and roles."""

from __future__ import annotations

from typing import Any, Final

from flask import current_app

from backend import wechat
from backend.core.http import (
    Guesses,
    Page,
    PagingSchema,
    ReasonGivenSchema,
    after,
    blueprint,
    commits,
    db,
    idempotent,
    limited,
    limited_guesses,
    page_schema,
    refuses,
)
from backend.identity import actions, queries
from backend.identity.errors import (
    InvitationSpent,
    LoginCodeUsed,
    LoginRestricted,
    NameIsKept,
    NotYoursToGive,
    OwnOffer,
    PhoneCodeUsed,
    RoleEndedAlready,
    RoleHeldAlready,
    RoleNeverHolds,
    WechatUnavailable,
    WrongFooting,
)
from backend.identity.permissions import actor, open_to_all, permit
from backend.identity.roles import LABELS
from backend.identity.rules import Actor, RoleView
from backend.identity.schemas import (
    AcceptanceSchema,
    HeldRoleSchema,
    InvitationRequestSchema,
    InvitationSchema,
    LoginSchema,
    NameSchema,
    PersonSchema,
    PhoneSchema,
    RoleSchema,
    SessionSchema,
)

blp = blueprint("identity", "Login, oneself, roles")

LOGINS_A_MINUTE: Final = 600
"""From one network. A carrier gives a whole village one address; each try costs a call to the platform."""


def _wechat() -> wechat.Wechat:
    client: wechat.Wechat = current_app.extensions["backend.wechat"]
    return client


def _role(role: RoleView) -> dict[str, Any]:
    return {
        "id": role.id,
        "role": role.role,
        "label": LABELS[role.role],
        "area_code": role.area_code,
        "company_id": role.company_id,
        "until": role.until,
    }


def _myself(caller: Actor) -> dict[str, Any]:
    person = queries.person(db(), caller.person_id)
    assert person is not None
    return {
        "id": person.id,
        "name": person.name,
        "phone_masked": person.phone_masked,
        "phone_verified": person.phone_verified,
        "roles": [_role(role) for role in caller.roles],
        "households": [
            {"household_id": tie.household_id, "role": tie.role, "label": LABELS[tie.role]}
            for tie in caller.ties
        ],
    }


@blp.route("/sessions", methods=["POST"])
@open_to_all
@commits
@blp.arguments(LoginSchema)
@blp.response(201, SessionSchema)
@limited("login", LOGINS_A_MINUTE, 60)
@refuses(LoginCodeUsed, LoginRestricted, WechatUnavailable)
def sign_in(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in with a code of WeChat; the answer's token goes into ``Authorization: Bearer …``."""
    try:
        login = _wechat().login(body["code"])
    except wechat.WechatCodeUsed as error:
        raise LoginCodeUsed("登录凭证已用过或已过期。") from error
    except wechat.HighRiskUser as error:
        raise LoginRestricted() from error
    except wechat.WechatError as error:
        raise WechatUnavailable() from error
    return session_for(login)


def session_for(login: wechat.LoginResult) -> dict[str, Any]:
    """A fresh session of whoever the platform says it is."""
    human = actions.actor_of_account(db(), login.appid, login.openid, login.unionid)
    opened = actions.open_session(db(), human.person_id)
    return {"token": opened.token, "expires_at": opened.expires_at, "person": _myself(human)}


@blp.route("/sessions/current", methods=["DELETE"])
@permit("me.change")
@commits
@blp.response(204)
def sign_out() -> None:
    """End this session; its token is worth nothing from now on."""
    actions.end_session(db(), actor())


@blp.route("/me", methods=["GET"])
@permit("me.see")
@blp.response(200, PersonSchema)
def who_am_i() -> dict[str, Any]:
    """The signed-in person with roles and households."""
    return _myself(actor())


@blp.route("/me", methods=["PATCH"])
@permit("me.change")
@idempotent
@blp.arguments(NameSchema)
@blp.response(200, PersonSchema)
@refuses(NameIsKept)
def change_my_name(body: dict[str, Any]) -> dict[str, Any]:
    """Give one's own name."""
    actions.set_name(db(), actor(), body["name"])
    return _myself(actor())


@blp.route("/me/phone", methods=["POST"])
@permit("me.change")
@commits
@blp.arguments(PhoneSchema)
@blp.response(200, PersonSchema)
@limited("phone", 20, 3600)
@refuses(PhoneCodeUsed, WechatUnavailable)
def verify_my_phone(body: dict[str, Any]) -> dict[str, Any]:
    """Take one's phone number from WeChat, on the server; the client never sends the number itself.

    A code serves once, so that it is this write's key: whoever sends it again, because the answer was lost, is answered
    as the first time.
    """
    caller = actor()
    db().rollback()  # the platform is asked with no transaction open: nobody waits for its answer
    try:
        phone = _wechat().phone_number(body["code"])
    except wechat.WechatCodeUsed as error:
        if actions.phone_came_with(db(), caller.person_id, body["code"]):
            return _myself(caller)
        raise PhoneCodeUsed() from error
    except wechat.WechatError as error:
        raise WechatUnavailable() from error
    actions.keep_verified_phone(db(), caller.person_id, phone, body["code"])
    return _myself(caller)


@blp.route("/invitations", methods=["POST"])
@permit("role.give")
@idempotent(secret=True)
@blp.arguments(InvitationRequestSchema)
@blp.response(201, InvitationSchema)
@refuses(NotYoursToGive, WrongFooting, RoleNeverHolds)
def give_invitation(body: dict[str, Any]) -> actions.InvitationView:
    """Offer a role below one's own; the code is shown once and holds for seven days."""
    return actions.invite(db(), actor(), **body)


@blp.route("/invitations/acceptance", methods=["POST"])
@permit("role.accept")
@idempotent
@blp.arguments(AcceptanceSchema)
@blp.response(201, RoleSchema)
@limited_guesses(InvitationSpent, Guesses("invitation", 30, 3600))
@refuses(InvitationSpent, OwnOffer, RoleHeldAlready)
def accept_invitation(body: dict[str, Any]) -> dict[str, Any]:
    """Take the role that an invitation code offers."""
    return _role(actions.accept_invitation(db(), actor(), code=body["code"]))


@blp.route("/roles", methods=["GET"])
@permit("role.see")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(HeldRoleSchema))
def list_roles(query: dict[str, Any]) -> Page[queries.HeldRole]:
    """Who holds which role within one's areas and companies."""
    return queries.held_roles(db(), actor(), after=after(query["cursor"]), limit=query["limit"])


@blp.route("/roles/<string:role_id>/end", methods=["POST"])
@permit("role.end")
@idempotent
@blp.arguments(ReasonGivenSchema)
@blp.response(204)
@refuses(NotYoursToGive, RoleEndedAlready)
def end_role(body: dict[str, Any], role_id: str) -> None:
    """End a role below one's own, at once."""
    actions.end_role(db(), actor(), role_id=role_id, reason=body["reason"])
