import { expect, test } from "vitest";
import { addDays, dayInWords, instantInWords } from "./days";
import { bagsOf, kilograms, yuan } from "./figures";

test("near days have their names, others their date, and only another year is said", () => {
  const words = ["2022-09-14", "2022-09-15", "2022-09-16", "2022-09-17", "2022-09-19", "2023-01-02"];
  expect(words.map((day) => dayInWords(day, "2022-09-15"))).toEqual([
    "昨天（9月14日）",
    "今天（9月15日）",
    "明天（9月16日）",
    "后天（9月17日）",
    "9月19日 周一",
    "2023年1月2日 周一",
  ]);
});

test("an instant is said in the time of the place, also across its midnight", () => {
  expect(instantInWords("2022-09-15T15:59:00Z", "2022-09-15")).toBe("今天 23:59");
  expect(instantInWords("2022-09-15T16:00:00Z", "2022-09-15")).toBe("明天 00:00");
  expect(instantInWords("2022-08-01T00:05:00Z", "2022-09-15")).toBe("8月1日 08:05");
  expect(instantInWords(null, "2022-09-15")).toBe("");
});

test("days are counted over the ends of months and years", () => {
  expect(addDays("2022-12-31", 1)).toBe("2023-01-01");
  expect(addDays("2024-03-01", -1)).toBe("2024-02-29");
});

test("kilograms, bags and yuan are said without losing one", () => {
  expect(kilograms(2975)).toBe("2,975公斤");
  expect(bagsOf(1000, 25)).toBe("40袋（1,000公斤）");
  expect([yuan(120000), yuan(123456), yuan(5), yuan(-50)]).toEqual([
    "1,200元",
    "1,234.56元",
    "0.05元",
    "-0.50元",
  ]);
});
