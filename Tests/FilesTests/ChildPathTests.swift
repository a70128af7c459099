import Files
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Child path")
struct ChildPathTests {
    @Test(
        "names that could leave the root, or are no names, are refused",
        arguments: [[], [""], ["."], [".."], ["a", ".."], ["a/b"], ["/etc"], ["a\0b"], ["a", ""]])
    func refused(components: [String]) {
        #expect(code { _ = try ChildPath(root: "/r", components: components) } == .invalidPath)
    }

    @Test("a name of more than 255 bytes is refused, one of 255 is not")
    func length() throws {
        #expect(try ChildPath(root: "/r", components: [String(repeating: "a", count: 255)]).path.utf8.count == 258)
        let long = String(repeating: "ü", count: 128)
        #expect(code { _ = try ChildPath(root: "/r", components: [long]) } == .invalidPath)
    }

    @Test("the path is the root and the names, with single slashes")
    func path() throws {
        #expect(try ChildPath(root: "/r", components: ["a", "..b", "c d"]).path == "/r/a/..b/c d")
        #expect(try ChildPath(root: "/", components: ["a"]).description == "/a")
    }

    @Test("a link that leads out of the root is found, one that stays inside is not")
    func links() throws {
        try withTemporaryDirectory { directory in
            let root = directory + "/root"
            try Directory.create(root + "/inside")
            try Directory.create(directory + "/root-beside")
            #expect(symlink("../root-beside", root + "/out") == 0)
            #expect(symlink("inside", root + "/in") == 0)
            #expect(symlink("/nowhere/at/all", root + "/dangling") == 0)
            #expect(code { _ = try ChildPath(root: root, components: ["out", "x"]).checked() } == .invalidPath)
            #expect(code { _ = try ChildPath(root: root, components: ["dangling"]).checked() } == .invalidPath)
            #expect(try ChildPath(root: root, components: ["in", "new", "x"]).checked() == root + "/in/new/x")
            #expect(code { _ = try ChildPath(root: directory + "/no", components: ["a"]).checked() } == .notFound)
        }
    }
}
