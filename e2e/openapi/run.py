"""Schemathesis against the real server: requests made from the server's own description of its API.

The engine comes from E2E_ENGINE (sqlite or postgres), the seed from SIGHTLINE_SEED, the time in seconds from
SIGHTLINE_OPENAPI_SECONDS; `scripts/e2e-openapi.sh` runs it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import launch  # noqa: E402  (found through the line above)

# What must hold of every answer: no server error, a documented type, and the error envelope wherever it is no success.
CHECKS = "not_a_server_error,content_type_conformance,response_headers_conformance,response_schema_conformance"
# What would take away the caller's own key or rights, reach for other machines, or never end.
LEFT_OUT = (
    r"^/(authkeys/(delete|edit)|users/(resetauthkey|edit|change_pw)|admin/(users|roles)/(edit|delete|set_default)"
    r"|feeds/(fetch|preview|getEvent|loadDefaultFeeds|cacheFeeds)|changes/stream)"
)


def seed(server: launch.Server) -> None:
    """Something to find: an event with an attribute, an object, a tag."""
    event = {"info": "An event", "distribution": 1, "Tag": [{"name": "tlp:clear"}],
             "Attribute": [{"type": "domain", "value": "seen.example"}],
             "Object": [{"name": "file", "Attribute": [{"type": "filename", "object_relation": "filename",
                                                       "value": "a.txt"}]}]}
    request = urllib.request.Request(
        f"{server.url}/events/add", data=json.dumps(event).encode(), method="POST",
        headers={"Authorization": server.key, "Accept": "application/json", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200, answer.status


def main() -> int:
    with launch.Server(os.environ.get("E2E_ENGINE", "sqlite"), allow_private=False) as server:
        seed(server)
        run = subprocess.run([
            Path(sys.executable).with_name("schemathesis"), "run", f"{server.url}/api/openapi.json",
            "--header", f"Authorization:{server.key}", "--header", "Accept:application/json",
            "--checks", CHECKS, "--exclude-path-regex", LEFT_OUT, "--phases", "fuzzing",
            "--max-time", os.environ.get("SIGHTLINE_OPENAPI_SECONDS", "90"),
            "--seed", os.environ.get("SIGHTLINE_SEED", "1"), "--max-examples", "20", "--workers", "2",
            "--request-timeout", "30", "--generation-database", "none", "--warnings", "off", "--no-shrink",
        ], check=False, cwd=server.folder)
        if run.returncode != 0:
            print(server.tail(), file=sys.stderr)
        return run.returncode


if __name__ == "__main__":
    sys.exit(main())
