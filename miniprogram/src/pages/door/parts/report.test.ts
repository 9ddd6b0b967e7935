import { describe, expect, it } from "vitest";
import { reportOf } from "./report";

const CODE = "MWR8X76T7C";

describe("a report of danger", () => {
  it("goes with nothing but the code and what is wrong", () => {
    expect(reportOf(CODE, "co", { words: " ", phone: "" }, [])).toEqual({
      household_code: CODE,
      category: "co",
      description: null,
      phone: null,
      photo_ids: [],
    });
  });

  it.each(["13900001111", "0349-2021234", "１３９００００１１１１", "+86 139 0000 1111"])(
    "takes %s as a number to call back",
    (phone) => {
      expect(reportOf(CODE, "smoke", { words: "", phone }, []).phone).toMatch(/^[+\d][\d -]+$/);
    },
  );

  it("keeps a number that is none in the words, so that the report is not refused for it", () => {
    const body = reportOf(CODE, "no_heat", { words: "炉子灭了", phone: "找小王" }, ["P1"]);
    expect(body).toMatchObject({ phone: null, description: "炉子灭了。留的电话：找小王", photo_ids: ["P1"] });
    expect(reportOf(CODE, "no_heat", { words: "", phone: "139" }, []).description).toBe("留的电话：139");
  });

  it("never says more than the server takes", () => {
    const body = reportOf(CODE, "co", { words: "长".repeat(1200), phone: "" }, []);
    expect(body.description).toHaveLength(1000);
  });
});
