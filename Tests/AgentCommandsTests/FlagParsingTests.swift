import AgentCommands
import Testing

@Suite("Flag parsing (system.md 1.1)")
struct FlagParsingTests {
    private func values(_ arguments: [String]) throws(FlagError) -> FlagValues {
        try FlagValues(parsing: arguments, by: .agent)
    }

    private func failure(_ arguments: [String]) -> FlagError? {
        do throws(FlagError) {
            _ = try FlagValues(parsing: arguments, by: .agent)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "one or two dashes, value after the name or after the equals sign, text may be empty",
        arguments: [
            (["-config", "/a"], "/a"), (["--config", "/a"], "/a"), (["-config=/a"], "/a"), (["--config=/a=b"], "/a=b"),
            (["-config="], ""), (["-config", ""], ""), (["-config", "-debug"], "-debug"),
            (["-config=x", "-config", "y"], "y"), (["-config=ä b"], "ä b"),
        ])
    func texts(arguments: [String], expected: String) throws {
        #expect(try values(arguments).text("config") == expected)
    }

    @Test(
        "a boolean alone is true, and takes a value only after the equals sign",
        arguments: [
            (["-offline"], true), (["--offline"], true), (["-offline=1"], true), (["-offline=t"], true),
            (["-offline=T"], true), (["-offline=true"], true), (["-offline=TRUE"], true), (["-offline=True"], true),
            (["-offline", "-offline=0"], false), (["-offline", "-offline=f"], false),
            (["-offline", "-offline=F"], false), (["-offline", "-offline=false"], false),
            (["-offline", "-offline=FALSE"], false), (["-offline", "-offline=False"], false), ([], false),
        ])
    func booleans(arguments: [String], expected: Bool) throws {
        #expect(try values(arguments).boolean("offline") == expected)
    }

    @Test("-debug false is -debug and then the end: what follows is ignored")
    func booleanWithWord() throws {
        let values = try values(["-debug", "false", "-nonsense", "-config", "/a"])
        #expect(values.boolean("debug"))
        #expect(values.text("config") == "")
        #expect(values.given == ["debug"])
    }

    @Test(
        "an unsigned number: decimal, with base prefix, octal by a leading zero, underscores between digits",
        arguments: [
            ("0", UInt64(0)), ("1250", 1250), ("0x1F", 31), ("0Xff", 255), ("0o17", 15), ("0b101", 5), ("017", 15),
            ("1_000", 1000), ("0x_ff", 255), ("0_7", 7), ("00", 0), ("18446744073709551615", .max),
        ])
    func numbers(text: String, expected: UInt64) throws {
        #expect(try values(["-connTimeout", text]).unsigned("connTimeout") == expected)
    }

    @Test(
        "no number: sign, fraction, bad digit, bad underscore, empty",
        arguments: [
            "-1", "+1", "1.5", "1e3", "abc", "", " 1", "1 ", "0x", "0b2", "08", "0o8", "_1", "1_", "1__0", "0x1_",
            "0x__1", "１",
        ])
    func badNumbers(text: String) {
        #expect(
            failure(["-connTimeout=" + text])
                == .badNumber(name: "connTimeout", value: text, isOutOfRange: false))
    }

    @Test("a number beyond 64 bits is out of range", arguments: ["18446744073709551616", "0x1ffffffffffffffff"])
    func overflow(text: String) {
        #expect(failure(["-ppTimeout", text]) == .badNumber(name: "ppTimeout", value: text, isOutOfRange: true))
    }

    @Test(
        "parsing stops at the first argument that is no flag; the rest is ignored",
        arguments: [["word", "-nonsense"], ["-", "-nonsense"], ["--", "-nonsense"], ["", "-nonsense"]])
    func stop(arguments: [String]) throws {
        #expect(try values(["-config", "/a"] + arguments).given == ["config"])
    }

    @Test(
        "what is not accepted, with the words of Go's flag package",
        arguments: [
            (["-nonsense"], "flag provided but not defined: -nonsense"),
            (["--nonsense=1"], "flag provided but not defined: -nonsense"),
            (["-Config", "x"], "flag provided but not defined: -Config"),
            (["---config"], "bad flag syntax: ---config"), (["-=x"], "bad flag syntax: -=x"),
            (["--=x"], "bad flag syntax: --=x"),
            (["-config"], "flag needs an argument: -config"),
            (["-debug=yes"], "invalid boolean value \"yes\" for -debug: parse error"),
            (["-debug="], "invalid boolean value \"\" for -debug: parse error"),
            (["-connTimeout=a\"b\n"], "invalid value \"a\\\"b\\n\" for flag -connTimeout: parse error"),
            (
                ["-connTimeout", "99999999999999999999"],
                "invalid value \"99999999999999999999\" for flag -connTimeout: value out of range"
            ),
        ])
    func messages(arguments: [String], message: String) {
        #expect(failure(arguments)?.description == message)
    }

    @Test("help in its four spellings", arguments: ["-h", "--h", "-help", "--help"])
    func help(argument: String) {
        #expect(failure(["-debug", argument]) == .helpRequested)
    }
}
