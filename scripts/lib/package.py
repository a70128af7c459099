"""The manifest as data, for the checks. MANIFEST_JSON may name a file that already holds `swift package dump-package`."""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def manifest():
    path = os.environ.get("MANIFEST_JSON")
    if path:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    run = subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        sys.exit("swift package dump-package failed:\n" + run.stderr)
    return json.loads(run.stdout)


def targets(document):
    """name -> {"type", "path", "dependencies": {module or product: package or None}}"""
    found = {}
    for target in document["targets"]:
        dependencies = {}
        for dependency in target.get("dependencies", []):
            if "byName" in dependency:
                dependencies[dependency["byName"][0]] = None
            elif "target" in dependency:
                dependencies[dependency["target"][0]] = None
            elif "product" in dependency:
                dependencies[dependency["product"][0]] = dependency["product"][1]
        folder = "Tests" if target["type"] == "test" else "Sources"
        found[target["name"]] = {
            "type": target["type"],
            "path": target.get("path") or f"{folder}/{target['name']}",
            "dependencies": dependencies,
        }
    return found


def packages(document):
    """identity -> lower version bound"""
    found = {}
    for dependency in document["dependencies"]:
        for control in dependency.get("sourceControl", []):
            ranges = control.get("requirement", {}).get("range") or [{}]
            exact = control.get("requirement", {}).get("exact") or [None]
            found[control["identity"]] = ranges[0].get("lowerBound") or exact[0]
    return found


def table(path, first_column):
    """Rows of the first Markdown table in `path` whose first heading is `first_column`: (line number, cells)."""
    rows = []
    inside = False
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("|"):
                if inside and rows:
                    break
                inside = False
                continue
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if cells[0] == first_column:
                inside = True
            elif inside and not re.fullmatch(r"[-: ]*", cells[0]):
                rows.append((number, cells))
    return rows


def names(cell):
    """The comma-separated names of a table cell, without backticks; a dash means none."""
    return [name.strip().strip("`") for name in cell.split(",") if name.strip().strip("`–-")]


def swift_files(folder):
    for base, folders, files in os.walk(os.path.join(ROOT, folder)):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".swift"):
                yield os.path.relpath(os.path.join(base, name), ROOT)
