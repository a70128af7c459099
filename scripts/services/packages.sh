# shellcheck shell=bash
# Debian packages, installed with their services kept from starting. Sourced by test-services.

have_pkg() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
apt_need() {
  local p miss=() made=
  for p in "$@"; do have_pkg "$p" || miss+=("$p"); done
  [ ${#miss[@]} -eq 0 ] && return 0
  say "installing ${miss[*]}"
  if [ ! -e /usr/sbin/policy-rc.d ]; then printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d; made=1; fi
  apt-get install -y -q --no-install-recommends "${miss[@]}" >>"$S/log/apt" 2>&1 9>&- || {
    apt-get update -q >>"$S/log/apt" 2>&1 9>&-
    apt-get install -y -q --no-install-recommends "${miss[@]}" >>"$S/log/apt" 2>&1 9>&-
  }
  local rc=$?
  [ -n "$made" ] && rm -f /usr/sbin/policy-rc.d
  [ $rc -eq 0 ] || { tail -n 8 "$S/log/apt" >&2; say "apt-get could not install ${miss[*]}"; }
  return $rc
}
