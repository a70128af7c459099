// swift-tools-version: 6.2
import PackageDescription

// A build of its own kind, chosen by the scripts: `fuzz` and `bench` add their programs, each in a build folder of its own
// (docs/architecture.md); STATIC_EXE=1 links the programs fully static (scripts/release).
let campaign = Context.environment["REAGENT_CAMPAIGN"] ?? ""
let isStatic = Context.environment["STATIC_EXE"] == "1"

/// Fuzz targets see what is internal, and the fuzzer sees which edges of our own modules an input reaches.
let instrumentation: [SwiftSetting] =
    campaign == "fuzz" ? [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])] : []

let strict: [SwiftSetting] =
    instrumentation + [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
        .treatWarning("DeprecatedDeclaration", as: .warning),
    ]

// Packages, by the name under which the tables below use them.
let orderedCollections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let dequeModule = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

func module(_ name: String, _ dependencies: [Target.Dependency] = [], linker: [LinkerSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: linker)
}

let staticLink: [LinkerSetting] =
    isStatic
    ? [
        .unsafeFlags([
            "-static-executable", "-Xlinker", "--wrap=__register_frame_info", "-Xlinker",
            "--wrap=__deregister_frame_info",
        ])
    ] : []

func tests(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil, resources: [Resource] = [])
    -> Target
{
    .testTarget(
        name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: strict)
}

// Leaves and libraries: they know nothing of the agent or the studio.
let libraries: [Target] = [
    module("Values", [orderedCollections]),
    module("AsyncSupport", [dequeModule]),
    module("Files"),
    .target(name: "CStart"),
    .target(name: "CStatic"),
    .systemLibrary(name: "CSQLite"),
    module(
        "SQLite", ["CSQLite", "AsyncSupport", logging],
        linker: [.unsafeFlags(["-Xlinker", "-l:libsqlite3.a"])]),
    module("WAMP", ["Values", "AsyncSupport", nioCore, crypto, cryptoExtras]),
    module("WAMPTransport", [nioCore, nioPosix, nioSSL, crypto]),
    module("WAMPClient", ["WAMP", "WAMPTransport", "Values", "AsyncSupport", nioCore, nioPosix, logging, dequeModule]),
    module(
        "DockerEngine", ["Values", "AsyncSupport", nioCore, nioPosix, nioHTTP1, nioSSL, asyncHTTPClient, logging]),
    module(
        "WAMPRouter",
        [
            "WAMP", "WAMPTransport", "Values", "AsyncSupport", nioCore, nioPosix, nioSSL, logging, crypto, dequeModule,
        ]),
    module("DeviceProtocol", ["Values"]),
]

// The agent: domain, edge, adapters, composition.
let agent: [Target] = [
    module("AgentCore", ["Values", "DeviceProtocol", "AsyncSupport", logging, crypto]),
    module("AgentAPI", ["AgentCore", "DeviceProtocol", "Values", "AsyncSupport"]),
    module(
        "AgentLink",
        ["AgentAPI", "AgentCore", "DeviceProtocol", "Values", "AsyncSupport", "WAMPClient", "WAMP", logging]),
    module("AgentDocker", ["AgentCore", "DockerEngine", "DeviceProtocol", "Values", "AsyncSupport", "Files", logging]),
    module("AgentStore", ["AgentCore", "DeviceProtocol", "Values", "AsyncSupport", "SQLite", "Files", logging]),
    module("AgentSystem", ["AgentCore", "DeviceProtocol", "Values", "AsyncSupport", "Files", logging]),
    module(
        "AgentRuntime",
        [
            "AgentLink", "AgentDocker", "AgentStore", "AgentSystem", "AgentAPI", "AgentCore", "DeviceProtocol",
            "Values", "AsyncSupport", "Files", "DockerEngine", "WAMPClient", nioCore, nioPosix, nioHTTP1, logging,
        ]),
    module("AgentCommands", ["AgentRuntime", "AgentCore", "Files", logging]),
    .executableTarget(
        name: "reagent", dependencies: ["AgentCommands", "CStart", "CStatic"], swiftSettings: strict,
        linkerSettings: staticLink),
]

// The studio: the backend that anyone can run.
let studio: [Target] = [
    module("StudioCore", ["DeviceProtocol", "Values", "AsyncSupport", crypto]),
    module(
        "StudioServer",
        [
            "StudioCore", "WAMPRouter", "WAMPTransport", "WAMPClient", "WAMP", "SQLite", "Files", "DeviceProtocol",
            "Values", "AsyncSupport", logging, serviceLifecycle,
        ]),
    module(
        "StudioCommands",
        [
            "StudioServer", "StudioCore", "DeviceProtocol", "Values", "AsyncSupport", "Files", "WAMPClient", "WAMP",
            argumentParser, logging, serviceLifecycle, unixSignals,
        ]),
    .executableTarget(
        name: "studio", dependencies: ["StudioCommands", "CStatic"], swiftSettings: strict, linkerSettings: staticLink),
]

