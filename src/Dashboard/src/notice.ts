import { ApiError } from "./api";
import { el } from "./dom";
import { timestamp } from "./time";

/** What a reader must know while the data is not fresh: why, how old it is, and what to do. */
export function notice(error: unknown, lastSuccess: Date | undefined): Element {
  const refused = error instanceof ApiError;
  return el("div", { class: "notice" },
    el("strong", {}, refused ? "The server answers with an error." : "The server can't be reached."),
    " ",
    el("span", {}, refused ? error.message : "See whether `logmonitor up` or the function app is running, and the network."),
    " ",
    el("span", {}, lastSuccess ? `Shown is what was known at ${timestamp(lastSuccess.toISOString())}.` : "Nothing could be loaded yet."),
    " It is asked again every 5 seconds.");
}
