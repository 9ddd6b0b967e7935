/**
 * Idempotency keys that outlive a lost answer. The key of a write is remembered by what is written until the server has
 * answered: a second tap, a reload or a restart sends the same key, and the server does it once. A refusal frees the key.
 */

const STORE = "unanswered-writes";
const KEEP_MS = 24 * 3600 * 1000;
const AT_MOST = 200;

type Remembered = Record<string, { key: string; at: number }>;

/** 128 random bits as hex. */
export function newKey(): string {
  let hex = "";
  for (let i = 0; i < 4; i++)
    hex += Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  return hex;
}

/** The same for the same write, whatever the order of its fields. */
export function fingerprint(method: string, url: string, body: unknown): string {
  return `${method} ${url} ${canonical(body)}`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value && typeof value === "object") {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
  }
  return JSON.stringify(value) ?? "";
}

function remembered(): Remembered {
  const found = (uni.getStorageSync(STORE) || {}) as Remembered;
  const since = Date.now() - KEEP_MS;
  return Object.fromEntries(Object.entries(found).filter(([, entry]) => entry.at > since));
}

export function keyFor(write: string): string {
  const known = remembered();
  const found = known[write]?.key;
  if (found) return found;
  const key = newKey();
  const kept = Object.entries(known).slice(-AT_MOST);
  uni.setStorageSync(STORE, { ...Object.fromEntries(kept), [write]: { key, at: Date.now() } });
  return key;
}

export function forgetKey(write: string): void {
  const known = remembered();
  delete known[write];
  uni.setStorageSync(STORE, known);
}

/** Somebody else uses this machine now: a key belongs to the person who tapped. */
export function forgetAllKeys(): void {
  uni.removeStorageSync(STORE);
}
