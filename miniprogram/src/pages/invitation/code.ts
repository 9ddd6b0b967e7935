/** The code of an invitation as it was typed, pasted or seen by the camera. */

/** From an address its `code` or `invitation`, from anything else the text itself without its spaces. Case counts. */
export function codeFrom(text: string): string {
  const found = /[?&#](?:code|invitation)=([^&#\s]+)/.exec(text)?.[1];
  if (found) {
    try {
      return decodeURIComponent(found);
    } catch {
      return found;
    }
  }
  return text.replace(/\s+/g, "");
}
