import { expect, test } from "vitest";
import { confirmationPath, houseOf, markOf, shownHouses, type House } from "./walk";

const house = (id: string, more: Partial<House> = {}): House => ({
  id,
  code: `CODE${id}`,
  address: `东街${id}号`,
  head_name: `张${id}`,
  confirmed_by_household: false,
  confirmed_by_village: false,
  locked: false,
  sent_back: false,
  ...more,
});
const noted = (id: string, state: "waiting" | "refused" = "waiting") => ({
  path: confirmationPath(id),
  state,
});

test("a house noted on this phone counts as done before the server knows of it", () => {
  expect(markOf(house("1"), [noted("1")])).toBe("waiting");
  expect(shownHouses([house("1"), house("2")], [noted("1")], "open", "").map(({ house: h }) => h.id)).toEqual(
    ["2"],
  );
});

test("what the server refused comes back to the houses still to do", () => {
  const [first] = shownHouses([house("1")], [noted("1", "refused")], "open", "");
  expect(first?.mark).toBe("refused");
});

test("the server's word stands over what is noted here", () => {
  expect(markOf(house("1", { confirmed_by_village: true }), [noted("1", "refused")])).toBe("confirmed");
  expect(markOf(house("1", { locked: true, confirmed_by_village: true }), [])).toBe("locked");
});

test("a sent-back house is to be done again, and says so", () => {
  expect(markOf(house("1", { sent_back: true }), [])).toBe("sent_back");
});

test("a code finds its house, and none of another village", () => {
  expect(houseOf("CODE2", [house("1"), house("2")])?.id).toBe("2");
  expect(houseOf("ELSEWHERE", [house("1")])).toBeNull();
  expect(houseOf("", [house("1", { code: null })])).toBeNull();
});

test("typing part of an address or of a name narrows the list", () => {
  const all = [house("1"), house("12"), house("2", { head_name: "李 四" })];
  expect(shownHouses(all, [], "all", "东街1").map(({ house: h }) => h.id)).toEqual(["1", "12"]);
  expect(shownHouses(all, [], "all", "李四").map(({ house: h }) => h.id)).toEqual(["2"]);
});
