import { describe, expect, it } from "vitest";
import { codeIn, grouped, readCode, wrongInWords } from "./household-code";

/** Made by the server's own rule. */
const GOOD = [
  "MWR8X76T7C",
  "2NFTYYFF9M",
  "6YTCNANR6X",
  "8WK2JH7Y9A",
  "X34MH29AJN",
  "H84NAMJK8X",
  "6FE5W8F2TF",
];

describe("a household code is read as the server reads it", () => {
  it.each(GOOD)("%s is a code", (code) => {
    expect(readCode(code)).toEqual({ code });
  });

  it.each([
    ["mwr8x76t7c", "MWR8X76T7C"],
    ["MWR8 X76 T7C", "MWR8X76T7C"],
    [" MWR8-X76-T7C ", "MWR8X76T7C"],
    ["M—W—R—8—X—7—6—T—7—C", "MWR8X76T7C"],
    ["MWR8X\u200b76T7C", "MWR8X76T7C"],
    ["ＭＷＲ８Ｘ７６Ｔ７Ｃ", "MWR8X76T7C"],
    ["GFESWBFZTF", "6FE5W8F2TF"],
    ["https://heat.example/q/MWR8X76T7C", "MWR8X76T7C"],
    ["https://heat.example/q/MWR8X76T7C/?from=wx", "MWR8X76T7C"],
    ["HTTP://heat.example:8080/q/MWR8X76T7C", "MWR8X76T7C"],
    ["heat.example/q/MWR8X76T7C", "MWR8X76T7C"],
  ])("%s is forgiven", (typed, code) => {
    expect(codeIn(typed)).toBe(code);
  });

  it.each([
    ["", "empty"],
    ["   ", "empty"],
    ["https://heat.example/q/", "empty"],
    ["MWR8X76T7", "length"],
    ["MWR8X76T7C2", "length"],
    ["请扫码", "length"],
    ["OWR8X76T7C", "character"],
    ["MWR8X76T72", "check"],
    ["WMR8X76T7C", "check"],
    ["/q/MWR8X76T7C", "elsewhere"],
    ["https://heat.example/a/q/MWR8X76T7C", "elsewhere"],
    ["https://heat.example/Q/MWR8X76T7C", "elsewhere"],
    ["https://heat.example//q/MWR8X76T7C", "elsewhere"],
    ["https://heat.example/q/q/MWR8X76T7C", "elsewhere"],
    ["https://weixin.qq.com/r/abc", "elsewhere"],
    ["weixin://dl/business", "elsewhere"],
  ])("%s is no code: %s", (typed, wrong) => {
    expect(readCode(typed)).toMatchObject({ wrong });
    expect(codeIn(typed)).toBeNull();
  });

  it("catches every single wrong character and every exchange of two neighbours", () => {
    for (const code of GOOD) {
      for (let at = 0; at < code.length; at++) {
        for (const other of "23456789ACEFHJKMNPRTWXY") {
          const changed = code.slice(0, at) + other + code.slice(at + 1);
          expect(codeIn(changed) === null, changed).toBe(changed !== code);
        }
        const next = code.charAt(at + 1);
        if (next && next !== code.charAt(at)) {
          const swapped = code.slice(0, at) + next + code.charAt(at) + code.slice(at + 2);
          expect(codeIn(swapped), swapped).toBeNull();
        }
      }
    }
  });
});

describe("what is wrong is said kindly", () => {
  const said = (typed: string) => {
    const read = readCode(typed);
    return "wrong" in read ? wrongInWords(read) : "";
  };
  it("says how many characters are missing or too many", () => {
    expect(said("MWR8 X76")).toBe("还差3个字，户码一共10位。");
    expect(said("MWR8X76T7C22")).toBe("多了2个字，户码一共10位。");
  });
  it("names the characters that no sticker has", () => {
    expect(said("OWR8X7OT7Q")).toContain("“O、Q”");
  });
  it("asks to compare again where the check character does not fit", () => {
    expect(said("MWR8X76T72")).toContain("核对一遍");
  });
  it("shows a code in the groups of the sticker", () => {
    expect(grouped("MWR8X76T7C")).toBe("MWR8 X76 T7C");
  });
});
