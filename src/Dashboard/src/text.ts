/** What a browser must not act on: controls, terminal escapes, bidirectional overrides, invisible and unassigned characters. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * The display form of text that an attacker may have written. The server sends display text already; a page that
 * relies on that shows whatever one forgotten field lets through.
 */
export function displayText(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** "FirstNotification" as a person says it: "First notification". */
export function words(name: string): string {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** "1 line", "1,204 lines". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

const grouped = new Intl.NumberFormat("en");

/** 1204 as "1,204". */
export function number(value: number): string {
  return grouped.format(value);
}
