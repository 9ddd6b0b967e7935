/**
 * The code on the sticker, read on the phone as the server reads it (backend/registry/rules/household_code.py): ten characters
 * of an alphabet without look-alikes, the last of which checks the others. It says which house, and allows nothing.
 */

const ALPHABET = "23456789ACEFHJKMNPRTWXY";
const LENGTH = 10;
/** Never on a sticker: who types one has read the digit. */
const READ_AS: Readonly<Record<string, string>> = { Z: "2", S: "5", G: "6", B: "8" };
const BETWEEN = /[\s\u200b-\u200f\u2060\ufeff\-\u2010-\u2015\u2212_.·/]+/g;

export type Wrong =
  /** Nothing was typed. */
  | "empty"
  | "length"
  | "character"
  | "check"
  /** The address of something else: not a sticker's. */
  | "elsewhere";

export type Reading = { code: string } | { wrong: Wrong; typed: string };

function checkCharacter(body: string): string {
  let total = 0;
  for (let i = 0; i < body.length; i++) total += (LENGTH - i) * ALPHABET.indexOf(body.charAt(i));
  return ALPHABET.charAt((ALPHABET.length - (total % ALPHABET.length)) % ALPHABET.length);
}

/** What follows `/q/` in a sticker's address; null for any other address. */
function fromAddress(text: string): string | null {
  const address = text.includes("://") ? text : `https://${text.replace(/^\/+/, "")}`;
  const parts = /^https?:\/\/[^/?#]+(\/[^?#]*)/i.exec(address);
  const path = parts?.[1] ?? "";
  const mark = path.lastIndexOf("/q/");
  return mark === 0 ? path.slice(3).replace(/^\/+|\/+$/g, "") : null;
}

/** The code in what was typed or scanned, or why there is none. Small letters, full width, spaces and dashes do not matter. */
export function readCode(typed: string): Reading {
  let text = typed.normalize("NFKC").trim();
  if (text.includes("://") || text.toLowerCase().includes("/q/")) {
    const found = fromAddress(text);
    if (found === null) return { wrong: "elsewhere", typed };
    text = found;
  }
  const code = [...text.replace(BETWEEN, "").toUpperCase()].map((each) => READ_AS[each] ?? each).join("");
  if (!code) return { wrong: "empty", typed };
  if (code.length !== LENGTH) return { wrong: "length", typed: code };
  if ([...code].some((each) => !ALPHABET.includes(each))) return { wrong: "character", typed: code };
  if (checkCharacter(code.slice(0, -1)) !== code.slice(-1)) return { wrong: "check", typed: code };
  return { code };
}

/** As `readCode`, for who only wants to know whether it is one. */
export function codeIn(typed: string): string | null {
  const read = readCode(typed);
  return "code" in read ? read.code : null;
}

/** As it is printed and read aloud: four, three, three. */
export function grouped(code: string): string {
  return `${code.slice(0, 4)} ${code.slice(4, 7)} ${code.slice(7)}`;
}

/** Why it is no code, and what to do, as one says it to somebody at a door. */
export function wrongInWords(reading: { wrong: Wrong; typed: string }): string {
  switch (reading.wrong) {
    case "empty":
      return "请输入户码牌上的10位户码。";
    case "length": {
      const away = LENGTH - [...reading.typed].length;
      return away > 0 ? `还差${away}个字，户码一共10位。` : `多了${-away}个字，户码一共10位。`;
    }
    case "character": {
      const strange = [...reading.typed].filter((each) => !ALPHABET.includes(each));
      return `户码牌上没有“${[...new Set(strange)].join("、")}”，请再看一眼是不是别的字。`;
    }
    case "check":
      return "有一位没有看对，请对着牌子从头核对一遍。";
    case "elsewhere":
      return "这不是户码牌上的码。请扫门上的户码牌。";
  }
}
