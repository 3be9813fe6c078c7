// A drawing as an ECharts option. Nothing moves, and the tooltip is drawn inside
// the picture: an HTML tooltip would need inline styles, which the page forbids.
import type { Drawing, Series } from "./drawing";
import { formatNumber, isDated, longDate, shortDate, tickIndices } from "./format";
import type { Palette } from "./palette";

const symbols = ["circle", "rect", "triangle", "diamond", "pin"];
const dashes: (string | number[])[] = ["solid", [7, 3], [2, 3], [10, 3, 2, 3], [4, 4]];

export function option(d: Drawing, p: Palette, width: number) {
  const text = { color: p.soft, fontFamily: p.font, fontSize: 12 };
  const rows = legendRows(d, width);
  const values = valueAxis(d, p, text);
  return {
    animation: false,
    textStyle: text,
    grid: { left: 4, right: 22, top: 8 + rows * legendLine + (d.marks.length > 0 ? 14 : 0), bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: rows > 0 ? legend(p, text) : undefined,
    tooltip: tooltip(d, p),
    ...(lying(d) ? { xAxis: values, yAxis: lyingAxis(d, p, text, width) } : { xAxis: standingAxis(d, p, text, width), yAxis: values }),
    series: d.series.map((s, i) => series(d, s, i, p)),
  };
}

// lying tells whether bars lie on their side: names of categories need the room.
export function lying(d: Drawing): boolean {
  return d.kind === "bar" && !isDated(d.x);
}

const legendLine = 24;

// legendRows estimates how many lines the names of the series take.
function legendRows(d: Drawing, width: number): number {
  if (d.series.length < 2) return 0;
  let rows = 1;
  let used = 0;
  for (const s of d.series) {
    const room = 22 + 5 + 16 + s.name.length * 7;
    if (used > 0 && used + room > width) {
      rows++;
      used = 0;
    }
    used += room;
  }
  return rows;
}

function legend(p: Palette, text: object) {
  return { top: 0, left: 0, padding: [3, 0], itemGap: 16, itemWidth: 22, itemHeight: 9, selectedMode: false, textStyle: { ...text, color: p.ink } };
}

function tooltip(d: Drawing, p: Palette) {
  return {
    trigger: "axis",
    renderMode: "richText",
    confine: true,
    backgroundColor: p.paper,
    borderColor: p.soft,
    borderWidth: 1,
    padding: 10,
    textStyle: { color: p.ink, fontFamily: p.font, fontSize: 12, lineHeight: 18 },
    axisPointer: { type: barred(d) ? "shadow" : "line", lineStyle: { color: p.soft }, shadowStyle: { color: p.soft, opacity: 0.12 } },
    formatter: (items: { axisValue: string; seriesName: string; value: unknown }[]) =>
      [longDate(items[0]?.axisValue ?? ""), ...items.map((i) => `${i.seriesName}: ${withUnit(i.value, d.unit)}`.replace(/[{}]/g, ""))].join("\n"),
  };
}

function withUnit(value: unknown, unit: string): string {
  return typeof value === "number" ? `${formatNumber(value)} ${unit}` : formatNumber(value);
}

function standingAxis(d: Drawing, p: Palette, text: object, width: number) {
  const ticks = isDated(d.x) ? tickIndices(d.x, Math.floor(width / 78)) : undefined;
  const interval = ticks ? (i: number) => ticks.has(i) : 0;
  return {
    type: "category",
    data: d.x,
    boundaryGap: barred(d),
    axisLine: { lineStyle: { color: p.soft } },
    axisTick: { show: ticks !== undefined, alignWithLabel: true, interval, lineStyle: { color: p.soft } },
    axisLabel: {
      ...text,
      hideOverlap: true,
      interval,
      formatter: ticks ? shortDate : undefined,
      lineHeight: 15,
      width: ticks ? undefined : Math.max(48, width / Math.max(1, d.x.length) - 12),
      overflow: ticks ? undefined : "break",
    },
  };
}

// lyingAxis lists categories from the top; one without any value says so.
function lyingAxis(d: Drawing, p: Palette, text: object, width: number) {
  const known = (i: number) => d.series.some((s) => s.values[i] !== null);
  return {
    type: "category",
    data: d.x,
    inverse: true,
    axisLine: { lineStyle: { color: p.soft } },
    axisTick: { show: false },
    axisLabel: {
      ...text,
      color: p.ink,
      interval: 0,
      lineHeight: 15,
      width: width * 0.34,
      overflow: "break",
      formatter: (name: string, i: number) => (known(i) ? name : `${name} (unknown)`),
    },
  };
}

function valueAxis(d: Drawing, p: Palette, text: object) {
  const [min, max] = extent(d);
  return {
    type: "value",
    min,
    max,
    interval: max === 100 && (d.kind === "stacked" || d.unit === "%") ? 25 : undefined,
    minInterval: whole(d) ? 1 : undefined,
    splitNumber: 4,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { ...text, formatter: formatNumber, hideOverlap: true },
    splitLine: { lineStyle: { color: p.rule } },
  };
}

// whole tells whether values are counts, of which there is no half.
function whole(d: Drawing): boolean {
  return d.series.every((s) => s.values.every((v) => v === null || Number.isInteger(v)));
}

// extent starts at zero unless values are negative, and shows bands that lie
// near the data; shares of 100 and percent end at 100.
function extent(d: Drawing): [number | undefined, number | undefined] {
  const values = d.series.flatMap((s) => s.values).filter((v): v is number => v !== null);
  const min = Math.min(0, ...values);
  if (d.kind === "stacked") return [min < 0 ? undefined : 0, d.unit.includes("of 100") ? 100 : undefined];
  const top = Math.max(0, ...values);
  if (d.unit === "%" && top > 75 && top <= 100) return [min < 0 ? undefined : 0, 100];
  const near = d.bands.map((b) => b.high).filter((v) => v > top && v <= top * 1.6);
  if (near.length === 0) return [min < 0 ? undefined : 0, undefined];
  return [min < 0 ? undefined : 0, rounded(Math.max(...near))];
}

// rounded is the next half of a power of ten, so that no tick crowds the end of an axis.
function rounded(top: number): number {
  const step = 10 ** Math.floor(Math.log10(top)) / 2;
  return Math.ceil(top / step) * step;
}

const barred = (d: Drawing) => d.kind === "bar" || d.kind === "stacked";

function series(d: Drawing, s: Series, i: number, p: Palette) {
  const color = p.tone[s.tone] ?? p.series[i % p.series.length];
  const base = { name: s.name, data: s.values, emphasis: { disabled: true }, ...(i === 0 ? { markArea: bands(d, p), markLine: marks(d, p) } : {}) };
  if (barred(d)) return { ...base, ...bars(d, color, p) };
  return { ...base, ...line(d, s, i, color) };
}

function bars(d: Drawing, color: string, p: Palette) {
  return {
    type: "bar",
    stack: d.kind === "stacked" ? "all" : undefined,
    barCategoryGap: d.kind === "stacked" ? "12%" : "35%",
    barMaxWidth: 64,
    itemStyle: { color, borderColor: p.paper, borderWidth: d.kind === "stacked" ? 1 : 0 },
    label: lying(d) && d.series.length === 1 ? { show: true, position: "right", color: p.ink, fontFamily: p.font, formatter: (item: { value: unknown }) => formatNumber(item.value) } : undefined,
  };
}

function line(d: Drawing, s: Series, i: number, color: string) {
  const style = s.dashed ? [6, 4] : dashes[i % dashes.length];
  const few = s.values.length <= 30;
  return {
    type: "line",
    connectNulls: false,
    symbol: symbols[i % symbols.length],
    symbolSize: few ? 6 : 4,
    showSymbol: few || lonely(s.values),
    lineStyle: { color, width: s.dashed ? 1.5 : 2, type: style },
    itemStyle: { color },
    areaStyle: d.kind === "area" ? { color, opacity: 0.16 } : undefined,
  };
}

// lonely tells whether some value stands between gaps, where no line would show.
function lonely(values: (number | null)[]): boolean {
  return values.some((v, i) => v !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null);
}

// bands are named below the picture, where nothing runs through the words.
function bands(d: Drawing, p: Palette) {
  if (d.bands.length === 0) return undefined;
  const at = lying(d) ? "xAxis" : "yAxis";
  return {
    silent: true,
    itemStyle: { color: p.band },
    label: { show: false },
    data: d.bands.map((b) => [{ [at]: b.low }, { [at]: b.high }]),
  };
}

function marks(d: Drawing, p: Palette) {
  const at = lying(d) ? "yAxis" : "xAxis";
  const data = d.marks
    .map((m) => ({ name: m.label, place: nearest(d.x, m.x) }))
    .filter((m) => m.place >= 0)
    .map((m) => ({ name: m.name, [at]: m.place, label: { align: side(m.place / d.x.length) } }));
  if (data.length === 0) return undefined;
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: p.ink, width: 1, type: [3, 3] },
    label: { formatter: "{b}", color: p.ink, fontFamily: p.font, fontSize: 11, position: "end", rotate: 0, distance: 4, width: 160, overflow: "truncate", textBorderWidth: 0 },
    data,
  };
}

// side keeps the words of a mark inside the picture.
function side(part: number): "left" | "center" | "right" {
  if (part < 0.25) return "left";
  return part > 0.75 ? "right" : "center";
}

// nearest is the place of a mark: its own, or that of the first date after it.
function nearest(x: string[], at: string): number {
  const own = x.indexOf(at);
  if (own >= 0 || !isDated(x)) return own;
  const next = x.findIndex((v) => v >= at);
  return next >= 0 && at >= x[0] ? next : -1;
}
