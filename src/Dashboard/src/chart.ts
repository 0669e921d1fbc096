import "./locale";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { day, hourMinute } from "./time";
import type { Point } from "./series";

/** Bars read best while each has a few pixels; a longer period is drawn as one stepped area. */
const mostBars = 120;
const height = 240;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Lines per minute: access, error and unknown stacked, with the 404s as a line across. */
export class Chart {
  private plot: uPlot | undefined;
  private points: readonly Point[] = [];
  private drawn = "";
  private bars = true;

  /** `hover` is told the point below the pointer, or undefined when the pointer leaves. */
  constructor(private readonly host: HTMLElement, private readonly hover: (point: Point | undefined) => void) {
    new ResizeObserver(() => this.plot?.setSize({ width: this.host.clientWidth, height })).observe(host);
    dark.addEventListener("change", () => this.build());
  }

  show(points: readonly Point[]): void {
    // Drawing again what stands there already would lose the pointer's place.
    const data = JSON.stringify(points);
    if (data === this.drawn) return;
    this.drawn = data;
    this.points = points;
    const bars = points.length <= mostBars;
    if (this.plot && bars === this.bars) this.plot.setData(aligned(points));
    else {
      this.bars = bars;
      this.build();
    }
  }

  private build(): void {
    this.plot?.destroy();
    if (this.points.length > 0) this.plot = new uPlot(this.options(), aligned(this.points), this.host);
  }

  private options(): uPlot.Options {
    const style = getComputedStyle(this.host);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const paths = this.bars ? uPlot.paths.bars?.({ size: [0.75, 40] }) : uPlot.paths.stepped?.({ align: 1 });
    const filled = (name: string): uPlot.Series => ({ label: name, fill: colour(name), width: 0, points: { show: false }, ...(paths && { paths }) });
    const axis: uPlot.Axis = {
      stroke: colour("muted"),
      font: `12px ${style.fontFamily}`,
      grid: { stroke: colour("line"), width: 1 },
      ticks: { stroke: colour("line"), width: 1, size: 4 },
    };
    return {
      width: this.host.clientWidth,
      height,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: {
        x: { range: (_, min, max) => [min - 30, max + 30] },
        y: { range: (_, __, max) => [0, Math.max(5, max * 1.08)] },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 40, space: 64, values: (_, splits) => splits.map(axisLabel) },
        { ...axis, size: 52, space: 40, incrs: wholeSteps, values: (_, splits) => splits.map((v) => compact.format(v)) },
      ],
      // The widest sum is drawn first and the narrower ones over it.
      series: [{}, filled("unknown"), filled("error"), filled("access"),
        { label: "404", stroke: colour("not-found"), width: 2, points: { show: false } }],
      hooks: {
        setCursor: [(plot) => this.hover(plot.cursor.idx == null ? undefined : this.points[plot.cursor.idx])],
      },
    };
  }
}

const compact = new Intl.NumberFormat("en", { notation: "compact" });

/** Counts are whole: the axis has no 0.5 lines. */
const wholeSteps = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();

function axisLabel(seconds: number): string {
  const time = new Date(seconds * 1000);
  return hourMinute(time) === "00:00" ? `${day(time).slice(5)}\n00:00` : hourMinute(time);
}

function aligned(points: readonly Point[]): uPlot.AlignedData {
  return [
    points.map((p) => p.time),
    points.map((p) => p.access + p.error + p.unknown),
    points.map((p) => p.access + p.error),
    points.map((p) => p.access),
    points.map((p) => p.notFound),
  ];
}
