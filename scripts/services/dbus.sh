# shellcheck shell=bash
# Two private buses. Sourced by test-services.

# mock.sock: NetworkManager (python3-dbusmock: wifi + ethernet) and a scripted RAUC Installer.
# real.sock: the real NetworkManager in a network namespace of its own (two veth ethernet ports, DHCP on the first)
#            and the real `rauc service` on two image files.
bus() { echo "unix:path=$S/dbus/$1.sock"; }
on_bus() { local b=$1; shift; DBUS_SYSTEM_BUS_ADDRESS=$(bus "$b") "$@"; }
owned() { on_bus "$1" gdbus call --system --timeout 2 -d org.freedesktop.DBus -o /org/freedesktop/DBus -m org.freedesktop.DBus.GetNameOwner "$2"; }
dbus_parts="dbus-mock dbus-real nm-mock rauc-mock nm-real rauc-real"
dbus_ok() { local p; for p in $dbus_parts; do alive $p || return 1; done; [ -e "$S/dbus/ready" ]; }
start_bus() {
  cat >"$S/dbus/$1.conf" <<E
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>$(bus "$1")</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/><allow send_type="method_call"/>
  </policy>
</busconfig>
E
  rm -f "$S/dbus/$1.sock"
  spawn "dbus-$1" dbus-daemon --config-file="$S/dbus/$1.conf" --nofork --nopidfile --nosyslog
  wait_for "dbus-$1" 10 test -S "$S/dbus/$1.sock"
}
up_dbus() {
  dbus_ok && return 0
  apt_need dbus libglib2.0-bin python3-dbusmock python3-dbus python3-gi network-manager rauc rauc-service squashfs-tools e2fsprogs openssl iproute2 busybox-static util-linux || return 1
  down_dbus; mkdir -p "$S/dbus"
  start_bus mock && start_bus real || return 1
  write_dbus_files
  spawn nm-mock env DBUS_SYSTEM_BUS_ADDRESS="$(bus mock)" $PY -m dbusmock --system --template networkmanager
  spawn rauc-mock env DBUS_SYSTEM_BUS_ADDRESS="$(bus mock)" $PY "$SERVICES/rauc_mock.py"
  spawn nm-real env DBUS_SYSTEM_BUS_ADDRESS="$(bus real)" unshare --net --mount "$S/dbus/nm-real.sh"
  make_rauc || return 1
  spawn rauc-real env DBUS_SYSTEM_BUS_ADDRESS="$(bus real)" rauc -c "$S/dbus/rauc/system.conf" --override-boot-slot=A service
  wait_for nm-mock 15 owned mock org.freedesktop.NetworkManager || return 1
  on_bus mock $PY "$SERVICES/nm_seed.py" >>"$S/log/nm-mock" 2>&1 || { tail -n 8 "$S/log/nm-mock" >&2; say "seeding the NetworkManager mock failed"; return 1; }
  wait_for rauc-mock 15 owned mock de.pengutronix.rauc && wait_for rauc-real 15 owned real de.pengutronix.rauc &&
    wait_for nm-real 20 nm_started || return 1
  touch "$S/dbus/ready"
}
nm_started() { on_bus real nmcli -t -f RUNNING general | grep -x running >/dev/null; }
down_dbus() {
  rm -f "$S/dbus/ready" 2>/dev/null
  local p; for p in rauc-real rauc-mock nm-mock nm-real dbus-mock dbus-real; do halt $p; done
  local m; grep -F " $S/dbus/" /proc/mounts | cut -d' ' -f2 | sort -r | while read -r m; do umount -l "$m" 2>/dev/null; done
}
write_dbus_files() {
  cat >"$S/dbus/NetworkManager.conf" <<E
[main]
plugins=keyfile
dns=none
rc-manager=unmanaged
no-auto-default=*
dhcp=internal
auth-polkit=false
[keyfile]
path=$S/dbus/nm/connections
unmanaged-devices=interface-name:peer*
[connectivity]
enabled=false
[logging]
level=INFO
E
  cat >"$S/dbus/nm-real.sh" <<E
#!/bin/bash
# Runs in a network and mount namespace of its own: the host's interfaces are out of reach. /sys is read-only, which
# tells NetworkManager that no udev will announce the devices.
set -e
mount --make-rprivate /
mount -t sysfs -o ro sysfs /sys
mkdir -p $S/dbus/nm/{state,connections,conf} /run/NetworkManager /var/lib/NetworkManager
chmod 700 $S/dbus/nm/connections
mount -t tmpfs tmpfs /run/NetworkManager
mount --bind $S/dbus/nm/state /var/lib/NetworkManager
ip link set lo up
ip link add eth0 type veth peer name peer0
ip link add eth1 type veth peer name peer1
ip addr add 10.99.0.1/24 dev peer0
ip addr add 10.99.1.1/24 dev peer1
ip link set peer0 up; ip link set peer1 up
printf 'start 10.99.0.50\nend 10.99.0.99\ninterface peer0\nlease_file $S/dbus/nm/leases\npidfile $S/dbus/nm/udhcpd.pid\noption subnet 255.255.255.0\noption router 10.99.0.1\noption dns 10.99.0.1\noption lease 3600\n' >$S/dbus/nm/udhcpd.conf
: >$S/dbus/nm/leases
busybox udhcpd -f $S/dbus/nm/udhcpd.conf &
exec /usr/sbin/NetworkManager -n --config=$S/dbus/NetworkManager.conf --config-dir=$S/dbus/nm/conf --system-config-dir=$S/dbus/nm/conf --intern-config=$S/dbus/nm/intern.conf --state-file=$S/dbus/nm/state/NetworkManager.state --pid-file=$S/dbus/nm/nm.pid
E
  chmod 755 "$S/dbus/nm-real.sh"
}
make_rauc() {
  local r=$S/dbus/rauc k
  rm -rf "$r/slots" "$r/boot"; mkdir -p "$r/slots" "$r/mnt" "$r/boot"
  truncate -s 16M "$r/slots/a.img" "$r/slots/b.img"
  mkfs.ext4 -q -F "$r/slots/a.img" && mkfs.ext4 -q -F "$r/slots/b.img" || return 1
  rm -f "$r/central-status.raucs"
  cat >"$r/bootloader" <<E
#!/bin/sh
cd $r/boot || exit 1
case \$1 in
  get-primary) cat primary 2>/dev/null || echo A ;;
  set-primary) echo "\$2" >primary ;;
  get-state) cat "state-\$2" 2>/dev/null || echo good ;;
  set-state) echo "\$3" >"state-\$2" ;;
