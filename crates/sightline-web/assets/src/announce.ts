// Short messages in the corner, read out by screen readers.

const SHOWN_MS = 6_000;

/** Shows `text` for a few seconds. */
export function announce(text: string, kind: "ok" | "error" = "ok"): void {
  const corner = document.getElementById("announcements");
  if (!corner) return;
  const note = document.createElement("p");
  note.className = `announcement ${kind}`;
  note.textContent = text;
  corner.append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}
