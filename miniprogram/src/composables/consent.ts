import { platform } from "@/platform";
import { api } from "@/services/request";

/**
 * At the tap that follows an order, a booking or a report: ask for the templates that the answer named, and report what was
 * said. Nothing that fails here may undo or hide what was just done.
 */
export async function askForMessages(templates: readonly string[] | undefined): Promise<void> {
  if (!templates || templates.length === 0) return;
  try {
    const reports = await platform.askForMessages(templates);
    if (reports.length) await api.post("/api/subscription-grants", { body: { reports } });
  } catch (error) {
    console.warn("consent was not asked or not kept", error);
  }
}
