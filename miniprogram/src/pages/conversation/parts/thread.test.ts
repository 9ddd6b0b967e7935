import { describe, expect, it } from "vitest";
import { bringsNews, linkOf, looksOf, merged, shownOf, type Reader } from "./thread";
import type { Card, Entry } from "@/services/conversation";

const ME = "me";
const OWN: Reader = { id: ME, own: true, today: "2022-09-15" };

function entry(id: string, more: Partial<Entry> = {}): Entry {
  return {
    id,
    household_id: "home",
    person_id: ME,
    who: "service",
    by_name: null,
    channel: "app",
    text: id,
    options: [],
    card: null,
    at: "2022-09-15T01:00:00Z",
    ...more,
  };
}
function card(state: string, more: Partial<Card> = {}): Card {
  return {
    id: "card",
    household_id: "home",
    kind: "fault",
    title: "报修：没有暖气",
    body: "东街1号。",
    state,
    state_label: state,
    page: "pages/fault/index?household=home",
    made_at: "2022-09-15T01:00:00Z",
    expires_at: "2022-09-15T02:00:00Z",
    result: null,
    ...more,
  };
}
const MENU = [
  { key: "1", label: "报修" },
  { key: "2", label: "领燃料" },
];

describe("reading a thread again", () => {
  it("keeps each line once, in order, as it was read last", () => {
    const now = merged(
      [entry("2", { card: card("open") })],
      [entry("3"), entry("2", { card: card("confirmed") }), entry("1")],
    );
    expect(now.map((line) => line.id)).toEqual(["1", "2", "3"]);
    expect(now[1]?.card?.state).toBe("confirmed");
    expect(looksOf(now)).not.toBe(looksOf(merged(now, [entry("2", { card: card("expired") })])));
  });

  it("is news when somebody else spoke, not when one's own words came back", () => {
    const known = [entry("1")];
    expect(bringsNews(known, [entry("1")], ME)).toBe(false);
    expect(bringsNews(known, [entry("2", { who: "household" })], ME)).toBe(false);
    expect(bringsNews(known, [entry("2", { who: "household", person_id: "son" })], ME)).toBe(true);
    expect(bringsNews(known, [entry("2", { who: "cadre", person_id: "cadre" })], ME)).toBe(true);
  });
});

describe("a thread as its household sees it", () => {
  it("offers the options of the last line only, and only to whom it was said", () => {
    const asked = entry("1", { options: MENU });
    expect(shownOf([asked], OWN)[0]?.options).toEqual(MENU);
    expect(shownOf([asked, entry("2")], OWN)[0]?.options).toEqual([]);
    expect(shownOf([asked], { ...OWN, id: "son" })[0]?.options).toEqual([]);
    expect(shownOf([asked], { ...OWN, own: false })[0]?.options).toEqual([]);
  });

  it("shows what a tapped number stood for", () => {
    const lines = shownOf([entry("1", { options: MENU }), entry("2", { who: "household", text: "2" })], OWN);
    expect(lines[1]).toMatchObject({ text: "领燃料", side: "mine", name: "" });
  });

  it("says a card once, with its own two words as buttons while it is open", () => {
    const options = [
      { key: "1", label: "马上上报" },
      { key: "0", label: "不用上报" },
    ];
    const question = entry("1", { text: "报修：没有暖气。东街1号。要办吗？", card: card("open"), options });
    const [shown] = shownOf([question], OWN);
    expect(shown).toMatchObject({ text: "", options: [], buttons: { yes: "马上上报", no: "不用上报" } });

    const done = card("confirmed", { result: { kind: "fault", id: "F" } });
    const [before, after] = shownOf([{ ...question, card: done }, entry("2", { card: done })], OWN);
    expect(before).toMatchObject({ card: null, buttons: null, text: question.text });
    expect(after).toMatchObject({ buttons: null, link: "pages/fault/index?fault=F" });
  });

  it("lets nobody settle what was asked of somebody else, or is over", () => {
    const line = entry("1", { card: card("open") });
    expect(shownOf([line], { ...OWN, id: "son" })[0]?.buttons).toBeNull();
    expect(shownOf([line], { ...OWN, own: false })[0]?.buttons).toBeNull();
    expect(shownOf([entry("1", { card: card("expired") })], OWN)[0]?.buttons).toBeNull();
  });

  it("leads to what a card became, and nowhere before", () => {
    expect(linkOf(card("open"))).toBe("");
    const order = card("confirmed", { kind: "fuel_order", page: "pages/fuel/index?household=home" });
    expect(linkOf({ ...order, result: { kind: "fuel_order", id: "O" } })).toBe(order.page);
  });
});

it("tells who speaks and by which way", () => {
  const lines = [
    entry("1", { who: "household", person_id: "son", channel: "official_account" }),
    entry("2", { who: "cadre", person_id: "cadre", by_name: "石守义" }),
  ];
  const [son, cadre] = shownOf(lines, OWN);
  expect(son).toMatchObject({ name: "家里人", when: "今天 09:00 · 公众号", side: "mine" });
  expect(cadre).toMatchObject({ name: "石守义（村里答复）", side: "theirs" });
  const asCadre = shownOf(lines, { id: "cadre", own: false, today: "2022-09-15" });
  expect(asCadre[0]).toMatchObject({ name: "住户", side: "theirs" });
  expect(asCadre[1]?.side).toBe("mine");
});
