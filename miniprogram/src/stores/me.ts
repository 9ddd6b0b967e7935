import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { platform } from "@/platform";
import { api, Refused, type Schemas } from "@/services/request";
import { forgetAllKeys } from "@/services/keys";
import { session } from "@/services/session";

type Person = Schemas["Person"];
type Role = Schemas["Role"];

/** Who was here last, for a start without signal: what cannot wait is kept in this person's name. */
const LAST_HERE = "last-here";

/** Roles that this app has a desk for; who has none of them and no household sees the visitor's home. */
const AREA_ROLES = {
  cadre: "village_cadre",
  township: "township_officer",
  district: "district_officer",
} as const;

/** Who is signed in, with households and roles. */
export const useMe = defineStore("me", () => {
  const person = ref<Person | null>(null);
  const known = ref(false);
  const household = ref<string>("");
  session.onChange((now) => {
    person.value = now;
  });

  const signedIn = computed(() => person.value !== null);
  const households = computed(() => person.value?.households ?? []);
  const roles = computed<Role[]>(() => person.value?.roles ?? []);
  const villages = computed(() => roles.value.filter((role) => role.role === AREA_ROLES.cadre));
  const townships = computed(() =>
    roles.value.filter((role) => role.role === AREA_ROLES.township || role.role === AREA_ROLES.district),
  );
  /** The household that the screens speak of: the one chosen last, else the first. */
  const home = computed(() => {
    const mine = households.value.map((tie) => tie.household_id);
    return mine.includes(household.value) ? household.value : (mine[0] ?? "");
  });

  /** Log in by the machine's own means. Throws NotHere or Refused. */
  async function signIn(): Promise<void> {
    const code = await platform.loginCode();
    session.begin(await api.post("/api/sessions", { body: { code }, anonymous: true }));
    uni.setStorageSync(LAST_HERE, person.value);
    known.value = true;
  }

  async function learn(): Promise<void> {
    if (!session.token()) {
      known.value = true;
      return;
    }
    try {
      person.value = await api.get("/api/me");
      uni.setStorageSync(LAST_HERE, person.value);
    } catch (error) {
      const last = uni.getStorageSync(LAST_HERE) as Person | "";
      if (!(error instanceof Refused) || !error.unanswered || !last) throw error;
      person.value = last;
    }
    known.value = true;
  }

  async function signOut(): Promise<void> {
    try {
      if (session.token()) await api.delete("/api/sessions/current");
    } catch {
      // The token is dropped here in any case; the server's ends by itself.
    }
    forgetPerson();
    session.leave();
  }

  /** Nothing of the last person stays on this machine. */
  function forgetPerson(): void {
    session.end();
    forgetAllKeys();
    uni.removeStorageSync(LAST_HERE);
    person.value = null;
    household.value = "";
  }

  function choose(id: string): void {
    household.value = id;
  }

  return {
    person,
    known,
    signedIn,
    households,
    roles,
    villages,
    townships,
    home,
    household,
    signIn,
    signOut,
    learn,
    choose,
    forgetPerson,
  };
});
