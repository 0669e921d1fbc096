import { alertList } from "./alerts";
import { get, type Alert, type Counts, type Host, type Report } from "./api";
import { CountsView } from "./counts";
import { byId, el } from "./dom";
import { facts, hostTable, stateOf } from "./header";
import { HealthWatch } from "./health";
import { morph } from "./morph";
import { notice } from "./notice";
import { Refresh } from "./refresh";
import { earlierReports, latestReport } from "./reports";

interface Known {
  alerts: Alert[];
  reports: Report[];
  hosts: Host[];
  counts: Counts;
}

/** All alerts, counts, reports and hosts. */
export function overview(): void {
  byId("overview").hidden = false;
  const hostChoice = byId("host") as HTMLSelectElement;
  const rangeChoice = byId("range") as HTMLSelectElement;
  const counts = new CountsView();
  const known: Partial<Known> = {};
  const health = new HealthWatch();
  let failure: Element[] = [];
  let lastSuccess: Date | undefined;

  const refresh = new Refresh(load);
  hostChoice.addEventListener("change", () => refresh.now());
  rangeChoice.addEventListener("change", () => refresh.now());
  refresh.now();

  /** Asks for everything; an answer that fails leaves what was known before, and says so. */
  async function load(signal: AbortSignal): Promise<void> {
    const parameters = new URLSearchParams({ minutes: rangeChoice.value });
    if (hostChoice.value) parameters.set("host", hostChoice.value);

    health.look(notices);
    const results = await Promise.allSettled([
      learn("alerts", "api/alerts?state=open", signal),
      learn("reports", "api/reports?take=50", signal),
      learn("hosts", "api/hosts", signal),
      learn("counts", `api/counts?${parameters}`, signal),
    ]);
    // A newer question is under way; its answer is shown instead.
    if (signal.aborted) return;
    render(lastSuccess ?? new Date());
    const failed = results.find((r) => r.status === "rejected");
    failure = failed ? [notice(failed.reason, lastSuccess)] : [];
    notices();
  }

  function notices(): void {
    morph(byId("notice"), [...failure, ...health.notice()]);
  }

  async function learn<K extends keyof Known>(name: K, path: string, signal: AbortSignal): Promise<void> {
    const { value, now } = await get<Known[K]>(path, signal);
    signal.throwIfAborted();
    known[name] = value;
    lastSuccess = now;
  }

  function render(now: Date): void {
    const { alerts, reports, hosts } = known;
    const anythingRead = (hosts?.length ?? 0) > 0 || (reports?.some((r) => r.lines > 0) ?? false);

    if (alerts) {
      const state = stateOf(alerts, anythingRead);
      morph(byId("state"), [el("span", { "data-level": state.level }, state.text)]);
      morph(byId("alert-list"), alertList(alerts, anythingRead));
      document.title = alerts.length > 0 ? `(${alerts.length}) LogMonitor` : "LogMonitor";
    }
    if (reports) {
      morph(byId("latest"), latestReport(reports));
      morph(byId("earlier"), earlierReports(reports));
    }
    if (hosts) {
      morph(byId("host-list"), hostTable(hosts, now));
      const options = hosts.map((h) => el("option", { value: h.host, "data-key": h.host }, h.host));
      morph(hostChoice, [el("option", { value: "", "data-key": "" }, "all"), ...options]);
    }
    morph(byId("facts"), facts(reports ?? [], hosts ?? [], now));
    if (known.counts) counts.show(known.counts);
  }
}
