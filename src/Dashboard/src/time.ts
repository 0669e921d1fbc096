/** "2026-11-01 14:05:10 UTC"; what is no time is shown as it came. */
export function timestamp(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${day(time)} ${clock(time)} UTC`;
}

/** "14:05", the minute of a chart's axis. */
export function hourMinute(time: Date): string {
  return time.toISOString().slice(11, 16);
}

/** "2026-11-01 14:05:10 – 14:06:02 UTC", the date said twice only where it changes. */
export function span(first: string, last: string): string {
  const [from, to] = [new Date(first), new Date(last)];
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) return `${first} – ${last}`;
  if (Math.floor(from.getTime() / 1000) === Math.floor(to.getTime() / 1000)) return timestamp(first);
  return `${day(from)} ${clock(from)} – ${day(from) === day(to) ? "" : `${day(to)} `}${clock(to)} UTC`;
}

const units: [seconds: number, name: string][] = [[86_400, "d"], [3_600, "h"], [60, "min"], [1, "s"]];

/** "12 s ago", "3 h ago"; a time in the future is "just now", for clocks differ. */
export function ago(iso: string, now: Date): string {
  const seconds = Math.floor((now.getTime() - Date.parse(iso)) / 1000);
  const unit = units.find(([length]) => seconds >= length);
  return unit ? `${Math.floor(seconds / unit[0])} ${unit[1]} ago` : "just now";
}

export function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function clock(time: Date): string {
  return time.toISOString().slice(11, 19);
}
