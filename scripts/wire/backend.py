#!/usr/bin/env python3
"""Plays the vendor's backend with autobahn-python against a running agent and asserts what that side sees.

    backend.py --url URL --serial SERIAL --device KEY --swarm KEY [--app-name NAME] [--app-key KEY] [--keep]

The secret of the router identity `system` comes from the environment variable BACKEND_SECRET. Drives one app through
run, stop, run, remove and uninstall, calls every procedure of this version with good and bad arguments, and prints one
line per check. Exits 0 only if all checks held. Imports nothing of this project.
"""
import argparse
import asyncio
import os
import sys

from autobahn.asyncio.component import Component, run
from autobahn.wamp import ApplicationError, RegisterOptions
from autobahn.wamp.types import CallDetails, CallOptions, SubscribeOptions, EventDetails

CREDENTIAL_KEY = "5f" * 32
REPORT_KEYS = {
    "app_key", "device_key", "swarm_key", "serial_number", "stage", "state", "device_to_app_key",
    "requestor_account_key", "release_key", "request_update", "release_build", "updateStatus"}
STATS_KEYS = {
    "cpu_count", "cpu_usage", "memory_total", "memory_used", "memory_available", "storage_total", "storage_used",
    "storage_free", "docker_apps_total", "docker_apps_used", "docker_apps_free", "docker_apps_mounted"}


class Checks:
    def __init__(self):
        self.failed = 0
        self.count = 0

    def check(self, sentence, holds, seen=None):
        self.count += 1
        if holds:
            print(f"ok    {sentence}", flush=True)
        else:
            self.failed += 1
            print(f"WRONG {sentence}: {seen!r}", flush=True)


