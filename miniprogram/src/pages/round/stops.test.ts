import { describe, expect, it } from "vitest";
import type { RoundStop } from "@/services/installation";
import { byNumber, halves, roundInWords } from "./stops";

const stop = (address: string, half: string, area = "140602006001", state = "standing") =>
  ({
    address,
    head_name: "某",
    path: "heat_pump",
    phone_masked: null,
    booking: { area_code: area, half_day: half, state },
  }) as RoundStop;

describe("a round", () => {
  it("walks doors by their numbers, not by their letters", () => {
    expect(["某村10号", "某村2号", "某村2号院1号", "东街3号"].sort(byNumber)).toEqual([
      "东街3号",
      "某村2号",
      "某村2号院1号",
      "某村10号",
    ]);
  });

  it("finishes the morning first, one village after the other", () => {
    const found = halves([
      stop("乙村1号", "afternoon"),
      stop("乙村12号", "morning", "140602006002"),
      stop("甲村9号", "morning", "140602006001"),
      stop("甲村10号", "morning", "140602006001"),
    ]);
    expect(found.map((each) => [each.label, each.stops.map((one) => one.address)])).toEqual([
      ["上午", ["甲村9号", "甲村10号", "乙村12号"]],
      ["下午", ["乙村1号"]],
    ]);
  });

  it("has no heading for a half-day without a house", () => {
    expect(halves([])).toEqual([]);
    expect(halves([stop("甲村1号", "afternoon")]).map((each) => each.label)).toEqual(["下午"]);
  });

  it("counts what is behind one", () => {
    expect(roundInWords([stop("1", "morning"), stop("2", "morning", "1", "done")])).toBe("2户，已去1户");
    expect(roundInWords([stop("1", "morning")])).toBe("1户");
  });
});
