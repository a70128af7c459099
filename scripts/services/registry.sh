# shellcheck shell=bash
# Three registries (open, basic, token) and the images of the tests. Sourced by test-services.

registry_config() { # file port storage auth-lines
  cat >"$1" <<E
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: $3}
  delete: {enabled: true}
http:
  addr: 127.0.0.1:$2
  headers: {X-Content-Type-Options: [nosniff]}
$4
E
}
build_images() {
  local b=$S/registry/build r="127.0.0.1:$P_REGISTRY" v a
  rm -rf "$b"; mkdir -p "$b/root/bin" "$b/root/etc" "$b/root/tmp" "$b/root/www" "$b/root/root"
  cp "$(command -v busybox)" "$b/root/bin/busybox"
  for a in $(busybox --list); do [ "$a" = busybox ] || ln -s busybox "$b/root/bin/$a"; done
  printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\n' >"$b/root/etc/passwd"
  printf 'root:x:0:\nuser:x:1000:\n' >"$b/root/etc/group"
  chmod 1777 "$b/root/tmp"
  tar -C "$b/root" -cf "$b/root.tar" . && rm -rf "$b/root"
  for v in $BUSYBOX_VERSIONS; do
    cat >"$b/Dockerfile" <<E
FROM scratch AS base
ADD root.tar /
ENV PATH=/bin VERSION=$v
LABEL test-services=1
CMD ["/bin/sh"]
FROM base AS ticker
CMD ["/bin/sh","-c","trap 'exit 0' TERM INT; n=0; while :; do n=\$((n+1)); echo \"tick \$n v\$VERSION\"; sleep 0.25 & wait \$!; done"]
FROM base AS crashloop
CMD ["/bin/sh","-c","echo crashing >&2; exit 3"]
FROM base AS healthy
HEALTHCHECK --interval=1s --timeout=2s --retries=2 CMD ["/bin/test","!","-e","/tmp/sick"]
CMD ["/bin/sh","-c","trap 'exit 0' TERM INT; echo ready; while :; do sleep 1 & wait \$!; done"]
FROM base AS httpd
EXPOSE 8080
RUN echo "hello v$v" > /www/index.html
CMD ["/bin/sh","-c","trap 'exit 0' TERM INT; httpd -f -v -p 8080 -h /www & wait \$!"]
E
    for a in base ticker crashloop healthy httpd; do
      DOCKER_BUILDKIT=0 D build -q --target $a -t "$r/test/$a:$v" "$b" >>"$S/log/images" 2>&1 || { tail -n 8 "$S/log/images" >&2; return 1; }
      D push -q "$r/test/$a:$v" >>"$S/log/images" 2>&1 || { tail -n 8 "$S/log/images" >&2; return 1; }
    done
  done
  for a in base ticker crashloop healthy httpd; do # latest = the first version
    D tag "$r/test/$a:${BUSYBOX_VERSIONS%% *}" "$r/test/$a:latest" && D push -q "$r/test/$a:latest" >>"$S/log/images" 2>&1 || return 1
  done
  for a in $P_REGISTRY_BASIC $P_REGISTRY_TOKEN; do
    printf '%s' "$REG_PASSWORD" | DOCKER_CONFIG=$S/registry/login D login -u "$REG_USER" --password-stdin "127.0.0.1:$a" >>"$S/log/images" 2>&1 || { tail -n 5 "$S/log/images" >&2; return 1; }
    D tag "$r/test/ticker:1.0.0" "127.0.0.1:$a/private/ticker:1.0.0"
    DOCKER_CONFIG=$S/registry/login D push -q "127.0.0.1:$a/private/ticker:1.0.0" >>"$S/log/images" 2>&1 || { tail -n 5 "$S/log/images" >&2; return 1; }
    D rmi "127.0.0.1:$a/private/ticker:1.0.0" >/dev/null 2>&1
  done
  rm -rf "$b" "$S/registry/login"
  # the engine forgets them: tests pull. `base` stays, for tests that need no registry.
  for v in $BUSYBOX_VERSIONS latest; do for a in ticker crashloop healthy httpd; do D rmi "$r/test/$a:$v" >/dev/null 2>&1; done; done
  touch "$S/registry/pushed"
}
registry_ok() { alive registry && alive registry-basic && alive registry-token && alive token-server && [ -e "$S/registry/pushed" ] && listening "$P_REGISTRY"; }
up_registry() {
  if ! registry_ok; then
    up_docker || return 1
    apt_need docker-registry apache2-utils openssl busybox-static || return 1
    mkdir -p "$S/registry"; chmod 700 "$S/registry"
    local p
    if [ ! -e "$S/registry/token.crt" ]; then
      openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=test-token -keyout "$S/registry/token.key" -out "$S/registry/token.crt" 2>>"$S/log/registry" || return 1
    fi
    htpasswd -Bbn "$REG_USER" "$REG_PASSWORD" >"$S/registry/htpasswd" 2>/dev/null
    registry_config "$S/registry/open.yml" "$P_REGISTRY" "$S/registry/data" ""
    registry_config "$S/registry/basic.yml" "$P_REGISTRY_BASIC" "$S/registry/data-basic" "auth: {htpasswd: {realm: test, path: $S/registry/htpasswd}}"
    registry_config "$S/registry/token.yml" "$P_REGISTRY_TOKEN" "$S/registry/data-token" \
      "auth: {token: {realm: 'http://127.0.0.1:$P_TOKEN/token', service: test-registry, issuer: test-issuer, rootcertbundle: $S/registry/token.crt}}"
    alive token-server || { port_free "$P_TOKEN" && spawn token-server $PY -I "$SERVICES/token_server.py" "$P_TOKEN" "$REG_USER" "$REG_PASSWORD" "$S/registry/token.key" "$S/registry/token.crt"; } || return 1
    alive registry || { port_free "$P_REGISTRY" && spawn registry /usr/bin/docker-registry serve "$S/registry/open.yml"; } || return 1
    alive registry-basic || { port_free "$P_REGISTRY_BASIC" && spawn registry-basic /usr/bin/docker-registry serve "$S/registry/basic.yml"; } || return 1
    alive registry-token || { port_free "$P_REGISTRY_TOKEN" && spawn registry-token /usr/bin/docker-registry serve "$S/registry/token.yml"; } || return 1
    wait_for token-server 10 listening "$P_TOKEN" && wait_for registry 10 listening "$P_REGISTRY" &&
      wait_for registry-basic 10 listening "$P_REGISTRY_BASIC" && wait_for registry-token 10 listening "$P_REGISTRY_TOKEN" || return 1
    [ -e "$S/registry/pushed" ] || build_images || { say "test images could not be made (log: $S/log/images)"; return 1; }
  fi
}
down_registry() { halt registry; halt registry-basic; halt registry-token; halt token-server; }
