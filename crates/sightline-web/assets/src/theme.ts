// Dark, light, or whatever the system says. The choice is a cookie so that the server renders it without a flash.

const ORDER = ["system", "light", "dark"] as const;
type Theme = (typeof ORDER)[number];
const YEAR_S = 31_536_000;

function current(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === "light" || set === "dark" ? set : "system";
}

function apply(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
  label(theme);
}

function label(theme: Theme): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-theme-toggle]")) {
    button.title = `Theme: ${theme}`;
    button.setAttribute("aria-label", `Theme: ${theme}. Change.`);
  }
}

/** Goes to the next theme. */
export function nextTheme(): void {
  apply(ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length] ?? "system");
}

export function startTheme(): void {
  label(current());
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-theme-toggle]")) nextTheme();
  });
}
