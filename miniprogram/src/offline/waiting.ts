/**
 * What was done without signal waits here, in order, each with the key it will always be sent with. It is sent when the signal
 * is back; the server does it once, however often it is sent. What the server refuses stays, with its reason, until the person
 * has dealt with it. Danger goes first. What is refused or put off holds the later acts on the same thing, and nothing else; what
 * is put off waits for as long as the server asked.
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
  /** How often the server put it off. */
  postponed?: number;
}

export interface Waiting {
  id: string;
  key: string;
  /** Whose work it is: nobody else's session sends it. Empty: a visitor's. */
  person: string;
  /** Danger: goes before everything else, and waits for no picture that is put off. */
  urgent?: boolean;
  /** Open to all: goes without a session if its person is not here. */
  open?: boolean;
  /** What it is, in the person's words: 确户 · 东街12号 张大爷. */
  label: string;
  /** A write of the API, with its path filled in. */
  path: string;
  body: Record<string, unknown>;
  pictures: WaitingPicture[];
  /** It goes without a picture that cannot be sent. */
  picturesOptional?: boolean;
  /** How long it waits for its pictures, in milliseconds; without it, as long as they take. */
  picturesMs?: number;
  madeAt: string;
  /** "sent": done, but without a picture; it stays until the person has read that. */
  state: "waiting" | "refused" | "sent";
  problem?: Problem;
}

const STORE = "waiting";
/** After a send that was not answered: when it is tried again by itself, in seconds. The last one stays. */
const AGAIN_AFTER = [3, 10, 30, 60] as const;
/** A report that may go without its picture waits no more often than this for one that is put off. */
const PICTURE_PUT_OFF = 3;
/** So many of one kind put off, or failed, one after the other: the rest of the kind is not tried in this turn. */
const ENOUGH = 2;

/** The thing that a write is about, /api/households/123 of /api/households/123/village-confirmation; null: about none. */
function thingOf(item: Waiting): string | null {
  return /^\/api\/[^/]+\/[^/]+(?=\/)/.exec(item.path)?.[0] ?? null;
}

