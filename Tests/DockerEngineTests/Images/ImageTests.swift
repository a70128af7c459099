import DockerTestKit
import Testing
import Values

@testable import DockerEngine

@Suite("References and lists of images")
struct ImageTests {
    @Test(
        "a reference is taken apart and written again",
        arguments: [
            ("alpine", "alpine", "latest", "docker.io", "docker.io/library/alpine"),
            ("user/app:1", "user/app", "1", "docker.io", "docker.io/user/app"),
            ("localhost/app:1", "localhost/app", "1", "localhost", "localhost/app"),
            (
                "127.0.0.1:5001/test/base", "127.0.0.1:5001/test/base", "latest", "127.0.0.1:5001",
                "127.0.0.1:5001/test/base"
            ),
            ("r.example/a@sha256:12", "r.example/a", "sha256:12", "r.example", "r.example/a"),
        ])
    func references(text: String, repository: String, tag: String, registry: String, canonical: String) throws {
        let reference = try ImageReference(text)
        #expect(reference.repository == repository && reference.tag == tag)
        #expect(reference.registry == registry && reference.canonicalRepository == canonical)
        #expect(try ImageReference(reference.description) == reference)
    }

    @Test(
        "what cannot be a reference is refused",
        arguments: [
            "a@b", "a@b@sha256:12", "a@:12", "a@sha256:", "", ":1", "a:", "@sha256:1", "a b", "/a", "a/", "ä:1",
            "a\u{0}",
        ])
    func refused(text: String) {
        #expect(throws: DockerError.self) { try ImageReference(text) }
    }

    @Test(
        "sizes have decimal units and four digits",
        arguments: [
            (0, "0B"), (999, "999B"), (1_000, "1kB"), (1_234, "1.234kB"), (12_345, "12.35kB"), (500_000, "500kB"),
            (2_000_000, "2MB"), (1_050_000_000, "1.05GB"), (Int64.max, "9.223EB"),
        ] as [(Int64, String)])
    func sizes(bytes: Int64, text: String) {
        #expect(ProgressBar.size(bytes) == text)
    }

    @Test("a bar is full at the end, shows only the current size beyond it, and is absent without numbers")
    func bars() {
        #expect(ProgressBar.text(current: 10, total: 10) == "[" + String(repeating: "=", count: 50) + ">]      10B/10B")
        #expect(ProgressBar.text(current: 20, total: 10)?.hasSuffix(">]      20B") == true)
        #expect(ProgressBar.text(current: 7, total: 0) == "      7B")
        #expect(ProgressBar.text(current: 0, total: 0) == nil)
        #expect(ProgressBar.completing(["progress": "own", "progressDetail": ["current": 1]])["progress"] == "own")
        #expect(ProgressBar.completing(["progressDetail": [:]])["progress"] == nil)
        #expect(ProgressBar.completing(["progressDetail": ["current": "x", "total": nil]])["progress"] == nil)
    }

    @Test(
        "base64 of every remainder has its padding",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v")])
    func padding(text: String, encoded: String) {
        #expect(Base64URL.encode(Array(text.utf8)) == encoded)
    }

    @Test("untagged images have no tags, in both spellings")
    func untagged() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/images/json",
                .json(
                    #"[{"Id":"1","RepoTags":["<none>:<none>"]},{"Id":"2","RepoTags":null},{"Id":"3","RepoTags":["a:1","a:2"]},{}]"#
                ))
            #expect(try await client.listImages(reference: "a").map(\.tags) == [[], [], ["a:1", "a:2"]])
            #expect(engine.calls.first?.query == "filters=%7B%22reference%22%3A%7B%22a%22%3Atrue%7D%7D")
        }
    }

    @Test("slashes of a name stay in the path, its other characters are encoded")
    func paths() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("DELETE", "/images/r%3A1/a%3A2", .json("[]"))
            engine.answer("POST", "/images/sha256%3A12/tag", .empty(status: 201))
            try await client.removeImage("r:1/a:2")
            try await client.removeImage("r:1/a:2", force: true, prunesParents: false)
            try await client.tagImage("sha256:12", as: ImageReference("r:1/b:3"))
            #expect(engine.calls.map(\.query) == ["", "force=1&noprune=1", "repo=r%3A1%2Fb&tag=3"])
        }
    }
}
