// What the HTTP functions answer with. A field that has no value is left out; times are ISO 8601 in UTC.

export type Level = "informational" | "low" | "medium" | "high" | "critical";
export type Statuses = Readonly<Record<string, number>>;

export interface RuleResult {
  rule: string;
  title: string;
  level: Level;
  threshold: string;
  matches: number;
  peak: number;
  /** The named reason, such as AlertOpened. */
  decision: string;
}

export interface Report {
  time: string;
  /** "*" says that a run found nothing new on any host. */
  host: string;
  chunks: number;
  quarantined?: number;
  lines: number;
  access: number;
  error: number;
  unknown: number;
  firstEvent?: string;
  lastEvent?: string;
  statuses?: Statuses;
  rules?: RuleResult[];
  problems?: string[];
  /** The first lines that no format fitted. */
  unknownSamples?: UnknownLine[];
  summary?: string;
}

export interface UnknownLine {
  line: number;
  reason: string;
  text: string;
}

export interface Minute {
  minute: string;
  access: number;
  error: number;
  unknown: number;
  statuses?: Statuses;
}

export interface Counts {
  from: string;
  /** The last minute, itself included. */
  until: string;
  /** Minutes without lines are absent. */
  minutes: Minute[];
}

export interface AlertEvent {
  time: string;
  event: string;
  reason?: string;
}

export interface Alert {
  id: string;
  state: "open" | "resolved" | "withdrawn";
  rule: string;
  title: string;
  level: Level;
  host: string;
  group?: Readonly<Record<string, string>>;
  first: string;
  last: string;
  count: number;
  peak: number;
  threshold: string;
  samples?: string[];
  reason?: string;
  history?: AlertEvent[];
}

export interface Host {
  host: string;
  lastIngest?: string;
  lastHeartbeat?: string;
  lastEvent?: string;
}

/** The server answered, but not with what was asked for. */
export class ApiError extends Error {}

/** A silent server counts as unreachable after this long; a cold function app may need most of it. */
const timeout = 15_000;

export interface Answer<T> {
  value: T;
  /** The server's clock, so that "5 min ago" is right on a machine whose clock is not. */
  now: Date;
}

export async function get<T>(path: string, signal: AbortSignal): Promise<Answer<T>> {
  const response = await fetch(path, {
    headers: { accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok || body === undefined) throw new ApiError(`${path.split("?")[0]} answered ${response.status}: ${reasonIn(body)}`);
  const date = Date.parse(response.headers.get("date") ?? "");
  return { value: body as T, now: new Date(Number.isNaN(date) ? Date.now() : date) };
}

function reasonIn(body: unknown): string {
  return typeof body === "object" && body !== null && "error" in body ? String(body.error) : "no reason was given, see the server's log";
}
