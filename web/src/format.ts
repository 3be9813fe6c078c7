// Numbers and dates as the tables of the page write them.

const plain = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const dated = /^(\d{4})-(\d{2})(-(\d{2}))?$/;

export function formatNumber(value: unknown): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return "unknown";
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : plain.format(value);
}

export function isDated(x: string[]): boolean {
  return x.length > 0 && x.every((v) => dated.test(v));
}

export function shortDate(value: string): string {
  const m = dated.exec(value);
  return m ? `${months[Number(m[2]) - 1]} ${m[1]}` : value;
}

export function longDate(value: string): string {
  const m = dated.exec(value);
  return m ? `${m[4] ? `${Number(m[4])} ` : ""}${months[Number(m[2]) - 1]} ${m[1]}` : value;
}

// tickIndices picks the dates that get a label: the first of each month, of
// every third, or of each year, so that there are about as many as fit.
export function tickIndices(x: string[], room: number): Set<number> {
  for (const step of [1, 3, 6, 12, 24, 60]) {
    const ticks = firsts(x, step);
    if (ticks.length <= Math.max(2, room)) return new Set(ticks);
  }
  return new Set([0, x.length - 1]);
}

function firsts(x: string[], step: number): number[] {
  const period = (v: string) => Math.floor((Number(v.slice(0, 4)) * 12 + Number(v.slice(5, 7)) - 1) / step);
  return x.flatMap((v, i) => {
    if (i === 0) return step === 1 ? [0] : [];
    return period(v) !== period(x[i - 1]) ? [i] : [];
  });
}
