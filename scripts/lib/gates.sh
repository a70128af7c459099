# shellcheck shell=bash
# What a released program and its figures must be. Each gate prints why it fails and returns 1. Sourced by release and check.

gate_refuse() { printf 'gate: %s\n' "$*" >&2; return 1; }

# gate_static FILE : a program that needs no loader and no shared object.
gate_static() {
    local segments needed
    segments=$(readelf -lW "$1" 2>/dev/null) && grep -q LOAD <<<"$segments" || { gate_refuse "$1 is no ELF program"; return; }
    if grep -q INTERP <<<"$segments"; then gate_refuse "$1 asks for a loader (INTERP)"; return; fi
    needed=$(readelf -dW "$1" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | tr '\n' ' ')
    [ -z "$needed" ] || gate_refuse "$1 needs shared objects: $needed"
}

# gate_stripped FILE : neither symbols nor debug information.
gate_stripped() {
    local sections
    sections=$(readelf -SW "$1" 2>/dev/null) || { gate_refuse "$1 is no ELF program"; return; }
    if grep -qE ' \.(symtab|debug_[a-z]+) ' <<<"$sections"; then gate_refuse "$1 is not stripped"; return; fi
}

# gate_foundation FILE : nothing of full Foundation; its internationalisation data is 30 MB and always comes with it.
gate_foundation() {
    [ -r "$1" ] || { gate_refuse "$1 cannot be read"; return; }
    if grep -aqE 'icudt[0-9]+|FoundationInternationalization' "$1"; then gate_refuse "$1 contains full Foundation"; return; fi
}

# gate_size FILE BYTES
gate_size() {
    local size
    size=$(stat -Lc %s "$1") || { gate_refuse "$1 cannot be read"; return; }
    [ "$size" -le "$2" ] || gate_refuse "$1 has $size bytes, more than $2"
}

# gate_identical FILE FILE
gate_identical() {
    cmp -s "$1" "$2" && return
    gate_refuse "$1 and $2 differ: $({ cmp "$1" "$2" || true; } 2>&1 | tail -n 1); $({ cmp -l "$1" "$2" || true; } 2>/dev/null | wc -l) bytes"
}

# gate_no_path FILE PATH : the program does not tell in which folder it was built.
gate_no_path() {
    [ -r "$1" ] || { gate_refuse "$1 cannot be read"; return; }
    if grep -aqF "$2" "$1"; then gate_refuse "$1 contains the path $2"; return; fi
}

# gate_at_most NAME VALUE LIMIT : decimal numbers; no number is no pass.
gate_at_most() {
    awk -v value="$2" -v limit="$3" 'BEGIN { exit !(value ~ /^[0-9]+(\.[0-9]+)?$/ && value + 0 <= limit + 0) }' ||
        gate_refuse "$1 is ${2:-unknown}, more than $3"
}
