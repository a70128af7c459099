import json, resource, sys
NAMES = ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE "
         "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT "
         "SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL "
         "SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF "
         "CHECKPOINT_RESTORE").split()
with open("/proc/self/status") as s:
    bounding = int(next(line for line in s if line.startswith("CapBnd")).split()[1], 16)
have = {"CAP_" + n for i, n in enumerate(NAMES) if bounding >> i & 1}
if sys.argv[1] == "--patterns":
    for n in NAMES:
        if "CAP_" + n not in have:
            print('"CAP_%s"' % n)
    if "CAP_SYS_RESOURCE" not in have:
        print('"rlimits"')
        print('"oomScoreAdj": ?-')
    sys.exit()
with open(sys.argv[1]) as f:
    doc = json.load(f)
process = doc.get("process", doc)
for name, caps in (process.get("capabilities") or {}).items():
    process["capabilities"][name] = [c for c in caps or [] if c in have]
if "CAP_SYS_RESOURCE" not in have:
    for r in process.get("rlimits") or []:
        top = resource.getrlimit(getattr(resource, r["type"]))[1] if hasattr(resource, r["type"]) else resource.RLIM_INFINITY
        if top != resource.RLIM_INFINITY:
            r["hard"] = min(r["hard"], top)
            r["soft"] = min(r["soft"], r["hard"])
    if (process.get("oomScoreAdj") or 0) < 0:
        process["oomScoreAdj"] = 0
with open(sys.argv[1], "w") as f:
    json.dump(doc, f)
