# shellcheck shell=bash
# Processes that a script starts and later stops, known by pid and start time. Sourced; $S holds pids/ and log/.

# A record is "pid start-time"; the pair cannot be taken over by another process. A zombie counts as dead.
stat_of() { # state starttime
  local s; s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; s=${s##*) }
  set -- $s; echo "$1 ${20}"
}
record() { echo "$2 $(stat_of "$2" | cut -d' ' -f2)" >"$S/pids/$1"; }
alive() {
  local pid t st
  { read -r pid t <"$S/pids/$1"; } 2>/dev/null || return 1
  st=$(stat_of "$pid") || return 1
  [ "${st#* }" = "$t" ] && [ "${st%% *}" != Z ] && [ "${st%% *}" != X ]
}
spawn() { # spawn NAME command… : own session and process group, no terminal, log in $S/log/NAME
  local n=$1; shift
  setsid "$@" </dev/null >>"$S/log/$n" 2>&1 9>&- &
  record "$n" $!
  disown $! 2>/dev/null
}
halt() { # halt NAME [seconds]
  local n=$1 i pid t
  [ -e "$S/pids/$n" ] || return 0
  if alive "$n"; then
    read -r pid t <"$S/pids/$n"
    kill -TERM "$pid" 2>/dev/null
    for ((i = 0; i < ${2:-5} * 20; i++)); do alive "$n" || break; sleep 0.05; done
    if alive "$n"; then say "$n did not end in ${2:-5} s: KILL"; kill -KILL -- "-$pid" 2>/dev/null; kill -KILL "$pid" 2>/dev/null; sleep 0.1
    elif [ "$n" != dockerd ]; then kill -KILL -- "-$pid" 2>/dev/null; fi # left-over children of its own group
  fi
  rm -f "$S/pids/$n"
}
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
wait_for() { # wait_for NAME seconds command… : until the command succeeds; at once an error if NAME has died
  local n=$1 end=$(($(date +%s) + $2)); shift 2
  until "$@" >/dev/null 2>&1; do
    if ! alive "$n"; then tail -n 15 "$S/log/$n" >&2; say "$n died (log: $S/log/$n)"; return 1; fi
    if [ "$(date +%s)" -ge $end ]; then tail -n 15 "$S/log/$n" >&2; say "$n does not answer (log: $S/log/$n)"; return 1; fi
    sleep 0.05
  done
}
port_free() { if listening "$1"; then say "port $1 is taken by something else"; return 1; fi; }
