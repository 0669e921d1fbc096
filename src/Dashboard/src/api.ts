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
  state: "open" | "resolved" | "withdrawn" | "merged";
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
  /** Who deals with it. */
  acknowledged?: Acknowledgement;
  /** Absent where no silence about it holds. */
  silencedUntil?: string;
}

export interface Acknowledgement {
  at: string;
  by: string;
  comment?: string;
}

export interface Attempt {
  at: string;
  result: string;
}

/** A message to one channel. */
export interface Delivery {
  channel: string;
  kind: string;
  reason: string;
  state: "pending" | "sent" | "dropped";
  attempts: number;
  nextAttempt?: string;
  lastResult?: string;
  history?: Attempt[];
  /** The alert that the message is about first, where it is another. */
  with?: string;
}

export interface Silence {
  id: string;
  match: string;
  from?: string;
  until: string;
  comment: string;
  by?: string;
  holds: boolean;
  /** Those of alerts.yml end there. */
  canEnd: boolean;
}

export interface AlertDetails {
  alert: Alert;
  name?: string;
  opened: string;
  resolved?: string;
  /** The alert that it became part of. */
  partOf?: string;
  techniques?: string[];
  deliveries?: Delivery[];
  silences?: Silence[];
  operator?: {
    /** As they are signed in. */
    name?: string;
    whyReadOnly?: string;
  };
}

export interface Host {
  host: string;
  lastIngest?: string;
  lastHeartbeat?: string;
  lastEvent?: string;
}

/** How LogMonitor itself is. */
export interface Health {
  status: "healthy" | "degraded" | "unhealthy";
  checks: { name: string; status: Health["status"]; problems?: string[] }[];
}

/** The server answered, but not with what was asked for. */
export class ApiError extends Error {
  constructor(message: string, readonly status: number, readonly reason: string) {
    super(message);
  }
}

/** A silent server counts as unreachable after this long; a cold function app may need most of it. */
const timeout = 15_000;

/** Storage that does not answer is waited for. */
const healthTimeout = 30_000;

export interface Answer<T> {
  value: T;
  /** The server's clock, so that "5 min ago" is right on a machine whose clock is not. */
  now: Date;
}

export async function get<T>(path: string, signal: AbortSignal): Promise<Answer<T>> {
  const response = await fetch(path, { headers: { accept: "application/json" }, cache: "no-store", signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]) });
  const value = await bodyOf<T>(path, response);
  const date = Date.parse(response.headers.get("date") ?? "");
  return { value, now: new Date(Number.isNaN(date) ? Date.now() : date) };
}

/** How LogMonitor itself is; undefined where the server does not say. An unhealthy one answers 503, and says why all the same. */
export async function getHealth(): Promise<Health | undefined> {
  const response = await fetch("api/health", { headers: { accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(healthTimeout) });
  const body: unknown = await response.json().catch(() => undefined);
  return typeof body === "object" && body !== null && "checks" in body ? (body as Health) : undefined;
}

/** Asks for a change. */
export async function post(path: string, body: Readonly<Record<string, string>>): Promise<void> {
  const response = await fetch(path, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeout),
  });
  await bodyOf(path, response);
}

async function bodyOf<T>(path: string, response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const reason = reasonIn(body);
  throw new ApiError(`${path.split("?")[0]} answered ${response.status}: ${reason}`, response.status, reason);
}

function reasonIn(body: unknown): string {
  return typeof body === "object" && body !== null && "error" in body ? String(body.error) : "no reason was given, see the server's log";
}
