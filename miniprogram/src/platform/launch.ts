/** Which door the app was opened for: WeChat hands over `q` (an ordinary link) or `scene` (a mini-program code), encoded. */

interface Launched {
  path?: string;
  query?: Record<string, string | undefined>;
}

/** The sticker's address or code, decoded; null when the app was opened otherwise, or opens its door page by itself. */
export function doorFromLaunch(launched: Launched | undefined): string | null {
  const path = (launched?.path ?? "").replace(/^\//, "");
  if (path === "pages/door/index") return null;
  const found = launched?.query?.q ?? launched?.query?.scene;
  if (!found) return null;
  return decoded(found);
}

/** `q` arrives encoded once from WeChat and plain from a browser; both give the same text. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
