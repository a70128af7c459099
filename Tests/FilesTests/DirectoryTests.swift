import Files
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Directory")
struct DirectoryTests {
    @Test("created with its parents, twice without error; a file in the way is an error (system.md 2.1)")
    func create() throws {
        try withTemporaryDirectory { directory in
            try Directory.create(directory + "/a/b/c")
            try Directory.create(directory + "/a/b/c")
            #expect(Directory.exists(directory + "/a/b/c"))
            try AtomicFile.write([], to: directory + "/file")
            #expect(code { try Directory.create(directory + "/file") } == .alreadyExists)
            #expect(code { try Directory.create(directory + "/file/x") } == .notDirectory)
            #expect(code { try Directory.create("") } == .invalidPath)
            #expect(!Directory.exists(directory + "/file"))
            #expect(!Directory.exists(directory + "/none"))
        }
    }

    @Test("a trailing slash and a link to a directory count as the directory")
    func createOnLink() throws {
        try withTemporaryDirectory { directory in
            try Directory.create(directory + "/a/")
            #expect(symlink("a", directory + "/link") == 0)
            try Directory.create(directory + "/link")
            #expect(Directory.exists(directory + "/link"))
        }
    }

    @Test("removing takes the whole tree and the links themselves, never what they point to")
    func remove() throws {
        try withTemporaryDirectory { directory in
            try Directory.create(directory + "/keep")
            try AtomicFile.write(bytes("x"), to: directory + "/keep/file")
            try Directory.create(directory + "/tree/deep/er")
            try AtomicFile.write(bytes("x"), to: directory + "/tree/deep/file", mode: 0o400)
            #expect(symlink("../keep", directory + "/tree/link") == 0)
            try Directory.remove(directory + "/tree")
            #expect(try Directory.list(directory) == ["keep"])
            #expect(try text(directory + "/keep/file") == "x")
            try Directory.remove(directory + "/tree")
            try Directory.remove(directory + "/keep/file")
            #expect(try Directory.list(directory + "/keep").isEmpty)
        }
    }

    @Test("names are listed sorted; a missing directory is an error")
    func list() throws {
        try withTemporaryDirectory { directory in
            for name in ["b", "ä", ".hidden", "a"] { try AtomicFile.write([], to: directory + "/" + name) }
            #expect(try Directory.list(directory) == [".hidden", "a", "b", "ä"])
            #expect(code { _ = try Directory.list(directory + "/none") } == .notFound)
        }
    }
}

@Suite("File path")
struct FilePathTests {
    @Test(
        "directory and name of a path",
        arguments: [("/a/b", "/a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("a/b/", "a/b", ""), ("./a", ".", "a")])
    func parts(path: String, directory: String, name: String) {
        #expect(FilePath.directory(of: path) == directory)
        #expect(FilePath.name(of: path) == name)
    }
}
