// Ticked rows: the bar with bulk actions, shift-click for ranges, all / none. The ids go into the bar's forms.

let last: HTMLInputElement | null = null;

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[data-select]")];
}

function refresh(): void {
  const chosen = boxes().filter((box) => box.checked);
  for (const bar of document.querySelectorAll<HTMLElement>("[data-selection-bar]")) {
    bar.hidden = chosen.length === 0;
    const count = bar.querySelector("[data-selection-count]");
    if (count) count.textContent = `${chosen.length} selected`;
    for (const field of bar.querySelectorAll<HTMLInputElement>("input[data-selection-ids]")) {
      field.value = JSON.stringify(chosen.map((box) => Number(box.value)));
    }
  }
}

function range(to: HTMLInputElement): void {
  const all = boxes();
  const a = last ? all.indexOf(last) : -1;
  const b = all.indexOf(to);
  if (a < 0 || b < 0) return;
  for (const box of all.slice(Math.min(a, b), Math.max(a, b) + 1)) box.checked = to.checked;
}

export function startSelection(): void {
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target instanceof HTMLInputElement && target.matches("input[data-select]")) {
      if (event.shiftKey) range(target);
      last = target;
      refresh();
    } else if (target instanceof HTMLInputElement && target.matches("input[data-select-all]")) {
      for (const box of boxes()) box.checked = target.checked;
      refresh();
    } else if (target instanceof Element && target.closest("[data-select-none]")) {
      for (const box of boxes()) box.checked = false;
      refresh();
    }
  });
  document.addEventListener("htmx:afterSettle", refresh);
}
