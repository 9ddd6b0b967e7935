"""Who belongs to a house: by proof, by the cadre's word, by the household's consent; and how that ends (8.1)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete

from backend.core.http.rates import RateCount
from backend.identity import actions as identity_actions
from backend.registry.routes.ties import TRIES_A_HOUSEHOLD, TRIES_A_PERSON
from tests.builders.product import Someone, proxy_of, somebody
from tests.harness.races import race
from tests.registry.world import World, digests


def with_phone(world: World, phone: str) -> Someone:
    person = somebody(world.db, name="来客")
    with world.db.writing() as session:
        identity_actions.keep_verified_phone(session, person.id, phone)
    return person


def by_phone(world: World, person: Someone, house: str) -> Any:
    return world.client(person).post("/api/bindings", {"household_code": world.code(house), "proof": "phone"})


def by_identity(world: World, person: Someone, house: str, last_six: str | None = None, **more: Any) -> Any:
    row = world.row(house)
    body = {
        "household_code": world.code(house), "proof": "identity", "name": row.head_name,
        "id_last_six": last_six or str(row.id_number)[-6:], **more,
    }  # fmt: skip
    return world.client(person).post("/api/bindings", body)


def tie_of(world: World, house: str, person: Someone, by: str = "cadre") -> str:
    items = world.client(by).get(f"/api/households/{house}/people").expect(200)["items"]
    return str(next(each["tie_id"] for each in items if each["person_id"] == person.id))


def test_the_phone_in_the_register_binds_its_owner(world: World) -> None:
    house = world.house()
    person = with_phone(world, str(world.row(house).phone))
    shown = by_phone(world, person, house).expect(201)
    assert shown["id"] == house
    assert world.client(person).get(f"/api/households/{house}").expect(200)["id"] == house
    (bound,) = world.cadre.get(f"/api/households/{house}/people").expect(200)["items"]
    assert (bound["role"], bound["proven_by"], bound["person_id"]) == ("resident", "phone", person.id)
    assert bound["phone_masked"].count("*") == 4
    (entry,) = world.audit("tie.made")
    assert entry.facts == {"role": "resident", "proven_by": "phone", "person_id": person.id}
    again = by_phone(world, person, house)
    assert (again.status, again.json()["code"]) == (409, "binding.tied_already")


def test_another_phone_or_none_binds_nobody(world: World) -> None:
    house = world.house()
    for person, word in ((with_phone(world, "13700001111"), "不一致"), (somebody(world.db), "还没有授权")):
        answer = by_phone(world, person, house)
        assert (answer.status, answer.json()["code"], answer.json()["clause"]) == (
            409,
            "binding.proof_failed",
            "8.1",
        )
        assert word in answer.json()["detail"] and answer.json()["next"]
    assert world.cadre.get(f"/api/households/{house}/people").expect(200)["items"] == []


def test_name_and_last_six_bind_and_a_wrong_one_of_either_does_not(world: World) -> None:
    house, person = world.house(), somebody(world.db)
    good = str(world.row(house).id_number)[-6:]
    wrong = f"{(int(good[:5]) + 1) % 100000:05d}{good[5]}"
    for last_six, name in ((wrong, None), (good, "王八"), (good[-5:], None), ("0", None)):
        answer = by_identity(world, person, house, last_six, **({"name": name} if name else {}))
        assert (answer.status, answer.json()["code"]) == (409, "binding.proof_failed"), (last_six, name)
    name = world.row(house).head_name
    assert by_identity(world, person, house, name=f" {name[0]} {name[1:]} ").status == 201, (
        "a space is no other name"
    )


def test_a_house_without_a_number_is_bound_by_nobodys_guess(world: World) -> None:
    world.take_in(world.line(2, id_number=None))
    house = world.listed("新2号")[0]["id"]
    assert by_identity(world, somebody(world.db), house, "000000").json()["code"] == "binding.proof_failed"


def test_five_tries_a_day_and_then_the_cadre_must_do_it(world: World) -> None:
    house, person = world.house(), somebody(world.db)
    for _ in range(TRIES_A_PERSON):
        assert by_identity(world, person, house, "000000").status == 409
    refused = by_identity(world, person, house)
    assert (refused.status, refused.json()["code"]) == (429, "binding.too_many_tries")
    assert "村干部" in refused.json()["next"] and int(refused.headers["retry-after"]) > 0
    assert by_identity(world, person, world.house(1)).status == 429, "another house is no new try"
    assert by_phone(world, person, world.house(1)).json()["code"] == "binding.proof_failed", (
        "the phone cannot be guessed, and stays open"
    )
    assert by_identity(world, somebody(world.db), house).status == 201, "another person is not held up"


def test_five_tries_are_five_when_they_come_at_once(world: World) -> None:
    house, person = world.house(), somebody(world.db)
    result = race(16, lambda _index: by_identity(world, person, house, "000000").status)
    assert sorted(result.values) == [409] * TRIES_A_PERSON + [429] * (16 - TRIES_A_PERSON)


def test_many_accounts_cannot_guess_one_household(world: World) -> None:
    house = world.house()
    people = [somebody(world.db) for _ in range(TRIES_A_HOUSEHOLD // TRIES_A_PERSON + 1)]

    def guess(index: int) -> int:
        status: int = by_identity(world, people[index // TRIES_A_PERSON], house, "000000").status
        return status

    result = race(TRIES_A_HOUSEHOLD + TRIES_A_PERSON, guess)
    assert sorted(result.values) == [409] * TRIES_A_HOUSEHOLD + [429] * TRIES_A_PERSON
    fresh = somebody(world.db)
    refused = by_identity(world, fresh, house)
    assert (refused.status, refused.json()["code"]) == (429, "binding.identity_paused"), (
        "right or wrong, it is told nothing"
    )
    assert "手机号" in refused.json()["next"] and int(refused.headers["retry-after"]) > 0
    spaced = world.client(fresh).post(
        "/api/bindings",
        {
            "household_code": f" {world.code(house).lower()} ",
            "proof": "identity",
            "name": "王",
            "id_last_six": "000000",
        },
    )
    assert spaced.status == 429, "the same code written otherwise is the same house"
    owner = with_phone(world, str(world.row(house).phone))
    assert by_phone(world, owner, house).status == 201, "who is vouched for by the phone is not locked out"
    assert by_identity(world, fresh, world.house(1)).status == 201, "the neighbours are not locked out"


def test_the_house_and_its_cadre_are_told_once_that_it_was_guessed_at(world: World) -> None:
    house = world.house()
    resident = world.resident(house)
    title = "有人多次猜这一户的身份证号"
    for _ in range(TRIES_A_HOUSEHOLD // TRIES_A_PERSON):
        assert title not in world.inbox(resident)
        stranger = somebody(world.db)
        for _ in range(TRIES_A_PERSON):
            assert by_identity(world, stranger, house, "000000").status == 409
    for _ in range(3):
        assert (
            by_identity(world, somebody(world.db), house, "000000").json()["code"]
            == "binding.identity_paused"
        )
    assert world.inbox(resident).count(title) == world.inbox("cadre").count(title) == 1
    assert len(world.audit("binding.guessed")) == 1


def test_nobody_spends_anybody_elses_tries_without_a_session_or_with_what_is_no_try(world: World) -> None:
    house, person = world.house(), somebody(world.db)
    path, row = "/api/bindings", world.row(house)
    good = {"household_code": world.code(house), "proof": "identity", "name": row.head_name}
    for _ in range(TRIES_A_HOUSEHOLD + 1):
        assert world.client(None).post(path, {**good, "id_last_six": "000000"}).status == 401
        assert world.client(person).post(path, good).status == 422
        unknown = {**good, "household_code": "2222222222", "id_last_six": "000000"}
        assert world.client(person).post(path, unknown).status == 404
    assert by_identity(world, person, house).status == 201


def test_right_proofs_are_no_guesses(world: World) -> None:
    person = somebody(world.db)
    homes = [home for homes in world.county.households.values() for home in homes]
    for house in homes[: TRIES_A_PERSON + 1]:
        assert by_identity(world, person, house).status == 201
    again = by_identity(world, person, homes[0])
    assert (again.status, again.json()["code"]) == (409, "binding.tied_already")


def test_a_new_day_gives_new_tries(world: World) -> None:
    house, person = world.house(), somebody(world.db)
    for _ in range(TRIES_A_PERSON + 1):
        by_identity(world, person, house, "000000")
    with world.db.writing() as session:  # what the passing of a day does
        session.execute(delete(RateCount))
    assert by_identity(world, person, house).status == 201


def test_the_cadre_vouches_for_a_resident_but_not_for_oneself_nor_elsewhere(world: World) -> None:
    house = world.house()
    person = with_phone(world, "13700002222")
    path = f"/api/households/{house}/residents"
    assert world.client("other_cadre").post(path, {"phone": "13700002222"}).status == 404
    assert world.township.post(path, {"phone": "13700002222"}).status == 403
    unknown = world.cadre.post(path, {"phone": "13700009999"})
    assert (unknown.status, unknown.json()["code"]) == (409, "binding.person_unknown")
    world.cadre.post(path, {"phone": "13700002222"}).expect(201)
    assert world.client(person).get(f"/api/households/{house}").status == 200
    (entry,) = world.audit("tie.made")
    assert (entry.by, entry.behalf_of, entry.facts["proven_by"]) == (
        world.people["cadre"].id,
        person.id,
        "cadre",
    )
    with world.db.writing() as session:
        identity_actions.keep_verified_phone(session, world.people["cadre"].id, "13700003333")
    for body, where in (
        ({"phone": "13700003333"}, path),
        ({"phone": "13700003333", "relation": "邻居"}, f"/api/households/{house}/proxies"),
    ):
        own = world.cadre.post(where, body)
        assert (own.status, own.json()["code"], own.json()["clause"]) == (409, "binding.own_word", "8.1")


@pytest.mark.parametrize("by", ["household", "cadre"])
def test_a_proxy_named_by_the_household_or_the_cadre_acts_and_the_household_hears_of_it(
    world: World, by: str
) -> None:
    house = world.house()
    resident = world.resident(house)
    daughter = with_phone(world, "13700004444")
    giver = world.client(resident) if by == "household" else world.cadre
    giver.post(f"/api/households/{house}/proxies", {"phone": "13700004444", "relation": "女儿"}).expect(201)
    bound = next(
        each
        for each in world.cadre.get(f"/api/households/{house}/people").expect(200)["items"]
        if each["person_id"] == daughter.id
    )
    assert (bound["role"], bound["relation"], bound["proven_by"]) == ("household_proxy", "女儿", by)
    assert world.client(daughter).post(f"/api/households/{house}/confirmation").status == 200
    assert world.inbox(resident).count("有人绑定了这一户") == 2


def test_a_proxy_neither_names_another_nor_puts_the_household_out(world: World) -> None:
    house = world.house()
    resident = world.resident(house)
    proxy = proxy_of(world.db, house, resident)
    other = proxy_of(world.db, house, resident)
    with_phone(world, "13700005555")
    before = digests(world.db)
    named = world.client(proxy).post(
        f"/api/households/{house}/proxies", {"phone": "13700005555", "relation": "友"}
    )
    assert (named.status, named.json()["code"]) == (409, "binding.proxy_only")
    for victim in (resident, other):
        ended = world.client(proxy).post(
            f"/api/ties/{tie_of(world, house, victim)}/end", {"reason": "不要了"}
        )
        assert (ended.status, ended.json()["code"]) == (409, "binding.proxy_only")
    assert digests(world.db) == before
    assert (
        world.client(proxy).post(f"/api/ties/{tie_of(world, house, proxy)}/end", {"reason": "搬走"}).status
        == 204
    )


def test_an_ended_tie_ends_at_once_and_both_sides_hear_of_it(world: World) -> None:
    house = world.house()
    resident = world.resident(house)
    proxy = proxy_of(world.db, house, resident)
    tie = tie_of(world, house, proxy)
    assert world.home(world.house(1)).post(f"/api/ties/{tie}/end", {"reason": "x"}).status == 404
    assert world.client("other_cadre").post(f"/api/ties/{tie}/end", {"reason": "x"}).status == 404
    assert world.client(resident).post(f"/api/ties/{tie}/end", {"reason": "女儿回来了"}).status == 204
    assert world.client(proxy).get(f"/api/households/{house}").status == 403
    assert "绑定已解除" in world.inbox(resident) and "绑定已解除" in world.inbox(proxy)
    again = world.client(resident).post(f"/api/ties/{tie}/end", {"reason": "女儿回来了"})
    assert (again.status, again.json()["code"]) == (409, "binding.ended_already")
    (entry,) = world.audit("tie.ended")
    assert entry.facts == {"person_id": proxy.id, "reason": "女儿回来了"}


def test_binding_at_once_binds_once(world: World) -> None:
    house = world.house()
    person = with_phone(world, str(world.row(house).phone))
    result = race(4, lambda _index: by_phone(world, person, house).status)
    assert sorted(result.values) == [201, 409, 409, 409]
    assert len(world.cadre.get(f"/api/households/{house}/people").expect(200)["items"]) == 1


def test_a_resident_of_another_household_finds_nothing_here(world: World) -> None:
    house, neighbour = world.house(0), world.home(world.house(1))
    world.home(house)
    assert neighbour.get(f"/api/households/{house}").status == 404
    assert neighbour.get(f"/api/households/{house}/people").status == 404
    body = {"phone": "13700001111", "relation": "友"}
    assert neighbour.post(f"/api/households/{house}/proxies", body).status == 404
    assert [each["id"] for each in neighbour.get("/api/households").expect(200)["items"]] == [world.house(1)]
