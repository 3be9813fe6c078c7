// Colours come from the stylesheet, so that charts follow the page.

export interface Palette {
  paper: string;
  ink: string;
  soft: string;
  rule: string;
  band: string;
  font: string;
  series: string[];
  tone: Record<string, string>;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string) => style.getPropertyValue(name).trim();
  return {
    paper: get("--paper"),
    ink: get("--ink"),
    soft: get("--soft"),
    rule: get("--rule"),
    band: get("--band"),
    font: getComputedStyle(document.body).fontFamily,
    series: [1, 2, 3, 4, 5].map((n) => get(`--series-${n}`)),
    tone: {
      one: get("--fill-one"),
      prepare: get("--fill-prepare"),
      split: get("--fill-split"),
      neutral: get("--fill-neutral"),
    },
  };
}
