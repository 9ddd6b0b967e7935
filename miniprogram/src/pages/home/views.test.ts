import { describe, expect, it } from "vitest";
import type { Person } from "@/services/identity";
import { viewInWords, viewsOf, workOf } from "./views";

function person(roles: string[], houses = 0): Person {
  return {
    id: "p",
    name: "张三",
    phone_masked: null,
    phone_verified: false,
    roles: roles.map((role) => ({
      id: role,
      role,
      label: role,
      area_code: null,
      company_id: null,
      until: null,
    })),
    households: Array.from({ length: houses }, (_, index) => ({
      household_id: `h${index}`,
      label: "居民",
      role: "resident",
    })),
  };
}

describe("which home a person sees", () => {
  it("greets a stranger as a visitor, and somebody signed in without a house with how to claim it", () => {
    expect(viewsOf(null)).toEqual(["visitor"]);
    expect(viewsOf(person([]))).toEqual(["claim"]);
  });

  it("shows the work first and one's own house beside it", () => {
    expect(viewsOf(person(["village_cadre"], 1))).toEqual(["office", "house"]);
    expect(viewsOf(person(["installer"], 1))).toEqual(["work", "house"]);
    expect(viewsOf(person([], 2))).toEqual(["house"]);
  });

  it("keeps every role: an area's desk and the other work stand beside each other", () => {
    const both = person(["village_cadre", "media_editor"]);
    expect(viewsOf(both)).toEqual(["office", "work"]);
    expect(workOf(both).map((role) => role.role)).toEqual(["media_editor"]);
  });

  it("names the desk by its office, and plainly where there are several", () => {
    expect(viewInWords("office", person(["village_cadre", "village_cadre"]))).toBe("我的村");
    expect(viewInWords("office", person(["district_officer"]))).toBe("我的区");
    expect(viewInWords("office", person(["village_cadre", "township_officer"]))).toBe("我的辖区");
  });
});
