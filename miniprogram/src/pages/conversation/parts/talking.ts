import { computed, ref, shallowRef, type Ref } from "vue";
import { bringsNews, looksOf, merged, type Unsent } from "./thread";
import { problemOf } from "@/composables/ask";
import { askForMessages } from "@/composables/consent";
import {
  answerIn,
  confirmCard,
  dismissCard,
  myThread,
  say,
  threadOf,
  type Card,
  type Entry,
} from "@/services/conversation";
import { newKey } from "@/services/keys";
import { Refused, type Problem, type Schemas } from "@/services/request";

/** `kept`: words of danger, while the server's database is away (202). */
type Exchange = Schemas["Exchange"] & { kept?: boolean };

const EVERY_MS = 4_000;
/** After a failure the line is left in peace for longer. */
const AFTER_FAILURE_MS = 12_000;

/** Whose thread, and who reads it: `own` as the household itself (also one without a household), else as its cadre. */
export interface Place {
  household: string;
  own: boolean;
  reader: string;
}

/** A thread while somebody looks at it: read, read on, written to, and listened to until `stop`. */
export function useTalking(
  place: Ref<Place>,
  onNews: (mine: boolean) => void,
  onOther: (id: string) => void,
) {
  const entries = shallowRef<Entry[]>([]);
  const unsent = ref<Unsent[]>([]);
  const older = ref<string | null>(null);
  const problem = ref<Problem | null>(null);
  const refused = ref<Problem | null>(null);
  const loading = ref(true);
  const readingOlder = ref(false);
  const busy = ref(false);
  let listening: ReturnType<typeof setTimeout> | null = null;
  let wanted = false;
  let begun = false;
  let turn = 0;

  const state = computed<"loading" | "ready" | "error">(() =>
    begunOnce.value ? "ready" : problem.value ? "error" : "loading",
  );
  const begunOnce = ref(false);

  function page(cursor: string | null) {
    const { household, own } = place.value;
    return own ? myThread(household || undefined, cursor) : threadOf(household, cursor);
  }
  function take(read: readonly Entry[]): boolean {
    const now = merged(entries.value, read);
    if (looksOf(now) === looksOf(entries.value)) return false;
    entries.value = now;
    return true;
  }

  /** From the start, or again after a failure. */
  async function begin(): Promise<void> {
    const mine = ++turn;
    loading.value = true;
    problem.value = null;
    try {
      const first = await page(null);
      if (mine !== turn) return;
      if (!begun) older.value = first.next ?? null;
      take(first.items);
      begun = true;
      begunOnce.value = true;
    } catch (error) {
      if (mine === turn) problem.value = problemOf(error);
    } finally {
      if (mine === turn) loading.value = false;
    }
  }
  async function readOlder(): Promise<string> {
    const anchor = entries.value[0]?.id ?? "";
    if (!older.value || readingOlder.value) return anchor;
    readingOlder.value = true;
    refused.value = null;
    try {
      const read = await page(older.value);
      older.value = read.next ?? null;
      take(read.items);
    } catch (error) {
      refused.value = problemOf(error);
    } finally {
      readingOlder.value = false;
    }
    return anchor;
  }

  async function look(): Promise<void> {
    const mine = turn;
    let next = EVERY_MS;
    // While something is on its way, what comes back tells of it.
    if (begun && !busy.value) {
      try {
        const read = await page(null);
        if (mine === turn && !busy.value) {
          const news = bringsNews(entries.value, read.items, place.value.reader);
          const known = new Set(entries.value.map((entry) => entry.id));
          dropKept(read.items.filter((entry) => !known.has(entry.id)));
          take(read.items);
          problem.value = null;
          if (news) onNews(false);
        }
      } catch {
        next = AFTER_FAILURE_MS;
      }
    }
    if (wanted) listening = setTimeout(() => void look(), next);
  }
  function listen(): void {
    stop();
    wanted = true;
    listening = setTimeout(() => void look(), EVERY_MS);
  }
  function stop(): void {
    wanted = false;
    if (listening) clearTimeout(listening);
    listening = null;
  }
  /** Another household's thread: nothing of this one stays. */
  function startOver(): Promise<void> {
    turn++;
    entries.value = [];
    unsent.value = [];
    older.value = null;
    begun = false;
    begunOnce.value = false;
    return begin();
  }

  function heard(exchange: Schemas["Exchange"]): void {
    const { card } = exchange.reply;
    const known = card
      ? entries.value.map((entry) => (entry.card?.id === card.id ? { ...entry, card } : entry))
      : entries.value;
    entries.value = merged(known, exchange.entries);
    const last = exchange.entries.at(-1);
    if (last?.household_id && place.value.household && last.household_id !== place.value.household) {
      onOther(last.household_id);
    }
  }

  /** What the server kept is in the thread once it has its database again. */
  function dropKept(read: readonly Entry[]): void {
    unsent.value = unsent.value.filter(
      (line) =>
        !line.reply || !read.some((entry) => entry.who === "household" && entry.text.trim() === line.text),
    );
  }

  /** Shown at once, and kept on the page with its key until the server has answered. Gives back what it refused. */
  async function write(text: string, key = newKey()): Promise<string> {
    const words = text.trim();
    if (!words || busy.value) return text;
    busy.value = true;
    refused.value = null;
    unsent.value = [...unsent.value.filter((line) => line.key !== key), { key, text: words, failed: false }];
    onNews(true);
    const drop = () => {
      unsent.value = unsent.value.filter((line) => line.key !== key);
    };
    try {
      if (place.value.own) {
        const exchange: Exchange = await say(words, place.value.household || undefined, key);
        if (exchange.kept) {
          const reply = exchange.reply.text;
          unsent.value = unsent.value.map((line) => (line.key === key ? { ...line, reply } : line));
          onNews(true);
          return "";
        }
        heard(exchange);
      } else entries.value = merged(entries.value, [await answerIn(place.value.household, words, key)]);
      drop();
      onNews(true);
      return "";
    } catch (error) {
      if (error instanceof Refused && error.unanswered) {
        unsent.value = unsent.value.map((line) => (line.key === key ? { ...line, failed: true } : line));
        return "";
      }
      drop();
      refused.value = problemOf(error);
      return words;
    } finally {
      busy.value = false;
    }
  }

  async function settle(card: Card, yes: boolean): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    refused.value = null;
    try {
      if (yes) {
        const done = await confirmCard(card.id);
        heard(done);
        onNews(true);
        await askForMessages(done.templates_to_ask);
      } else {
        heard(await dismissCard(card.id));
        onNews(true);
      }
    } catch (error) {
      refused.value = problemOf(error);
      if (error instanceof Refused && !error.unanswered) await begin();
    } finally {
      busy.value = false;
    }
  }

  return {
    entries,
    unsent,
    older,
    state,
    problem,
    refused,
    loading,
    readingOlder,
    busy,
    begin,
    readOlder,
    listen,
    stop,
    startOver,
    write,
    settle,
  };
}
