/// Which app names may become part of a path (P2): deleting an app's data must never reach beyond its own directory.
public enum AppName {
    /// Non-empty, no `/`, no NUL, neither `.` nor `..`.
    public static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }
}
