import AgentCore
import DeviceProtocol
import Values

/// The body that creates a container of a single-container app: every key in the form that the reference sends, nulls
/// included (app-lifecycle.md 3.4, containers-logs-terminal.md 1.3.1).
enum ContainerBody {
    static func body(for specification: ContainerSpecification) -> Object {
        let interactive = Value.bool(specification.isInteractive)
        var body: Object = [
            "Hostname": "", "Domainname": "", "User": "",
            "AttachStdin": interactive, "AttachStdout": interactive, "AttachStderr": interactive,
            "Tty": true, "OpenStdin": interactive, "StdinOnce": false,
            "Env": .array(specification.environment.map { .string($0) }),
            "Cmd": nil,
            "Image": .string(specification.image),
            "Volumes": nil, "WorkingDir": "", "Entrypoint": nil, "OnBuild": nil,
            "Labels": .object(
                Object(specification.labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "HostConfig": .object(hostConfiguration(for: specification)),
            "NetworkingConfig": ["EndpointsConfig": nil],
        ]
        if !specification.bindings.isEmpty {
            body["ExposedPorts"] = .object(Object(specification.bindings.map { ($0.key, [:]) }))
        }
        return body
    }

    private static func hostConfiguration(for specification: ContainerSpecification) -> Object {
        var configuration = fixedConfiguration
        configuration["Mounts"] = .array(
            specification.mounts.map { mount in
                // No `ReadOnly`: the reference leaves it out when it is false.
                ["Type": "bind", "Source": .string(mount.source), "Target": .string(mount.target)]
            })
        if specification.usesGPU { configuration["Runtime"] = "nvidia" }
        if !specification.bindings.isEmpty {
            configuration["PortBindings"] = .object(portBindings(specification.bindings))
        }
        if let privileges = specification.privileges { apply(privileges, to: &configuration) }
        return configuration
    }

    /// By port of the container, in order; the host's port is text (containers-logs-terminal.md 1.3.1).
    private static func portBindings(_ bindings: [PortBinding]) -> Object {
        var ports: Object = [:]
        for binding in bindings {
            let entry: Value = ["HostIp": .string(binding.address), "HostPort": .string("\(binding.host)")]
            ports[binding.key] = .array((ports[binding.key]?.array ?? []) + [entry])
        }
        return ports
    }

    /// Only what the app has asked for (P36).
    private static func apply(_ privileges: ContainerPrivileges, to configuration: inout Object) {
        configuration["Privileged"] = false
        configuration["CapAdd"] = .array(privileges.capabilities.map { .string($0) })
        configuration["Devices"] = .array(
            privileges.devices.map { device in
                ["PathOnHost": .string(device), "PathInContainer": .string(device), "CgroupPermissions": "rwm"]
            })
    }

    /// Everything that no app changes. The restart policy is `no`: the agent restarts apps itself.
    private static let fixedConfiguration: Object = [
        "Binds": nil, "ContainerIDFile": "",
        "LogConfig": ["Type": "", "Config": nil],
        "NetworkMode": "bridge",
        "PortBindings": [:],
        "RestartPolicy": ["Name": "no", "MaximumRetryCount": 0],
        "AutoRemove": false, "VolumeDriver": "", "VolumesFrom": nil, "ConsoleSize": [0, 0],
        "CapAdd": ["ALL"], "CapDrop": nil, "CgroupnsMode": "",
        "Dns": nil, "DnsOptions": nil, "DnsSearch": nil,
        "ExtraHosts": ["host.docker.internal:host-gateway"],
        "GroupAdd": nil, "IpcMode": "", "Cgroup": "", "Links": nil, "OomScoreAdj": 0, "PidMode": "",
        "Privileged": true, "PublishAllPorts": false, "ReadonlyRootfs": false, "SecurityOpt": nil,
        "UTSMode": "", "UsernsMode": "", "ShmSize": 0, "Isolation": "",
        "CpuShares": 0, "Memory": 0, "NanoCpus": 0, "CgroupParent": "",
        "BlkioWeight": 0, "BlkioWeightDevice": nil, "BlkioDeviceReadBps": nil, "BlkioDeviceWriteBps": nil,
        "BlkioDeviceReadIOps": nil, "BlkioDeviceWriteIOps": nil,
        "CpuPeriod": 0, "CpuQuota": 0, "CpuRealtimePeriod": 0, "CpuRealtimeRuntime": 0,
        "CpusetCpus": "", "CpusetMems": "",
        "Devices": [["PathOnHost": "/dev", "PathInContainer": "/dev", "CgroupPermissions": ""]],
        "DeviceCgroupRules": nil, "DeviceRequests": nil,
        "MemoryReservation": 0, "MemorySwap": 0, "MemorySwappiness": nil, "OomKillDisable": nil,
        "PidsLimit": nil, "Ulimits": nil,
        "CpuCount": 0, "CpuPercent": 0, "IOMaximumIOps": 0, "IOMaximumBandwidth": 0,
        "MaskedPaths": nil, "ReadonlyPaths": nil,
    ]
}

extension PortBinding {
    /// `80/tcp`
    fileprivate var key: String { "\(container)/\(transport.rawValue)" }
}
