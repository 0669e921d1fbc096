/**
 * Makes the children of `target` equal to `wanted` by changing only what differs, so that a refresh loses no focus,
 * selection, scroll position or opened details, and does not flicker. Elements with the same `data-key` are the same thing.
 */
export function morph(target: Element, wanted: readonly Node[]): void {
  const keep = new Set(wanted.map(keyOf));
  const keyed = new Map<string, Element>();
  for (const child of [...target.children]) {
    const key = keyOf(child);
    if (key === undefined) continue;
    // Removed first: an element that merely moves up would lose the focus.
    if (keep.has(key) && !keyed.has(key)) keyed.set(key, child);
    else child.remove();
  }

  let next = target.firstChild;
  for (const node of wanted) {
    const match = takeMatch(node, next, keyed);
    if (!match) {
      target.insertBefore(node, next);
      continue;
    }
    if (match === next) next = next.nextSibling;
    else target.insertBefore(match, next);
    update(match, node);
  }
  while (next) {
    const rest = next.nextSibling;
    next.remove();
    next = rest;
  }
}

function takeMatch(node: Node, next: ChildNode | null, keyed: Map<string, Element>): ChildNode | undefined {
  const key = keyOf(node);
  const candidate = key === undefined ? next : keyed.get(key);
  if (key !== undefined) keyed.delete(key);
  return candidate && candidate.nodeName === node.nodeName && keyOf(candidate) === key ? candidate : undefined;
}

function update(old: ChildNode, wanted: Node): void {
  if (!(old instanceof Element) || !(wanted instanceof Element)) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name) && !ofReader(old, name)) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes)
    if (old.getAttribute(name) !== value && !ofReader(old, name)) old.setAttribute(name, value);
  morph(old, [...wanted.childNodes]);
}

/** Whether details are open is the reader's choice, not the data's. */
function ofReader(element: Element, attribute: string): boolean {
  return element.nodeName === "DETAILS" && attribute === "open";
}

function keyOf(node: Node): string | undefined {
  return node instanceof Element ? node.getAttribute("data-key") ?? undefined : undefined;
}
