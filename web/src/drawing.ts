// What the page hands to the script: the type drawing of internal/report/view.go.

export interface Drawing {
  id: string;
  kind: string; // line, area, bar, stacked; anything else is drawn as a line
  unit: string;
  xTitle: string;
  x: string[];
  series: Series[];
  bands: { label: string; low: number; high: number }[];
  marks: { label: string; x: string }[];
}

export interface Series {
  name: string;
  values: (number | null)[];
  dashed: boolean;
  tone: string;
}
