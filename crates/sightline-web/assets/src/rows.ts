// One current row per page, moved with j and k. A row is anything with data-row; data-href is where Enter leads.
import { onContent } from "./requests";

let current: HTMLElement | null = null;

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => !row.hidden);
}

function setCurrent(row: HTMLElement): void {
  current?.classList.remove("current");
  current = row;
  row.classList.add("current");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

/** Moves by `step` rows; false where there is no row. */
export function moveRow(step: 1 | -1): boolean {
  const all = rows();
  if (all.length === 0) return false;
  const at = current && current.isConnected ? all.indexOf(current) : -1;
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  const row = all[next];
  if (row) setCurrent(row);
  return true;
}

/** Follows the current row's link. Enter is left alone where the focus is on something that can be pressed. */
export function openRow(target: EventTarget | null, key: string): boolean {
  if (key === "Enter" && target !== current) return false;
  const href = current?.isConnected ? current.dataset.href : undefined;
  if (!href) return false;
  location.assign(href);
  return true;
}

/** Ticks or clears the current row's box. */
export function toggleRow(): boolean {
  const box = current?.querySelector<HTMLInputElement>('input[type="checkbox"][data-select]');
  if (!box) return false;
  box.click();
  return true;
}

// A row that was changed comes back as a new element: it stays the current one.
function keep(row: ParentNode): void {
  if (row instanceof HTMLElement && row.dataset.row !== undefined && current && !current.isConnected && row.id === current.id) {
    setCurrent(row);
  }
}

export function startRows(): void {
  onContent(keep);
  document.addEventListener("focusin", (event) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
    if (row && row !== current) {
      current?.classList.remove("current");
      current = row;
      row.classList.add("current");
    }
  });
  // Keys on the current row: data-row-key="e" on a button inside it.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== current || !current) return;
    const button = current.querySelector<HTMLElement>(`[data-row-key="${CSS.escape(event.key)}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });
}
