// Writing a report: a reference goes into the text where the cursor was. Two at signs in a row open the picker.
import { onContent } from "./requests";

let start = 0;
let end = 0;

function text(): HTMLTextAreaElement | null {
  return document.querySelector<HTMLTextAreaElement>("textarea[data-report-text]");
}

function remember(area: HTMLTextAreaElement): void {
  start = area.selectionStart;
  end = area.selectionEnd;
}

function replace(area: HTMLTextAreaElement, from: number, to: number, words: string): void {
  area.setRangeText(words, from, to, "end");
  remember(area);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function watch(area: HTMLTextAreaElement): void {
  area.addEventListener("blur", () => remember(area));
  area.addEventListener("input", (event) => {
    const at = area.selectionStart;
    if (!(event instanceof InputEvent) || event.data !== "@" || area.value.slice(at - 2, at) !== "@@") return;
    replace(area, at - 2, at, "");
    document.querySelector<HTMLButtonElement>("[data-insert-reference]")?.click();
  });
}

/** From the search to its offers and back, with the arrows. */
function move(event: KeyboardEvent, dialog: Element): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [...dialog.querySelectorAll<HTMLElement>("[data-reference-query], [data-markup]")];
  const next = stops[stops.indexOf(event.target as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

export function startReportForms(): void {
  const area = text();
  const dialog = document.querySelector<HTMLDialogElement>("#reference-picker");
  if (!area || !dialog) return;
  watch(area);
  dialog.addEventListener("keydown", (event) => move(event, dialog));
  dialog.addEventListener("click", (event) => {
    const offer = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-markup]") : null;
    if (!offer?.dataset.markup) return;
    dialog.close();
    area.focus();
    replace(area, start, end, offer.dataset.markup);
  });
  onContent((root) => {
    if (root instanceof Element && dialog.contains(root)) root.querySelector<HTMLElement>("[data-reference-query]")?.focus();
  });
}
