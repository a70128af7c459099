#!/usr/bin/env python3
"""Compares the dialogue of a run with the facts of the reference's recordings.

    compare.py FACTS FOLDER

FACTS: Tests/Fixtures/wire-facts.json. FOLDER: what summarise.py wrote. Prints a line per comparison; exits 0 only if all
hold. Imports nothing of this project.

A shape is "text", "integer", "number", "boolean", "null", {"key": shape}, [shape] for a list of such, or a list of
alternatives {"any": [shape, …]}. An absent optional key is written "key?".
"""
import json
import os
import sys

failures = []
comparisons = 0


def verdict(sentence, holds, detail=""):
    global comparisons
    comparisons += 1
    print(("ok    " if holds else "WRONG ") + sentence + ("" if holds else f": {detail}"))
    if not holds:
        failures.append(sentence)


def mismatch(value, shape, path=""):
    """The first place where a value is not of the shape, or None."""
    if isinstance(shape, dict) and "any" in shape:
        found = [mismatch(value, alternative, path) for alternative in shape["any"]]
        return None if None in found else found[0]
    if isinstance(shape, str):
        kinds = {
            "text": isinstance(value, str), "boolean": isinstance(value, bool), "null": value is None,
            "integer": isinstance(value, int) and not isinstance(value, bool),
            "number": isinstance(value, (int, float)) and not isinstance(value, bool), "anything": True}
        if shape in kinds:
            return None if kinds[shape] else f"{path or 'value'} is {value!r}, not {shape}"
        return None if value == shape[1:] else f"{path} is {value!r}, not {shape[1:]!r}"
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{path} is no list: {value!r}"
        for index, element in enumerate(value):
            if found := mismatch(element, shape[0], f"{path}[{index}]"):
                return found
        return None
    if not isinstance(value, dict):
        return f"{path} is no object: {value!r}"
    known = {key.rstrip("?"): key for key in shape}
    for key in value:
        if key not in known:
            return f"{path}.{key} is not in the recording"
    for key, written in known.items():
        if key not in value:
            if written.endswith("?"):
                continue
            return f"{path}.{key} is missing"
        if found := mismatch(value[key], shape[written], f"{path}.{key}"):
            return found
    return None


def load(folder, name):
    path = os.path.join(folder, name + ".json")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def compare_samples(facts, folder):
    for uri, kinds in facts["uris"].items():
        name = uri.replace("<", "").replace(">", "").replace("/", "_")
        recording = load(folder, name)
        if recording is None:
            verdict(f"{uri} occurs", False, "never seen")
            continue
        for kind, shape in kinds.items():
            samples = [sample for sample in recording["samples"] if sample["kind"] == kind]
            if not samples:
                verdict(f"{uri}: {kind}", False, "never seen")
            for number, sample in enumerate(samples):
                relevant = {key: sample.get(key) for key in shape}
                found = mismatch(relevant, shape)
                if found or number == 0:
                    verdict(f"{uri}: {kind}", found is None, found)


def compare_session(facts, folder):
    messages = {}
    for sample in (load(folder, "_session_hello") or {"samples": []})["samples"]:
        messages.setdefault(sample["kind"].split()[0], sample["message"])
    hello = messages.get("HELLO", [None, None, {}])
    details = dict(hello[2])
    authid = details.pop("authid", None)
    verdict("HELLO announces what the recording announces", hello[:2] == facts["hello"][:2]
            and details == facts["hello"][2], hello)
    verdict("HELLO names the device's identity", isinstance(authid, str) and authid.count("-") == 1, authid)
    authenticate = messages.get("AUTHENTICATE", [])
    verdict("AUTHENTICATE carries a signature and no extra", len(authenticate) == 3 and authenticate[2] == {},
            authenticate)
    goodbye = load(folder, "_session_goodbye")
    first = goodbye["samples"][0] if goodbye else {}
    verdict("GOODBYE is the agent's, reason close_realm", first.get("message") == facts["goodbye"], first)


def compare_registrations(facts, folder):
    samples = (load(folder, "_registrations") or {"samples": []})["samples"]
    registered = {sample["uri"]: sample["options"] for sample in samples}
    first = samples[0] if samples else {}
    verdict("presence is registered first, without take-over",
            first.get("uri") == "re.mgmt.<serial>.wamp_connection_established" and first.get("options") == {}, first)
    for uri in facts["registrations"]:
        verdict(f"REGISTER {uri} with force_reregister", registered.get(uri) == {"force_reregister": True},
                registered.get(uri))
    unknown = set(registered) - set(facts["registrations"]) - {"re.mgmt.<serial>.wamp_connection_established"}
    verdict("nothing is registered that the recording does not have", not unknown, unknown)
    subscribed = {sample["uri"]: sample["options"] for sample in (load(folder, "_subscriptions") or {
        "samples": []})["samples"]}
    verdict("subscriptions equal the recording's, without the destroy topic (S-53)",
            subscribed == {uri: {} for uri in facts["subscriptions"]}, subscribed)


def compare_states(facts, folder):
    sequences = load(folder, "_reported_state_sequences") or {}
    for app, expected in facts["state_sequences"].items():
        seen = [[entry["state"], entry["updateStatus"]] for entry in sequences.get(app, []) if entry["state"]]
        # A connect re-reports the corrected state of every app before anything else happens (app-lifecycle.md 4.5).
        verdict(f"reported states of {app}", seen[-len(expected):] == expected, seen)


def compare_upgrade(facts, folder):
    samples = (load(folder, "_websocket_upgrade") or {"samples": []})["samples"]
    headers = samples[0]["headers"] if samples else [""]
    names = {line.split(":", 1)[0].lower() for line in headers[1:]}
    wanted = set(facts["upgrade_headers"])
    verdict("the upgrade request has the recorded headers", wanted <= names, wanted - names)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        facts = json.load(file)
    folder = sys.argv[2]
    compare_upgrade(facts, folder)
    compare_session(facts, folder)
    compare_registrations(facts, folder)
    compare_samples(facts, folder)
    compare_states(facts, folder)
    print(f"{comparisons - len(failures)} equal, {len(failures)} different")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
