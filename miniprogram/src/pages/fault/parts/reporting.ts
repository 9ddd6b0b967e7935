import { ref } from "vue";
import { useAct } from "@/composables/ask";
import { useWaiting } from "@/offline/waiting";
import { online, type Picture } from "@/platform";
import { REPORT_PATH, reportFault, type KeptReport } from "@/services/faults";
import { newKey } from "@/services/keys";
import { Refused, sendPicture, type Schemas } from "@/services/request";

type Body = Schemas["FaultRequest"];
/** Without a fault where the report is kept and nobody has been told yet. */
export type Answer = KeptReport &
  Partial<Omit<Schemas["ReportAnswer"], "fault">> & { fault?: Schemas["Fault"] | null };

/** How long a report waits for its pictures; a danger hardly at all. */
const WAIT_MS = 15_000;
const DANGER_WAIT_MS = 3_000;

interface Upload {
  key: string;
  id?: string;
  /** It failed, and nobody knows whether the server was reached. */
  unreached?: boolean;
  done: Promise<void>;
}

function within(promise: Promise<unknown>, ms: number): Promise<void> {
  return Promise.race([promise.then(() => undefined), new Promise<void>((later) => setTimeout(later, ms))]);
}

/**
 * Sends one report exactly once. Pictures are sent while the person still types, and none of them stops the report. What
 * finds no signal is kept on the phone and goes by itself, as the same report.
 */
export function useReporting() {
  const waiting = useWaiting();
  const answer = ref<Answer | null>(null);
  /** Kept on the phone: it goes when there is signal, or when the server is free. */
  const kept = ref<false | "no-signal" | "busy">(false);
  /** Pictures that this phone could not send; the server counts its own. */
  const leftHere = ref(0);
  const uploads = new Map<string, Upload>();
  let key = newKey();
  // What was sent without an answer is sent again as it was, with the same key.
  let unanswered: { from: string; body: Body } | null = null;

  function upload(path: string): Upload {
    const known = uploads.get(path);
    if (known && !known.unreached) return known;
    const sent: Upload = { key: known?.key ?? newKey(), done: Promise.resolve() };
    sent.done = sendPicture(path, sent.key).then(
      (photo) => {
        sent.id = photo.id;
      },
      (error: unknown) => {
        sent.unreached = error instanceof Refused && error.unanswered;
      },
    );
    uploads.set(path, sent);
    return sent;
  }
  function picturesChosen(pictures: readonly Picture[]): void {
    if (online.now) for (const picture of pictures) upload(picture.path);
  }

  interface Unsent {
    /** The key it was sent with. */
    key: string;
    why: Refused;
  }
  function keep(
    label: string,
    body: Body,
    pictures: readonly Picture[],
    danger: boolean,
    unsent?: Unsent,
  ): void {
    const item = waiting.put({
      label,
      path: REPORT_PATH,
      body: { ...body },
      pictures: pictures.map((picture) => picture.path),
      picturesOptional: true,
      picturesMs: danger ? DANGER_WAIT_MS : undefined,
      urgent: danger,
      key: unsent?.key,
      retryAfter: unsent?.why.retryAfter,
    });
    kept.value = unsent && unsent.why.problem.status !== 0 ? "busy" : "no-signal";
    const told = waiting.onDone((done, said) => {
      if (done.id !== item.id) return;
      told();
      answer.value = (said ?? {}) as Answer;
      leftHere.value += done.pictures.filter((picture) => picture.left).length;
      kept.value = false;
      return true;
    });
    void waiting.send();
  }

  const act = useAct(async (label: string, given: Body, pictures: readonly Picture[], danger: boolean) => {
    if (!online.now && !unanswered) return keep(label, given, pictures, danger);
    const from = JSON.stringify([given, pictures.map((picture) => picture.path)]);
    if (unanswered?.from !== from) {
      const sent = pictures.map((picture) => upload(picture.path));
      await within(Promise.all(sent.map((each) => each.done)), danger ? DANGER_WAIT_MS : WAIT_MS);
      if (!danger && sent.some((each) => each.unreached) && !sent.some((each) => each.id)) {
        return keep(label, given, pictures, danger);
      }
      const photo_ids = sent.flatMap((each) => each.id ?? []);
      leftHere.value = sent.length - photo_ids.length;
      if (unanswered) key = newKey();
      unanswered = { from, body: { ...given, photo_ids } };
    }
    const { body } = unanswered;
    try {
      answer.value = (await reportFault(body, key)) ?? {};
      unanswered = null;
      key = newKey();
    } catch (error) {
      // Danger is kept whatever the server's trouble is, and goes by itself; of the others only what was not heard.
      const soon = (why: Refused) =>
        why.problem.status === 0 || (danger && (why.unanswered || why.postponed));
      if (error instanceof Refused && soon(error)) {
        keep(label, body, [], danger, { key, why: error });
        unanswered = null;
        key = newKey();
        return;
      }
      if (!(error instanceof Refused) || !error.unanswered) {
        unanswered = null;
        key = newKey();
      }
      throw error;
    }
  });

  return { answer, kept, leftHere, busy: act.busy, problem: act.problem, send: act.run, picturesChosen };
}
