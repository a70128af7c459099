"""Devices, access points and profiles of the NetworkManager mock, and what the stock template lacks."""
import dbus
bus = dbus.SystemBus()
NM, BASE = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
MOCK = "org.freedesktop.DBus.Mock"
obj = lambda p: bus.get_object(NM, p)
root = dbus.Interface(obj(BASE), MOCK)
eth = root.AddEthernetDevice("eth0", "eth0", 100)
eth1 = root.AddEthernetDevice("eth1", "eth1", 30)
wlan = root.AddWiFiDevice("wlan0", "wlan0", 30)
aps = {}
for name, ssid, mac, freq, rate, strength, sec in (
        ("ap0", "test-open", "02:00:00:00:00:01", 2412, 54000, 80, 0x0),
        ("ap1", "test-wpa2", "02:00:00:00:00:02", 2437, 130000, 65, 0x100),
        ("ap2", "test-wpa2", "02:00:00:00:00:03", 5180, 540000, 40, 0x100),
        ("ap3", "test-Ünïcödé", "02:00:00:00:00:04", 5200, 540000, 20, 0x100)):
    aps[name] = root.AddAccessPoint(wlan, name, ssid, mac, dbus.UInt32(2), dbus.UInt32(freq), dbus.UInt32(rate), dbus.Byte(strength), dbus.UInt32(sec))
settings = dbus.Interface(obj(BASE + "/Settings"), NM + ".Settings")
wired = settings.AddConnection(dbus.Dictionary({
    "connection": dbus.Dictionary({"id": "Wired connection 1", "uuid": "11111111-1111-4111-8111-111111111111", "type": "802-3-ethernet", "interface-name": "eth0"}, signature="sv"),
    "802-3-ethernet": dbus.Dictionary({}, signature="sv"),
    "ipv4": dbus.Dictionary({"method": "auto"}, signature="sv"),
    "ipv6": dbus.Dictionary({"method": "ignore"}, signature="sv")}, signature="sa{sv}"))
active = root.AddActiveConnection([eth], wired, "/", "0", dbus.UInt32(2))
DEV = NM + ".Device"
def ip4(n, address, prefix, gateway):
    path = "%s/IP4Config/%d" % (BASE, n)
    root.AddObject(path, NM + ".IP4Config", dbus.Dictionary({
        "Addresses": dbus.Array([], signature="au"),
        "AddressData": dbus.Array([dbus.Dictionary({"address": address, "prefix": dbus.UInt32(prefix)}, signature="sv")] if address else [], signature="a{sv}"),
        "Gateway": gateway, "Nameservers": dbus.Array([dbus.UInt32(0x010200C0)] if address else [], signature="u"), "NameserverData": dbus.Array([], signature="a{sv}"), "Domains": dbus.Array([], signature="s"),
        "RouteData": dbus.Array([], signature="a{sv}")}, signature="sv"), dbus.Array([], signature="(ssss)"))
    return path
for n, (dev, address, gateway) in enumerate(((eth, "192.0.2.10", "192.0.2.1"), (eth1, "", ""), (wlan, "", "")), 1):
    d = dbus.Interface(obj(dev), MOCK)
    d.AddProperty(DEV, "Ip4Config", dbus.ObjectPath(ip4(n, address, 24, gateway)))
    d.AddProperty(DEV, "Ip6Config", dbus.ObjectPath("/"))
    d.AddProperty(DEV, "Mtu", dbus.UInt32(1500))
    mac = "02:00:00:00:01:%02X" % n
    d.AddProperty(DEV, "HwAddress", mac)
    kind = DEV + (".Wireless" if dev == wlan else ".Wired")
    d.UpdateProperties(kind, dbus.Dictionary({"HwAddress": mac, "PermHwAddress": mac}, signature="sv"))
    if dev != wlan: d.UpdateProperties(kind, dbus.Dictionary({"Carrier": dbus.Boolean(dev == eth), "Speed": dbus.UInt32(1000)}, signature="sv"))
    d.UpdateProperties(DEV, dbus.Dictionary({"IpInterface": dev.rsplit("/", 1)[1] if dev == eth else ""}, signature="sv"))
    d.AddMethod(DEV, "Disconnect", "", "", "objects['%s'].SetDeviceDisconnected('%s')" % (BASE, dev))
    d.AddMethod(DEV, "Reapply", "a{sa{sv}}tu", "", "")
w = dbus.Interface(obj(wlan), MOCK)
w.AddProperty(DEV + ".Wireless", "LastScan", dbus.Int64(-1))
w.AddProperty(DEV + ".Wireless", "ActiveAccessPoint", dbus.ObjectPath("/"))
w.AddMethod(DEV + ".Wireless", "RequestScan", "a{sv}", "",
            "import time; self.UpdateProperties('%s.Wireless', {'LastScan': dbus.Int64(int(time.monotonic() * 1000))})" % DEV)
# the stock AddAndActivateConnection drops what it was given (secrets included); keep it
add = ("c = args[0]; c.setdefault('connection', dbus.Dictionary({}, signature='sv')); k = c['connection']; "
       "k.setdefault('type', '802-11-wireless' if '/Devices/wlan' in args[1] else '802-3-ethernet'); k.setdefault('id', 'added'); "
       "s = dbus.ObjectPath(objects['%s/Settings'].SettingsAddConnection(c)); a = self.activate_connection(self, s, args[1], args[2]); " % BASE)
setap = "\nif 'AccessPoint' in args[2]: objects[args[1]].Set('%s.Wireless', 'ActiveAccessPoint', dbus.ObjectPath(args[2]))" % DEV
root.AddMethod(NM, "AddAndActivateConnection", "a{sa{sv}}oo", "oo", add + "ret = (s, a)" + setap)
root.AddMethod(NM, "AddAndActivateConnection2", "a{sa{sv}}ooa{sv}", "ooa{sv}", add + "ret = (s, a, {})" + setap)
root.AddMethod(NM, "ActivateConnection", "ooo", "o", "ret = self.activate_connection(self, args[0], args[1], args[2])" + setap)
root.AddMethod(NM, "GetAllDevices", "", "ao", "ret = [k for k in objects.keys() if '/Devices/' in k]")
# checkpoints are only counted: destroy and rollback of a known one succeed, nothing is restored
root.AddMethod(NM, "CheckpointCreate", "aouu", "o", "self.checkpoints = getattr(self, 'checkpoints', 0) + 1; ret = dbus.ObjectPath('%s/Checkpoint/%%d' %% self.checkpoints)" % BASE)
root.AddMethod(NM, "CheckpointDestroy", "o", "", "")
root.AddMethod(NM, "CheckpointRollback", "o", "a{su}", "ret = dbus.Dictionary({}, signature='su')")
print("seeded", eth, eth1, wlan, wired, active)
