extension FlagTable {
    /// The usage text (system.md 1.1): alphabetical, the type word after the name, the default in parentheses unless
    /// it is the zero value of its kind.
    public func usage(program: String) -> String {
        var text = "Usage of \(program):\n"
        for flag in flags {
            text += "  -" + flag.name
            if let word = flag.typeWord { text += " " + word }
            text += "\n    \t" + flag.meaning
            if let shown = flag.shownDefault { text += " (default \(shown))" }
            text += "\n"
        }
        return text
    }

    /// docs/flags.md.
    public func markdown() -> String {
        var text = """
            # Flags of reagent

            `-name` and `--name` are the same; a value follows as the next argument or after `=`. A boolean takes a
            value only after `=`. Parsing stops at the first argument that is no flag; of a repeated flag the last one
            wins. This page is generated from the flag table of the program.

            | Flag | Kind | Default | Meaning |
            |---|---|---|---|

            """
        for flag in flags {
            let (kind, value): (String, String) =
                switch flag.kind {
                case .boolean(let value): ("boolean", String(value))
                case .text(let value): ("text", value)
                case .unsigned(let value): ("unsigned number", String(value))
                }
            let note = flag.hasEffect ? "" : " *(accepted, without effect in this version)*"
            text += "| `-\(flag.name)` | \(kind) | \(value.isEmpty ? "" : "`\(value)`") | \(flag.meaning)\(note) |\n"
        }
        text += """

            ## Exit codes

            | Code | When |
            |---|---|
            | 0 | `-version`, `-arch`, `-help`, missing `-config`, stop by SIGTERM or SIGINT |
            | 1 | a fatal error at start (lock, directories, identity, database), `service …` |
            | 2 | a flag error |

            """
        return text
    }
}
