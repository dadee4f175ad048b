// Copy buttons: data-copy holds the text, or names nothing and the value beside the button is taken.
import { announce } from "./announce";

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard interface on plain HTTP: the old way.
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "off-screen";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  announce("Copied.");
}

export function startCopy(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy]") : null;
    if (!button) return;
    const beside = button.closest("[data-copy-scope]")?.querySelector("[data-copy-text]");
    void copy(button.dataset.copy || beside?.textContent || "");
  });
}
