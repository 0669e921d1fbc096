import { alertBody, alertState, decisionList, deliveryList, people, silenceList } from "./alertdetails";
import { ApiError, get, post, type AlertDetails } from "./api";
import { bdi, byId, el } from "./dom";
import { morph } from "./morph";
import { notice } from "./notice";
import { Refresh } from "./refresh";
import { displayText } from "./text";

/** The page of one alert, and what people do about it. */
export function alertPage(id: string): void {
  const path = `api/alerts/${encodeURIComponent(id)}`;
  const name = byId("by") as HTMLInputElement;
  let lastSuccess: Date | undefined;
  byId("alert-page").hidden = false;
  byId("back").hidden = false;
  byId("overview").remove();

  const refresh = new Refresh(load);
  act("acknowledge", `${path}/acknowledge`, () => "Acknowledged. It is not repeated, nor told to others.");
  act("silence", `${path}/silence`, (form) => `Silenced for ${form.querySelector("select")?.selectedOptions[0]?.text ?? "a while"}: nobody is told of it.`);
  byId("silence-list").addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[data-silence]") : null;
    if (button) void send(button, `api/silences/${encodeURIComponent(button.dataset["silence"] ?? "")}/end`, {}, "Ended. People are told of it again.");
  });
  // What can be no id is not asked for: some would be the address of something else.
  if (/^[\w-]{1,80}$/.test(id)) refresh.now();
  else gone("The address of this page is not whole: it ends with ?alert= and the alert's id.");

  async function load(signal: AbortSignal): Promise<void> {
    try {
      const { value, now } = await get<AlertDetails>(path, signal);
      if (signal.aborted) return;
      lastSuccess = now;
      render(value);
      morph(byId("notice"), []);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status === 404) gone(error.reason);
      else morph(byId("notice"), [notice(error, lastSuccess)]);
    }
  }

  function render(details: AlertDetails): void {
    const { alert, operator } = details;
    const state = alertState(details);
    morph(byId("state"), [el("span", { "data-level": state.level }, state.text)]);
    document.title = displayText(`${alert.title} on ${alert.host} – LogMonitor`);
    morph(byId("alert-heading"), [bdi(alert.title)]);
    morph(byId("alert-body"), alertBody(details));
    morph(byId("people"), people(details));
    morph(byId("silence-list"), silenceList(details));
    morph(byId("delivery-list"), deliveryList(details));
    morph(byId("decision-list"), decisionList(details));

    const mayAct = operator?.whyReadOnly === undefined;
    const canAcknowledge = mayAct && alert.state === "open" && !alert.acknowledged;
    const canSilence = mayAct && alert.state !== "merged";
    byId("operate").hidden = false;
    byId("acknowledge").hidden = !canAcknowledge;
    byId("silence").hidden = !canSilence;
    byId("operator-name").hidden = operator?.name !== undefined || !(canAcknowledge || canSilence);
    morph(byId("operator"), operator?.whyReadOnly ? [el("span", { class: "note" }, operator.whyReadOnly)] : operator?.name ? ["You are ", bdi(operator.name), "."].map(asNode) : []);
  }

  function gone(why: string): void {
    morph(byId("state"), [el("span", { "data-level": "none" }, "There is no such alert")]);
    document.title = "No such alert – LogMonitor";
    morph(byId("alert-heading"), [asNode("No such alert")]);
    morph(byId("alert-body"), [el("p", { class: "empty" }, why)]);
    byId("operate").hidden = true;
    for (const list of ["delivery-list", "decision-list"]) morph(byId(list), []);
    morph(byId("notice"), []);
  }

  function act(id: string, path: string, done: (form: HTMLFormElement) => string): void {
    const form = byId(id) as HTMLFormElement;
    const button = form.querySelector("button");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!button || (!byId("operator-name").hidden && !name.reportValidity())) return;
      const entered = Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, String(value)]));
      void send(button, path, { by: name.value, ...entered }, done(form)).then((sent) => sent && form.reset());
    });
  }

  /** Sends once; says what came of it, also to those who hear the page, and leaves the keyboard there: what was pressed may be gone. */
  async function send(button: HTMLButtonElement, path: string, body: Readonly<Record<string, string>>, done: string): Promise<boolean> {
    if (button.disabled) return false;
    button.disabled = true;
    try {
      await post(path, body);
      say(done, false);
      return true;
    } catch (error) {
      say(error instanceof ApiError ? error.reason : "The server can't be reached: nothing was changed, as far as is known.", true);
      return false;
    } finally {
      button.disabled = false;
      refresh.now();
    }
  }

  function say(words: string, isProblem: boolean): void {
    const outcome = byId("outcome");
    outcome.hidden = false;
    outcome.classList.toggle("problem", isProblem);
    morph(outcome, [asNode(words)]);
    outcome.focus();
  }
}

function asNode(content: Node | string): Node {
  return content instanceof Node ? content : document.createTextNode(displayText(content));
}
