import { expect, it } from "vitest";
import { pageToReturnTo } from "./back";

it("comes back to the page that asked, with what it was opened with", () => {
  expect(pageToReturnTo("/pages/fuel/order?household=01M8&q=%E5%8F%B7")).toBe(
    "/pages/fuel/order?household=01M8&q=%E5%8F%B7",
  );
  expect(pageToReturnTo("/packages/cadre/call/index?area=999900001001&kind=cold")).toContain("kind=cold");
});

it("goes home from anywhere else", () => {
  for (const page of [
    undefined,
    "",
    "/",
    "//elsewhere.example/pages/x",
    "https://elsewhere.example",
    "/q/ABC",
  ]) {
    expect(pageToReturnTo(page)).toBe("/pages/home/index");
  }
});
