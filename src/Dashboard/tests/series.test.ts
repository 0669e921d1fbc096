import { expect, test } from "vitest";
import { fillGaps, maxMinutes, sum, total } from "../src/series";

const counts = {
  from: "2026-11-01T23:58:00Z",
  until: "2026-11-02T00:01:30Z",
  minutes: [
    { minute: "2026-11-02T00:01:00Z", access: 2, error: 1, unknown: 0 },
    { minute: "2026-11-01T23:58:00Z", access: 7, error: 0, unknown: 4, statuses: { "404": 5, "200": 2 } },
  ],
};

test("fills the minutes without lines with zero, across midnight, both ends included", () => {
  const points = fillGaps(counts);
  expect(points.map(total)).toEqual([11, 0, 0, 3]);
  expect(points.map((p) => p.notFound)).toEqual([5, 0, 0, 0]);
  expect(points.map((p) => p.time - points[0]!.time)).toEqual([0, 60, 120, 180]);
});

test("sums a period", () => expect(sum(fillGaps(counts))).toMatchObject({ access: 9, error: 1, unknown: 4, notFound: 5 }));

test("an endless period is cut to its last week", () => {
  const points = fillGaps({ from: "0001-01-01T00:00:00Z", until: "9999-12-31T23:59:59Z", minutes: [] });
  expect(points).toHaveLength(maxMinutes);
});

test("a period whose ends are no times has no points", () => expect(fillGaps({ from: "", until: "", minutes: [] })).toEqual([]));
