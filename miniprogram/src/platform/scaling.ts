/**
 * How large a picture is sent. Today's phones take 48 million dots and more: the detail helps nobody, the bytes cost a weak signal
 * minutes. Both platforms scale by these figures; what cannot be scaled is sent as it is, as long as the server takes it.
 */

/** The longer side of what is sent, in dots. */
export const LONGEST_SIDE = 2560;
/** A picture of no more than this, and no longer side, is sent as it was taken. */
export const ENOUGH_BYTES = 2 * 1024 * 1024;
/** What the server takes. */
export const MOST_BYTES = 32 * 1024 * 1024;
export const QUALITY = 0.85;

export interface Size {
  width: number;
  height: number;
}

export function mustBeScaled({ width, height }: Size, bytes: number): boolean {
  return bytes > ENOUGH_BYTES || Math.max(width, height) > LONGEST_SIDE;
}

/** The same shape within LONGEST_SIDE, whole dots, at least one; a smaller one stays as it is. */
export function scaledSize({ width, height }: Size): Size {
  const factor = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}
