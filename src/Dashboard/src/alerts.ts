import type { Alert, AlertEvent, Level } from "./api";
import { bdi, el, time, timeSpan } from "./dom";
import { number, plural, words } from "./text";

const levels: readonly Level[] = ["critical", "high", "medium", "low", "informational"];

/** So many are shown at once; during an attack the others wait behind a fold, and the chart stays in sight. */
const shown = 8;

/** The gravest first, then the one that matched last. */
export function byUrgency(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort((a, b) => rank(a.level) - rank(b.level) || b.last.localeCompare(a.last));
}

/** "1 critical, 2 medium". */
export function countsByLevel(alerts: readonly Alert[]): string {
  return levels
    .map((level) => [level, alerts.filter((a) => a.level === level).length] as const)
    .filter(([, count]) => count > 0)
    .map(([level, count]) => `${count} ${level}`)
    .join(", ");
}

export function alertList(alerts: readonly Alert[], anythingRead: boolean): Element[] {
  if (alerts.length === 0) {
    const advice = anythingRead
      ? "No rule has reached its threshold, or what had is quiet again. New alerts appear here by themselves."
      : "Nothing has been read yet. Once logs arrive, what the rules find appears here.";
    return [el("p", { class: "empty" }, advice)];
  }
  const cards = byUrgency(alerts).map(card);
  const rest = cards.slice(shown);
  const fold = rest.length > 0 && el("details", { "data-key": "more", class: "more" },
    el("summary", {}, `${plural(rest.length, "more alert")}`), el("ul", { class: "cards" }, ...rest));
  return [el("ul", { class: "cards" }, ...cards.slice(0, shown)), ...(fold ? [fold] : [])];
}

export function badge(level: string): Element {
  return el("span", { class: "badge", "data-level": level }, level);
}

function card(alert: Alert): Element {
  return el("li", { "data-key": alert.id, "data-level": alert.level, class: "card" },
    el("div", { class: "title" }, badge(alert.level), el("h3", {}, el("a", { href: alertLink(alert.id) }, bdi(alert.title))), el("span", { class: "host" }, "on ", bdi(alert.host))),
    figures(alert),
    el("dl", { class: "fields" },
      ...group(alert),
      field("events", timeSpan(alert.first, alert.last)),
      ...said(alert),
      ...(alert.reason ? [field("last decision", words(alert.reason))] : [])),
    el("div", { class: "folds" }, ...samples(alert), ...history(alert)));
}

/** The address of an alert's page. */
export function alertLink(id: string): string {
  return `?alert=${encodeURIComponent(id)}`;
}

export function figures(alert: Alert): Element {
  return el("p", { class: "figures" },
    el("strong", {}, plural(alert.count, "line")), `, at most ${number(alert.peak)} in one window. Threshold: `, bdi(alert.threshold), ".");
}

export function group(alert: Alert): Element[] {
  return Object.entries(alert.group ?? {}).map(([name, value]) => field(bdi(name), bdi(value, { class: "log" })));
}

export function field(name: Node | string, ...value: (Node | string)[]): Element {
  return el("div", {}, el("dt", {}, name), el("dd", {}, ...value));
}

/** What people have said about it. */
function said({ acknowledged, silencedUntil }: Alert): Element[] {
  return [
    ...(acknowledged ? [field("acknowledged by", bdi(acknowledged.by), ...(acknowledged.comment ? [": ", bdi(acknowledged.comment)] : []))] : []),
    ...(silencedUntil ? [field("silenced until", time(silencedUntil))] : []),
  ];
}

function samples({ samples = [] }: Alert): Element[] {
  if (samples.length === 0) return [];
  return [el("details", { "data-key": "samples" }, el("summary", {}, plural(samples.length, "sample line")), sampleLines(samples))];
}

export function sampleLines(samples: readonly string[]): Element {
  return el("ol", { class: "lines" }, ...samples.map((line) => el("li", {}, bdi(line, { class: "log" }))));
}

function history({ history = [] }: Alert): Element[] {
  if (history.length === 0) return [];
  return [el("details", { "data-key": "history" }, el("summary", {}, "History"), events(history))];
}

/** What happened to an alert, with the reason of each decision. */
export function events(history: readonly AlertEvent[]): Element {
  return el("ol", { class: "events" }, ...history.map((entry) =>
    el("li", {}, time(entry.time), ` ${entry.event}`, ...(entry.reason ? [": ", bdi(reason(entry))] : []))));
}

/** The name of a decision in words; what people wrote, and ids, as they are. */
function reason({ event, reason = "" }: AlertEvent): string {
  if (event === "acknowledged") return reason;
  const name = /^[A-Za-z]+/.exec(reason)?.[0] ?? "";
  return words(name) + reason.slice(name.length);
}

function rank(level: Level): number {
  const index = levels.indexOf(level);
  return index < 0 ? levels.length : index;
}
