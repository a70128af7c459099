import CFuzzer
import Synchronization

/// Runs a target under libFuzzer with the arguments of the process.
///
/// A trap, a failed ``expect(_:_:)``, a hang and too much memory end the campaign; libFuzzer keeps the input.
public enum Fuzzer {
    private static let target = Mutex<(@Sendable ([UInt8]) -> Void)?>(nil)

    /// Never returns before libFuzzer is done; the status is libFuzzer's.
    public static func run(_ body: @escaping @Sendable ([UInt8]) -> Void) -> Int32 {
        target.withLock { $0 = body }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        return LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            let input = Array(UnsafeBufferPointer(start: data, count: size))
            Fuzzer.target.withLock { $0 }?(input)
            return 0
        }
    }
}

/// A property that must hold for every input: ends the program with the sentence when it does not.
public func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) {
    guard !condition else { return }
    fatalError(sentence())
}
