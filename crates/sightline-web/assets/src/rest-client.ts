// The REST client: sends what is written with the key that is typed, and shows the answer. The key stays in its field.
import { copy } from "./copy";

interface Operation {
  description?: string;
}

interface Description {
  paths: Record<string, Record<string, Operation>>;
}

function field<T extends HTMLElement>(form: HTMLElement, selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`${selector} is missing beside ${form.tagName}`);
  return found;
}

function headersOf(text: string): [string, string][] {
  return text
    .split("\n")
    .map((line) => line.split(/:(.*)/s))
    .filter(([name, value]) => name?.trim() && value !== undefined)
    .map(([name, value]) => [(name ?? "").trim(), (value ?? "").trim()]);
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function start(form: HTMLFormElement): void {
  const key = field<HTMLInputElement>(form, "#rest-key");
  const method = field<HTMLSelectElement>(form, "#rest-method");
  const path = field<HTMLInputElement>(form, "#rest-path");
  const extra = field<HTMLTextAreaElement>(form, "#rest-headers");
  const body = field<HTMLTextAreaElement>(form, "#rest-body");
  const status = field<HTMLElement>(form, "[data-rest-status]");
  const headers = field<HTMLElement>(form, "[data-rest-headers]");
  const details = field<HTMLElement>(form, "[data-rest-details]");
  const answer = field<HTMLElement>(form, "[data-rest-answer]");
  const about = field<HTMLElement>(form, "[data-rest-about]");
  let description: Description | undefined;

  const common = () => ({ Accept: "application/json", Authorization: key.value.trim() });

  // The paths are known to whoever has a key: they are asked for once it is there.
  async function describe(): Promise<void> {
    if (description || key.value.trim().length !== 40) return;
    const found = await fetch("/api/openapi.json", { headers: common(), credentials: "omit" });
    if (!found.ok) return;
    description = (await found.json()) as Description;
    const options = Object.keys(description.paths).map((known) => {
      const option = document.createElement("option");
      option.value = known;
      return option;
    });
    field<HTMLDataListElement>(form, "#rest-paths").replaceChildren(...options);
    tell();
  }

  function tell(): void {
    const operations = description?.paths[path.value.trim()];
    const names = Object.keys(operations ?? {}).map((name) => name.toUpperCase());
    const first = Object.values(operations ?? {})[0];
    about.textContent = names.length > 0 ? `${names.join(", ")}. ${first?.description ?? ""}` : "";
  }

  async function send(): Promise<void> {
    if (!form.reportValidity()) return;
    const wanted = path.value.trim();
    // Only this server: a key must not go anywhere else.
    const url = new URL(wanted, location.origin);
    if (url.origin !== location.origin) {
      status.textContent = "Only paths of this server.";
      return;
    }
    status.textContent = "Sending…";
    const began = performance.now();
    const withBody = method.value !== "GET" && body.value.trim() !== "";
    try {
      const got = await fetch(url, {
        method: method.value,
        credentials: "omit",
        headers: [
          ...Object.entries(common()),
          ...(withBody ? ([["Content-Type", "application/json"]] as [string, string][]) : []),
          ...headersOf(extra.value),
        ],
        ...(withBody ? { body: body.value } : {}),
      });
      const text = await got.text();
      status.textContent = `${got.status} ${got.statusText} · ${Math.round(performance.now() - began)} ms · ${text.length.toLocaleString("en")} characters`;
      headers.textContent = [...got.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
      answer.textContent = pretty(text);
      details.hidden = false;
      answer.hidden = false;
    } catch (error) {
      status.textContent = `Not sent: ${String(error)}`;
    }
    field<HTMLElement>(form, "#rest-answer-title").focus();
  }

  // As a shell reads it: the key stays a variable, so that it is in no history.
  function curl(): string {
    const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
    const withBody = method.value !== "GET" && body.value.trim() !== "";
    return [
      `curl --request ${method.value}`,
      '--header "Authorization: $KEY"',
      "--header 'Accept: application/json'",
      ...(withBody ? ["--header 'Content-Type: application/json'"] : []),
      ...headersOf(extra.value).map(([name, value]) => `--header ${quoted(`${name}: ${value}`)}`),
      ...(withBody ? [`--data ${quoted(body.value)}`] : []),
      quoted(new URL(path.value.trim(), location.origin).href),
    ].join(" ");
  }

  field<HTMLButtonElement>(form, "[data-rest-curl]").addEventListener("click", () => void copy(curl()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void send();
    }
  });
  key.addEventListener("change", () => void describe());
  path.addEventListener("input", tell);
}

export function startRestClient(): void {
  const form = document.querySelector<HTMLFormElement>("[data-rest-client]");
  if (form) start(form);
}
