import { beforeEach, describe, expect, it, vi } from "vitest";
import pages from "@/pages.json";
import { openPage, parsePath, TAB_PAGES, takeCarried } from "./open-page";

const chosen: string[] = [];
vi.mock("@/stores/me", () => ({ useMe: () => ({ choose: (id: string) => chosen.push(id) }) }));

const asked: Record<string, string>[] = [];
let depth = 1;
function named(how: string, fails = false) {
  return (given: { url: string; fail: () => void }) => {
    asked.push({ how, url: given.url });
    if (fails) given.fail();
  };
}

beforeEach(() => {
  asked.length = 0;
  depth = 1;
  vi.stubGlobal("getCurrentPages", () => Array.from({ length: depth }));
  vi.stubGlobal("uni", {
    switchTab: named("switchTab"),
    navigateTo: named("navigateTo"),
    redirectTo: named("redirectTo"),
    showModal: (given: { title: string }) => asked.push({ how: "said", url: given.title }),
  });
});

describe("a page that a notice names", () => {
  it("knows the main pages of pages.json", () => {
    expect(TAB_PAGES).toEqual(pages.tabBar.list.map((tab) => tab.pagePath));
  });

  it("is opened on top of this one", () => {
    openPage("pages/fault/index?fault=01ABC");
    expect(asked).toEqual([{ how: "navigateTo", url: "/pages/fault/index?fault=01ABC" }]);
  });

  it("takes the place of this one when ten lie on top of one another", () => {
    depth = 10;
    openPage("/pages/fuel/index");
    expect(asked).toEqual([{ how: "redirectTo", url: "/pages/fuel/index" }]);
  });

  it("is switched to when it is a main page, and is handed its query once", () => {
    openPage("pages/inbox/index?campaign=01C&from=a%20b");
    expect(asked).toEqual([{ how: "switchTab", url: "/pages/inbox/index" }]);
    expect(takeCarried("pages/inbox/index")).toEqual({ campaign: "01C", from: "a b" });
    expect(takeCarried("pages/inbox/index")).toEqual({});
  });

  it("shows the house that it speaks of, where it is a main page", () => {
    openPage("pages/home/index?household=01H");
    expect(chosen).toEqual(["01H"]);
  });

  it("is said to be missing in words when there is none", () => {
    vi.stubGlobal("uni", { ...uni, navigateTo: named("navigateTo", true) });
    openPage("pages/nowhere/index");
    expect(asked.at(-1)).toEqual({ how: "said", url: "这一页打不开" });
  });

  it("is nothing for an empty path", () => {
    openPage("");
    expect(asked).toEqual([]);
  });
});

it("reads a path with and without a slash and a query", () => {
  expect(parsePath("/pages/me/index")).toEqual({ page: "pages/me/index", query: {} });
  expect(parsePath("pages/fault/index?fault=1&x=")).toEqual({
    page: "pages/fault/index",
    query: { fault: "1", x: "" },
  });
});
