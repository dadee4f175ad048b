// The feed form shows only what the chosen format and source use. Without script everything is shown.

function show(form: HTMLFormElement): void {
  const format = form.querySelector<HTMLSelectElement>("select[name=source_format]")?.value ?? "";
  const source = form.querySelector<HTMLSelectElement>("select[name=input_source]")?.value ?? "";
  for (const part of form.querySelectorAll<HTMLElement>("[data-for-format]")) {
    part.hidden = !(part.dataset.forFormat ?? "").split(" ").includes(format);
  }
  for (const part of form.querySelectorAll<HTMLElement>("[data-for-source]")) {
    part.hidden = part.dataset.forSource !== source;
  }
}

export function startFeedForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-feed-form]")) {
    form.addEventListener("change", () => show(form));
    show(form);
  }
}
