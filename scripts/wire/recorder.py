#!/usr/bin/env python3
"""Stands between an agent and its router, passes every byte on and writes each WAMP message as a line of JSON.

    recorder.py LISTEN_PORT ROUTER_PORT OUTPUT

Each line: {"t": seconds, "from": "agent" | "router", "connection": n, "headers": [...]} for an upgrade, or
{"t": …, "from": …, "connection": n, "message": [...]} for a message. Loopback only; stops on SIGTERM.
"""
import asyncio
import json
import signal
import sys
import time


class Frames:
    """Takes the bytes of one direction apart: one HTTP head, then WebSocket frames (RFC 6455, no compression)."""

    def __init__(self):
        self.buffer = b""
        self.head_done = False
        self.fragments = b""

    def feed(self, data):
        self.buffer += data
        while True:
            item = self.next_head() if not self.head_done else self.next_frame()
            if item is None:
                return
            if item:
                yield item

    def next_head(self):
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head, self.buffer = self.buffer[:end], self.buffer[end + 4:]
        self.head_done = True
        return ("headers", head.decode("latin-1").split("\r\n"))

    def next_frame(self):
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        final, opcode = buffer[0] & 0x80, buffer[0] & 0x0F
        masked, length, at = buffer[1] & 0x80, buffer[1] & 0x7F, 2
        if length == 126:
            if len(buffer) < 4:
                return None
            length, at = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            if len(buffer) < 10:
                return None
            length, at = int.from_bytes(buffer[2:10], "big"), 10
        key = b""
        if masked:
            key, at = buffer[at:at + 4], at + 4
        if len(buffer) < at + length:
            return None
        payload = buffer[at:at + length]
        self.buffer = buffer[at + length:]
        if masked:
            payload = bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))
        if opcode not in (0, 1):
            return ()
        self.fragments += payload
        if not final:
            return ()
        text, self.fragments = self.fragments, b""
        return ("message", json.loads(text))


class Recorder:
    def __init__(self, router_port, output):
        self.router_port = router_port
        self.output = open(output, "w", encoding="utf-8", buffering=1)
        self.started = time.monotonic()
        self.connections = 0

    def write(self, sender, connection, kind, value):
        line = {"t": round(time.monotonic() - self.started, 3), "from": sender, "connection": connection, kind: value}
        self.output.write(json.dumps(line, ensure_ascii=False) + "\n")

    async def pump(self, sender, connection, reader, writer):
        frames = Frames()
        try:
            while data := await reader.read(65536):
                for kind, value in frames.feed(data):
                    self.write(sender, connection, kind, value)
                writer.write(data)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def serve(self, reader, writer):
        self.connections += 1
        number = self.connections
        try:
            router_reader, router_writer = await asyncio.open_connection("127.0.0.1", self.router_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            self.pump("agent", number, reader, router_writer), self.pump("router", number, router_reader, writer))


async def main():
    listen_port, router_port, output = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    recorder = Recorder(router_port, output)
    server = await asyncio.start_server(recorder.serve, "127.0.0.1", listen_port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print("ready", flush=True)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
