#!/usr/bin/env python3
"""Two sessions of autobahn-python on a router: what clients of others may expect of it.

    autobahn_peer.py --url URL

The secret of the account `system` comes from the environment variable ROUTER_SECRET. Prints one line per check and
exits 0 only if all held. Imports nothing of this project.
"""
import argparse
import asyncio
import os
import sys

from autobahn.asyncio.component import Component, run
from autobahn.wamp import ApplicationError
from autobahn.wamp.types import CallOptions, PublishOptions, RegisterOptions, SubscribeOptions

LIMIT = 10


class Checks:
    def __init__(self):
        self.failed = 0
        self.count = 0

    def check(self, sentence, holds, seen=None):
        self.count += 1
        if not holds:
            self.failed += 1
        print(f"{'ok   ' if holds else 'WRONG'} {sentence}{'' if holds else f': {seen!r}'}", flush=True)


async def error_of(awaitable):
    try:
        await asyncio.wait_for(awaitable, LIMIT)
    except ApplicationError as error:
        return error.error
    return None


async def drive(checks, one, two):
    # ---- calls
    async def add(a, b=0, details=None):
        checks.check("the caller is disclosed", details.caller_authid == "system", details)
        return a + b

    async def count(to, details=None):
        for number in range(to):
            if details.progress:
                details.progress(number)
        return "done"

    async def fail():
        raise ApplicationError("com.example.broken", "a sentence", code=7)

    added = await one.register(add, "com.example.add", RegisterOptions(details=True))
    await one.register(count, "com.example.count", RegisterOptions(details=True))
    await one.register(fail, "com.example.fail")
    checks.check("positional and keyword arguments", await two.call("com.example.add", 2, b=3) == 5)
    steps = []
    options = CallOptions(on_progress=lambda number: steps.append(number))
    checks.check("the result after progress", await two.call("com.example.count", 5, options=options) == "done")
    checks.check("progress in order", steps == list(range(5)), steps)
    try:
        await two.call("com.example.fail")
        checks.check("an error of the callee", False)
    except ApplicationError as error:
        checks.check(
            "an error of the callee with its arguments",
            (error.error, error.args, error.kwargs) == ("com.example.broken", ("a sentence",), {"code": 7}), error)
    checks.check("an unknown procedure", await error_of(two.call("com.example.none")) == "wamp.error.no_such_procedure")
    checks.check(
        "a name that is taken", await error_of(two.register(fail, "com.example.fail"))
        == "wamp.error.procedure_already_exists")

    # ---- events
    heard = asyncio.Queue()
    created = asyncio.Queue()
    joined = asyncio.Queue()
    subscribed = asyncio.Queue()
    await one.subscribe(lambda *args, details=None: created.put_nowait(args), "wamp.subscription.on_create")
    await one.subscribe(lambda *args, details=None: subscribed.put_nowait(args), "wamp.subscription.on_subscribe")
    subscription = await two.subscribe(
        lambda *args, details=None: heard.put_nowait((args, details)), "com.example.news.",
        SubscribeOptions(match="prefix", details=True))
    session, details = await asyncio.wait_for(created.get(), LIMIT)
    while details["uri"] != "com.example.news.":
        session, details = await asyncio.wait_for(created.get(), LIMIT)
    checks.check("on_create tells who and what", (session, details["id"], details["match"])
                 == (two._session_id, subscription.id, "prefix"), details)
    pair = await asyncio.wait_for(subscribed.get(), LIMIT)
    while pair[1] != subscription.id:
        pair = await asyncio.wait_for(subscribed.get(), LIMIT)
    checks.check("on_subscribe follows", pair == (two._session_id, subscription.id), pair)
    publication = await one.publish("com.example.news.first", "text", options=PublishOptions(acknowledge=True))
    args, details = await asyncio.wait_for(heard.get(), LIMIT)
    checks.check("an acknowledged event arrives by its prefix", args == ("text",), args)
    checks.check("with topic and publication", (details.topic, details.publication)
                 == ("com.example.news.first", publication.id), details)
    for number in range(100):
        one.publish("com.example.news.many", number)
    numbers = [(await asyncio.wait_for(heard.get(), LIMIT))[0][0] for _ in range(100)]
    checks.check("a hundred events in order", numbers == list(range(100)), numbers)
    await subscription.unsubscribe()

    # ---- meta API
    sessions = await two.call("wamp.session.list")
    checks.check("session list has both", {one._session_id, two._session_id} <= set(sessions), sessions)
    checks.check("session count fits", await two.call("wamp.session.count") >= 2)
    details = await two.call("wamp.session.get", one._session_id)
    checks.check("session get", (details["session"], details["authid"], details["authrole"])
                 == (one._session_id, "system", "backend"), details)
    found = await two.call("wamp.registration.lookup", "com.example.add")
    checks.check("registration lookup", found == added.id, found)
    checks.check("registration lookup of nothing", await two.call("wamp.registration.lookup", "com.example.x") is None)
    callees = await two.call("wamp.registration.list_callees", added.id)
    checks.check("its callees", callees == [one._session_id], callees)
    await one.subscribe(lambda details, **_: joined.put_nowait(details), "wamp.session.on_join")
    return joined


async def main_session(arguments, checks, one, done):
    try:
        second = component(arguments)
        arrived = asyncio.get_event_loop().create_future()
        second.on("join", lambda session, details: arrived.set_result(session))
        task = asyncio.ensure_future(second.start())
        two = await asyncio.wait_for(arrived, LIMIT)
        joined = await drive(checks, one, two)
        third = component(arguments)
        come = asyncio.get_event_loop().create_future()
        third.on("join", lambda session, details: come.set_result(session))
        asyncio.ensure_future(third.start())
        three = await asyncio.wait_for(come, LIMIT)
        details = await asyncio.wait_for(joined.get(), LIMIT)
        checks.check("on_join tells who", (details["session"], details["authid"])
                     == (three._session_id, "system"), details)
        await three.leave()
        await two.leave()
        await asyncio.wait_for(task, LIMIT)
    except Exception as error:  # noqa: BLE001 - said and counted
        checks.check("the dialogue", False, error)
    done["checks"] = checks
    await one.leave()


def component(arguments, secret=None):
    return Component(
        transports=[{"type": "websocket", "url": arguments.url, "serializers": ["json"], "max_retries": 0}],
        realm="realm1",
        authentication={"wampcra": {"authid": "system", "secret": secret or os.environ["ROUTER_SECRET"]}})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    arguments = parser.parse_args()
    checks, done = Checks(), {}
    first = component(arguments)

    @first.on_join
    async def joined(session, details):
        checks.check("joined by wampcra", (details.authid, details.authrole, details.authmethod)
                     == ("system", "backend", "wampcra"), details)
        await main_session(arguments, checks, session, done)

    run([first], log_level="warn")
    print(f"{checks.count - checks.failed} held, {checks.failed} wrong", flush=True)
    sys.exit(1 if checks.failed or "checks" not in done else 0)


if __name__ == "__main__":
    main()
