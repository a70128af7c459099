import DockerEngine
import DockerTestKit
import Testing
import Values

@Suite("Calls for containers")
struct ContainerCallTests {
    @Test("C14: start of a running and stop of a stopped container are successes (304)")
    func notModified() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("POST", "/containers/x/start", .empty(), .empty(status: 304))
            engine.answer("POST", "/containers/x/stop", .empty(), .empty(status: 304))
            for _ in 0..<2 {
                try await client.startContainer("x")
                try await client.stopContainer("x", grace: .seconds(1))
            }
            #expect(engine.calls.count == 4)
        }
    }

    @Test("a grace is sent in whole seconds, rounded up; none sends no parameter")
    func grace() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("POST", "/containers/x/stop", .empty())
            try await client.stopContainer("x", grace: .seconds(1))
            try await client.stopContainer("x", grace: .milliseconds(200))
            try await client.stopContainer("x", grace: .zero)
            try await client.stopContainer("x", grace: nil)
            #expect(engine.calls.map(\.query) == ["t=1", "t=1", "t=0", ""])
        }
    }

    @Test("a name is one path component, whatever it holds")
    func encodedName() async throws {
        try await withFakeEngine { (engine, client) async throws in
            _ = await dockerError { try await client.startContainer("a/b?c=d #") }
            #expect(engine.calls.map(\.target) == ["/v1.41/containers/a%2Fb%3Fc%3Dd%20%23/start"])
        }
    }

    @Test("C16: waiting for the removal of a container that is gone is a success")
    func waitRemoved() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("POST", "/containers/x/wait", .error(404, "No such container: x"))
            #expect(try await client.waitForContainer("x", until: .removed, deadline: .seconds(5)) == nil)
            let error = await dockerError {
                try await client.waitForContainer("x", until: .notRunning, deadline: .seconds(5))
            }
            #expect(error?.code == .containerNotFound)
        }
    }

    @Test("a wait ends with its body, not with its head")
    func waitBody() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "POST", "/containers/x/wait",
                FakeAnswer(steps: [.pause(.milliseconds(20)), .bytes(Array(#"{"StatusCode":137,"Error":null}"#.utf8))]),
                .json(#"{"StatusCode":0,"Error":{"Message":"it broke"}}"#), .json("{}"),
                FakeAnswer(steps: [.cut]))
            #expect(try await client.waitForContainer("x", until: .notRunning, deadline: .seconds(5)) == 137)
            for expected in [DockerError.Code.refused, .malformed, .truncated] {
                let error = await dockerError {
                    try await client.waitForContainer("x", until: .notRunning, deadline: .seconds(5))
                }
                #expect(error?.code == expected)
            }
        }
    }

    @Test("a wait that the engine never ends is over at its deadline")
    func waitDeadline() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("POST", "/containers/x/wait", FakeAnswer(steps: [.hang]), .silence)
            for _ in 0..<2 {
                let error = await dockerError {
                    try await client.waitForContainer("x", until: .notRunning, deadline: .milliseconds(30))
                }
                #expect(error?.code == .timedOut)
            }
        }
    }

    @Test("C38: exit codes are read from 'Exited (n) …'; other texts give none, and the list is delivered (C-4)")
    func exitCodes() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/containers/json",
                .json(
                    """
                    [{"Id":"1","Names":["/a"],"State":"exited","Status":"Exited (0) 3 seconds ago"},
                     {"Id":"2","Names":["/b"],"State":"exited","Status":"Exited (137) 2 minutes ago"},
                     {"Id":"3","Names":["/c"],"State":"running","Status":"Up 2 minutes"},
                     {"Id":"4","Names":null,"State":"exited","Status":"Exited (what) ever"},
                     {"Names":["/no-id"]}, 7, null,
                     {"Id":"5","Names":["/e","/x/e"],"State":"exited","Status":"Exited (","Labels":{"real":"True","n":1}}]
                    """))
            let list = try await client.listContainers()
            #expect(list.map(\.id) == ["1", "2", "3", "4", "5"])
            #expect(list.map(\.exitCode) == [0, 137, nil, nil, nil])
            #expect(list.map(\.names) == [["a"], ["b"], ["c"], [], ["e", "x/e"]])
            #expect(list.last?.labels == ["real": "True"])
        }
    }

    @Test("a list that is null is empty; filters go as objects of Booleans")
    func filters() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/containers/json", .json("null"))
            #expect(try await client.listContainers(filters: [("label", ["a=b", "c"])]).isEmpty)
            #expect(
                engine.calls.first?.query
                    == "all=1&filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%2C%22c%22%3Atrue%7D%7D")
        }
    }

    @Test("C39: of several bindings of one port the one on all interfaces is read")
    func bindings() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/containers/x/json",
                .json(
                    """
                    {"Id":"1","Name":"/x","State":{"Status":"exited","ExitCode":3,"Error":"e"},
                     "Config":{"Tty":true,"Image":"i","Labels":{"a":"b"}},
                     "HostConfig":{"NetworkMode":"default","PortBindings":{
                      "80/tcp":[{"HostIp":"127.0.0.1","HostPort":"1000"},{"HostIp":"0.0.0.0","HostPort":"2000"}],
                      "81/tcp":[{"HostIp":"","HostPort":"3000"},{"HostIp":"127.0.0.1","HostPort":"4000"}],
                      "82/udp":[{"HostIp":"127.0.0.1","HostPort":"5000"}],
                      "83/tcp":[{"HostIp":"","HostPort":"0"}], "84/tcp":[{"HostPort":"x"}], "85/tcp":null}}}
                    """),
                .json(#"{"Id":"1","State":{"Status":"running"}}"#), .json(#"{"Id":"1"}"#))
            let details = try await client.inspectContainer("x")
            #expect(details.hostPorts == ["80/tcp": 2000, "81/tcp": 3000, "82/udp": 5000])
            #expect(details.networkMode == "bridge")
            #expect(details.name == "x" && details.image == "i" && details.hasTTY && details.labels == ["a": "b"])
            #expect(details.state.exitCode == 3 && details.state.error == "e")

            #expect(try await client.inspectContainer("x").hostPorts.isEmpty)
            #expect(await dockerError { _ = try await client.inspectContainer("x") }?.code == .malformed)
        }
    }

    @Test("create sends name and body and returns the id; an answer without id is an error")
    func create() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "POST", "/containers/create", .json(#"{"Id":"abc","Warnings":["w"]}"#, status: 201),
                .json("{}", status: 201))
            #expect(try await client.createContainer(name: "a b", body: ["Image": "i"]) == "abc")
            let request = try #require(engine.calls.first)
            #expect(request.query == "name=a%20b")
            #expect(request.header("Content-Type") == "application/json")
            #expect(try JSON.decode(request.body) == ["Image": "i"])
            let error = await dockerError { _ = try await client.createContainer(name: "a", body: [:]) }
            #expect(error?.code == .malformed)
        }
    }

    @Test("remove, kill and restart send what they are asked")
    func others() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("DELETE", "/containers/x", .empty())
            engine.answer("POST", "/containers/x/kill", .empty())
            engine.answer("POST", "/containers/x/restart", .empty())
            try await client.removeContainer("x", force: true, volumes: true)
            try await client.removeContainer("x", force: false)
            try await client.killContainer("x", signal: "HUP")
            try await client.restartContainer("x")
            #expect(engine.calls.map(\.query) == ["force=1&v=1", "", "signal=HUP", "t=1"])
        }
    }
}
