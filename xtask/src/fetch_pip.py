"""Fetches pip for a Python that came without it: the newest wheel, checked against the index's own hash."""
import hashlib
import json
import pathlib
import sys
import urllib.request

request = urllib.request.Request(
    "https://pypi.org/simple/pip/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
)
with urllib.request.urlopen(request, timeout=60) as answer:
    index = json.load(answer)


def release(name):
    """Gives a wheel's version as numbers, or None for what is no plain release."""
    parts = name.split("-")[1].split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else None


wheels = [file for file in index["files"] if file["filename"].endswith(".whl") and not file.get("yanked")]
newest = max((file for file in wheels if release(file["filename"])), key=lambda file: release(file["filename"]))
with urllib.request.urlopen(newest["url"], timeout=60) as answer:
    content = answer.read()
if hashlib.sha256(content).hexdigest() != newest["hashes"]["sha256"]:
    sys.exit("the wheel of pip does not have the hash that the index gives: not using it")
pathlib.Path(sys.argv[1]).write_bytes(content)
