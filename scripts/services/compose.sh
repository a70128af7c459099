# shellcheck shell=bash
# Compose v2 as a plug-in of the private engine. Sourced by test-services.

compose_bin() { [ -x "$S/compose/docker-compose" ]; }
up_compose() {
  if ! compose_bin; then
    apt_need docker.io || return 1
    mkdir -p "$S/compose/lists/partial" "$S/compose/cache/archives/partial"
    # Debian 13's package, unpacked here and not installed; from the same mirror as the machine's own Debian 12
    local uri; uri=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | awk '$2=="bookworm"{print $1; exit}')
    [ -n "$uri" ] || { say "no Debian mirror in apt's sources"; return 1; }
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri trixie main" >"$S/compose/sources.list"
    local o=(-o Dir::Etc::SourceList="$S/compose/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$S/compose/lists"
             -o Dir::Cache="$S/compose/cache" -o APT::Sandbox::User=root)
    say "unpacking Debian 13's docker-compose and docker-buildx"
    apt-get "${o[@]}" update -q >>"$S/log/apt" 2>&1 &&
      (cd "$S/compose" && apt-get "${o[@]}" download -q docker-compose docker-buildx) >>"$S/log/apt" 2>&1 ||
      { tail -n 5 "$S/log/apt" >&2; say "docker-compose of Debian 13 cannot be had"; return 1; }
    local deb
    for deb in "$S"/compose/*.deb; do dpkg -x "$deb" "$S/compose/root" || return 1; done
    cp "$S/compose/root/usr/libexec/docker/cli-plugins/docker-buildx" "$S/compose/" &&
      cp "$S/compose/root/usr/libexec/docker/cli-plugins/docker-compose" "$S/compose/" || return 1
    rm -rf "$S/compose/root" "$S/compose/lists" "$S/compose/cache" "$S"/compose/*.deb
  fi
  mkdir -p "$S/docker-config/cli-plugins"
  local p
  for p in docker-compose docker-buildx; do ln -sfn "$S/compose/$p" "$S/docker-config/cli-plugins/$p"; done
  ln -sfn "$S/compose/docker-compose" "$S/bin/docker-compose"
  # an agent with a DOCKER_CONFIG of its own finds plug-ins only in the system's folders
  if [ ! -e "$PLUGIN_LINK" ] && [ ! -e /usr/libexec/docker/cli-plugins/docker-compose ]; then
    mkdir -p "${PLUGIN_LINK%/*}"; rm -f "$PLUGIN_LINK"; ln -s "$S/compose/docker-compose" "$PLUGIN_LINK"
  fi
}
down_compose() { [ "$(readlink "$PLUGIN_LINK" 2>/dev/null)" = "$S/compose/docker-compose" ] && rm -f "$PLUGIN_LINK"; return 0; }
