import { expect, it } from "vitest";
import { codeFrom } from "./code";

it("takes an invitation's code as typed, without the spaces between", () => {
  expect(codeFrom(" aB3-x_9 k ")).toBe("aB3-x_9k");
});

it("finds the code in an address", () => {
  expect(codeFrom("https://example.org/i?code=aB3-x_9k&from=qr")).toBe("aB3-x_9k");
  expect(codeFrom("https://example.org/#/pages/invitation/index?invitation=q%2Dz")).toBe("q-z");
});

it("keeps what it cannot read as an address", () => {
  expect(codeFrom("https://example.org/?code=%E0%A4%A")).toBe("%E0%A4%A");
});
