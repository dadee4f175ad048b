// The keyboard. Page-wide keys are here; a page adds its own by putting data-key on a link, button or field.
// The overlay (?) lists exactly what works on this page.
import { nextTheme } from "./theme";
import { moveRow, openRow, toggleRow } from "./rows";

const SEQUENCE_MS = 1_200;

let pendingGo = 0;

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)))
  );
}

function help(): HTMLDialogElement | null {
  const dialog = document.querySelector<HTMLDialogElement>("#keyboard-help");
  const list = dialog?.querySelector<HTMLElement>("[data-page-keys]");
  if (list) {
    list.replaceChildren();
    for (const element of document.querySelectorAll<HTMLElement>("[data-key]")) {
      const row = document.createElement("div");
      const keys = document.createElement("dt");
      const what = document.createElement("dd");
      const key = document.createElement("kbd");
      key.textContent = element.dataset.key ?? "";
      what.textContent = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
      keys.append(key);
      row.append(keys, what);
      list.append(row);
    }
  }
  return dialog;
}

function act(element: HTMLElement): void {
  if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement) {
    element.focus();
    if (element instanceof HTMLInputElement) element.select();
  } else {
    element.click();
  }
}

function pageKey(key: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>("[data-key]")].find((element) => element.dataset.key === key);
}

/** Where the menu says that `g` and this key lead. */
function menuLink(key: string): HTMLAnchorElement | null {
  const said = [...document.querySelectorAll("a > kbd")].find((one) => one.textContent === `g ${key}`);
  return said?.closest("a") ?? null;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) {
    if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (Date.now() < pendingGo) {
    pendingGo = 0;
    const link = menuLink(event.key);
    if (link) {
      event.preventDefault();
      location.assign(link.href);
      return;
    }
  }
  const handled = known(event);
  if (handled) event.preventDefault();
}

function known(event: KeyboardEvent): boolean {
  const key = event.key;
  const mine = pageKey(key);
  if (mine) {
    act(mine);
    return true;
  }
  switch (key) {
    case "?":
      help()?.showModal();
      return true;
    case "/":
      document.querySelector<HTMLInputElement>("#omnibox")?.focus();
      return true;
    case "g":
      pendingGo = Date.now() + SEQUENCE_MS;
      return true;
    case "t":
      nextTheme();
      return true;
    case "j":
    case "k":
      return moveRow(key === "j" ? 1 : -1);
    case "Enter":
    case "o":
      return openRow(event.target, key);
    case "x":
      return toggleRow();
    default:
      return false;
  }
}

export function startShortcuts(): void {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-keyboard-help]")) help()?.showModal();
  });
}
