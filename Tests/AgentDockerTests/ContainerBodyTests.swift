import AgentCore
import DeviceProtocol
import DockerTestKit
import Testing
import Values

@testable import AgentDocker

@Suite("The body that creates a container")
struct ContainerBodyTests {
    /// What an app decides; everything else is fixed.
    static let specification = ContainerSpecification(
        name: "prod_1_myapp", image: "registry.example/apps/prod_amd64_1_myapp:1.0.0",
        environment: ["DEVICE_SERIAL_NUMBER=serial-1", "ENV=PROD", "GREETING=hello"],
        labels: [
            "real": "True", "io.reagent.device": "serial-1", "io.reagent.app": "1", "io.reagent.stage": "prod",
            "io.reagent.name": "myapp",
        ],
        mounts: [
            .init(source: "/apps/shared", target: "/shared"), .init(source: "/apps/prod/myapp", target: "/data"),
        ])

    /// Volatile values of the reference's body: `Env`, `Image`, `HostConfig.Mounts[].Source`, and `Labels`, which has
    /// more than the reference's `real` (containers-logs-terminal.md 1.3.1). All others stand here as recorded.
    static let recorded = """
        {"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,
        "Tty":true,"OpenStdin":false,"StdinOnce":false,
        "Env":["DEVICE_SERIAL_NUMBER=serial-1","ENV=PROD","GREETING=hello"],
        "Cmd":null,"Image":"registry.example/apps/prod_amd64_1_myapp:1.0.0","Volumes":null,"WorkingDir":"",
        "Entrypoint":null,"OnBuild":null,
        "Labels":{"io.reagent.app":"1","io.reagent.device":"serial-1","io.reagent.name":"myapp",
        "io.reagent.stage":"prod","real":"True"},
        "HostConfig":{"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"","Config":null},"NetworkMode":"bridge",
        "PortBindings":{},"RestartPolicy":{"Name":"no","MaximumRetryCount":0},"AutoRemove":false,"VolumeDriver":"",
        "VolumesFrom":null,"ConsoleSize":[0,0],"CapAdd":["ALL"],"CapDrop":null,"CgroupnsMode":"","Dns":null,
        "DnsOptions":null,"DnsSearch":null,"ExtraHosts":["host.docker.internal:host-gateway"],"GroupAdd":null,
        "IpcMode":"","Cgroup":"","Links":null,"OomScoreAdj":0,"PidMode":"","Privileged":true,"PublishAllPorts":false,
        "ReadonlyRootfs":false,"SecurityOpt":null,"UTSMode":"","UsernsMode":"","ShmSize":0,"Isolation":"",
        "CpuShares":0,"Memory":0,"NanoCpus":0,"CgroupParent":"","BlkioWeight":0,"BlkioWeightDevice":null,
        "BlkioDeviceReadBps":null,"BlkioDeviceWriteBps":null,"BlkioDeviceReadIOps":null,"BlkioDeviceWriteIOps":null,
        "CpuPeriod":0,"CpuQuota":0,"CpuRealtimePeriod":0,"CpuRealtimeRuntime":0,"CpusetCpus":"","CpusetMems":"",
        "Devices":[{"PathOnHost":"/dev","PathInContainer":"/dev","CgroupPermissions":""}],"DeviceCgroupRules":null,
        "DeviceRequests":null,"MemoryReservation":0,"MemorySwap":0,"MemorySwappiness":null,"OomKillDisable":null,
        "PidsLimit":null,"Ulimits":null,"CpuCount":0,"CpuPercent":0,"IOMaximumIOps":0,"IOMaximumBandwidth":0,
        "Mounts":[{"Type":"bind","Source":"/apps/shared","Target":"/shared"},
        {"Type":"bind","Source":"/apps/prod/myapp","Target":"/data"}],
        "MaskedPaths":null,"ReadonlyPaths":null},
        "NetworkingConfig":{"EndpointsConfig":null}}
        """

    @Test("a PROD app's request equals the recorded one, key for key, nulls included, with the name in the query")
    func production() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("POST", "/containers/create", .json(#"{"Id":"abc","Warnings":[]}"#, status: 201))
            #expect(try await DockerContainerEngine(client: client).create(Self.specification) == "abc")
            let request = try #require(engine.calls.first)
            #expect(request.target == "/v1.41/containers/create?name=prod_1_myapp")
            #expect(try JSON.decode(request.body) == JSON.decode(Self.recorded))
        }
    }

    @Test("a DEV app has its terminal attached, and a GPU its runtime; nothing else changes")
    func development() throws {
        var specification = Self.specification
        specification.isInteractive = true
        specification.usesGPU = true
        var expected = try #require(JSON.decode(Self.recorded).object)
        for key in ["AttachStdin", "AttachStdout", "AttachStderr", "OpenStdin"] { expected[key] = true }
        var host = try #require(expected["HostConfig"]?.object)
        host["Runtime"] = "nvidia"
        expected["HostConfig"] = .object(host)
        #expect(ContainerBody.body(for: specification) == expected)
    }

    @Test("host ports are exposed and bound, several to one port of the container in their order; ports are text")
    func bindings() throws {
        var specification = Self.specification
        specification.bindings = [
            PortBinding(container: 80, transport: .tcp, host: 40_000),
            PortBinding(container: 53, transport: .udp, host: 53),
            PortBinding(container: 80, transport: .tcp, host: 40_001, address: "127.0.0.1"),
        ]
        let body = ContainerBody.body(for: specification)
        #expect(body["ExposedPorts"] == ["80/tcp": [:], "53/udp": [:]])
        #expect(
            body["HostConfig"]?["PortBindings"] == [
                "80/tcp": [
                    ["HostIp": "0.0.0.0", "HostPort": "40000"], ["HostIp": "127.0.0.1", "HostPort": "40001"],
                ],
                "53/udp": [["HostIp": "0.0.0.0", "HostPort": "53"]],
            ])
        var rest = body
        rest["ExposedPorts"] = nil
        var host = try #require(rest["HostConfig"]?.object)
        host["PortBindings"] = [:]
        rest["HostConfig"] = .object(host)
        #expect(rest == ContainerBody.body(for: Self.specification))
    }

    @Test("an app that asks for privileges gets these and no others (P36)")
    func privileges() {
        var specification = Self.specification
        specification.privileges = ContainerPrivileges(capabilities: ["NET_ADMIN"], devices: ["/dev/ttyS0"])
        let host = ContainerBody.body(for: specification)["HostConfig"]
        #expect(host?["Privileged"] == false)
        #expect(host?["CapAdd"] == ["NET_ADMIN"])
        #expect(
            host?["Devices"] == [
                ["PathOnHost": "/dev/ttyS0", "PathInContainer": "/dev/ttyS0", "CgroupPermissions": "rwm"]
            ])
        specification.privileges = ContainerPrivileges()
        let bare = ContainerBody.body(for: specification)["HostConfig"]
        #expect(bare?["Privileged"] == false && bare?["CapAdd"] == [] && bare?["Devices"] == [])
    }
}
