import { describe, expect, it } from "vitest";
import { idTail, mayEnd, scanInWords, tieInWords, whoScanned } from "./words";

describe("who came to the door is said without names", () => {
  it.each([
    ["unknown", null, "别的人"],
    ["passer_by", null, "别的人"],
    ["other", "P2", "别的人"],
    ["resident", "P2", "家里人"],
    ["resident", "ME", "您自己"],
    ["village_cadre", "P3", "村干部"],
    ["officer", "P4", "乡镇、区里的工作人员"],
    ["worker", "P5", "安装、配送或维修人员"],
    ["installer", "P5", "安装、配送或维修人员"],
  ])("%s %s", (seen_as, person_id, said) => {
    expect(whoScanned({ seen_as, person_id }, "ME")).toBe(said);
  });

  it("a visitor without a session is not taken for me, who has none either", () => {
    expect(whoScanned({ seen_as: "unknown", person_id: null }, "")).toBe("别的人");
  });

  it("says for what, and when", () => {
    const entry = {
      id: "S1",
      person_id: "P3",
      seen_as: "village_cadre",
      purpose: "confirmation",
      at: "2022-09-15T02:05:00Z",
      latitude: null,
      longitude: null,
    };
    expect(scanInWords(entry, "ME", "2022-09-15")).toEqual({ who: "村干部", what: "确户", at: "今天 10:05" });
  });
});

describe("the people of a house", () => {
  it("are named by what they are to it", () => {
    expect(tieInWords({ role: "resident", relation: null })).toBe("家里人");
    expect(tieInWords({ role: "household_proxy", relation: "儿子" })).toBe("代办人 · 儿子");
  });

  it("a resident may end any tie, a proxy only its own, somebody else none", () => {
    expect(mayEnd({ person_id: "P2" }, "ME", "resident")).toBe(true);
    expect(mayEnd({ person_id: "P2" }, "ME", "household_proxy")).toBe(false);
    expect(mayEnd({ person_id: "ME" }, "ME", "household_proxy")).toBe(true);
    expect(mayEnd({ person_id: "ME" }, "ME", null)).toBe(false);
  });
});

describe("the last six of an ID number", () => {
  it.each([
    ["12034x", "12034X"],
    [" １２０３４５ ", "120345"],
    ["14060219550101203X", "01203X"],
  ])("%s is read", (typed, tail) => {
    expect(idTail(typed)).toBe(tail);
  });
  it.each(["", "12034", "1203456", "X12034", "abcdef"])("%s is not six", (typed) => {
    expect(idTail(typed)).toBeNull();
  });
});
