/** Photos that the server keeps: read under the permission of what they belong to, so an address alone does not open them. */
import { session } from "./session";

const opened = new Map<string, Promise<string>>();

/** A path on this machine for a kept photo. Throws where it was not given. */
export function pictureOf(id: string): Promise<string> {
  let found = opened.get(id);
  if (!found) {
    found = download(id).catch((error: unknown) => {
      opened.delete(id);
      throw error;
    });
    opened.set(id, found);
  }
  return found;
}

function download(id: string): Promise<string> {
  return new Promise((resolve, reject) => {
    uni.downloadFile({
      url: `${__API_BASE_URL__}/api/photos/${encodeURIComponent(id)}`,
      header: { Authorization: `Bearer ${session.token()}` },
      success: (answer) =>
        answer.statusCode === 200 ? resolve(answer.tempFilePath) : reject(new Error(String(answer.statusCode))),
      fail: () => reject(new Error("unreached")),
    });
  });
}
