/** Days and instants as people say them, in the programme's time zone. "Today" comes from the server, never from the phone. */

const SHANGHAI_MS = 8 * 3600 * 1000;
const WEEK = ["日", "一", "二", "三", "四", "五", "六"];

function utc(day: string): number {
  const [year, month, date] = day.split("-").map(Number);
  return Date.UTC(year ?? 1970, (month ?? 1) - 1, date ?? 1);
}

/** 明天 · 9月16日 周五; the year only where it is another one. `today` and `day` are ISO days. */
export function dayInWords(day: string, today: string): string {
  const at = new Date(utc(day));
  const away = today ? Math.round((utc(day) - utc(today)) / 86_400_000) : NaN;
  const near = { "-1": "昨天", 0: "今天", 1: "明天", 2: "后天" }[String(away)];
  const plain = `${at.getUTCMonth() + 1}月${at.getUTCDate()}日`;
  const year = today && day.slice(0, 4) !== today.slice(0, 4) ? `${day.slice(0, 4)}年` : "";
  return near ? `${near}（${plain}）` : `${year}${plain} 周${WEEK[at.getUTCDay()]}`;
}

export function halfDayInWords(half: string): string {
  return half === "morning" ? "上午" : "下午";
}

/** An RFC 3339 instant: 今天 14:05, 9月12日 08:30. */
export function instantInWords(instant: string | null | undefined, today: string): string {
  if (!instant) return "";
  const local = new Date(Date.parse(instant) + SHANGHAI_MS).toISOString();
  const day = local.slice(0, 10);
  const away = today ? Math.round((utc(day) - utc(today)) / 86_400_000) : NaN;
  const near = { "-1": "昨天", 0: "今天", 1: "明天" }[String(away)];
  const year = today && day.slice(0, 4) !== today.slice(0, 4) ? `${day.slice(0, 4)}年` : "";
  const plain = near ?? `${year}${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`;
  return `${plain} ${local.slice(11, 16)}`;
}

export function addDays(day: string, days: number): string {
  return new Date(utc(day) + days * 86_400_000).toISOString().slice(0, 10);
}
