"""The measurements of wamp-load with autobahn-python's own client, to see that the load generator measures the router.

  python autobahn_load.py URL REALM AUTHID SECRET     prints one line per test, as wamp-load does
"""
import asyncio
import sys
import time

from autobahn.asyncio.wamp import ApplicationSession
from autobahn.asyncio.websocket import WampWebSocketClientFactory
from autobahn.wamp import auth
from autobahn.wamp.types import ComponentConfig, PublishOptions
from autobahn.wamp.serializer import JsonSerializer

URL, REALM, AUTHID, SECRET = sys.argv[1:5]
PAYLOAD = "0123456789abcdef" * 8


class Session(ApplicationSession):
    def __init__(self):
        super().__init__(ComponentConfig(REALM))
        self.joined = asyncio.get_running_loop().create_future()

    def onConnect(self):
        self.join(REALM, ["wampcra"], AUTHID)

    def onChallenge(self, challenge):
        return auth.compute_wcs(SECRET.encode(), challenge.extra["challenge"].encode()).decode()

    def onJoin(self, details):
        self.joined.set_result(self)

    def onLeave(self, details):
        if not self.joined.done():
            self.joined.set_exception(RuntimeError(details.message or details.reason))
        self.disconnect()


async def open_session():
    session = Session()
    factory = WampWebSocketClientFactory(lambda: session, url=URL, serializers=[JsonSerializer()])
    host, port = URL.split("/")[2].split(":")
    await asyncio.get_running_loop().create_connection(factory, host, int(port))
    return await session.joined


async def calls(caller, count, in_flight):
    left = count

    async def worker():
        nonlocal left
        while left > 0:
            left -= 1
            assert await caller.call("reswarm.bench.echo", PAYLOAD) == PAYLOAD

    began = time.perf_counter()
    await asyncio.gather(*[worker() for _ in range(in_flight)])
    return count / (time.perf_counter() - began)


async def events(publisher, receivers, count, window=100):
    got, last, enough = 0, 0.0, asyncio.Event()

    def arrived(_):
        nonlocal got, last
        got, last = got + 1, time.perf_counter()
        if got == count * len(receivers):
            enough.set()

    for receiver in receivers:
        await receiver.subscribe(arrived, "reswarm.bench.topic")
    began = time.perf_counter()
    for first in range(0, count, window):
        for index in range(first, min(first + window, count)):
            if index == min(first + window, count) - 1:
                await publisher.publish("reswarm.bench.topic", PAYLOAD, options=PublishOptions(acknowledge=True))
            else:
                publisher.publish("reswarm.bench.topic", PAYLOAD)
    try:
        await asyncio.wait_for(enough.wait(), 10)
    except asyncio.TimeoutError:
        pass
    return got / (last - began)


async def main():
    callee, caller = await open_session(), await open_session()
    await callee.register(lambda text: text, "reswarm.bench.echo")
    await calls(caller, 300, 1)
    print(f"rpc-1 rate={await calls(caller, 3000, 1):.0f}", flush=True)
    print(f"rpc-32 rate={await calls(caller, 15000, 32):.0f}", flush=True)
    callee.leave()
    receivers = [await open_session()]
    print(f"pub-1 rate={await events(caller, receivers, 10000):.0f}", flush=True)
    receivers[0].leave()
    receivers = [await open_session() for _ in range(20)]
    print(f"pub-20 rate={await events(caller, receivers, 1500):.0f}", flush=True)


asyncio.run(main())
