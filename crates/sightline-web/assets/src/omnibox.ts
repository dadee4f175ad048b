// The box on top: offers what matches as one types. Arrows choose, Enter goes there, Escape closes the list and then
// leaves the box. Without this script the form leads to the page of results.

const PAUSE_MS = 180;

function setUp(input: HTMLInputElement, list: HTMLElement): void {
  let timer = 0;
  let running: AbortController | undefined;
  let chosen = -1;

  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[role=option]")];

  const close = (): void => {
    clearTimeout(timer);
    running?.abort();
    chosen = -1;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (to: number): void => {
    const all = options();
    if (all.length === 0) return;
    chosen = (to + all.length) % all.length;
    all.forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === chosen));
      if (place === chosen) {
        option.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", option.id);
      }
    });
  };

  const ask = async (text: string): Promise<void> => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(text)}`, { signal: mine.signal });
      if (!answer.ok || answer.redirected) return close();
      const html = await answer.text();
      if (mine.signal.aborted || document.activeElement !== input) return;
      list.innerHTML = html;
      chosen = -1;
      list.hidden = false;
      input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-expanded", "true");
    } catch {
      // Overtaken by the next key, or the server is away: the form still works.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text === "") return close();
    timer = window.setTimeout(() => void ask(text), PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const down = event.key === "ArrowDown";
      choose(chosen < 0 && !down ? options().length - 1 : chosen + (down ? 1 : -1));
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      const href = options()[chosen]?.dataset.href;
      if (href) location.assign(href);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  // Before the box loses the focus, and the list with it.
  list.addEventListener("mousedown", (event) => {
    const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
    event.preventDefault();
    if (option?.dataset.href) location.assign(option.dataset.href);
  });
  input.addEventListener("blur", close);
}

export function startOmnibox(): void {
  const input = document.querySelector<HTMLInputElement>("#omnibox");
  const list = document.querySelector<HTMLElement>("#omnibox-offers");
  if (input && list) setUp(input, list);
}