/** What a limit of the server is likely to be on: the same write, of whatever thing. */
function kindOf(item: Waiting): string {
  return item.path.replace(/^(\/api\/[^/]+)\/[^/]+\//, "$1/…/");
}
const PICTURES = "pictures";

export const useWaiting = defineStore("waiting", () => {
  const items = ref<Waiting[]>([]);
  const sending = ref(false);
  const waiting = computed(() => items.value.filter((item) => item.state === "waiting"));
  const refused = computed(() => items.value.filter((item) => item.state === "refused"));
  const sent = computed(() => items.value.filter((item) => item.state === "sent"));
  const done = ref<((item: Waiting, answer: unknown) => boolean | void)[]>([]);
  /** Put off by the server: until when, in milliseconds of this phone's clock, by the item's id. */
  const later = ref<Record<string, number>>({});
  let sender = "";

  function remembered(): void {
    const kept = uni.getStorageSync(STORE) as Waiting[] | "";
    // Before `open` there was, all that was urgent was open.
    if (Array.isArray(kept)) items.value = kept.map((item) => ({ ...item, open: item.open ?? item.urgent }));
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
    given: Pick<
      Waiting,
      "label" | "path" | "body" | "picturesOptional" | "picturesMs" | "urgent" | "open"
    > & {
      pictures?: string[];
      /** The key that this very body was sent with already, without an answer. */
      key?: string;
      /** Seconds that the server asked to wait when it was sent. */
      retryAfter?: number | null;
    },
  ): Waiting {
    const { retryAfter, ...what } = given;
    const item: Waiting = {
      ...what,
      open: what.open ?? false,
      id: newKey(),
      key: given.key ?? newKey(),
      person: sender,
      pictures: (given.pictures ?? []).map((path) => ({ path, key: newKey() })),
      madeAt: new Date(useSettings().now()).toISOString(),
      state: "waiting",
    };
    // Done again, what was refused is dealt with.
    const again = (each: Waiting) =>
      each.state === "refused" && each.person === item.person && each.path === item.path;
    if (thingOf(item)) items.value.filter(again).forEach((each) => drop(each.id));
    items.value = [...items.value, item];
    if (retryAfter) hold(item.id, retryAfter);
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

  let signedOut = false;
  function isAnonymous(item: Waiting): boolean {
    return signedOut || !item.person || item.person !== sender;
  }

  /** Not before so many seconds, whoever asks. The timer counts, so a clock that is set back holds nothing longer. */
  function hold(id: string, seconds: number): void {
    const until = Date.now() + seconds * 1000;
    later.value = { ...later.value, [id]: until };
    setTimeout(() => {
      if (later.value[id] !== until) return;
      const { [id]: _over, ...rest } = later.value;
      later.value = rest;
      void send();
    }, seconds * 1000);
  }
  function isHeld(item: Waiting): boolean {
    return (later.value[item.id] ?? 0) > Date.now();
  }
  /** The earlier act on the same thing that has to be done, or dealt with, before this one; null: none. */
  function behind(item: Waiting): Waiting | null {
    const thing = thingOf(item);
    if (!thing || item.urgent) return null;
    for (const each of items.value) {
      if (each.id === item.id) return null;
      if (each.state !== "sent" && each.person === item.person && thingOf(each) === thing) return each;
    }
    return null;
  }

  /** Sends it, or marks it as left; throws what holds up the report that it belongs to. */
  async function sendPictureOf(item: Waiting, picture: WaitingPicture): Promise<void> {
    const path = await platform.pictureFor(picture.path).catch(() => null);
    if (path === null) {
      picture.left = true; // gone from the machine: what it belongs to goes without it
      return;
    }
    try {
      const { id } = await sendPicture(path, picture.key, isAnonymous(item));
      if (!picture.left) picture.id = id;
    } catch (error) {
      if (!item.picturesOptional) throw error;
      if (error instanceof Refused) {
        if (error.postponed && !item.urgent) {
          picture.postponed = (picture.postponed ?? 0) + 1;
          if (picture.postponed <= PICTURE_PUT_OFF) throw error;
        }
        // Without signal the picture is tried again; with it, whatever else is answered, the picture itself is at fault.
        if (error.problem.status === 0 && !(await reached())) throw error;
      }
      picture.left = true;
    }
  }
  function reached(): Promise<boolean> {
    return api.get("/api/client-settings", { anonymous: true }).then(
      () => true,
      (error: unknown) => error instanceof Refused && error.problem.status !== 0,
    );
  }

  async function sendPictures(item: Waiting): Promise<void> {
    const { picturesMs } = item;
    const over =
      picturesMs === undefined ? null : new Promise<"late">((late) => setTimeout(late, picturesMs, "late"));
    for (const picture of item.pictures) {
      if (picture.id || picture.left) continue;
      const arrived = sendPictureOf(item, picture);
      if (over) arrived.catch(() => undefined); // nobody listens to one that fails after the time is over
      if ((await (over ? Promise.race([arrived, over]) : arrived)) === "late") picture.left = true;
      keep();
    }
  }

  async function sendOne(item: Waiting): Promise<void> {
    const ids = item.pictures.flatMap((picture) => (picture.id && !picture.left ? picture.id : []));
    const body = ids.length ? { ...item.body, photo_ids: ids } : item.body;
    const answer = await (api.post as (path: string, given: object) => Promise<unknown>)(item.path, {
      body,
      key: item.key,
      anonymous: isAnonymous(item),
    });
    const told = done.value.map((tell) => tell(item, answer)).some(Boolean);
    if (told || !item.pictures.some((picture) => picture.left)) return drop(item.id);
    for (const picture of item.pictures) void platform.dropPicture(picture.path).catch(() => undefined);
    change(item.id, { state: "sent" });
  }
  function change(id: string, to: Partial<Waiting>): void {
    items.value = items.value.map((each) => (each.id === id ? { ...each, ...to } : each));
    keep();
  }

  function nextToSend(tried: ReadonlySet<string> = new Set()): Waiting | undefined {
    const ready = waiting.value.filter(
      (item) =>
        (item.open || (!signedOut && sender && item.person === sender)) &&
        !tried.has(item.id) &&
        !isHeld(item) &&
        !behind(item),
    );
    return ready.find((item) => item.urgent) ?? ready[0];
  }

  /** Send what waits, danger first, then oldest first; stops where the signal ends. */
  async function send(): Promise<void> {
    if (sending.value) return;
    sending.value = true;
    signedOut = false;
    const tried = new Set<string>();
    const troubles = new Map<string, number>();
    try {
      for (;;) {
        const item = nextToSend(tried);
        if (!item || !online.now) return;
        let kind = PICTURES;
        try {
          await sendPictures(item);
          kind = kindOf(item);
          await sendOne(item);
        } catch (error) {
          if (!(error instanceof Refused)) {
            console.warn("what waits could not be sent", error);
            tried.add(item.id);
          } else if (error.problem.status === 0) {
            return;
          } else if (error.problem.status === 401) {
            // The session ended: what is open to all goes without one, the rest waits for its person.
            if (signedOut) tried.add(item.id);
            signedOut = true;
          } else if (error.postponed || error.unanswered) {
            putOff(item, kind, error.retryAfter, tried, troubles);
          } else {
            change(item.id, { state: "refused", problem: error.problem });
          }
        }
      }
    } finally {
      signedOut = false;
      sending.value = false;
      again();
    }
  }

  /** Later, at the server's own time if it named one. Twice the same trouble: its like would have it too. */
  function putOff(
    item: Waiting,
    kind: string,
    seconds: number | null,
    tried: Set<string>,
    troubles: Map<string, number>,
  ): void {
    const times = (troubles.get(kind) ?? 0) + 1;
    troubles.set(kind, times);
    const alike = waiting.value.filter(
      (each) =>
        !each.urgent &&
        !isHeld(each) &&
        (kind === PICTURES
          ? each.pictures.some((picture) => !picture.id && !picture.left)
          : kindOf(each) === kind),
    );
    for (const each of times >= ENOUGH ? [item, ...alike] : [item]) {
      tried.add(each.id);
      if (seconds !== null) hold(each.id, seconds);
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

  /** Told what was sent; true from `tell`: the person sees it now, pictures that were left included. The answer ends the telling. */
  function onDone(tell: (item: Waiting, answer: unknown) => boolean | void): () => void {
    done.value.push(tell);
    return () => {
      done.value = done.value.filter((each) => each !== tell);
    };
  }

  return {
    items,
    waiting,
    refused,
    sent,
    sending,
    later,
    behind,
    remembered,
    put,
    drop,
    retry,
    send,
    sendAs,
    onDone,
  };
});
