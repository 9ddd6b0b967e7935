"""People, their sessions and roles, and who may do what where."""

from backend.identity.actions import actor_of_account, give_role, open_session, person_of_account
from backend.identity.events import AccountsJoined
from backend.identity.permissions import (
    actor,
    actor_or_none,
    define_scope,
    open_to_all,
    permit,
    person_signed_in,
    place_of,
    rests_on,
    shown_by,
    still_holds,
)
from backend.identity.queries import (
    NumberOf,
    PersonView,
    actor_for,
    learn_companies_from,
    learn_ties_from,
    names_of,
    numbers_of,
    openid_of,
    people_sharing_account,
    people_with_phone,
    people_with_role,
    person,
    verified_phone_hash,
)
from backend.identity.rules import Actor, Place, Reach, RoleView, Tie

__all__ = [
    "AccountsJoined", "Actor", "NumberOf", "PersonView", "Place", "Reach", "RoleView", "Tie", "actor", "actor_for", "actor_of_account", "actor_or_none", "define_scope",
    "give_role", "learn_companies_from", "learn_ties_from", "names_of", "numbers_of", "open_session", "open_to_all", "openid_of",
    "people_sharing_account", "people_with_phone", "people_with_role", "permit", "person", "person_of_account", "person_signed_in", "place_of", "rests_on", "shown_by", "still_holds", "verified_phone_hash",
]  # fmt: skip
