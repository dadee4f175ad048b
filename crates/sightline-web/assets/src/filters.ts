// Filter bars: a changed select or tick sends the form; empty fields stay out of the address, so that it can be shared.

export function startFilters(): void {
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) return;
    const form = field.form;
    if (form?.matches("form[data-filters]") && (field instanceof HTMLSelectElement || field.type === "checkbox")) {
      form.requestSubmit();
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form[data-filters]")) return;
    for (const field of form.elements) {
      if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && field.value === "") field.disabled = true;
    }
  });
  // Back from the next page: the fields are to be usable again.
  window.addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll<HTMLInputElement>("form[data-filters] :disabled")) field.disabled = false;
  });
}
