// Draws the charts of a report page. Without it the page is complete: each chart
// has a table, which this script folds away once the drawing stands.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendPlainComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Drawing } from "./drawing";
import { lying, option } from "./option";
import { readPalette } from "./palette";

echarts.use([BarChart, LineChart, GridComponent, LegendPlainComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

// Width of the printed column in CSS pixels: A4 less the margins of the sheet.
const printWidth = 660;

interface Plot {
  element: HTMLElement;
  drawing: Drawing;
  chart: echarts.ECharts;
}

function drawings(): Map<string, Drawing> {
  const data = document.getElementById("drawings")?.textContent ?? "[]";
  return new Map((JSON.parse(data) as Drawing[]).map((d) => [d.id, d]));
}

function start(element: HTMLElement, drawing: Drawing): Plot {
  element.hidden = false;
  if (lying(drawing)) element.style.height = `${drawing.x.length * Math.max(34, 22 * drawing.series.length) + 70}px`;
  const chart = echarts.init(element, null, { renderer: "svg" });
  const plot = { element, drawing, chart };
  draw(plot, element.clientWidth);
  const figure = element.closest("figure");
  figure?.classList.add("drawn");
  figure?.querySelector("details.twin")?.removeAttribute("open");
  return plot;
}

function draw(plot: Plot, width: number): void {
  plot.chart.resize({ width, height: plot.element.clientHeight });
  plot.chart.setOption(option(plot.drawing, readPalette(), width) as never, { notMerge: true });
}

function drawAll(plots: Plot[], width?: number): void {
  for (const plot of plots) draw(plot, width ?? plot.element.clientWidth);
}

function follow(plots: Plot[]): void {
  const sizes = new ResizeObserver(() => drawAll(plots));
  for (const plot of plots) sizes.observe(plot.element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(plots));
  matchMedia("print").addEventListener("change", (e) => drawAll(plots, e.matches ? printWidth : undefined));
}

// openForPrint opens what is folded away, and folds it again afterwards.
function openForPrint(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>("details.more:not([open])")];
    for (const d of opened) d.open = true;
  });
  addEventListener("afterprint", () => {
    for (const d of opened) d.open = false;
  });
}

function main(): void {
  const known = drawings();
  const plots: Plot[] = [];
  for (const element of document.querySelectorAll<HTMLElement>("[data-drawing]")) {
    const drawing = known.get(element.dataset.drawing ?? "");
    if (drawing) plots.push(start(element, drawing));
  }
  follow(plots);
  openForPrint();
}

main();
