import ArgumentParser

/// Where the studio keeps its data.
struct DataOptions: ParsableArguments {
    @Option(help: "Data directory of the studio.")
    var data: String = ".local/studio"
}

/// How results are shown.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "How to show the result.")
    var output: Format = .table
}
