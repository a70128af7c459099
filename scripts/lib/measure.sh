# shellcheck shell=bash
# Agents under measurement and what is read from them. Sourced by scripts/check; $S is its directory, with pids/ and log/.

# shellcheck source=scripts/services/processes.sh
. scripts/services/processes.sh

median() { sort -g "$1" 2>/dev/null | awk '{ v[NR] = $1 } END { if (NR) print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }
megabytes() { awk -v bytes="$(stat -Lc %s "$1")" 'BEGIN { printf "%.2f", bytes / 1e6 }'; }
pid_of() { cut -d' ' -f1 "$S/pids/agent-$1" 2>/dev/null; }

# ---------------------------------------------------------------- the backend
start_standby() { # sets $direct and $relayed, the addresses of the router
    local port=${TEST_WAMP_WS#*://*:} path=/${TEST_WAMP_WS#*://*/} relay=$((20000 + RANDOM % 10000))
    port=${port%%/*} direct=$TEST_WAMP_WS relayed=ws://127.0.0.1:$relay$path
    coproc STANDBY { BACKEND_SECRET=$TEST_WAMP_BACKEND_SECRET exec "$TEST_WAMP_PYTHON" -u scripts/wire/standby.py \
        --url "$TEST_WAMP_WS" --relay "$relay:$port" 2>"$S/log/standby" | tee "$S/events"; } >/dev/null
    exec {standby_in}>&"${STANDBY[1]}"
    wait_event '^ready' 20
}
stop_standby() { [ -z "${standby_in:-}" ] || { exec {standby_in}>&-; standby_in=''; }; }
tell() { echo "$*" >&"$standby_in"; }
mark_events() { seen=$(wc -l <"$S/events" 2>/dev/null || echo 0); }
# wait_event PATTERN SECONDS : prints the first event after the mark that matches.
wait_event() {
    local end=$((SECONDS + $2)) line
    while :; do
        line=$(tail -n +"$((${seen:-0} + 1))" "$S/events" 2>/dev/null | grep -E -m 1 -- "$1") && { echo "$line"; return 0; }
        if [ "$SECONDS" -ge "$end" ]; then
            echo "check: no event '$1' within $2 s; last events:" >&2
            tail -n 5 "$S/events" "$S/log/standby" >&2
            return 1
        fi
        sleep 0.02
    done
}

# ---------------------------------------------------------------- images and agents
make_images() { # make_images REAGENT : what apps of the names below run
    local name key command container arch
    arch=$("$1" -arch) app_names=''
    docker pull -q "$TEST_IMAGE_TICKER" >/dev/null || return 1
    for name in 911_quiet1 912_quiet2 913_quiet3 920_ticker; do
        key=$TEST_REGISTRY/apps/prod_${arch}_$name:1.0.0 app_names="$app_names prod_$name"
        docker rm -f "prod_$name" >/dev/null 2>&1
        case $name in
            *ticker) docker tag "$TEST_IMAGE_TICKER" "$key" ;;
            *)
                command='["/bin/sh","-c","trap \"exit 0\" TERM INT; while :; do sleep 3600 & wait $!; done"]'
                container=$(docker create "$TEST_IMAGE_TICKER") && docker commit --change "CMD $command" "$container" "$key" >/dev/null &&
                    docker rm "$container" >/dev/null ;;
        esac && docker push -q "$key" >/dev/null || return 1
    done
}
declare -A serial_of authid_of
new_agent() { # new_agent NAME AUTHID SECRET URL
    local directory=$S/$1
    mkdir -p "$directory"
    serial_of[$1]=$(cat /proc/sys/kernel/random/uuid) authid_of[$1]=$2
    cat >"$directory/device.flock" <<JSON
{"name":"device-$1","secret":"$3","board":{"model":""},"swarm_key":${2%-*},"device_key":${2#*-},
 "swarm_name":"demo_swarm","swarm_owner_name":"marko","serial_number":"${serial_of[$1]}","environment":"local",
 "device_endpoint_url":"$4","docker_registry_url":"$TEST_REGISTRY/","docker_main_repository":"apps/"}
JSON
    chmod 600 "$directory/device.flock"
}
# Starts an agent and waits for its CONNECTED; sets $start_ms. A private /tmp for its machine-wide lock. The stamp is taken
# by the shell that becomes the agent.
start_agent() {
    local name=$1 directory=$S/$1 line
    mark_events
    spawn "agent-$name" unshare --mount --propagation private bash -c \
        'exec 9<"$0" && mount -t tmpfs none /tmp && printf %s "$EPOCHREALTIME" >"$1" && shift && exec /proc/self/fd/9 "$@"' \
        "$ROOT/$OUT/reagent" "$directory/stamp" -config "$directory/device.flock" -agentDir "$directory/agent" \
        -appsDir "$directory/apps" -dbFileName "$directory/agent/reagent.db" -logFile "$directory/reagent.log" -nmw=false
    agents="$agents $name"
    line=$(wait_event "^status ${authid_of[$name]} CONNECTED" 30) || { tail -n 10 "$directory/reagent.log" >&2; return 1; }
    start_ms=$(awk -v from="$(cat "$directory/stamp")" -v to="${line##* }" 'BEGIN { printf "%.1f", (to - from) * 1000 }')
}
stop_agent() { halt "agent-$1" 15; }
run_app() { # run_app AGENT KEY NAME
    mark_events
    tell app "${serial_of[$1]}" "${authid_of[$1]}" "$2" "$3" RUNNING
    wait_event "^state ${authid_of[$1]} $2 RUNNING" 60 >/dev/null
}

# ---------------------------------------------------------------- measuring
cpu_ns() { python3 -c 'import sys, time; print(time.clock_gettime_ns(~int(sys.argv[1]) << 3 | 2))' "$1"; }
sent_bytes() { ss -tinHp state established 2>/dev/null | grep -A 1 "pid=$1," | grep -oE 'bytes_sent:[0-9]+' | head -n 1 | cut -d: -f2; }
memory() { awk '/^Anonymous:/ { printf "%.3f\n", $2 * 1024 / 1e6 }' "/proc/$(pid_of "$1")/smaps_rollup"; }

measure_starts() { # measure_starts AGENT COUNT : milliseconds, one per line; the first start makes the database
    local i
    for ((i = 0; i <= $2; i++)); do
        start_agent "$1" || return 1
        [ "$i" = 0 ] || echo "$start_ms"
        sleep 0.5
        stop_agent "$1"
    done
}
measure_cuts() { # measure_cuts AGENT COUNT : milliseconds from the new connection to CONNECTED
    local i accepted line
    for ((i = 0; i < $2; i++)); do
        sleep 1.5
        mark_events
        tell cut
        wait_event '^cut' 5 >/dev/null && accepted=$(wait_event '^accepted' 10) &&
            line=$(wait_event "^status ${authid_of[$1]} CONNECTED" 10) || return 1
        awk -v from="${accepted##* }" -v to="${line##* }" 'BEGIN { printf "%.1f\n", (to - from) * 1000 }'
    done
}
measure_calls() { # measure_calls AGENT COUNT PARALLEL : microseconds per call, after calls that warm it up
    local pid before after
    pid=$(pid_of "$1")
    mark_events; tell calls "${serial_of[$1]}" 200 "$3"; wait_event '^calls' 60 >/dev/null || return 1
    mark_events; before=$(cpu_ns "$pid")
    tell calls "${serial_of[$1]}" "$2" "$3"; wait_event '^calls' 120 >/dev/null || return 1
    after=$(cpu_ns "$pid")
    awk -v spent="$((after - before))" -v count="$2" 'BEGIN { printf "%.1f", spent / count / 1000 }'
}
measure_window() { # measure_window SECONDS AGENT… : appends to cpu-AGENT and sent-AGENT, as of a minute
    local seconds=$1 name pid
    local -A cpu sent
    shift
    for name in "$@"; do pid=$(pid_of "$name"); cpu[$name]=$(cpu_ns "$pid") sent[$name]=$(sent_bytes "$pid"); done
    sleep "$seconds"
    for name in "$@"; do
        pid=$(pid_of "$name")
        awk -v from="${cpu[$name]}" -v to="$(cpu_ns "$pid")" -v seconds="$seconds" \
            'BEGIN { printf "%.4f\n", (to - from) / 1e9 * 60 / seconds }' >>"$S/cpu-$name"
        awk -v from="${sent[$name]}" -v to="$(sent_bytes "$pid")" -v seconds="$seconds" \
            'BEGIN { printf "%.0f\n", (to - from) * 60 / seconds }' >>"$S/sent-$name"
    done
}
