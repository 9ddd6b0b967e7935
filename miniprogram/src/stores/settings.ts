import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { platform } from "@/platform";
// #ifdef H5
import { sandbox } from "@/platform/sandbox";
// #endif
import { api, type Schemas } from "@/services/request";

type ClientSettings = Schemas["ClientSettings"];

const LOOK = "look";
const SUGGESTED = "elder-suggested";
const LAST_TOLD = "client-settings";
/** Elder mode begins with letters of 22 px; each step larger up to about 30 pt. */
const STEPS = [1, 1.15, 1.3] as const;
const DAY_MS = 86_400_000;
const SHANGHAI_MS = 8 * 3600 * 1000;
const SHIFT = "clock-shift-days";

/** What the client must know before all else (the day, the hotline), and how the person wants to see it. */
export const useSettings = defineStore("settings", () => {
  const told = ref<ClientSettings | null>(null);
  const look = ref<{ elder: boolean | null; step: number }>({ elder: null, step: 0 });
  const suggested = ref(false);

  const elder = computed(() => look.value.elder ?? suggested.value);
  const scale = computed(() => platform.letterScale() * (elder.value ? (STEPS[look.value.step] ?? 1) : 1));
  const hotline = computed(() => told.value?.hotline ?? "");
  const today = computed(() => told.value?.today ?? "");
  const demo = computed(() => told.value?.demo ?? false);

  /** Whole days that the server's clock is away from this machine's: none, but in a demo that plays another season. */
  let shiftDays = 0;
  /** This machine's time by the server's calendar, in milliseconds: what goes with things done without signal. */
  function now(): number {
    return Date.now() + shiftDays * DAY_MS;
  }
  function learnShift(serverToday: string): void {
    const here = Math.floor((Date.now() + SHANGHAI_MS) / DAY_MS);
    const away = Math.round(Date.parse(`${serverToday}T00:00:00Z`) / DAY_MS) - here;
    // Around midnight the two may differ by a day without any shift.
    shiftDays = Math.abs(away) > 1 ? away : 0;
    uni.setStorageSync(SHIFT, shiftDays);
  }

  function remembered(): void {
    const kept = uni.getStorageSync(LOOK) as { elder: boolean | null; step: number } | "";
    if (kept) look.value = kept;
    suggested.value = uni.getStorageSync(SUGGESTED) === true;
    // Without signal the hotline must still be there.
    const last = uni.getStorageSync(LAST_TOLD) as ClientSettings | "";
    if (last) told.value = last;
    shiftDays = Number(uni.getStorageSync(SHIFT)) || 0;
  }

  let learning: Promise<void> | null = null;
  /** Settled once for the start; a later call asks again. */
  function learn(): Promise<void> {
    learning ??= (async () => {
      try {
        const answer = await api.get("/api/client-settings", { anonymous: true });
        told.value = answer;
        learnShift(answer.today);
        uni.setStorageSync(LAST_TOLD, answer);
      } catch {
        // What was told last time stands; the page that needs more says so itself.
      } finally {
        learning = null;
      }
      // #ifdef H5
      sandbox.isAt(told.value?.sandbox_url ?? null);
      // #endif
    })();
    return learning;
  }

  function keep(): void {
    uni.setStorageSync(LOOK, look.value);
  }
  function setElder(on: boolean): void {
    look.value = { ...look.value, elder: on };
    keep();
  }
  function setStep(step: number): void {
    look.value = { elder: true, step: Math.max(0, Math.min(STEPS.length - 1, step)) };
    keep();
  }
  /** The home of somebody above sixty: elder mode, unless this person has chosen. */
  function suggestElder(yes: boolean): void {
    suggested.value = yes;
    uni.setStorageSync(SUGGESTED, yes); // a message may open any page first, not only the home that knows the age
  }

  return {
    told,
    look,
    elder,
    scale,
    hotline,
    today,
    demo,
    now,
    remembered,
    learn,
    setElder,
    setStep,
    suggestElder,
  };
});
