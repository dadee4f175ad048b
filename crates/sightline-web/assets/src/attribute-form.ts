// Category and type belong together: a chosen category narrows the types, a chosen type brings its usual category and
// its usual IDS flag. The table comes with the page as JSON.
import { onContent } from "./requests";

type TypeMap = {
  categories: Record<string, string[]>;
  types: Record<string, { category: string; to_ids: boolean }>;
};

function read(): TypeMap | null {
  const text = document.getElementById("type-map")?.textContent;
  return text ? (JSON.parse(text) as TypeMap) : null;
}

function narrow(types: HTMLSelectElement, map: TypeMap, category: string): void {
  const allowed = map.categories[category];
  for (const option of types.options) {
    const fits = !allowed || option.value === "" || allowed.includes(option.value);
    option.hidden = !fits;
    option.disabled = !fits;
  }
  if (types.selectedOptions[0]?.disabled) types.value = "";
}

function connect(form: HTMLFormElement, map: TypeMap): void {
  const category = form.querySelector<HTMLSelectElement>("select[name=category]");
  const type = form.querySelector<HTMLSelectElement>("select[name=type]");
  const toIds = form.querySelector<HTMLInputElement>("input[type=checkbox][name=to_ids]");
  const distribution = form.querySelector<HTMLSelectElement>("select[name=distribution]");
  const group = form.querySelector<HTMLElement>("[data-sharing-group]");
  category?.addEventListener("change", () => type && narrow(type, map, category.value));
  type?.addEventListener("change", () => {
    const usual = map.types[type.value];
    if (!usual) return;
    if (category && category.value === "") category.value = usual.category;
    if (toIds) toIds.checked = usual.to_ids;
  });
  if (category && type) narrow(type, map, category.value);
  if (distribution && group) {
    const show = (): void => void (group.hidden = distribution.value !== "4");
    distribution.addEventListener("change", show);
    show();
  }
}

export function startAttributeForms(): void {
  onContent((root) => {
    const map = read() ?? { categories: {}, types: {} };
    const forms = [...root.querySelectorAll<HTMLFormElement>("form[data-typed]")];
    if (root instanceof HTMLFormElement && root.matches("form[data-typed]")) forms.push(root);
    for (const form of forms) connect(form, map);
  });
}
