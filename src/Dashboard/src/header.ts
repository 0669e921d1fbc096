import { byUrgency, countsByLevel } from "./alerts";
import type { Alert, Host, Report } from "./api";
import { bdi, el, table, time } from "./dom";
import { plural } from "./text";
import { ago } from "./time";

/** After so long without an evaluation something is wrong: the longest usual schedule is 10 minutes. */
const staleAfter = 30 * 60_000;

/** The state in one glance: what it is, in words, and how grave. */
export interface State {
  text: string;
  /** The gravest level, `quiet`, or `none` where nothing is known. */
  level: string;
}

export function stateOf(alerts: readonly Alert[], anythingRead: boolean): State {
  const gravest = byUrgency(alerts)[0];
  if (gravest) return { text: `${plural(alerts.length, "open alert")}: ${countsByLevel(alerts)}`, level: gravest.level };
  return anythingRead ? { text: "No open alerts", level: "quiet" } : { text: "Waiting for the first log lines", level: "none" };
}

export function facts(reports: readonly Report[], hosts: readonly Host[], now: Date): Element[] {
  const last = reports[0];
  const stale = last && now.getTime() - Date.parse(last.time) > staleAfter;
  return [
    fact("Last evaluation", ...(last ? [time(last.time), ` · ${ago(last.time, now)}`] : ["none yet"])),
    fact("Hosts", String(hosts.length)),
    ...(stale ? [el("div", { class: "problem" }, el("dt", {}, "Evaluations have stopped"), el("dd", {}, "see whether EvaluateThresholds runs"))] : []),
  ];
}

export function hostTable(hosts: readonly Host[], now: Date): Element[] {
  if (hosts.length === 0) {
    return [el("p", { class: "empty" },
      "No host has shipped a log yet. On this machine: ", el("code", {}, "logmonitor up --log /var/log/nginx/access.log"),
      ". On each other host: install ", el("code", {}, "logmonitor-shipper"), " and name its files.")];
  }
  const when = (iso: string | undefined) => el("td", {}, iso ? time(iso, ago(iso, now)) : "never");
  return [table("Hosts, by when they were last heard of", ["Host", "Last chunk", "Last event", "Last heartbeat"], [], hosts.map((h) =>
    el("tr", { "data-key": h.host }, el("th", { scope: "row" }, bdi(h.host)), when(h.lastIngest), when(h.lastEvent), when(h.lastHeartbeat))))];
}

function fact(name: string, ...value: (Node | string)[]): Element {
  return el("div", {}, el("dt", {}, name), el("dd", {}, ...value));
}
