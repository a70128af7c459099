# shellcheck shell=bash
# A private Docker engine on a unix socket. Sourced by test-services.

D() { "$DOCKER" -H "unix://$S/docker/docker.sock" "$@"; }
docker_ok() { alive dockerd && D version >/dev/null 2>&1; }

write_runc_caps() {
  # runc refuses a container that asks for a capability, a limit or an OOM score that this process may not grant
  # itself ("unable to apply caps: operation not permitted"). The wrapper takes exactly those out of the request.
  cp "$SERVICES/runc-caps" "$SERVICES/runc-caps.py" "$S/docker/"
  $PY -I -S "$S/docker/runc-caps.py" --patterns >"$S/docker/runc-caps.patterns"
  [ -s "$S/docker/runc-caps.patterns" ] || echo '^$a' >"$S/docker/runc-caps.patterns"
  chmod 755 "$S/docker/runc-caps"
}

cgroups_ready() {
  # On a machine whose init left /sys/fs/cgroup empty: cgroup v1, one hierarchy per controller. Otherwise left alone.
  [ "$(stat -fc %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ] && return 0
  grep -q ' /sys/fs/cgroup/[a-z_,]* cgroup ' /proc/mounts && return 0
  mountpoint -q /sys/fs/cgroup || mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup || return 1
  local c
  for c in cpu cpuacct cpuset memory devices freezer blkio pids; do
    mkdir -p "/sys/fs/cgroup/$c" && mount -t cgroup -o "$c" "cgroup-$c" "/sys/fs/cgroup/$c" 2>/dev/null || rmdir "/sys/fs/cgroup/$c" 2>/dev/null
  done
}

sweep_docker() { # what a dockerd that was killed leaves: containerd, shims (known by this directory's socket path), pid files
  local c m
  for c in /proc/[0-9]*/cmdline; do
    case $(readlink "${c%/cmdline}/exe" 2>/dev/null) in */containerd | */containerd-shim*) ;; *) continue ;; esac
    case $( { tr '\0' ' ' <"$c"; } 2>/dev/null) in *"$S/docker/exec/containerd/"*) c=${c#/proc/}; kill -KILL "${c%/cmdline}" 2>/dev/null ;; esac
  done
  # zombies keep their ids for a while, and a new dockerd believes these files
  rm -f "$S/docker/docker.pid" "$S/docker/exec/containerd/containerd.pid"
  grep -F " $S/docker/" /proc/mounts | cut -d' ' -f2 | sort -r | while read -r m; do umount -l "$m" 2>/dev/null; done
}
up_docker() {
  docker_ok && return 0
  apt_need docker.io containerd runc iptables iproute2 busybox-static python3-minimal tini ca-certificates || return 1
  halt dockerd 15
  mkdir -p "$S/docker"; sweep_docker; cgroups_ready
  write_runc_caps
  ip link show "$BRIDGE" >/dev/null 2>&1 || ip link add "$BRIDGE" type bridge || { say "no bridge"; return 1; }
  ip addr show dev "$BRIDGE" | grep "inet $BRIDGE_ADDR " >/dev/null || ip addr add "$BRIDGE_ADDR" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  echo "$BRIDGE" >"$S/docker/bridge.made"
  # ip_forward=1 only silences "IPv4 forwarding is disabled" on every create; no interface forwards, so a
  # container reaches its own networks and the host's bridge address and nothing else.
  if [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 0 ]; then
    echo 0 >"$S/docker/ip_forward.was"
    echo 1 >/proc/sys/net/ipv4/ip_forward
    local f; for f in /proc/sys/net/ipv4/conf/*/forwarding; do case $f in */all/*) ;; *) echo 0 >"$f" ;; esac; done
  fi
  cat >"$S/docker/daemon.json" <<E
{
  "hosts": ["unix://$S/docker/docker.sock"],
  "data-root": "$S/docker/data",
  "exec-root": "$S/docker/exec",
  "pidfile": "$S/docker/docker.pid",
  "storage-driver": "overlay2",
  "log-driver": "json-file",
  "log-level": "warn",
  "exec-opts": ["native.cgroupdriver=cgroupfs"],
  "runtimes": {"runc-caps": {"path": "$S/docker/runc-caps"}},
  "default-runtime": "runc-caps",
  "bridge": "$BRIDGE",
  "default-address-pools": [{"base": "$POOL", "size": 26}],
  "ip": "127.0.0.1",
  "iptables": false,
  "ip6tables": false,
  "ip-masq": false,
  "ip-forward": false,
  "userland-proxy": true,
  "dns": ["127.0.0.1"],
  "insecure-registries": ["127.0.0.0/8"],
  "max-concurrent-downloads": 3,
  "shutdown-timeout": 5
}
E
  spawn dockerd /usr/sbin/dockerd --config-file "$S/docker/daemon.json"
  wait_for dockerd 30 D version || return 1
  ln -sfn "$DOCKER" "$S/bin/docker"
}
down_docker() {
  [ -e "$S/docker/daemon.json" ] || return 0
  if docker_ok; then
    # what tests left behind: containers, networks, volumes; images stay
    local ids; ids=$(D ps -aq 2>/dev/null)
    [ -n "$ids" ] && D rm -f -v $ids >/dev/null 2>&1
    D network prune -f >/dev/null 2>&1; D volume prune -f >/dev/null 2>&1
    halt dockerd 20
  else # it died: forget its containers, or the next one starts those with a restart policy
    halt dockerd 20
    rm -rf "$S"/docker/data/containers/* "$S/docker/data/network"
  fi
  sweep_docker
  if [ -e "$S/docker/bridge.made" ]; then ip link del "$(cat "$S/docker/bridge.made")" 2>/dev/null; rm -f "$S/docker/bridge.made"; fi
  ip -o link show type bridge 2>/dev/null | grep -oE ' br-[0-9a-f]{12}' | while read -r m; do
    grep -qF "${m#br-}" "$S/docker/networks" 2>/dev/null && ip link del "$m" 2>/dev/null
  done
  if [ -e "$S/docker/ip_forward.was" ]; then cat "$S/docker/ip_forward.was" >/proc/sys/net/ipv4/ip_forward; rm -f "$S/docker/ip_forward.was"; fi
}
