/**
 * What was done without signal waits here, in order, each with the key it will always be sent with. It is sent when the signal
 * is back; the server does it once, however often it is sent. What the server refuses stays, with its reason, until the person
 * has dealt with it.
 */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { online, platform } from "@/platform";
import { newKey } from "@/services/keys";
import { useSettings } from "@/stores/settings";
import { api, Refused, sendPicture, type Problem } from "@/services/request";

export interface WaitingPicture {
  path: string;
  key: string;
  /** Given by the server once it was sent. */
  id?: string;
  /** It could not be sent; what it belongs to goes without it, now and whenever it is sent again. */
  left?: boolean;
}

export interface Waiting {
  id: string;
  key: string;
  /** Whose work it is: nobody else's session sends it. Empty: a visitor's. */
  person: string;
  /** A report of danger that is open to all: goes before everything else, without a session if its person is not here. */
  urgent?: boolean;
  /** What it is, in the person's words: 确户 · 东街12号 张大爷. */
  label: string;
  /** A write of the API, with its path filled in. */
  path: string;
  body: Record<string, unknown>;
  pictures: WaitingPicture[];
  /** A report of danger does not wait for a picture that cannot be sent. */
  picturesOptional?: boolean;
  madeAt: string;
  state: "waiting" | "refused";
  problem?: Problem;
}

const STORE = "waiting";
/** After a send that was not answered: when it is tried again by itself, in seconds. The last one stays. */
const AGAIN_AFTER = [3, 10, 30, 60] as const;

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
  function put(
    given: Pick<Waiting, "label" | "path" | "body" | "picturesOptional" | "urgent"> & {
      pictures?: string[];
      /** The key that this very body was sent with already, without an answer. */
      key?: string;
    },
  ): Waiting {
    const item: Waiting = {
      ...given,
      id: newKey(),
      key: given.key ?? newKey(),
      person: sender,
      pictures: (given.pictures ?? []).map((path) => ({ path, key: newKey() })),
      madeAt: new Date(useSettings().now()).toISOString(),
      state: "waiting",
    };
    items.value = [...items.value, item];
    keep();
    void keepPictures(item);
    return item;
  }

  /** A photo as taken goes with the page it was taken on; one that cannot be kept is sent if that page is still there. */
  async function keepPictures(item: Waiting): Promise<void> {
    for (const picture of item.pictures) {
      try {
        picture.path = await platform.keepPicture(picture.path);
        keep();
      } catch (error) {
        console.warn("a photo could not be kept", error);
      }
    }
  }

  function drop(id: string): void {
    const gone = items.value.find((item) => item.id === id);
    for (const picture of gone?.pictures ?? [])
      void platform.dropPicture(picture.path).catch(() => undefined);
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

  function isAnonymous(item: Waiting): boolean {
    return !item.person || item.person !== sender;
  }

  async function sendPictureOf(item: Waiting, picture: WaitingPicture): Promise<void> {
    if (picture.id) return;
    const path = await platform.pictureFor(picture.path);
    if (path === null) {
      picture.left = true; // gone from the machine: what it belongs to goes without it
      return;
    }
    try {
      picture.id = (await sendPicture(path, picture.key, isAnonymous(item))).id;
    } catch (error) {
      if (!item.picturesOptional) throw error;
      // Without signal this throws as well, and the picture is tried again; with it the picture itself is at fault.
      if (error instanceof Refused && error.unanswered)
        await api.get("/api/client-settings", { anonymous: true });
      picture.left = true;
    }
  }

  async function sendOne(item: Waiting): Promise<void> {
    const ids: string[] = [];
    for (const picture of item.pictures) {
      if (!picture.left) await sendPictureOf(item, picture);
      keep();
      if (picture.id) ids.push(picture.id);
    }
    const body = ids.length ? { ...item.body, photo_ids: ids } : item.body;
    const answer = await (api.post as (path: string, given: object) => Promise<unknown>)(item.path, {
      body,
      key: item.key,
      anonymous: isAnonymous(item),
    });
    drop(item.id);
    for (const tell of done.value) tell(item, answer);
  }

  function nextToSend(): Waiting | undefined {
    const mine = waiting.value.filter((item) => item.urgent || (sender && item.person === sender));
    return mine.find((item) => item.urgent) ?? mine[0];
  }

  /** Send what waits, danger first, then oldest first; stops where the signal ends. */
  async function send(): Promise<void> {
    if (sending.value) return;
    sending.value = true;
    try {
      for (;;) {
        const item = nextToSend();
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
      again();
    }
  }

  let unanswered = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** The signal may be back before the network is: what still waits is tried again, ever more patiently. */
  function again(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (!nextToSend()) {
      unanswered = 0;
      return;
    }
    const seconds = AGAIN_AFTER[Math.min(unanswered, AGAIN_AFTER.length - 1)] ?? 60;
    unanswered += 1;
    timer = setTimeout(() => void send(), seconds * 1000);
  }

  /** Told what was sent; the answer ends the telling. */
  function onDone(tell: (item: Waiting, answer: unknown) => void): () => void {
    done.value.push(tell);
    return () => {
      done.value = done.value.filter((each) => each !== tell);
    };
  }

  return { items, waiting, refused, sending, remembered, put, drop, retry, send, sendAs, onDone };
});
