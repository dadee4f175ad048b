"""The log-in page as a browser without scripts uses it."""

from __future__ import annotations

import html
import re

import requests


class Visitor(requests.Session):
    """A browser at a server's pages."""

    def __init__(self, url: str, **headers: str):
        super().__init__()
        self.url = url
        self.headers.update({"Accept": "text/html"} | headers)

    def page(self, path: str) -> requests.Response:
        """A page, without following where it leads."""
        return self.get(self.url + path, allow_redirects=False)

    def submit(self, path: str, form: requests.Response, **fields: str) -> requests.Response:
        """Send a form of a page with its hidden fields."""
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.text)
        data = {name: html.unescape(value) for name, value in hidden} | fields
        return self.post(self.url + path, data=data, allow_redirects=False)

    def log_in(self, name: str, password: str) -> requests.Response:
        """Type name and password."""
        return self.submit("/users/login", self.page("/users/login"), email=name, password=password)

    def is_in(self) -> bool:
        """Whether the pages inside open."""
        return self.page("/users/profile").status_code == 200


def refusal(answer: requests.Response) -> str:
    """What a page says went wrong."""
    found = re.search(r'role="alert">(.*?)</', answer.text, re.S)
    return html.unescape(found.group(1)).strip() if found else ""
