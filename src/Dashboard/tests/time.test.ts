import { expect, test } from "vitest";
import { ago, span, timestamp } from "../src/time";

test("says the zone", () => expect(timestamp("2026-11-01T14:05:10.123Z")).toBe("2026-11-01 14:05:10 UTC"));

test("converts an offset", () => expect(timestamp("2026-11-01T00:05:10+02:00")).toBe("2026-10-31 22:05:10 UTC"));

test("shows what is no time as it came", () => expect(timestamp("soon")).toBe("soon"));

test.each([
  ["2026-11-01T14:05:10Z", "2026-11-01T14:06:02Z", "2026-11-01 14:05:10 – 14:06:02 UTC"],
  ["2026-11-01T23:59:59Z", "2026-11-02T00:00:01Z", "2026-11-01 23:59:59 – 2026-11-02 00:00:01 UTC"],
  ["2026-11-01T14:05:10.1Z", "2026-11-01T14:05:10.9Z", "2026-11-01 14:05:10 UTC"],
])("joins %s and %s", (first, last, shown) => expect(span(first, last)).toBe(shown));

test.each([
  ["2026-11-01T11:59:48Z", "12 s ago"],
  ["2026-11-01T11:58:59Z", "1 min ago"],
  ["2026-11-01T08:00:01Z", "3 h ago"],
  ["2026-10-29T12:00:00Z", "3 d ago"],
  ["2026-11-01T12:00:00Z", "just now"],
  ["2026-11-01T12:00:05Z", "just now"],
])("%s at noon is %s", (iso, shown) => expect(ago(iso, new Date("2026-11-01T12:00:00Z"))).toBe(shown));
