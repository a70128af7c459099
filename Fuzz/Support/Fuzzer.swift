import CFuzzer
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Runs a target under libFuzzer with the arguments of the process.
///
/// A trap, a failed ``expect(_:_:)``, a hang and too much memory end the campaign; libFuzzer keeps the input.
public enum Fuzzer {
    /// In a box: a closure that is kept in generic storage itself is wrapped anew at every access.
    private struct Target {
        let body: @Sendable ([UInt8]) -> Void
    }

    private static let target = Mutex<Target?>(nil)

    /// Never returns before libFuzzer is done; the status is libFuzzer's.
    public static func run(_ body: @escaping @Sendable ([UInt8]) -> Void) -> Int32 {
        target.withLock { $0 = Target(body: body) }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        return LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            let input = Array(UnsafeBufferPointer(start: data, count: size))
            Fuzzer.target.withLock { $0 }?.body(input)
            return 0
        }
    }
}

/// A property that must hold for every input: ends the program with the sentence when it does not.
public func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) {
    guard !condition else { return }
    violated(sentence())
}

/// Ends the program because a property does not hold; libFuzzer keeps the input.
public func violated(_ sentence: String) -> Never {
    // A release build traps without its text.
    print("violated: \(sentence)")
    fflush(nil)
    fatalError(sentence)
}