// Shared by tests only; in no program.
let testKits: [Target] = [
    module("AsyncTestKit", ["AsyncSupport"]),
    module(
        "WAMPTestKit",
        ["WAMP", "WAMPTransport", "WAMPClient", "Values", "AsyncSupport", nioCore, nioPosix, nioSSL]),
    module("DockerTestKit", ["DockerEngine", "Values", nioCore, nioPosix, nioHTTP1]),
    module("AgentTestKit", ["AgentCore", "DeviceProtocol", "Values", "AsyncSupport", "AsyncTestKit", logging]),
]

let unitTests: [Target] = [
    tests("ValuesTests", ["Values"]),
    tests("AsyncSupportTests", ["AsyncSupport", "AsyncTestKit"]),
    tests("FilesTests", ["Files"]),
    tests("SQLiteTests", ["SQLite", "CSQLite", "AsyncSupport", logging]),
    tests("WAMPTests", ["WAMP", "Values", "AsyncSupport", nioCore], resources: [.copy("Fixtures")]),
    tests(
        "WAMPTransportTests",
        ["WAMPTransport", "WAMPTestKit", nioCore, nioPosix, nioSSL, nioEmbedded]),
    tests(
        "WAMPClientTests",
        [
            "WAMPClient", "WAMPTestKit", "WAMP", "Values", "AsyncSupport", "AsyncTestKit", nioCore, logging,
        ]),
    tests(
        "WAMPRouterTests",
        [
            "WAMPRouter", "WAMPClient", "WAMPTransport", "WAMPTestKit", "WAMP", "Values", "AsyncSupport",
            "AsyncTestKit", nioCore, nioPosix, nioSSL, nioEmbedded, logging,
        ]),
    tests(
        "DockerEngineTests",
        ["DockerEngine", "DockerTestKit", "AsyncSupport", "AsyncTestKit", "Values", nioCore, logging]),
    tests("DeviceProtocolTests", ["DeviceProtocol", "Values"]),
    tests(
        "AgentCoreTests",
        ["AgentCore", "AgentTestKit", "DeviceProtocol", "Values", "AsyncSupport", "AsyncTestKit", logging]),
    tests("AgentAPITests", ["AgentAPI", "AgentCore", "AgentTestKit", "DeviceProtocol", "Values", "AsyncSupport"]),
    tests(
        "AgentLinkTests",
        [
            "AgentLink", "AgentAPI", "AgentCore", "AgentTestKit", "WAMPClient", "WAMPTestKit", "WAMP", "DeviceProtocol",
            "Values", "AsyncSupport", "AsyncTestKit", logging,
        ]),
    tests(
        "AgentDockerTests",
        [
            "AgentDocker", "AgentCore", "DeviceProtocol", "DockerEngine", "DockerTestKit", "Values", "AsyncSupport",
            "AsyncTestKit", logging,
        ]),
    tests(
        "AgentStoreTests",
        [
            "AgentStore", "AgentCore", "SQLite", "CSQLite", "Files", "DeviceProtocol", "Values", "AsyncSupport",
            "AsyncTestKit", logging,
        ]),
    tests("AgentSystemTests", ["AgentSystem", "AgentCore", "Values", "AsyncSupport", "AsyncTestKit"]),
    tests(
        "AgentRuntimeTests",
        [
            "AgentRuntime", "AgentCore", "DeviceProtocol", "Files", "Values", "AsyncSupport", "AsyncTestKit", nioCore,
            nioPosix, nioHTTP1, logging,
        ]),
    tests("AgentCommandsTests", ["AgentCommands", "AgentRuntime", "Files"]),
    tests("StudioCoreTests", ["StudioCore", "DeviceProtocol", "Values"]),
    tests(
        "StudioServerTests",
        [
            "StudioServer", "StudioCore", "WAMPRouter", "WAMPClient", "WAMP", "SQLite", "Files", "DeviceProtocol",
            "Values", "AsyncSupport", "AsyncTestKit", logging,
        ]),
    tests(
        "StudioCommandsTests",
        ["StudioCommands", "StudioServer", "StudioCore", "WAMP", "DeviceProtocol", "Values", argumentParser]),
]

