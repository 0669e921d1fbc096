import type { Counts } from "./api";
import { Chart } from "./chart";
import { byId, el, table, time } from "./dom";
import { morph } from "./morph";
import { fillGaps, sum, total, type Point } from "./series";
import { number, plural } from "./text";
import { day, hourMinute } from "./time";

/** More rows than this help nobody, and a day has 1,440. */
const mostRows = 120;

/** The chart with its legend, its summary and its table: the same counts for eyes, ears and keyboards. */
export class CountsView {
  private points: readonly Point[] = [];
  private readonly chart = new Chart(byId("chart"), (point) => this.legend(point));

  show(counts: Counts): void {
    const filled = fillGaps(counts);
    const empty = filled.every((p) => total(p) === 0);
    byId("chart").hidden = empty;
    byId("legend").hidden = empty;
    this.points = empty ? [] : filled;
    if (!empty) this.chart.show(filled);
    this.legend();
    morph(byId("chart-summary"), [document.createTextNode(summary(this.points))]);
    morph(byId("chart-table"), empty ? [] : [minutes(this.points)]);
  }

  /** The counts of one minute while the pointer is on it, else the sums of the period. */
  private legend(hovered?: Point): void {
    const shown = hovered ?? sum(this.points);
    const item = (name: string, label: string, count: number) => el("li", { "data-class": name }, `${label} `, el("b", {}, number(count)));
    morph(byId("legend"), [
      item("access", "access", shown.access), item("error", "error", shown.error),
      item("unknown", "unknown", shown.unknown), item("not-found", "404s", shown.notFound),
      el("li", { class: "at" }, hovered ? `at ${hourMinute(new Date(hovered.time * 1000))} UTC` : "in this period"),
    ]);
  }
}

function summary(points: readonly Point[]): string {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last) return "No log lines in this period. The chart ends at the newest event that is known; lines appear within seconds of being shipped.";
  const busiest = points.reduce((a, b) => (total(b) > total(a) ? b : a));
  const peak = points.reduce((a, b) => (b.notFound > a.notFound ? b : a));
  return `${minuteSpan(first, last)}: ${plural(total(sum(points)), "line")}, `
    + `at most ${number(total(busiest))} a minute (${hourMinute(new Date(busiest.time * 1000))}); `
    + (peak.notFound > 0 ? `404s at most ${number(peak.notFound)} a minute (${hourMinute(new Date(peak.time * 1000))}).` : "no 404s.");
}

function minuteSpan(first: Point, last: Point): string {
  const [from, to] = [new Date(first.time * 1000), new Date(last.time * 1000)];
  return `${day(from)} ${hourMinute(from)} – ${day(from) === day(to) ? "" : `${day(to)} `}${hourMinute(to)} UTC`;
}

function minutes(points: readonly Point[]): Element {
  const busy = points.filter((p) => total(p) > 0);
  const rows = busy.slice(-mostRows).reverse().map((p) => el("tr", { "data-key": String(p.time) },
    el("th", { scope: "row" }, time(iso(p))),
    ...[p.access, p.error, p.unknown, p.notFound].map((n) => el("td", { class: "number" }, number(n)))));
  const label = busy.length > mostRows ? `Table of the last ${mostRows} of ${number(busy.length)} minutes with lines` : "Table of the minutes with lines";
  return el("details", { "data-key": "table" }, el("summary", {}, label),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Lines per minute, as a table" },
      table("Lines per minute, the newest first", ["Minute", "Access", "Error", "Unknown", "404"], [1, 2, 3, 4], rows)));
}

function iso(point: Point): string {
  return new Date(point.time * 1000).toISOString();
}
