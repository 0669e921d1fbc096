import { badge } from "./alerts";
import type { Report, RuleResult } from "./api";
import { bdi, el, svg, table, time, timeSpan } from "./dom";
import { number, plural, words } from "./text";
import { span } from "./time";

/** The report shown in full: the newest that read something, or else the newest. */
export function latestOf(reports: readonly Report[]): Report | undefined {
  return reports.find((r) => !foundNothing(r)) ?? reports[0];
}

export function latestReport(reports: readonly Report[]): Element[] {
  const latest = latestOf(reports);
  if (!latest) {
    return [el("p", { class: "empty" },
      "No report yet. Each evaluation writes one, the first a little after the first log lines arrive. ",
      "If none comes, see whether EvaluateThresholds runs.")];
  }
  const where = latest.host === "*" ? "any host" : latest.host;
  return [
    el("p", { class: "when" }, time(latest.time), " · ", bdi(where, { class: "host" }), " · ", plural(latest.chunks, "chunk")),
    ...body(latest),
  ];
}

/** All but the latest; runs that found nothing new are told in one line. */
export function earlierReports(reports: readonly Report[]): Element[] {
  const latest = latestOf(reports);
  const entries: Element[] = [];
  let quiet: Report[] = [];
  const flush = () => {
    if (quiet.length > 0) entries.push(nothingNew(quiet));
    quiet = [];
  };
  for (const report of reports) {
    if (report === latest) continue;
    if (foundNothing(report)) {
      quiet.push(report);
      continue;
    }
    flush();
    entries.push(entry(report));
  }
  flush();
  return entries.length > 0 ? [el("ul", { class: "reports" }, ...entries)] : [el("p", { class: "empty" }, "None yet.")];
}

function foundNothing(report: Report): boolean {
  return report.host === "*" && report.lines === 0 && !report.quarantined && !report.problems?.length;
}

function nothingNew(quiet: readonly Report[]): Element {
  const oldest = quiet[quiet.length - 1] as Report;
  const newest = quiet[0] as Report;
  // Keyed by the oldest: the line grows while nothing happens, and stays the same line.
  return el("li", { "data-key": `quiet ${oldest.time}`, class: "quiet" },
    el("time", { datetime: newest.time }, span(oldest.time, newest.time)),
    quiet.length > 1 ? ` · ${plural(quiet.length, "evaluation")}, nothing new` : " · nothing new");
}

function entry(report: Report): Element {
  const opened = (report.rules ?? []).filter((r) => r.decision.startsWith("Alert")).length;
  return el("li", { "data-key": `${report.time} ${report.host}` },
    el("details", {},
      el("summary", {}, time(report.time), " · ", bdi(report.host, { class: "host" }), ` · ${plural(report.lines, "line")}`,
        opened > 0 && ` · ${plural(opened, "alert")}`),
      ...body(report)));
}

function body(report: Report): Element[] {
  return [
    ...(report.summary ? [el("p", { class: "summary" }, bdi(report.summary))] : []),
    ...(report.lines > 0 ? [classes(report)] : []),
    ...(report.firstEvent && report.lastEvent ? [el("p", { class: "note" }, "Events ", timeSpan(report.firstEvent, report.lastEvent))] : []),
    ...problems(report),
    ...unknownLines(report),
    ...statuses(report),
    ...rules(report.rules ?? []),
  ];
}

function classes(report: Report): Element {
  const { access, error, unknown, lines } = report;
  const sum = access + error + unknown;
  const row = (name: string, count: number) =>
    el("tr", { "data-class": name }, el("th", { scope: "row" }, name), el("td", { class: "number" }, number(count)));
  const totals = el("tr", { class: "sum" }, el("th", { scope: "row" }, "all lines"), el("td", { class: "number" }, number(lines)));
  return el("div", { class: "classes" },
    proportions([["access", access], ["error", error], ["unknown", unknown]], sum),
    table("Lines by class", ["Class", "Lines"], [1], [row("access", access), row("error", error), row("unknown", unknown), totals]),
    sum === lines
      ? el("p", { class: "note" }, `${number(access)} + ${number(error)} + ${number(unknown)} = ${number(lines)}: every line is accounted for.`)
      : el("p", { class: "problem" }, `${number(access)} + ${number(error)} + ${number(unknown)} is not ${number(lines)}: please report this as a bug.`));
}

/** An SVG, since its geometry is attributes: the Content-Security-Policy has no room for widths in style attributes. */
function proportions(parts: readonly [string, number][], sum: number): Element {
  let x = 0;
  const rects = parts.map(([name, count]) => {
    const width = sum === 0 ? 0 : (count / sum) * 100;
    const rect = svg("rect", { "data-class": name, x: String(x), y: "0", width: String(width), height: "1" });
    x += width;
    return rect;
  });
  return svg("svg", { class: "proportions", viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" }, ...rects);
}

function statuses(report: Report): Element[] {
  const entries = Object.entries(report.statuses ?? {});
  if (entries.length === 0) return [];
  return [el("h3", {}, "Statuses"), el("dl", { class: "statuses" }, ...entries.map(([status, count]) =>
    el("div", { "data-status": status.charAt(0) }, el("dt", {}, status), el("dd", {}, number(count)))))];
}

function rules(results: readonly RuleResult[]): Element[] {
  if (results.length === 0) return [];
  const silent = results.filter((r) => r.matches === 0 && r.peak === 0);
  const active = results.filter((r) => !silent.includes(r));
  return [
    el("h3", {}, "Rules"),
    ...(active.length > 0 ? [ruleTable("Rules that matched", active)] : []),
    ...(silent.length > 0 ? [el("details", { "data-key": "silent" },
      el("summary", {}, `${plural(silent.length, "rule")} without a match`), ruleTable("Rules without a match", silent))] : []),
  ];
}

function ruleTable(caption: string, results: readonly RuleResult[]): Element {
  return table(caption, ["Rule", "Peak", "Threshold", "Decision"], [1], results.map((r) =>
    el("tr", { "data-key": r.rule, class: r.decision.startsWith("Alert") ? "alerting" : undefined },
      el("th", { scope: "row" }, bdi(r.title), " ", badge(r.level)),
      el("td", { class: "number" }, number(r.peak)),
      el("td", {}, bdi(r.threshold)),
      el("td", {}, words(r.decision)))));
}

/** What could not be parsed is shown, so that somebody can say what it is. */
function unknownLines({ unknownSamples = [] }: Report): Element[] {
  if (unknownSamples.length === 0) return [];
  return [el("details", { "data-key": "unknown" }, el("summary", {}, `${plural(unknownSamples.length, "unknown line")}`),
    el("ol", { class: "lines" }, ...unknownSamples.map((sample) => el("li", {}, bdi(sample.text, { class: "log" }), words(sample.reason)))))];
}

function problems(report: Report): Element[] {
  const quarantined = report.quarantined ?? 0;
  const list = report.problems ?? [];
  return [
    ...(quarantined > 0 ? [el("p", { class: "problem" },
      `${plural(quarantined, "chunk")} could not be read and ${quarantined === 1 ? "lies" : "lie"} in quarantine/, with the reason beside.`)] : []),
    ...(list.length > 0 ? [el("ul", { class: "problems" }, ...list.map((text) => el("li", {}, bdi(text, { class: "log" }))))] : []),
  ];
}
