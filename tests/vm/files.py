# SPDX-License-Identifier: GPL-2.0-or-later
"""What a guest wrote."""
import json


def read_text(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def read_samples(path):
    samples = []
    for line in read_text(path).splitlines():
        try:
            samples.append(json.loads(line))
        except ValueError:
            pass  # cut when the guest was switched off
    return [s for s in samples if s.get("type") == "sample"]
