#!/usr/bin/env python3
"""Plays the backend for measurements, with autobahn-python: answers at once, tells when what came, does what it is told.

    standby.py --url URL [--relay LISTEN_PORT:ROUTER_PORT]

The secret of the router identity `system` comes from BACKEND_SECRET. Prints `ready`, then one line per event:
    status SWARM-DEVICE STATUS TIME   an update_device_status arrived
    state SWARM-DEVICE APP_KEY STATE TIME
    accepted TIME                  the relay has accepted a connection
    cut TIME                       the relay has cut all connections
    calls COUNT SECONDS            the calls are over
Reads commands, one per line:
    app SERIAL SWARM-DEVICE KEY NAME TARGET
    calls SERIAL COUNT PARALLEL
    cut
Times are seconds of the wall clock. Imports nothing of this project.
"""
import argparse
import asyncio
import os
import sys
import time

from autobahn.asyncio.component import Component, run
from autobahn.wamp.types import RegisterOptions


def say(*words):
    print(*words, flush=True)


def now():
    return f"{time.time():.6f}"


class Relay:
    """Passes bytes on and can cut: what a network does."""

    def __init__(self, port):
        self.port = port
        self.writers = set()

    async def pump(self, reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async def serve(self, reader, writer):
        say("accepted", now())
        try:
            router_reader, router_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.close()
            return
        self.writers |= {writer, router_writer}
        await asyncio.gather(self.pump(reader, router_writer), self.pump(router_reader, writer))
        self.writers -= {writer, router_writer}

    def cut(self):
        say("cut", now())
        for writer in list(self.writers):
            writer.transport.abort()


class Standby:
    def __init__(self, session, relay):
        self.session = session
        self.relay = relay
        self.rows = {}

    async def serve(self):
        procedures = {
            "reswarm.devices.read_device_metadata": self.metadata,
            "reswarm.devices.update_device_status": self.status,
            "reswarm.devices.update_device_architecture": self.nothing,
            "reswarm.devices.get_app_cred_key": self.credential_key,
            "reswarm.devices.check_privilege": self.privilege,
            "reswarm.containers.get_requested_app_states": self.requested,
            "reswarm.containers.update_app_on_device": self.report,
            "reswarm.containers.get_registry_token": self.token,
        }
        for name, handler in procedures.items():
            await self.session.register(handler, name, options=RegisterOptions(details_arg="details", force_reregister=True))

    async def metadata(self, payload, details=None):
        swarm, device = map(int, details.caller_authid.split("-"))
        return {"device_key": device, "device_name": f"device-{device}", "swarm_key": swarm,
                "swarm_name": "demo_swarm", "ownername": "marko", "status": "DISCONNECTED"}

    async def status(self, payload, details=None):
        say("status", details.caller_authid, payload["status"], now())
        return {}

    async def nothing(self, *args, details=None):
        return None

    async def credential_key(self, *args, details=None):
        return "5f" * 32

    async def privilege(self, payload, details=None):
        return True

    async def requested(self, payload, details=None):
        return list(self.rows.get(details.caller_authid, {}).values())

    async def report(self, payload, details=None):
        if "ports" not in payload:
            say("state", details.caller_authid, payload["app_key"], payload["state"], now())

    async def token(self, payload, details=None):
        return "registry-token-0123456789"

    async def app(self, serial, authid, key, name, target):
        swarm, device = authid.split("-")
        request = {
            "app_key": int(key), "app_name": name, "stage": "PROD", "target_state": target, "current_state": "PRESENT",
            "manually_requested_state": target, "release_key": 11, "new_release_key": 11, "requestor_account_key": 42,
            "device_owner_account_key": 42, "device_key": int(device), "swarm_key": int(swarm), "serial_number": serial,
            "device_to_app_key": int(key), "present_version": "1.0.0", "newest_version": "1.0.0", "version": "1.0.0",
            "request_update": False, "environment": {}, "environment_template": {}, "ports": [], "app_cred_epoch": 1}
        self.rows.setdefault(authid, {})[key] = request
        await self.session.call(f"re.mgmt.{serial}.request_app_state", **request)

    async def calls(self, serial, count, parallel):
        uri, left = f"re.mgmt.{serial}.wamp_connection_established", int(count)

        async def one():
            nonlocal left
            while left > 0:
                left -= 1
                await self.session.call(uri)

        started = time.monotonic()
        await asyncio.gather(*[one() for _ in range(int(parallel))])
        say("calls", count, f"{time.monotonic() - started:.3f}")

    async def obey(self):
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            words = line.decode().split()
            try:
                if words[0] == "app":
                    await self.app(*words[1:])
                elif words[0] == "calls":
                    await self.calls(*words[1:])
                elif words[0] == "cut":
                    self.relay.cut()
            except Exception as error:  # the campaign waits for an event that does not come and says so
                say("failed", " ".join(words), repr(error))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--realm", default="realm1")
    parser.add_argument("--relay", help="LISTEN_PORT:ROUTER_PORT")
    arguments = parser.parse_args()
    component = Component(
        transports=[{"type": "websocket", "url": arguments.url, "serializers": ["json"], "max_retries": 0}],
        realm=arguments.realm,
        authentication={"wampcra": {"authid": "system", "secret": os.environ["BACKEND_SECRET"]}})

    @component.on_join
    async def joined(session, details):
        relay = None
        if arguments.relay:
            listen, port = map(int, arguments.relay.split(":"))
            relay = Relay(port)
            await asyncio.start_server(relay.serve, "127.0.0.1", listen)
        standby = Standby(session, relay)
        await standby.serve()
        say("ready")
        await standby.obey()
        await session.leave()

    run([component], log_level="critical")


if __name__ == "__main__":
    main()
