import { getHealth, type Health } from "./api";
import { el } from "./dom";

/** Each question reads from storage, and what it is about does not change within seconds. */
const interval = 60_000;

/** What is wrong with LogMonitor itself, asked now and then. */
export class HealthWatch {
  private known: Health | undefined;
  private asked = -Infinity;

  /** Asks where it is time to. The rest of the page does not wait for it, nor does a refresh end it: with storage away it takes a while. */
  look(changed: () => void): void {
    if (performance.now() - this.asked < interval) return;
    this.asked = performance.now();
    getHealth().then(
      (health) => {
        this.known = health;
        changed();
      },
      // That the server can't be reached is said already.
      () => undefined,
    );
  }

  /** For the top of the page; nothing where all is well. */
  notice(): Element[] {
    const problems = (this.known?.checks ?? []).flatMap((check) => (check.problems ?? []).map((problem) => ({ part: check.name, problem })));
    if (!this.known || this.known.status === "healthy" || problems.length === 0) return [];
    return [el("div", { class: "notice", "data-key": "health" },
      el("strong", {}, this.known.status === "unhealthy" ? "LogMonitor does not work." : "A part of LogMonitor does not work."),
      el("ul", {}, ...problems.map(({ part, problem }) => el("li", {}, el("b", {}, part), ` ${problem}`))))];
  }
}