let integrationTests: [Target] = [
    .target(
        name: "IntegrationTestKit", dependencies: ["Values", "AsyncSupport", "WAMPClient", "DockerEngine", logging],
        path: "Tests/Integration/IntegrationTestKit", swiftSettings: strict),
    .executableTarget(
        name: "testrouter", dependencies: ["WAMPRouter", "WAMPTransport", "WAMP", "AsyncSupport", logging],
        path: "Tests/Integration/TestRouter", swiftSettings: strict),
    tests(
        "DockerIntegrationTests",
        [
            "IntegrationTestKit", "DockerEngine", "AgentDocker", "AgentCore", "DeviceProtocol", "Values",
            "AsyncSupport", logging,
        ],
        path: "Tests/Integration/DockerIntegrationTests"),
    tests(
        "RouterIntegrationTests",
        [
            "testrouter", "studio", "reagent", "IntegrationTestKit", "WAMPClient", "WAMPTransport", "WAMP",
            "DockerEngine", "DeviceProtocol", "Values", "AsyncSupport",
            logging,
        ],
        path: "Tests/Integration/RouterIntegrationTests"),
    tests(
        "CommandLineIntegrationTests",
        ["reagent", "IntegrationTestKit", "WAMPTestKit", "WAMP", "DockerTestKit", "Values"],
        path: "Tests/Integration/CommandLineIntegrationTests"),
    tests(
        "FaultIntegrationTests",
        [
            "IntegrationTestKit", "WAMPTestKit", "DockerTestKit", "WAMPRouter", "WAMPClient", "WAMPTransport", "WAMP",
            "DockerEngine", "SQLite", "Files", "DeviceProtocol", "Values", "AsyncSupport", nioCore, logging,
        ],
        path: "Tests/Integration/FaultIntegrationTests"),
]

/// A program that libFuzzer drives: Fuzz/<name>. scripts/fuzz says where the toolchain keeps the driver.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: "Fuzz\(name)", dependencies: ["FuzzSupport"] + dependencies, path: "Fuzz/\(name)", exclude: ["Corpus"],
        swiftSettings: strict,
        linkerSettings: [
            .unsafeFlags([Context.environment["FUZZER_LIBRARY"] ?? "-lclang_rt.fuzzer_no_main"]),
            .linkedLibrary("stdc++"), .linkedLibrary("m"),
        ])
}

let fuzzTargets: [Target] = [
    .target(name: "CFuzzer", path: "Fuzz/CFuzzer"),
    .target(name: "FuzzSupport", dependencies: ["CFuzzer"], path: "Fuzz/Support", swiftSettings: strict),
    fuzzer("JSON", ["Values"]),
    fuzzer("WebSocket", ["WAMPTransport", nioCore, nioEmbedded]),
    fuzzer("OpeningHandshake", ["WAMPTransport", nioCore]),
    fuzzer("ServerHandshake", ["WAMPTransport", nioCore]),
    fuzzer("WAMPMessage", ["WAMP", "Values", nioCore]),
    fuzzer("ClientSession", ["WAMP", "Values", nioCore]),
    fuzzer("RouterOpening", ["WAMP", "Values", "AsyncSupport", nioCore]),
    fuzzer("Realm", ["WAMP", "Values", "AsyncSupport", nioCore]),
    fuzzer("DockerLogs", ["DockerEngine"]),
    fuzzer("DockerJSON", ["DockerEngine", "AsyncSupport", "Values"]),
    fuzzer("Identity", ["AgentCore", "DeviceProtocol", "Values"]),
    fuzzer("DevicePayload", ["AgentCore", "DeviceProtocol", "Values"]),
]
let benchTargets: [Target] = [
    .executableTarget(
        name: "wamp-load",
        dependencies: ["WAMP", "WAMPTransport", "Values", nioCore, nioPosix], path: "Benchmarks/wamp-load",
        swiftSettings: strict),
    .executableTarget(
        name: "router-host", dependencies: ["WAMPRouter", "WAMPTransport", "WAMP", logging],
        path: "Benchmarks/router-host", swiftSettings: strict),
    .executableTarget(
        name: "micro", dependencies: ["AgentCore", "Values"], path: "Benchmarks/micro", swiftSettings: strict),
]

/// Programs of the campaigns, built in folders of their own: `REAGENT_CAMPAIGN=fuzz`, `REAGENT_CAMPAIGN=bench`.
let campaigns: [Target] =
    switch campaign {
    case "fuzz": fuzzTargets
    case "bench": benchTargets
    default: []
    }

let package = Package(
    name: "reagent",
    products: [
        .executable(name: "reagent", targets: ["reagent"]),
        .executable(name: "studio", targets: ["studio"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: libraries + agent + studio + testKits + unitTests + integrationTests + campaigns
)
