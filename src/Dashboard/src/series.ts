import type { Counts, Minute } from "./api";

const minute = 60;

/** The most minutes drawn: a week. A server that answers with a longer span must not exhaust the browser. */
export const maxMinutes = 7 * 24 * 60;

export interface Point {
  /** Seconds since 1970, the start of the minute. */
  time: number;
  access: number;
  error: number;
  unknown: number;
  notFound: number;
}

/** One point for each minute from `from` to `until`, both included; minutes without lines are zero. */
export function fillGaps(counts: Counts): Point[] {
  const until = startOfMinute(counts.until);
  const from = Math.max(startOfMinute(counts.from), until - (maxMinutes - 1) * minute);
  const known = new Map(counts.minutes.map((m) => [startOfMinute(m.minute), m]));
  const points: Point[] = [];
  for (let time = from; time <= until; time += minute) points.push(point(time, known.get(time)));
  return points;
}

export function total(point: Point): number {
  return point.access + point.error + point.unknown;
}

/** The sums of a period, as one point at its start. */
export function sum(points: readonly Point[]): Point {
  const zero: Point = { time: points[0]?.time ?? 0, access: 0, error: 0, unknown: 0, notFound: 0 };
  return points.reduce((a, b) => ({
    time: a.time,
    access: a.access + b.access,
    error: a.error + b.error,
    unknown: a.unknown + b.unknown,
    notFound: a.notFound + b.notFound,
  }), zero);
}

function point(time: number, m: Minute | undefined): Point {
  return { time, access: m?.access ?? 0, error: m?.error ?? 0, unknown: m?.unknown ?? 0, notFound: m?.statuses?.["404"] ?? 0 };
}

function startOfMinute(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000 / minute) * minute;
}
