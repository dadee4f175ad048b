#!/usr/bin/env python3
"""Writes the sample feed into this directory: invented events on documentation addresses and example domains.

    python3 packaging/sample-feed/generate.py

The result is checked in and is the same at every run; change the stories, run this, and commit both.
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))

from feedlib import write  # noqa: E402
from stories import infrastructure, intrusion, phishing, ransomware, reference  # noqa: E402


def main():
    subjects = (phishing, ransomware, infrastructure, intrusion, reference)
    events = sorted((event for subject in subjects for event in subject.events()), key=lambda event: event.created)
    write(HERE, events)
    print(f"{len(events)} events written to {HERE.name}")


if __name__ == "__main__":
    main()
