import { expect, test } from "vitest";
import { displayText, number, plural, words } from "../src/text";

test.each([
  ["GET /index.html", "GET /index.html"],
  ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ["\u001b[31mred", "\\x1b[31mred"],
  ["a\u0000b\r\nc", "a\\x00b\\x0d\\x0ac"],
  ["moc.\u202egro", "moc.\\u{202e}gro"],
  ["zero\u200bwidth", "zero\\u{200b}width"],
  ["lone \ud800 surrogate", "lone \\u{d800} surrogate"],
  ["Grüße, 世界 🙂", "Grüße, 世界 🙂"],
])("shows %j as %j", (text, shown) => expect(displayText(text)).toBe(shown));

test("reads a named reason as words", () => {
  expect(words("RepeatIntervalElapsed")).toBe("Repeat interval elapsed");
  expect(words("opened")).toBe("Opened");
});

test("groups thousands and counts in the singular", () => {
  expect(number(1204)).toBe("1,204");
  expect(plural(1, "line")).toBe("1 line");
  expect(plural(2000, "line")).toBe("2,000 lines");
});
