// htmx: the anti-forgery header on every request, and an answer in words when a request fails.
import htmx from "htmx.org";
import { announce } from "./announce";

type RequestDetail = { headers: Record<string, string> };
type ResponseDetail = { xhr?: XMLHttpRequest };

const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  (event as CustomEvent<RequestDetail>).detail.headers["X-CSRF-Token"] = token;
});

// A refused form comes back as 422 with its messages beside the fields: show it in place.
document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = (event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean }>).detail;
  if (detail.xhr.status === 422) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

document.addEventListener("htmx:responseError", (event) => {
  const xhr = (event as CustomEvent<ResponseDetail>).detail.xhr;
  if (xhr?.status === 401) {
    announce("Your session has ended. Log in again.", "error");
    return;
  }
  const words = xhr?.getResponseHeader("X-Message");
  announce(words ?? `The server refused this (${xhr?.status ?? "no answer"}).`, "error");
});

document.addEventListener("htmx:sendError", () => {
  announce("The server cannot be reached. Nothing was changed.", "error");
});

// Sent by the server as HX-Trigger: {"announce": "Tag added."}
document.addEventListener("announce", (event) => {
  announce(String((event as CustomEvent<{ value: string }>).detail.value), "ok");
});

/** Calls `act` for the page as loaded and again for everything that htmx brings in. */
export function onContent(act: (root: ParentNode) => void): void {
  act(document);
  htmx.onLoad((element) => {
    if (element instanceof HTMLElement && element !== document.body) act(element);
  });
}

/** Puts what `url` answers into `element`. */
export function fetchInto(element: Element, url: string): void {
  void htmx.ajax("get", url, { target: element, swap: "innerHTML" });
}

/** Lets htmx see markup that a script has put into the page. */
export function adopt(element: Element): void {
  htmx.process(element);
}
