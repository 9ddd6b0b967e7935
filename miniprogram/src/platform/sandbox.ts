/**
 * The demo's stand-in for WeChat, reached only when the server names it (`sandbox_url`, never in production): who one can be,
 * and the codes that WeChat would give this person.
 */

export interface DemoPerson {
  id: string;
  name: string;
  description: string;
}

const CHOSEN = "demo-person";
let address: string | null = null;

async function get<Answer>(path: string): Promise<Answer> {
  const answer = await fetch(`${address}${path}`);
  if (!answer.ok) throw new Error(`the stand-in said ${answer.status}`);
  return (await answer.json()) as Answer;
}

async function codeFrom(path: string): Promise<string | null> {
  const person = sandbox.chosen();
  if (!address || !person) return null;
  return (await get<{ code: string }>(`${path}?person=${encodeURIComponent(person)}`)).code;
}

export const sandbox = {
  isAt(url: string | null): void {
    address = url;
  },
  isHere: (): boolean => address !== null,
  chosen: (): string | null => localStorage.getItem(CHOSEN),
  choose(person: string | null): void {
    if (person) localStorage.setItem(CHOSEN, person);
    else localStorage.removeItem(CHOSEN);
  },
  async people(): Promise<DemoPerson[]> {
    if (!address) return [];
    return (await get<{ people: DemoPerson[] }>("/sandbox/people")).people;
  },
  loginCode: (): Promise<string | null> => codeFrom("/sandbox/code"),
  phoneCode: (): Promise<string | null> => codeFrom("/sandbox/phone-code"),
  /** Tell the stand-in that this person allowed a template, as WeChat itself would know. */
  async grant(template: string, outcome: "accept" | "reject"): Promise<void> {
    await fetch(`${address}/sandbox/grant`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        person: sandbox.chosen(),
        template_id: template,
        count: outcome === "accept" ? 1 : 0,
      }),
    });
  },
};
