import { displayText } from "./text";
import { span, timestamp } from "./time";

type Child = Node | string | number | undefined | false;
type Attributes = Readonly<Record<string, string | undefined>>;

/**
 * The one way this page makes elements. Text becomes a text node in its display form, never markup: log content is
 * hostile, and there is no other door it could come in by. No `style` attribute: the Content-Security-Policy forbids it.
 */
export function el(tag: string, attributes: Attributes = {}, ...children: Child[]): Element {
  return build(document.createElement(tag), attributes, children);
}

export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): Element {
  return build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** Text of a log or a rule: kept from reordering what stands beside it. */
export function bdi(text: string, attributes: Attributes = {}): Element {
  return el("bdi", attributes, text);
}

export function time(iso: string, text = timestamp(iso)): Element {
  return el("time", { datetime: iso }, text);
}

/** Event times from first to last. */
export function timeSpan(first: string, last: string): Element {
  return el("span", { class: "span" }, span(first, last));
}

/** A table that names what it holds and what its columns are; `numeric` columns are aligned right. */
export function table(caption: string, columns: readonly string[], numeric: readonly number[], rows: readonly Element[]): Element {
  const heads = columns.map((name, i) => el("th", { scope: "col", class: numeric.includes(i) ? "number" : undefined }, name));
  return el("table", {}, el("caption", { class: "hidden" }, caption), el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows));
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}.`);
  return element;
}

function build(element: Element, attributes: Attributes, children: readonly Child[]): Element {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, displayText(value));
  for (const child of children) {
    if (child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(displayText(String(child))));
  }
  return element;
}
