#!/usr/bin/env python3
"""The bill of materials of a release (CycloneDX 1.5), its licence texts and its notice.

    sbom.py --build FOLDER --bin FOLDER --out FOLDER PROGRAM…

What is in a program is read from the linker's map of it: modules of packages, archives of the toolchain and of the system.
A package that was resolved and not linked is listed with scope `excluded`. Two builds of one commit give the same files."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Licences of what comes from the system, by Debian source package. Their texts are in /usr/share/doc/*/copyright.
SYSTEM_LICENCES = {
    "glibc": "LGPL-2.1-or-later",
    "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "gcc-13": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "gcc-14": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "sqlite3": "blessing",
    "zlib": "Zlib",
}
SYSTEM_NAMES = {"gcc": "libstdc++ and libgcc", "sqlite3": "SQLite"}
COMMON_LICENCES = {"glibc": ["LGPL-2.1", "GPL-2"], "gcc": ["GPL-3", "LGPL-3"]}
# Code of others inside packages: module, name, licence, file with its version and how to find it there, file whose
# comment of a licence is that of all. BoringSSL's text is that of its package, Apache 2.0; its fiat-crypto may be had under that too.
EMBEDDED = [
    ("CNIOBoringSSL", "BoringSSL (in swift-nio-ssl)", "Apache-2.0", ("hash.txt", r"[0-9a-f]{40}"), None),
    ("CCryptoBoringSSL", "BoringSSL (in swift-crypto)", "Apache-2.0", ("hash.txt", r"[0-9a-f]{40}"), None),
    ("CNIOLLHTTP", "llhttp (in swift-nio)", "MIT", None, None),
    ("CNIOExtrasZlib", "zlib (in swift-nio-extras)", "Zlib", ("vendored-zlib.version", r"[\w.]+"), "zlib.h"),
    ("CNIOSHA1", "SHA-1 of FreeBSD (in swift-nio)", "BSD-3-Clause", None, "c_nio_sha1.c"),
    ("CXKCP", "XKCP (in swift-crypto)", "CC0-1.0", ("vendored-sources.txt", r"g[0-9a-f]{7}"), "KeccakSponge.c"),
]


def output(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def linked(path):
    """Modules and archives or objects outside the build that a map names."""
    modules, files = set(), set()
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            for name in re.findall(r"/(\w+)\.build/", line):
                modules.add(name)
            found = re.search(r"\s(/[^\s:()]+\.(?:a|o))(?:\(|:)", line)
            if found and ".build/" not in found.group(1):
                files.add(os.path.normpath(found.group(1)))
    return modules, files


def targets_of(folder):
    """The modules of a package: its folders of sources, and what its manifest calls otherwise."""
    with open(os.path.join(folder, "Package.swift"), encoding="utf-8") as file:
        named = re.findall(r'\.target\(\s*name:\s*"(\w+)"', file.read())
    return set(os.listdir(os.path.join(folder, "Sources"))) | set(named)


def licence_of(folder):
    """The SPDX expression of a package's LICENSE, and its texts."""
    texts = sorted(name for name in os.listdir(folder) if re.match(r"(LICENSE|LICENCE|COPYING|NOTICE)", name, re.I))
    licence = None
    for name in texts:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text = file.read()
        if not name.upper().startswith("NOTICE"):
            if "Apache License" in text and "Version 2.0" in text:
                licence = "Apache-2.0 WITH Swift-exception" if "Runtime Library Exception" in text else "Apache-2.0"
            elif "Permission is hereby granted, free of charge" in text:
                licence = "MIT"
    if licence is None:
        sys.exit(f"sbom: the licence of {folder} is not one that is known")
    return licence, texts


def system_package(path):
    """(binary package, source package, version) of a file of the system."""
    for candidate in (path, re.sub(r"^/usr(?=/lib)", "", path), "/usr" + path):
        run = subprocess.run(["dpkg-query", "-S", candidate], capture_output=True, text=True)
        if run.returncode == 0:
            binary = run.stdout.split(": ")[0].split(",")[0]
            source, version = output("dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", binary).split()
            return binary.split(":")[0], source, version
    sys.exit(f"sbom: {path} is linked and belongs to no package of the system")