class Backend:
    def __init__(self, arguments, session):
        self.arguments = arguments
        self.session = session
        self.checks = Checks()
        self.states = []
        self.statuses = []
        self.lines = []
        self.chunks = []
        self.changed = asyncio.Condition()
        self.rows = []

    # ------------------------------------------------------------ what the agent calls

    async def note(self):
        async with self.changed:
            self.changed.notify_all()

    async def serve(self):
        procedures = {
            "reswarm.devices.read_device_metadata": self.metadata,
            "reswarm.devices.update_device_status": self.status,
            "reswarm.devices.update_device_architecture": self.architecture,
            "reswarm.devices.get_app_cred_key": self.credential_key,
            "reswarm.devices.check_privilege": self.privilege,
            "reswarm.containers.get_requested_app_states": self.requested,
            "reswarm.containers.update_app_on_device": self.report,
            "reswarm.containers.get_registry_token": self.token,
        }
        for name, handler in procedures.items():
            await self.session.register(
                handler, name, options=RegisterOptions(details_arg="details", force_reregister=True))

    def own(self, details):
        expected = f"{self.arguments.swarm}-{self.arguments.device}"
        if not isinstance(details, CallDetails) or details.caller_authid != expected:
            self.checks.check("calls come from the device's own identity", False, details)

    async def metadata(self, payload, details=None):
        self.own(details)
        self.checks.check("read_device_metadata asks with the device key", payload == {
            "device_key": self.arguments.device}, payload)
        return {"device_key": self.arguments.device, "device_name": "device-b", "swarm_key": self.arguments.swarm,
                "swarm_name": "demo_swarm", "ownername": "marko", "status": "DISCONNECTED"}

    async def status(self, payload, details=None):
        self.own(details)
        keys = {"swarm_key", "device_key", "status", "wamp_session_id", "stats"}
        if not keys <= set(payload) or set(payload["stats"]) != STATS_KEYS:
            self.checks.check("update_device_status has the recorded keys", False, payload)
        if payload["wamp_session_id"] != details.caller:
            self.checks.check("wamp_session_id is the caller's session", False, payload)
        self.statuses.append(payload["status"])
        await self.note()
        return {"reswarmBaseURL": "https://studio.example.test"}

    async def architecture(self, payload, details=None):
        self.checks.check("update_device_architecture has the recorded keys", set(payload) == {
            "swarm_key", "device_key", "architecture", "os", "arch", "variant", "agent_version"}, payload)

    async def credential_key(self, *args, details=None):
        self.checks.check("get_app_cred_key is called without arguments", args == (), args)
        return CREDENTIAL_KEY

    async def privilege(self, payload, details=None):
        keys = {"privilege", "entity", "entity_key", "requestor_account_key", "swarm_key"}
        self.checks.check("check_privilege has the recorded keys", set(payload) == keys
                          and payload["entity"] == "DEVICE", payload)
        return payload["requestor_account_key"] == 42

    async def requested(self, payload, details=None):
        return self.rows

    async def report(self, payload, details=None):
        self.own(details)
        if "ports" in payload:
            return None
        wrong = set(payload) != REPORT_KEYS or not all(
            isinstance(payload[key], int) for key in ("app_key", "device_key", "swarm_key", "release_key"))
        if wrong:
            self.checks.check("update_app_on_device has the recorded keys and integers", False, payload)
        self.states.append((payload["app_key"], payload["state"]))
        await self.note()

    async def token(self, payload, details=None):
        self.checks.check("get_registry_token asks for the account", payload == {"callerID": 42}, payload)
        return "registry-token-0123456789"

    # ------------------------------------------------------------ what the backend does

    def uri(self, suffix):
        return f"re.mgmt.{self.arguments.serial}.{suffix}"

    async def until(self, sentence, condition, seconds=90):
        try:
            async with asyncio.timeout(seconds):
                async with self.changed:
                    await self.changed.wait_for(condition)
            self.checks.check(sentence, True)
            return True
        except TimeoutError:
            self.checks.check(sentence, False, (self.statuses[-3:], self.states, self.lines[-3:]))
            return False

    def request(self, target):
        arguments = self.arguments
        return {
            "app_key": arguments.app_key, "app_name": arguments.app_name, "stage": "PROD", "target_state": target,
            "current_state": "PRESENT", "manually_requested_state": target, "release_key": 11, "new_release_key": 11,
            "requestor_account_key": 42, "device_owner_account_key": 42, "device_key": arguments.device,
            "swarm_key": arguments.swarm, "serial_number": arguments.serial, "device_to_app_key": 101,
            "present_version": "1.0.0", "newest_version": "1.0.0", "version": "1.0.0", "request_update": False,
            "environment": {"GREETING": {"value": "hello"}}, "environment_template": {"MODE": {"defaultValue": "demo"}},
            "ports": [], "app_cred_epoch": 1}

    async def ask(self, target):
        payload = self.request(target)
        self.rows = [payload]
        before = len(self.states)
        reply = await self.session.call(self.uri("request_app_state"), **payload)
        self.checks.check(f"request_app_state {target} is answered without arguments", reply is None, reply)
        return before

    async def sequence(self, target, expected):
        before = await self.ask(target)
        await self.until(f"{target} ends in {expected[-1]}", lambda: any(
            state == expected[-1] for _, state in self.states[before + len(expected) - 1:]))
        seen = [state for key, state in self.states[before:] if key == self.arguments.app_key][:len(expected)]
        self.checks.check(f"{target} reports {' '.join(expected)}", seen == expected, seen)

    async def refused(self, suffix, *args, **kwargs):
        sentence = f"{suffix} {args or kwargs} is refused in the wire's form"
        try:
            reply = await self.session.call(self.uri(suffix), *args, **kwargs)
            self.checks.check(sentence, False, reply)
        except ApplicationError as error:
            form = error.error == "wamp.error.canceled" and len(error.args) == 1 and isinstance(
                error.args[0].get("error"), str)
            self.checks.check(sentence, form, (error.error, error.args))

    async def procedures(self):
        check, call = self.checks.check, self.session.call
        check("wamp_connection_established answers Hello :-)", await call(
            self.uri("wamp_connection_established")) == "Hello :-)")
        handshake = await call(self.uri("device_handshake"))
        check("device_handshake answers utp and id as keywords", set(handshake.kwresults) == {"utp", "id"}
              and handshake.kwresults["id"] == self.arguments.serial and handshake.kwresults["utp"].endswith("Z"),
              handshake)
        containers = await call(self.uri("list_containers"))
        check("list_containers answers one array of summaries", isinstance(containers, list) and all(
            "Id" in entry and entry["Names"][0].startswith("/") for entry in containers), containers)
        images = await call(self.uri("get_images"))
        images = images.results if hasattr(images, "results") else [images]
        check("get_images answers each image as an argument", all(
            set(image) <= {"created", "containers", "sharedSize", "virtualSize", "id", "labels", "size", "repoTags"}
            for image in images if image), images)
        metadata = await call(self.uri("get_agent_metadata"))
        check("get_agent_metadata has the recorded keys", {
            "os", "OSVersion", "arch", "variant", "version", "serialNumber", "canUpdate", "tunnelCapable"}
            <= set(metadata), metadata)
        storage = await call(self.uri("get_storage_data"))
        check("get_storage_data has the recorded keys", set(storage) == STATS_KEYS, storage)
        addresses = await call(self.uri("get_ipv4_addresses"))
        check("get_ipv4_addresses answers an array of pairs or null", addresses is None or all(
            set(entry) == {"interfaceName", "ip"} for entry in addresses), addresses)
        network = await call(self.uri("get_network_metadata"))
        network = network.results if hasattr(network, "results") else (network,)
        check("get_network_metadata answers each address as an argument", all(
            set(entry) == {"IP", "Mask"} for entry in network), network)
        history = await call(self.uri("get_app_log_history"), {"containerName": self.log_name()})
        check("get_app_log_history answers an array of text", isinstance(history, list) and all(
            isinstance(line, str) for line in history), history)
        check("account 42 may read", isinstance(
            await call(self.uri("list_containers"), requestor_account_key=42), list))
        await self.refused("list_containers", requestor_account_key=43)
        await self.refused("get_app_log_history")
        await self.refused("get_app_log_history", [])
        await self.refused("get_app_log_history", "x")
        await self.refused("request_app_state")
        await self.refused("request_app_state", app_key="x", app_name="myapp", stage="PROD")
        await self.refused("request_app_state", app_key=1, app_name="../x", stage="PROD", target_state="RUNNING")

    def log_name(self):
        return f"prod_{self.arguments.app_key}_{self.arguments.app_name}".lower()

    async def line(self, payload, details=None):
        if isinstance(payload, str):
            self.lines.extend(payload.split("\n"))
        elif isinstance(payload, dict) and set(payload) == {"type", "chunk"}:
            self.chunks.append(payload["chunk"])
        else:
            self.checks.check("log payloads are text or build chunks", False, payload)
        await self.note()

    async def drive(self):
        await self.until("the device reports CONNECTED", lambda: "CONNECTED" in self.statuses)
        self.checks.check("CONFIGURING comes before CONNECTED", self.statuses[0] == "CONFIGURING", self.statuses)
        topic = f"reswarm.logs.{self.arguments.serial}.{self.log_name()}"
        await self.session.subscribe(self.line, topic, options=SubscribeOptions(details=True))
        await self.sequence("RUNNING", ["STARTING", "DOWNLOADING", "PRESENT", "RUNNING"])
        await self.until("lines of the container arrive", lambda: sum("tick" in line for line in self.lines) >= 8)
        ticks = [int(line.split()[1]) for line in self.lines if line.startswith("tick ")]
        self.checks.check("each line once and in order", ticks == list(range(ticks[0], ticks[0] + len(ticks))), ticks)
        await self.procedures()
        await self.sequence("PRESENT", ["STOPPING", "STOPPING", "PRESENT"])
        await self.sequence("RUNNING", ["STARTING", "RUNNING"])
        await self.sequence("UNINSTALLED", ["DELETING", "REMOVED", "UNINSTALLED"])
        self.checks.check("agent lines arrive as build chunks", any("Starting" in chunk for chunk in self.chunks)
                          and any("LOGGER_CLEAR" == chunk for chunk in self.chunks), self.chunks)


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--realm", default="realm1")
    parser.add_argument("--serial", required=True)
    parser.add_argument("--device", type=int, required=True)
    parser.add_argument("--swarm", type=int, required=True)
    parser.add_argument("--app-name", default="myapp")
    parser.add_argument("--app-key", type=int, default=1)
    parser.add_argument("--ready-file", help="created when the backend's procedures are registered")
    return parser.parse_args()


def main():
    arguments = parse()
    outcome = []
    component = Component(
        transports=[{"type": "websocket", "url": arguments.url, "serializers": ["json"], "max_retries": 0}],
        realm=arguments.realm,
        authentication={"wampcra": {"authid": "system", "secret": os.environ["BACKEND_SECRET"]}})

    @component.on_join
    async def joined(session, details):
        backend = Backend(arguments, session)
        try:
            await backend.serve()
            if arguments.ready_file:
                open(arguments.ready_file, "w").close()
            await backend.drive()
        except Exception as error:  # a broken script is a failed check, with its reason
            backend.checks.check("the script runs to its end", False, error)
        outcome.append(backend.checks)
        await asyncio.sleep(0.3)  # the answer to the last report is still on its way
        await session.leave()

    run([component], log_level="critical")
    if not outcome:
        print("WRONG the backend could not join the router")
        sys.exit(1)
    print(f"{outcome[0].count - outcome[0].failed} held, {outcome[0].failed} wrong")
    sys.exit(1 if outcome[0].failed else 0)


if __name__ == "__main__":
    main()
