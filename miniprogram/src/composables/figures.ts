/** Figures as people read them: kilograms and fen are integers all the way here. */

/** 2000 → 2,000公斤 */
export function kilograms(kg: number): string {
  return `${kg.toLocaleString("en-US")}公斤`;
}

/** Bags beside the kilograms: 40袋（1,000公斤） */
export function bagsOf(kg: number, bagKg: number): string {
  return `${Math.floor(kg / bagKg)}袋（${kilograms(kg)}）`;
}

/** 123456 fen → 1,234.56元; whole yuan without decimals. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? "-" : "";
  const whole = Math.trunc(Math.abs(fen) / 100).toLocaleString("en-US");
  const rest = Math.abs(fen) % 100;
  return `${sign}${whole}${rest ? `.${String(rest).padStart(2, "0")}` : ""}元`;
}
