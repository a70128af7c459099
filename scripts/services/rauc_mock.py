"""RAUC Installer stand-in: the interface of RAUC 1.8 with a result that the test chooses.

InstallBundle of a missing file fails at the end like RAUC does. Interface test.Control on the same object:
Set(a{sv}): seconds (d), result (i), error (s), operation (s), compatible (s). Calls() -> as, the InstallBundle paths."""
import os, dbus, dbus.service, dbus.mainloop.glib
from gi.repository import GLib
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
I, P, C = "de.pengutronix.rauc.Installer", "org.freedesktop.DBus.Properties", "test.Control"
class Rauc(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(bus, "/")
        self.conf = {"seconds": 1.0, "result": 0, "error": "Installation error: scripted failure"}
        self.props = {"Operation": "idle", "LastError": "", "Progress": self.progress(0, "", 0), "Compatible": "ReswarmOS", "Variant": "", "BootSlot": "A"}
        self.calls, self.primary = [], "rootfs.0"
    @staticmethod
    def progress(n, text, depth): return dbus.Struct((dbus.Int32(n), text, dbus.Int32(depth)), signature="isi")
    def put(self, **kw):
        self.props.update(kw); self.PropertiesChanged(I, dbus.Dictionary(kw, signature="sv"), dbus.Array([], signature="s"))
    @dbus.service.method(P, in_signature="ss", out_signature="v")
    def Get(self, iface, name): return self.props[name]
    @dbus.service.method(P, in_signature="s", out_signature="a{sv}")
    def GetAll(self, iface): return self.props
    @dbus.service.signal(P, signature="sa{sv}as")
    def PropertiesChanged(self, iface, changed, invalidated): pass
    @dbus.service.signal(I, signature="i")
    def Completed(self, result): pass
    @dbus.service.method(I, in_signature="sa{sv}")
    def InstallBundle(self, source, args): self.start(str(source))
    @dbus.service.method(I, in_signature="s")
    def Install(self, source): self.start(str(source))
    def start(self, source):
        if self.props["Operation"] != "idle":
            raise dbus.DBusException("Already processing a different method", name="org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code30")
        self.calls.append(source)
        result, error = int(self.conf["result"]), str(self.conf["error"])
        if result == 0 and not os.path.exists(source): result, error = 1, "Invalid bundle format: Failed to open bundle for reading: Error opening file %s: No such file or directory" % source
        self.put(Operation="installing", LastError=""); self.put(Progress=self.progress(0, "Installing", 1))
        texts = ["Determining slot states", "Checking bundle", "Checking manifest contents", "Determining target install group", "Updating slots"]
        step = [0]
        def tick():
            if step[0] < len(texts) and not (result and step[0] == 3):
                self.put(Progress=self.progress(20 * (step[0] + 1) - (step[0] == 4), texts[step[0]] + " done.", 2)); step[0] += 1
                return True
            if result: self.put(LastError=error); self.put(Progress=self.progress(100, "Installing failed.", 1))
            else: self.primary = "rootfs.1"; self.put(Progress=self.progress(100, "Installing done.", 1))
            self.Completed(result); self.put(Operation="idle")
            return False
        GLib.timeout_add(max(1, int(float(self.conf["seconds"]) * 1000 / 6)), tick)
    @dbus.service.method(I, in_signature="s", out_signature="ss")
    def Info(self, bundle):
        if not os.path.exists(bundle): raise dbus.DBusException("rauc info error", name="org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code30")
        return str(self.conf.get("compatible", "ReswarmOS")), "1.2.3"
    @dbus.service.method(I, in_signature="ss", out_signature="ss")
    def Mark(self, state, slot): return "rootfs.0", "marked slot rootfs.0 as " + state
    @dbus.service.method(I, out_signature="s")
    def GetPrimary(self): return self.primary
    @dbus.service.method(I, out_signature="a(sa{sv})")
    def GetSlotStatus(self):
        return [(n, dbus.Dictionary({"class": "rootfs", "bootname": b, "state": s, "type": "ext4", "boot-status": "good"}, signature="sv"))
                for n, b, s in (("rootfs.0", "A", "booted"), ("rootfs.1", "B", "inactive"))]
    @dbus.service.method(C, in_signature="a{sv}")
    def Set(self, conf):
        self.conf.update(conf)
        if "operation" in conf: self.put(Operation=str(conf["operation"]))
    @dbus.service.method(C, out_signature="as")
    def Calls(self): return dbus.Array(self.calls, signature="s")
bus = dbus.SystemBus(); name = dbus.service.BusName("de.pengutronix.rauc", bus); Rauc(bus)
GLib.MainLoop().run()
