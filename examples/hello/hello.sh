#!/bin/sh
# Prints a numbered line each second; ends with 0 when it is told to stop.
trap 'exit 0' TERM INT
start=$(date -u +%Y-%m-%dT%H:%M:%SZ)
n=0
while :; do
    n=$((n + 1))
    echo "hello $n since $start"
    sleep 1 &
    wait $!
done
