// A table of a hundred thousand rows, a window of rows at a time. htmx brings the next window when its sentinel comes
// into sight; this module says which rows are in sight, folds objects, and empties windows that are far away so that
// the page stays light however far one scrolls.
import htmx from "htmx.org";
import { onContent } from "./requests";

const KEPT_WINDOWS = 12;
const FOLD_KEY = "fold-objects";

function windows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-window]")];
}

function inSight(): void {
  const label = document.querySelector<HTMLElement>("[data-rows-in-sight]");
  if (!label) return;
  const top = document.querySelector<HTMLElement>("[data-sticky-head]")?.getBoundingClientRect().bottom ?? 0;
  for (const part of windows()) {
    const box = part.getBoundingClientRect();
    if (box.bottom <= top || box.top >= innerHeight) continue;
    const first = Number(part.dataset.first);
    const last = Number(part.dataset.last);
    const seen = Math.floor(((top - Math.min(box.top, top)) / Math.max(box.height, 1)) * (last - first + 1));
    label.textContent = Math.min(first + seen, last).toLocaleString("en");
    return;
  }
}

function empty(part: HTMLElement): void {
  part.style.height = `${part.getBoundingClientRect().height}px`;
  part.dataset.emptied = "true";
  part.replaceChildren();
}

function fill(part: HTMLElement): void {
  const url = part.dataset.window;
  if (!url) return;
  delete part.dataset.emptied;
  void htmx.ajax("get", url, { target: part, swap: "outerHTML", select: "[data-window]" });
}

function prune(): void {
  const all = windows();
  const middle = innerHeight / 2;
  const distance = (part: HTMLElement): number => {
    const box = part.getBoundingClientRect();
    return Math.abs((box.top + box.bottom) / 2 - middle);
  };
  const near = all.toSorted((a, b) => distance(a) - distance(b));
  near.forEach((part, place) => {
    // A row being edited or ticked keeps its window.
    const busy = part.contains(document.activeElement) || part.querySelector("form, input:checked[data-select]");
    if (place >= KEPT_WINDOWS && !part.dataset.emptied && !busy) empty(part);
    if (place < KEPT_WINDOWS / 2 && part.dataset.emptied) fill(part);
  });
}

function fold(header: HTMLElement, folded: boolean): void {
  header.querySelector("[data-fold]")?.setAttribute("aria-expanded", String(!folded));
  let row = header.nextElementSibling;
  while (row instanceof HTMLElement && row.dataset.of === header.dataset.object) {
    row.hidden = folded;
    row = row.nextElementSibling;
  }
}

function foldAll(root: ParentNode): void {
  const folded = localStorage.getItem(FOLD_KEY) === "true";
  for (const header of root.querySelectorAll<HTMLElement>("[data-object]")) fold(header, folded);
  document.querySelector("[data-fold-all]")?.setAttribute("aria-pressed", String(folded));
}

// The table's head sticks below the event's head, whose height depends on its text.
function measureHead(): void {
  const head = document.querySelector<HTMLElement>("[data-sticky-head]");
  if (!head) return;
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--event-head", `${head.offsetHeight}px`);
  }).observe(head);
}

export function startWindows(): void {
  if (!document.querySelector("[data-attribute-table]")) return;
  measureHead();
  let waiting = false;
  const look = (): void => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      inSight();
      if (windows().length > KEPT_WINDOWS) prune();
    });
  };
  addEventListener("scroll", look, { passive: true });
  document.addEventListener("htmx:afterSettle", look);
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const one = event.target.closest("[data-fold]");
    const header = one?.closest<HTMLElement>("[data-object]");
    if (one && header) fold(header, one.getAttribute("aria-expanded") === "true");
    if (event.target.closest("[data-fold-all]")) {
      localStorage.setItem(FOLD_KEY, String(localStorage.getItem(FOLD_KEY) !== "true"));
      foldAll(document);
    }
  });
  onContent(foldAll);
  look();
}
