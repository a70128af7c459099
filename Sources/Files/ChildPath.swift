#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A path below a root, made of names that came from outside. It cannot name anything beside or above the root.
public struct ChildPath: Sendable, Hashable, CustomStringConvertible {
    public let root: String
    public let components: [String]

    /// - Throws: `.invalidPath` for no component, or one that is empty, `.`, `..`, longer than 255 bytes or has a
    ///   slash or NUL in it.
    public init(root: String, components: [String]) throws(FileError) {
        guard !components.isEmpty else {
            throw FileError(.invalidPath, path: root, text: "no name below the directory")
        }
        for component in components {
            guard Self.isName(component) else {
                throw FileError(.invalidPath, path: root, text: "not a file name: \(component.debugDescription)")
            }
        }
        self.root = root
        self.components = components
    }

    /// The path as text.
    public var path: String { components.reduce(root, FilePath.join) }

    public var description: String { path }

    /// The path, after a look at the disk: a link on the way that leads out of the root is an error.
    public func checked() throws(FileError) -> String {
        let realRoot = try Self.real(root)
        var current = root
        for component in components {
            current = FilePath.join(current, component)
            do throws(FileError) {
                let real = try Self.real(current)
                guard real == realRoot || real.hasPrefix(realRoot == "/" ? "/" : realRoot + "/") else {
                    throw FileError(.invalidPath, path: current, text: "a link leads out of \(root)")
                }
            } catch  where error.code == .notFound {
                // A dangling link may lead anywhere; a missing name, and all below it, is harmless.
                if let status = try? FileStatus.of(current, followLinks: false), status.kind == .symbolicLink {
                    throw FileError(.invalidPath, path: current, text: "a link leads to nothing")
                }
                return path
            }
        }
        return path
    }

    private static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        return !bytes.isEmpty && bytes.count <= 255 && text != "." && text != ".."
            && !bytes.contains(UInt8(ascii: "/")) && !bytes.contains(0)
    }

    private static func real(_ path: String) throws(FileError) -> String {
        guard let resolved = realpath(path, nil) else { throw FileError.last(path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
