import type { Alert, Level } from "./api";
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
    el("div", { class: "title" }, badge(alert.level), el("h3", {}, bdi(alert.title)), el("span", { class: "host" }, "on ", bdi(alert.host))),
    el("p", { class: "figures" },
      el("strong", {}, plural(alert.count, "line")), `, at most ${number(alert.peak)} in one window. Threshold: `, bdi(alert.threshold), "."),
    el("dl", { class: "fields" },
      ...Object.entries(alert.group ?? {}).map(([name, value]) => field(bdi(name), bdi(value, { class: "log" }))),
      field("events", timeSpan(alert.first, alert.last)),
      ...(alert.reason ? [field("last decision", words(alert.reason))] : [])),
    el("div", { class: "folds" }, ...samples(alert), ...history(alert)));
}

function field(name: Node | string, value: Node | string): Element {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value));
}

function samples({ samples = [] }: Alert): Element[] {
  if (samples.length === 0) return [];
  return [el("details", { "data-key": "samples" }, el("summary", {}, plural(samples.length, "sample line")),
    el("ol", { class: "lines" }, ...samples.map((line) => el("li", {}, bdi(line, { class: "log" })))))];
}

function history({ history = [] }: Alert): Element[] {
  if (history.length === 0) return [];
  const entries = history.map((entry) => el("li", {}, time(entry.time), ` ${entry.event}`, entry.reason ? `: ${words(entry.reason)}` : undefined));
  return [el("details", { "data-key": "history" }, el("summary", {}, "History"), el("ol", { class: "events" }, ...entries))];
}

function rank(level: Level): number {
  const index = levels.indexOf(level);
  return index < 0 ? levels.length : index;
}
