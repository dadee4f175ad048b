// Dialogs: data-dialog="id" opens one; data-close closes the one it is in. data-confirm-* fills a shared dialog, so
// that a table of a thousand rows needs one delete dialog and not a thousand.
import { adopt, fetchInto } from "./requests";

function open(button: HTMLElement): void {
  const dialog = document.getElementById(button.dataset.dialog ?? "");
  if (!(dialog instanceof HTMLDialogElement)) return;
  const form = dialog.querySelector("form");
  if (form && button.dataset.action) {
    form.action = button.dataset.action;
    if (form.hasAttribute("hx-post")) {
      form.setAttribute("hx-post", button.dataset.action);
      form.setAttribute("hx-target", button.dataset.target ?? "body");
      adopt(form);
    }
  }
  const subject = dialog.querySelector("[data-subject]");
  if (subject && button.dataset.subject !== undefined) subject.textContent = button.dataset.subject;
  const body = dialog.querySelector<HTMLElement>("[data-dialog-body]");
  if (body && button.dataset.load) {
    body.replaceChildren();
    fetchInto(body, button.dataset.load);
  }
  dialog.showModal();
  // The first field, not the button that closes.
  dialog.querySelector<HTMLElement>("form :is(input:not([type=hidden]), select, textarea)")?.focus();
}

export function startDialogs(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLElement>("[data-dialog]");
    if (opener) {
      open(opener);
      return;
    }
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog")?.close();
    // A click on the backdrop lands on the dialog itself.
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const detail = (event as CustomEvent<{ successful: boolean; elt: Element }>).detail;
    // data-stay: one in which people go on, such as a thread.
    if (detail.successful && detail.elt instanceof HTMLFormElement) detail.elt.closest<HTMLDialogElement>("dialog:not([data-stay])")?.close();
  });
  // One explicitly asked for by the server, for example a key that is shown once.
  document.querySelector<HTMLDialogElement>("dialog[data-open-on-load]")?.showModal();
}