def embedded_version(path, place):
    if place is None:
        return "as in the package"
    file, pattern = place
    with open(os.path.join(path, file), encoding="utf-8") as text:
        return re.search(pattern, text.read()).group(0)


class Bill:
    def __init__(self, out):
        self.out = out
        self.licences = os.path.join(out, "LICENSES")
        self.components = []
        os.makedirs(self.licences, exist_ok=True)

    def keep(self, name, *files):
        for file in files:
            target = os.path.join(self.licences, f"{name}-{os.path.basename(file)}".replace("-copyright", "-copyright.txt"))
            shutil.copyfile(file, target)

    def add(self, name, version, licence, *, purl=None, revision=None, scope="required", programs=(), source=None):
        component = {"type": "library", "name": name, "version": version, "scope": scope}
        if purl:
            component["bom-ref"] = component["purl"] = purl
        component["licenses"] = [{"expression": licence}]
        if source:
            component["externalReferences"] = [{"type": "distribution", "url": source}]
        properties = [{"name": "reagent:program", "value": program} for program in sorted(programs)]
        if revision:
            properties.append({"name": "reagent:revision", "value": revision})
        if properties:
            component["properties"] = properties
        self.components.append(component)

    def add_packages(self, checkouts, modules):
        """`modules`: program -> its modules."""
        with open(os.path.join(ROOT, "Package.resolved"), encoding="utf-8") as file:
            pins = json.load(file)["pins"]
        unexplained = set().union(*modules.values()) - set(os.listdir(os.path.join(ROOT, "Sources")))
        for pin in sorted(pins, key=lambda pin: pin["identity"]):
            name, state = pin["identity"], pin["state"]
            folder = os.path.join(checkouts, name)
            own = targets_of(folder)
            unexplained -= own
            programs = [program for program, used in modules.items() if used & own]
            licence, texts = licence_of(folder)
            slug = re.sub(r"^https://github.com/|\.git$", "", pin["location"])
            self.add(
                name, state["version"], licence, purl=f"pkg:github/{slug}@{state['version']}", revision=state["revision"],
                scope="required" if programs else "excluded", programs=programs, source=pin["location"])
            if not programs:
                continue
            self.keep(name, *[os.path.join(folder, text) for text in texts])
            for module, title, embedded, version, header in EMBEDDED:
                path = os.path.join(folder, "Sources", module)
                users = [program for program, used in modules.items() if module in used]
                if users and os.path.isdir(path):
                    self.add(title, embedded_version(path, version), embedded, programs=users)
                    self.keep_embedded(f"{name}-{module}", path, header)
        if unexplained:
            sys.exit(f"sbom: no package is known that has the linked {', '.join(sorted(unexplained))}")

    def keep_embedded(self, name, path, header):
        self.keep(name, *[
            os.path.join(path, text) for text in sorted(os.listdir(path)) if re.match(r"(LICENSE|COPYING)", text, re.I)])
        for base, _, files in os.walk(path):
            for file in files:
                if header and file.endswith(header):
                    with open(os.path.join(base, file), encoding="utf-8") as text:
                        comments = re.findall(r"/\*.*?\*/", text.read(), re.S)
                    comment = next(one for one in comments if re.search(r"Redistribution|warranty|waived", one))
                    with open(os.path.join(self.licences, name + "-LICENSE"), "w", encoding="utf-8") as text:
                        text.write(comment + "\n")

    def add_toolchain(self, library_folder, programs):
        version = output("swift", "--version").splitlines()[0]
        number = re.search(r"Swift version ([\w.]+)", version).group(1)
        self.add(
            "swift (standard library, Dispatch, FoundationEssentials)", number, "Apache-2.0 WITH Swift-exception",
            purl=f"pkg:github/swiftlang/swift@swift-{number}-RELEASE", programs=programs, source="https://swift.org/download")
        root = library_folder.split("/lib/swift_static")[0]
        self.keep("swift", os.path.join(root, "share/swift/LICENSE.txt"))

    def add_system(self, files):
        """`files`: file -> programs that contain it."""
        packages = {}
        for path, programs in files.items():
            binary, source, version = system_package(path)
            entry = packages.setdefault((source, version), (set(), set()))
            entry[0].update(programs)
            entry[1].add(binary)
        glibc = None
        for (source, version), (programs, binaries) in sorted(packages.items()):
            if source not in SYSTEM_LICENCES:
                sys.exit(f"sbom: no licence is known for the system's {source}: add it to scripts/lib/sbom.py")
            base = re.sub(r"-\d+$", "", source)
            self.add(
                SYSTEM_NAMES.get(base, source), version, SYSTEM_LICENCES[source],
                purl=f"pkg:deb/debian/{source}@{version}?arch=source", programs=programs,
                source=f"https://snapshot.debian.org/package/{source}/{version}/")
            for binary in sorted(binaries):
                path = f"/usr/share/doc/{binary}/copyright"
                if os.path.exists(path):
                    self.keep(source, path)
                    break
            for text in COMMON_LICENCES.get(base, []):
                self.keep(source, f"/usr/share/common-licenses/{text}")
            if source == "glibc":
                glibc = version
        return glibc

    def write(self, version, commit, moment):
        document = {
            "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {
                "timestamp": moment,
                "component": {"type": "application", "name": "reagent", "version": version,
                              "properties": [{"name": "reagent:commit", "value": commit}]},
            },
            "components": self.components,
        }
        with open(os.path.join(self.out, "sbom.cdx.json"), "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, ensure_ascii=False)
            file.write("\n")


NOTICE = """reagent {version}, commit {commit}

The programs in this folder are linked statically. What they contain, with versions and licences, is in sbom.cdx.json; the
licence texts are in LICENSES/.

GNU C Library {glibc}: the programs contain it, under the GNU Lesser General Public License, version 2.1 or later
(LICENSES/glibc-LGPL-2.1). You may change that library and link the programs with your version of it:

1. Take the sources of the programs at the commit above, with the Swift toolchain and the system packages of sbom.cdx.json.
2. Put your libc.a in the place of the system's (Debian: package libc6-dev), or name its folder with
   `-Xlinker -L -Xlinker FOLDER` in the flags of scripts/release.
3. `make release`.

The sources of the library itself: https://snapshot.debian.org/package/glibc/{glibc}/
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("programs", nargs="+")
    arguments = parser.parse_args()
    modules, files = {}, {}
    for program in arguments.programs:
        modules[program], found = linked(os.path.join(arguments.build, program + ".map"))
        for path in found:
            files.setdefault(path, set()).add(program)
    toolchain = {path: users for path, users in files.items() if "/swift_static/" in path or "/lib/clang/" in path}
    if not toolchain or len(files) == len(toolchain):
        sys.exit("sbom: the linker's map names no library; is it the map of a static program?")

    commit = output("git", "rev-parse", "HEAD")
    if output("git", "status", "--porcelain"):
        commit += " with changes"
    moment = output("git", "-c", "core.quotepath=off", "log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ")
    version = subprocess.run([os.path.join(arguments.out, arguments.programs[0]), "-version"], capture_output=True, text=True,
                             check=True).stdout.strip()
    bill = Bill(arguments.out)
    shutil.copyfile(os.path.join(ROOT, "LICENSE"), os.path.join(bill.licences, "reagent-LICENSE"))
    bill.add_packages(os.path.join(arguments.build, "checkouts"), modules)
    bill.add_toolchain(next(path for path in toolchain if "/swift_static/" in path), arguments.programs)
    glibc = bill.add_system({path: users for path, users in files.items() if path not in toolchain})
    bill.write(version, commit, moment)
    with open(os.path.join(arguments.out, "NOTICE"), "w", encoding="utf-8") as file:
        file.write(NOTICE.format(version=version, commit=commit, glibc=glibc))


os.environ["TZ"] = "UTC"
if __name__ == "__main__":
    main()
