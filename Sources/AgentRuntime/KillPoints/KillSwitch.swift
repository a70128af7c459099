#if DEBUG
    import Files
    import Glibc
    import Synchronization

    /// Ends the process by SIGKILL at a planned point, for the tests that show what a sudden death leaves behind
    /// (docs/decisions). Debug builds only; a release build does not contain it.
    ///
    /// The environment variable `REAGENT_KILL_FILE` names a file. While it exists and holds `<point> <n>`, the n-th
    /// passing of that point ends the process; every point passed meanwhile is appended to `<file>.trace`.
    final class KillSwitch: Sendable {
        private let file: String
        private let counts = Mutex(Counts())

        /// How often each point was passed under one plan.
        private struct Counts {
            var plan = ""
            var passed: [String: Int] = [:]
        }

        init?() {
            guard let path = getenv("REAGENT_KILL_FILE") else { return nil }
            file = String(cString: path)
        }

        func pass(_ point: String) {
            guard let bytes = try? AtomicFile.read(file) else { return }
            let plan = String(decoding: bytes, as: UTF8.self)
            let count = counts.withLock { counts in
                if counts.plan != plan { counts = Counts(plan: plan) }
                counts.passed[point, default: 0] += 1
                return counts.passed[point] ?? 0
            }
            trace("\(point) \(count)\n")
            if plan == "\(point) \(count)" { kill(getpid(), SIGKILL) }
        }

        private func trace(_ line: String) {
            let descriptor = open(file + ".trace", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            guard descriptor >= 0 else { return }
            _ = Array(line.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            close(descriptor)
        }
    }
#endif
