# shellcheck shell=bash
# A Crossbar.io node. Sourced by test-services.

up_crossbar() {
  alive crossbar && listening "$P_WS" && listening "$P_RAW" && return 0
  local v=$S/crossbar/venv
  if [ ! -e "$S/crossbar/installed-$CROSSBAR_VERSION-$AUTOBAHN_VERSION" ]; then
    apt_need python3-venv || return 1
    say "installing crossbar $CROSSBAR_VERSION"
    rm -rf "$v"; mkdir -p "$S/crossbar"
    $PY -m venv "$v" && "$v/bin/pip" install -q "crossbar==$CROSSBAR_VERSION" "autobahn==$AUTOBAHN_VERSION" >>"$S/log/pip" 2>&1 || { tail -n 5 "$S/log/pip" >&2; say "pip could not install crossbar"; return 1; }
    "$v/bin/pip" uninstall -q -y bjdata >>"$S/log/pip" 2>&1 # optional (UBJSON); against NumPy 2 it prints a traceback at every import
    touch "$S/crossbar/installed-$CROSSBAR_VERSION-$AUTOBAHN_VERSION"
  fi
  halt crossbar 10
  rm -f "$S/crossbar/node/node.pid" # left by a crossbar that was killed; its check trips over a zombie
  port_free "$P_WS" && port_free "$P_RAW" || return 1
  mkdir -p "$S/crossbar/node"
  local dev='"secret": "'$WAMP_SECRET'", "role": "device"'
  local users='{"2-3": {'$dev'}, "7-3": {'$dev'}, "2-4": {'$dev', "salt": "a1b2c3d4", "iterations": 1000, "keylen": 32},
    "'$WAMP_BACKEND_AUTHID'": {"secret": "'$WAMP_BACKEND_SECRET'", "role": "backend"}, "'$WAMP_USER_AUTHID'": {"secret": "'$WAMP_USER_SECRET'", "role": "backend"}}'
  local allow='[{"uri": "", "match": "prefix", "allow": {"call": true, "register": true, "publish": true, "subscribe": true}, "disclose": {"caller": true, "publisher": true}, "cache": true}]'
  cat >"$S/crossbar/node/config.json" <<E
{
  "version": 2,
  "workers": [{
    "type": "router",
    "realms": [{"name": "$WAMP_REALM", "roles": [{"name": "device", "permissions": $allow}, {"name": "backend", "permissions": $allow}]}],
    "transports": [
      {"type": "web", "endpoint": {"type": "tcp", "interface": "127.0.0.1", "port": $P_WS},
       "paths": {
         "/": {"type": "json", "value": {"test-services": true}},
         "ws-re-dev": {"type": "websocket", "serializers": ["json", "msgpack", "cbor"],
           "options": {"auto_ping_interval": 10000, "auto_ping_timeout": 5000, "auto_ping_size": 12, "fail_by_drop": true},
           "auth": {"wampcra": {"type": "static", "users": $users}}},
         "ws-enrolled": {"type": "websocket", "serializers": ["json", "msgpack", "cbor"],
           "options": {"auto_ping_interval": 10000, "auto_ping_timeout": 5000, "auto_ping_size": 12, "fail_by_drop": true},
           "auth": {"wampcra": {"type": "dynamic", "authenticator": "studio.authenticate", "authenticator-realm": "$WAMP_REALM"}}}}},
      {"type": "rawsocket", "endpoint": {"type": "tcp", "interface": "127.0.0.1", "port": $P_RAW},
       "serializers": ["json", "msgpack", "cbor"], "auth": {"wampcra": {"type": "static", "users": $users}}}
    ]
  }]
}
E
  spawn crossbar "$v/bin/crossbar" start --cbdir "$S/crossbar/node" --logformat standard --color false
  wait_for crossbar 60 listening "$P_WS" && wait_for crossbar 30 listening "$P_RAW"
}
down_crossbar() { halt crossbar 10; }
