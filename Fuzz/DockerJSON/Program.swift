import AsyncSupport
import FuzzSupport
import Values

@testable import DockerEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Streams of JSON objects (events, progress of a pull) and the answers of the typed endpoints. The first byte says
/// where the network cuts.
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                guard let seed = bytes.first else { return }
                let input = Array(bytes.dropFirst())
                stream(input, seed)
                answer(input)
                failure(input, status: UInt(seed) + 300)
            })
    }

    private static func stream(_ input: [UInt8], _ seed: UInt8) {
        var (splitter, other) = (JSONObjectSplitter(), JSONObjectSplitter())
        let whole = try? splitter.append(input)
        var cut: [[UInt8]]? = []
        for piece in pieces(of: input, seed: seed) where cut != nil {
            cut = (try? other.append(piece)).map { (cut ?? []) + $0 }
        }
        expect(whole == cut, "the cuts decide what the objects are")
        var outcome = PullOutcome()
        for text in whole ?? [] {
            guard let value = try? JSON.decode(text) else { continue }
            if let event = DockerEvent(value) {
                expect((0..<1_000_000_000).contains(event.time.nanoseconds), "a time that is none")
            }
            guard let object = value.object else { continue }
            outcome.take(object)
            let completed = ProgressBar.completing(object)
            expect((completed["progress"]?.string?.count ?? 0) < 1 << 20, "a bar without end")
        }
        try? outcome.conclude(ImageReference(repository: "registry.example/app", tag: "1.0.0"))
    }

    private static func answer(_ input: [UInt8]) {
        guard let value = try? JSON.decode(input) else { return }
        for entry in value.array ?? [value] {
            if let summary = ContainerSummary(entry) { _ = summary.exitCode }
            _ = ImageSummary(entry)
            if let object = entry.object { _ = try? ContainerDetails(object) }
        }
        if let text = value.string, let reference = try? ImageReference(text) {
            expect((try? ImageReference("\(reference)")) == reference, "a reference changed")
        }
    }

    private static func failure(_ input: [UInt8], status: UInt) {
        let error = DockerError(status: status, body: input)
        expect(!error.message.isEmpty && error.status == status, "an error without a message")
    }
}
