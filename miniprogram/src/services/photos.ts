/** Pictures of people's homes: read with the session, never by an address that anybody could open. */
import { session } from "./session";

/** The picture on this machine; throws when it is not to be had. */
export function fetchPicture(id: string): Promise<string> {
  const token = session.token();
  return new Promise((resolve, reject) => {
    uni.downloadFile({
      url: `${__API_BASE_URL__}/api/photos/${encodeURIComponent(id)}`,
      header: token ? { Authorization: `Bearer ${token}` } : {},
      success: (answer) => {
        if (answer.statusCode === 200) resolve(answer.tempFilePath);
        else reject(new Error(`photo: ${answer.statusCode}`));
      },
      fail: () => reject(new Error("photo: not reached")),
    });
  });
}
