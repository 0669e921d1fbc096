import { alertLink, badge, events, field, figures, group, sampleLines } from "./alerts";
import type { AlertDetails, Delivery, Silence } from "./api";
import { bdi, el, time, timeSpan } from "./dom";
import type { State } from "./header";
import { plural, words } from "./text";
import { timestamp } from "./time";

/** Where it stands, in one glance. */
export function alertState({ alert, resolved }: AlertDetails): State {
  switch (alert.state) {
    case "open": {
      const silenced = alert.silencedUntil ? `, silenced until ${timestamp(alert.silencedUntil)}` : "";
      return { text: `Open${alert.acknowledged ? ", acknowledged" : ""}${silenced}`, level: alert.level };
    }
    case "resolved": return { text: resolved ? `Over since ${timestamp(resolved)}` : "Over", level: "quiet" };
    case "merged": return { text: "Became part of another alert", level: "none" };
    default: return { text: "Withdrawn: late lines have shown that there was nothing to tell", level: "none" };
  }
}

export function alertBody({ alert, name, opened, partOf, techniques = [] }: AlertDetails): Element[] {
  return [
    ...(partOf ? [el("p", { class: "problem" }, "Late lines have shown that it is part of ", el("a", { href: alertLink(partOf) }, "another alert"), ".")] : []),
    el("p", { class: "where" }, badge(alert.level), el("span", { class: "host" }, "on ", bdi(alert.host))),
    figures(alert),
    el("dl", { class: "fields" },
      ...group(alert),
      field("events", timeSpan(alert.first, alert.last)),
      field("opened", time(opened)),
      ...(techniques.length > 0 ? [field("MITRE ATT&CK", ...techniques.flatMap((t, i) => [i > 0 ? ", " : "", technique(t)]))] : []),
      field("rule", bdi(name ?? alert.rule)),
      field("alert", el("code", {}, alert.id))),
    ...(alert.samples?.length ? [el("h3", {}, "The first lines"), sampleLines(alert.samples)] : []),
  ];
}

/** Who deals with it. */
export function people({ alert }: AlertDetails): Element[] {
  const known = alert.acknowledged;
  if (known) return [el("p", {}, bdi(known.by), " deals with it since ", time(known.at), ...(known.comment ? [": ", bdi(known.comment)] : ["."]))];
  return [el("p", { class: "empty" }, alert.state === "open" ? "Nobody has acknowledged it." : "It is over: there is nothing to acknowledge.")];
}

export function silenceList({ silences = [], operator }: AlertDetails): Element[] {
  if (silences.length === 0) return [el("p", { class: "empty" }, "There is none: people are told of it as alerts.yml says.")];
  return [el("ul", { class: "cards" }, ...silences.map((silence) => silenceCard(silence, operator?.whyReadOnly === undefined)))];
}

function silenceCard({ id, match, from, until, comment, by, holds, canEnd }: Silence, mayAct: boolean): Element {
  return el("li", { "data-key": id, "data-level": holds ? "low" : "none", class: "card" },
    el("p", {}, bdi(comment), ...(by ? [" (", bdi(by), ")"] : [])),
    el("p", { class: "note" }, !holds && from ? "From " : "Until ", ...(!holds && from ? [time(from), " until ", time(until)] : [time(until)]), ": ", bdi(match)),
    canEnd
      ? mayAct && el("button", { type: "button", "data-silence": id, "aria-label": `End the silence: ${comment}` }, "End it")
      : el("p", { class: "note" }, "Stands in ", el("code", {}, id), ", and ends when it is taken out there."));
}

export function deliveryList({ deliveries = [] }: AlertDetails): Element[] {
  if (deliveries.length === 0) return [el("p", { class: "empty" }, "None: nobody was told of it. The history says why.")];
  return [el("ul", { class: "cards" }, ...deliveries.map((delivery, i) => deliveryCard(delivery, `${i} ${delivery.channel}`)))];
}

const states = { pending: "waits", sent: "sent", dropped: "given up" } as const;
const levels = { pending: "medium", sent: "quiet", dropped: "critical" } as const;

function deliveryCard({ channel, kind, reason, state, attempts, nextAttempt, lastResult, history = [], with: other }: Delivery, key: string): Element {
  return el("li", { "data-key": key, "data-level": levels[state] ?? "none", class: "card" },
    el("div", { class: "title" }, el("span", { class: "badge" }, states[state] ?? state), el("h3", {}, bdi(channel)), el("span", { class: "host" }, `${kind}: ${words(reason)}`)),
    other !== undefined && el("p", { class: "note" }, "In the message about ", el("a", { href: alertLink(other) }, "another alert"), "."),
    nextAttempt !== undefined && el("p", { class: "note" }, attempts > 0 ? `${plural(attempts, "attempt")} so far; the next ` : "The first attempt ", time(nextAttempt)),
    history.length > 0
      ? el("ol", { class: "events" }, ...history.map((attempt) => el("li", {}, time(attempt.at), " ", bdi(attempt.result))))
      : lastResult !== undefined && el("p", {}, bdi(lastResult)));
}

export function decisionList({ alert }: AlertDetails): Element[] {
  return [events(alert.history ?? [])];
}

/** A technique with its page at MITRE; what does not look like one is text. */
function technique(id: string): Element {
  return /^T\d{4}(\.\d{3})?$/.test(id) ? el("a", { href: `https://attack.mitre.org/techniques/${id.replace(".", "/")}/` }, id) : bdi(id);
}
