#!/usr/bin/env python3
"""Writes docs/evidence/bench.md from the lines of one run of scripts/bench; exit code 1 if it is void or below a threshold."""
import os
import re
import statistics
import sys

# Test, what it is, unit, expected ratio, Crossbar's figures seen elsewhere (lowest, highest).
TESTS = [
    ("rpc-1", "calls, 1 in flight", "calls/s", 2, (2447, 2447)),
    ("rpc-32", "calls, 32 in flight", "calls/s", 3, (6800, 7100)),
    ("pub-1", "events to 1 subscriber", "deliveries/s", 6, (5264, 5264)),
    ("pub-20", "events to 20 subscribers", "deliveries/s", 4, (18700, 18700)),
]
TOLERANCE = 0.3
THRESHOLDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Benchmarks/thresholds.txt")


def read(path):
    """(router, test) -> one dictionary of figures per round"""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if len(words) < 4 or "=" not in words[3]:
                continue
            figures = {key: float(value) for key, value in (word.split("=") for word in words[3:])}
            found.setdefault((words[0], words[2]), []).append(figures)
    return found


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        match = re.search(r"^model name\s*: (.*)$", file.read(), re.M)
    return match.group(1) if match else "unknown"


def scheduling():
    return "ordinary" if os.sched_getscheduler(0) == os.SCHED_OTHER else "real-time class (`chrt`), ahead of everything else"


def near(value, low, high):
    return low * (1 - TOLERANCE) <= value <= high * (1 + TOLERANCE)


def rates(found, router, test):
    return [figures["rate"] for figures in found.get((router, test), []) if "rate" in figures]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def main():
    found = read(sys.argv[1])
    scale = os.environ.get("SCALE", "1")
    void, missed, rows, latencies, validity = [], [], [], [], []
    for test, name, unit, expected, (low, high) in TESTS:
        ours, theirs, client = (rates(found, router, test) for router in ("reagent", "crossbar", "autobahn"))
        if not theirs:
            void.append(f"{name}: no figure of Crossbar")
            continue
        crossbar = statistics.median(theirs)
        known = [(low, high)] + [(rate, rate) for rate in client]
        fits = "valid" if any(near(crossbar, *pair) for pair in known) else ""
        if not fits and all(crossbar > pair[1] for pair in known):
            fits = "above both"
        reference = number(low) if low == high else f"{number(low)}–{number(high)}"
        validity.append(f"| {name} | {number(crossbar)} | {reference} | {number(client[0]) if client else '–'} | "
                        f"{fits or 'void'} |")
        if not fits:
            void.append(f"{name}: Crossbar's figure fits neither")
        if not ours:
            missed.append(f"{name}: no figure of our router")
            continue
        ratio = statistics.median(ours) / crossbar
        if ratio < expected:
            missed.append(f"{name}: {ratio:.1f} instead of {expected}")
        rows.append(f"| {name}, {unit} | {', '.join(map(number, theirs))} | {', '.join(map(number, ours))} | "
                    f"{number(crossbar)} | {number(statistics.median(ours))} | {ratio:.1f} | {expected} | "
                    f"{statistics.median(ours) / low:.1f} |")
        for router in ("crossbar", "reagent"):
            for round_, figures in enumerate(found[(router, test)], 1):
                if "p50_us" in figures:
                    latencies.append(f"| {name} | {router} | {round_} | " + " | ".join(
                        number(figures[key]) for key in ("p50_us", "p90_us", "p99_us", "max_us")) + " |")
    lost = [f"| {name} | " + " | ".join(
        ", ".join(number(f["lost"]) for f in found.get((router, test), [])) or "–" for router in ("crossbar", "reagent")) + " |"
        for test, name, *_ in TESTS if test.startswith("pub")]
    memory = []
    for router in ("crossbar", "reagent"):
        for round_, f in enumerate(found.get((router, "memory"), []), 1):
            memory.append(f"| {router} | {round_} | {f['sessions']:.0f} | {f['before_kib'] / 1024:.1f} | {f['kib_per_session']:.1f} |")
    micro = []
    with open(THRESHOLDS, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            part, least = line.split()
            figures = rates(found, "micro", part)
            micro.append(f"| {part} | {number(figures[0]) if figures else '–'} | {number(float(least))} |")
            if not figures or figures[0] < float(least):
                missed.append(f"{part}: below its threshold")

    result = "void" if void else "FAILED" if missed else "passed"
    command = "make bench" if scale == "1" else f"BENCH_SCALE={scale} make bench"
    print(f"""# Benchmarks

| What | Value |
|---|---|
| commit | {os.environ.get('COMMIT', '')} |
| started | {os.environ.get('STARTED', '')} |
| machine | {processor()}, {os.cpu_count()} cores |
| command | `{command}` |
| scheduling | {scheduling()}; load average before the run {os.environ.get('LOAD', 'unknown')} |
| result | {result} |
""")
    for sentence in void + missed:
        print(f"- {sentence}")
    if void or missed:
        print()
    if scale != "1":
        print(f"Made with {scale} of the messages: these figures show that the benchmark runs, and little else.\n")
    print("""## The embedded router beside Crossbar 26.10.1

Router in its own process, load generator in another one, one machine; no TLS, no compression, every URI allowed; JSON over
WebSocket; one string of 128 bytes. Calls: callee and caller are two connections, 300 calls to warm up, then 3,000 with one in
flight and 15,000 with 32. Events: one publisher, windows of 100 of which the last is acknowledged, 60,000 events to 1 subscriber
and 20,000 to 20. The two routers took turns; ratios are of the medians.

| Measured | Crossbar, each run | reagent, each run | Crossbar | reagent | Ratio | Expected | Beside the figure seen elsewhere |
|---|---|---|---|---|---|---|---|""")
    print("\n".join(rows))
    print("""
Events lost:

| Measured | Crossbar | reagent |
|---|---|---|""")
    print("\n".join(lost))
    print("""
Latency of a call in µs, from just before CALL to RESULT:

| Measured | Router | Run | 50 % | 90 % | 99 % | longest |
|---|---|---|---|---|---|---|""")
    print("\n".join(latencies))
    print("""
Anonymous memory of the router's processes:

| Router | Run | Idle sessions | MiB before | KiB per session |
|---|---|---|---|---|""")
    print("\n".join(memory))
    print("""
## Whether the run is valid

Crossbar's median must lie within 30 % of what another load generator saw on a machine of this size, or of autobahn's own client in
this run. Else the run is void: the load generator or the machine was measured. A median above both is no such sign: the generator
got more out of Crossbar, and the ratio asks more of our router than it would have to.

| Measured | Crossbar here | Seen elsewhere | autobahn's client | |
|---|---|---|---|---|""")
    print("\n".join(validity))
    print("""
## Parts of the agent

| Part | Rate | Threshold |
|---|---|---|""")
    print("\n".join(micro))
    return 1 if void or missed else 0


sys.exit(main())
