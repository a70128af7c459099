/// The processor that this program was built for, by the names of the release bucket (system.md 3.1).
public enum BuildArchitecture {
    #if arch(x86_64)
        public static let name = "amd64"
    #elseif arch(arm64)
        public static let name = "arm64"
    #elseif arch(arm)
        public static let name = "armv7"
    #elseif arch(i386)
        public static let name = "386"
    #elseif arch(riscv64)
        public static let name = "riscv64"
    #else
        public static let name = "unknown"
    #endif
}