esac
E
  chmod 755 "$r/bootloader"
  cat >"$r/system.conf" <<E
[system]
compatible=ReswarmOS
bootloader=custom
mountprefix=$r/mnt
statusfile=$r/central-status.raucs
bundle-formats=plain verity
[handlers]
bootloader-custom-backend=$r/bootloader
[keyring]
path=$r/cert.pem
[slot.rootfs.0]
device=$r/slots/a.img
type=ext4
bootname=A
[slot.rootfs.1]
device=$r/slots/b.img
type=ext4
bootname=B
E
  [ -e "$r/good.raucb" ] && [ -e "$r/incompatible.raucb" ] && [ -e "$r/untrusted.raucb" ] && return 0
  rm -f "$r"/*.raucb
  for k in cert other; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=test-$k" -keyout "$r/$k.key" -out "$r/$k.pem" 2>>"$S/log/rauc-real" || return 1
  done
  bundle() { # name compatible certificate
    rm -rf "$r/b"; mkdir -p "$r/b"; truncate -s 8M "$r/b/rootfs.ext4"; mkfs.ext4 -q -F "$r/b/rootfs.ext4" || return 1
    printf '[update]\ncompatible=%s\nversion=1.2.3\n[bundle]\nformat=plain\n[image.rootfs]\nfilename=rootfs.ext4\n' "$2" >"$r/b/manifest.raucm"
    rauc bundle --cert="$r/$3.pem" --key="$r/$3.key" "$r/b" "$r/$1.raucb" >>"$S/log/rauc-real" 2>&1
    local rc=$?; rm -rf "$r/b"; return $rc
  }
  bundle good ReswarmOS cert && bundle incompatible OtherOS cert && bundle untrusted ReswarmOS other || { tail -n 5 "$S/log/rauc-real" >&2; return 1; }
}
