/**
 * What was done without signal waits here, in order, each with the key it will always be sent with. It is sent when the signal
 * is back; the server does it once, however often it is sent. What the server refuses stays, with its reason, until the person
 * has dealt with it.
 */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { online } from "@/platform";
import { newKey } from "@/services/keys";
import { api, Refused, sendPicture, type Problem } from "@/services/request";

export interface WaitingPicture {
  path: string;
  key: string;
  /** Given by the server once it was sent. */
  id?: string;
}

export interface Waiting {
  id: string;
  key: string;
  /** Whose work it is: nobody else's session sends it. */
  person: string;
  /** What it is, in the person's words: 确户 · 东街12号 张大爷. */
  label: string;
  /** A write of the API, with its path filled in. */
  path: string;
  body: Record<string, unknown>;
  pictures: WaitingPicture[];
  madeAt: string;
  state: "waiting" | "refused";
  problem?: Problem;
}

const STORE = "waiting";

export const useWaiting = defineStore("waiting", () => {
  const items = ref<Waiting[]>([]);
  const sending = ref(false);
  const waiting = computed(() => items.value.filter((item) => item.state === "waiting"));
  const refused = computed(() => items.value.filter((item) => item.state === "refused"));
  const done = ref<((item: Waiting, answer: unknown) => void)[]>([]);
  let sender = "";

  function remembered(): void {
    const kept = uni.getStorageSync(STORE) as Waiting[] | "";
    if (Array.isArray(kept)) items.value = kept;
  }
  function keep(): void {
    uni.setStorageSync(STORE, items.value);
  }
  /** Whose things may be sent now; empty when nobody is signed in. */
  function sendAs(person: string): void {
    sender = person;
  }

  /** Kept first, then sent: what is in the store survives a dead battery. */
  function put(given: Pick<Waiting, "label" | "path" | "body"> & { pictures?: string[] }): Waiting {
    const item: Waiting = {
      ...given,
      id: newKey(),
      key: newKey(),
      person: sender,
      pictures: (given.pictures ?? []).map((path) => ({ path, key: newKey() })),
      madeAt: new Date().toISOString(),
      state: "waiting",
    };
    items.value = [...items.value, item];
    keep();
    return item;
  }

  function drop(id: string): void {
    items.value = items.value.filter((item) => item.id !== id);
    keep();
  }
  function retry(id: string): void {
    // Judged anew: a refusal freed the key.
    items.value = items.value.map((item) =>
      item.id === id ? { ...item, key: newKey(), state: "waiting", problem: undefined } : item,
    );
    keep();
    void send();
  }

  async function sendOne(item: Waiting): Promise<void> {
    const ids: string[] = [];
    for (const picture of item.pictures) {
      picture.id ??= (await sendPicture(picture.path, picture.key)).id;
      keep();
      ids.push(picture.id);
    }
    const body = ids.length ? { ...item.body, photo_ids: ids } : item.body;
    const answer = await (api.post as (path: string, given: object) => Promise<unknown>)(item.path, {
      body,
      key: item.key,
    });
    drop(item.id);
    for (const tell of done.value) tell(item, answer);
  }

  /** Send what waits, oldest first; stops where the signal ends. */
  async function send(): Promise<void> {
    if (sending.value || !sender) return;
    sending.value = true;
    try {
      for (;;) {
        const item = waiting.value.find((each) => each.person === sender);
        if (!item || !online.now) return;
        try {
          await sendOne(item);
        } catch (error) {
          if (
            !(error instanceof Refused) ||
            error.unanswered ||
            error.problem.status === 429 ||
            error.problem.status === 401
          )
            return;
          items.value = items.value.map((each) =>
            each.id === item.id ? { ...each, state: "refused", problem: error.problem } : each,
          );
          keep();
        }
      }
    } finally {
      sending.value = false;
    }
  }

  function onDone(tell: (item: Waiting, answer: unknown) => void): void {
    done.value.push(tell);
  }

  return { items, waiting, refused, sending, remembered, put, drop, retry, send, sendAs, onDone };
});
