import { expect, it } from "vitest";
import type { Waiting } from "@/offline/waiting";
import { reasonsFor, unsentOf } from "./ties";

const item = (id: string, person: string, state = "waiting") => ({ id, person, state }) as Waiting;

it("names before a logout only what the same person has not sent", () => {
  const items = [
    item("a", "me"),
    item("b", "somebody else"),
    item("c", "me", "refused"),
    item("d", "me", "sent"),
  ];
  expect(unsentOf(items, "me").map((each) => each.id)).toEqual(["a", "c"]);
});

it("has a reason ready for every tie", () => {
  expect(reasonsFor("household_proxy")[0]).toBe("不再替这家办事");
  expect(reasonsFor("something new").length).toBeGreaterThan(0);
});
