import { expect, test } from "vitest";
import { ENOUGH_BYTES, mustBeScaled, scaledSize } from "./scaling";

test("the longer side is cut to 2560 dots, and the shape stays", () => {
  expect(scaledSize({ width: 8160, height: 6120 })).toEqual({ width: 2560, height: 1920 });
  expect(scaledSize({ width: 6120, height: 8160 })).toEqual({ width: 1920, height: 2560 });
  expect(scaledSize({ width: 30000, height: 2 })).toEqual({ width: 2560, height: 1 });
  expect(scaledSize({ width: 1200, height: 900 })).toEqual({ width: 1200, height: 900 });
});

test("many dots in a small file are scaled, and so are many bytes of few dots", () => {
  expect(mustBeScaled({ width: 8160, height: 6120 }, 780_000)).toBe(true);
  expect(mustBeScaled({ width: 2000, height: 1500 }, ENOUGH_BYTES + 1)).toBe(true);
  expect(mustBeScaled({ width: 2560, height: 1920 }, ENOUGH_BYTES)).toBe(false);
});
