// "3 hours ago" instead of a date where the template asks for it; the exact time stays in the title.
import { onContent } from "./requests";

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const REFRESH_MS = 60_000;
const format = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

/** `seconds` before (negative) or after now, in words. */
export function relative(seconds: number): string {
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 0 ? "in a moment" : "just now";
}

function upgrade(root: ParentNode): void {
  const now = Date.now();
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
    const at = Date.parse(element.dateTime);
    if (!Number.isNaN(at)) element.textContent = relative((at - now) / 1_000);
  }
}

export function startTimes(): void {
  onContent(upgrade);
  setInterval(() => upgrade(document), REFRESH_MS);
}
