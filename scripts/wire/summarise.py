#!/usr/bin/env python3
"""Turns a recording of recorder.py into one JSON file per URI, in the form in which wire examples are kept.

    summarise.py RECORDING FOLDER

Variable parts of a URI become <serial>, <container>; the files are named after the URI without < and >.
"""
import json
import os
import re
import sys

HELLO, WELCOME, CHALLENGE, AUTHENTICATE, GOODBYE, ERROR = 1, 2, 4, 5, 6, 8
PUBLISH, SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE, EVENT = 16, 32, 33, 34, 36
CALL, RESULT, REGISTER, REGISTERED, INVOCATION, YIELD = 48, 50, 64, 65, 68, 70


def general(uri):
    uri = re.sub(r"^(re\.mgmt|reswarm\.logs)\.[0-9a-zA-Z-]+\.", r"\1.<serial>.", uri)
    if uri.startswith("reswarm.logs.<serial>."):
        return "reswarm.logs.<serial>.<container>"
    return uri


def payload(message, at):
    return {
        "args": message[at] if len(message) > at else None,
        "kwargs": message[at + 1] if len(message) > at + 1 else None,
    }


class Dialogue:
    def __init__(self):
        self.samples = {}
        self.states = {}
        self.pending = {}
        self.named = {}

    def add(self, uri, sample):
        self.samples.setdefault(uri, []).append(sample)

    def upgrade(self, line):
        self.add("_websocket_upgrade", {"kind": direction(line), "headers": line["headers"]})

    def message(self, line):
        message, connection, code = line["message"], line["connection"], line["message"][0]
        if code in (HELLO, WELCOME, CHALLENGE, AUTHENTICATE):
            names = {HELLO: "HELLO", WELCOME: "WELCOME", CHALLENGE: "CHALLENGE", AUTHENTICATE: "AUTHENTICATE"}
            self.add("_session_hello", {"kind": f"{names[code]} {direction(line)}", "message": message})
        elif code == GOODBYE:
            self.add("_session_goodbye", {"kind": f"GOODBYE {direction(line)}", "message": message})
        elif code == REGISTER:
            self.pending[connection, message[1]] = message[3]
            self.add("_registrations", {
                "kind": "REGISTER agent>router", "uri": general(message[3]), "options": message[2],
                "message": message})
        elif code == REGISTERED:
            self.named[connection, "registration", message[2]] = self.pending.get((connection, message[1]))
        elif code in (SUBSCRIBE, UNSUBSCRIBE):
            uri = message[3] if code == SUBSCRIBE else None
            if code == SUBSCRIBE:
                self.pending[connection, message[1]] = uri
                self.add("_subscriptions", {
                    "kind": "SUBSCRIBE agent>router", "uri": general(uri), "options": message[2],
                    "message": message})
        elif code == SUBSCRIBED:
            self.named[connection, "subscription", message[2]] = self.pending.get((connection, message[1]))
        elif code == CALL:
            self.pending[connection, "call", message[1]] = line
        elif code == RESULT:
            self.result(line, self.pending.pop((connection, "call", message[1]), None))
        elif code == INVOCATION:
            self.pending[connection, "invocation", message[1]] = line
        elif code == YIELD:
            self.answer(line, self.pending.pop((connection, "invocation", message[1]), None))
        elif code == ERROR:
            self.error(line)
        elif code == PUBLISH:
            self.add(general(message[3]), {
                "kind": "agent publishes", "options": message[2], **payload(message, 4), "t_rel": line["t"]})
        elif code == EVENT:
            uri = self.named.get((connection, "subscription", message[1]))
            if uri:
                self.add(general(uri), {
                    "kind": "agent receives event", "details": message[3], **payload(message, 4),
                    "t_rel": line["t"]})

    def result(self, line, call):
        if call is None:
            return
        message = call["message"]
        self.add(general(message[3]), {
            "kind": "agent calls", "call": {"options": message[2], **payload(message, 4)},
            "result": {"details": line["message"][2], **payload(line["message"], 3)},
            "t_rel": call["t"], "result_ms": round((line["t"] - call["t"]) * 1000, 1)})
        if message[3] == "reswarm.containers.update_app_on_device":
            report = message[4][0]
            name = f'{report["app_key"]}/{report["stage"]}'
            entry = {"t": call["t"], "state": report.get("state"), "updateStatus": report.get("updateStatus"),
                     "release_key": report.get("release_key")}
            if "ports" in report:
                entry = {"t": call["t"], "state": None, "ports_only": report["ports"]}
            self.states.setdefault(name, []).append(entry)

    def answer(self, line, invocation):
        if invocation is None:
            return
        message = invocation["message"]
        uri = self.named.get((line["connection"], "registration", message[2])) or message[3].get("procedure", "?")
        self.add(general(uri), {
            "kind": "agent is called", "invocation": {"details": message[3], **payload(message, 4)},
            "yield": {"options": line["message"][2], **payload(line["message"], 3)},
            "t_rel": invocation["t"], "result_ms": round((line["t"] - invocation["t"]) * 1000, 1)})

    def error(self, line):
        message, connection = line["message"], line["connection"]
        if message[1] == INVOCATION:
            invocation = self.pending.pop((connection, "invocation", message[2]), None)
            if invocation is None:
                return
            call = invocation["message"]
            uri = self.named.get((connection, "registration", call[2])) or "?"
            self.add(general(uri), {
                "kind": "agent is called -> ERROR", "invocation": {"details": call[3], **payload(call, 4)},
                "error": {"uri": message[4], "args": payload(message, 5)["args"], "details": message[3]}})
        elif message[1] == CALL:
            call = self.pending.pop((connection, "call", message[2]), None)
            if call is not None:
                self.add(general(call["message"][3]), {
                    "kind": "agent calls -> ERROR",
                    "call": {"options": call["message"][2], **payload(call["message"], 4)},
                    "error": {"uri": message[4], "args": payload(message, 5)["args"], "details": message[3]}})


def direction(line):
    return "agent>router" if line["from"] == "agent" else "router>agent"


def main():
    recording, folder = sys.argv[1], sys.argv[2]
    dialogue = Dialogue()
    with open(recording, encoding="utf-8") as lines:
        for text in lines:
            line = json.loads(text)
            if "headers" in line:
                dialogue.upgrade(line)
            else:
                dialogue.message(line)
    os.makedirs(folder, exist_ok=True)
    for uri, samples in sorted(dialogue.samples.items()):
        name = uri.replace("<", "").replace(">", "").replace("/", "_")
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
            json.dump({"uri": uri, "samples": samples, "count": len(samples)}, file, indent=1, ensure_ascii=False)
    with open(os.path.join(folder, "_reported_state_sequences.json"), "w", encoding="utf-8") as file:
        json.dump(dialogue.states, file, indent=1)


if __name__ == "__main__":
    main()
