import DockerEngine
import Testing

@Suite("Finding the engine")
struct DockerEndpointTests {
    @Test("without variables, or with empty ones, it is the standard socket")
    func standard() throws {
        #expect(try DockerEndpoint(environment: [:]) == .standard)
        #expect(try DockerEndpoint(environment: ["DOCKER_HOST": "", "DOCKER_API_VERSION": ""]) == .standard)
        #expect(DockerEndpoint.standard.hostVariable == "unix:///var/run/docker.sock")
    }

    @Test(
        "DOCKER_HOST is read and written again",
        arguments: [
            ("unix:///run/user/1000/docker.sock", DockerEndpoint.Address.unix(path: "/run/user/1000/docker.sock")),
            ("tcp://10.0.0.1:2376", .tcp(host: "10.0.0.1", port: 2376)),
            ("tcp://[fe80::1]:2375", .tcp(host: "fe80::1", port: 2375)),
        ])
    func host(text: String, address: DockerEndpoint.Address) throws {
        let endpoint = try DockerEndpoint(environment: ["DOCKER_HOST": text])
        #expect(endpoint.address == address)
        #expect(endpoint.hostVariable == text)
    }

    @Test("the port defaults to 2375, a slash at the end is no part of the host")
    func defaults() throws {
        #expect(try DockerEndpoint(host: "tcp://engine/").address == .tcp(host: "engine", port: 2375))
    }

    @Test(
        "a host that is not understood is refused with a sentence that quotes it",
        arguments: [
            "ssh://user@host", "unix://relative", "tcp://", "tcp://host:0", "tcp://host:99999", "tcp://host/path:1",
            "/var/run/docker.sock",
        ])
    func refused(text: String) {
        let error = #expect(throws: DockerError.self) { try DockerEndpoint(environment: ["DOCKER_HOST": text]) }
        #expect(error?.code == .refused)
        #expect(error?.message.contains(text) == true)
    }

    @Test("DOCKER_API_VERSION is read, a senseless one refused")
    func version() throws {
        #expect(try DockerEndpoint(environment: ["DOCKER_API_VERSION": "1.40"]).fixedVersion == APIVersion(1, 40))
        #expect(throws: DockerError.self) { try DockerEndpoint(environment: ["DOCKER_API_VERSION": "newest"]) }
    }

    @Test("TLS is used for TCP only, and verifies the peer only when asked")
    func tls() throws {
        let variables = ["DOCKER_CERT_PATH": "/certificates"]
        #expect(try DockerEndpoint(environment: variables).tls == nil)
        let plain = try DockerEndpoint(environment: variables.merging(["DOCKER_HOST": "tcp://h:1"]) { $1 })
        #expect(plain.tls == .init(certificateDirectory: "/certificates", verifiesPeer: false))
        let verified = try DockerEndpoint(
            environment: ["DOCKER_HOST": "tcp://h:1", "DOCKER_TLS_VERIFY": "1", "HOME": "/home/u"])
        #expect(verified.tls == .init(certificateDirectory: "/home/u/.docker", verifiesPeer: true))
    }

    @Test("missing TLS files are an error when the client is made, not later")
    func missingFiles() {
        let endpoint = DockerEndpoint(
            address: .tcp(host: "h", port: 1), tls: .init(certificateDirectory: "/nowhere", verifiesPeer: true))
        let error = #expect(throws: DockerError.self) { try DockerClient(endpoint: endpoint, logger: .silent) }
        #expect(error?.message.contains("/nowhere") == true)
    }

    @Test("versions compare by number, not by text")
    func versions() {
        #expect(APIVersion("1.9").map { $0 < APIVersion(1, 41) } == true)
        #expect(APIVersion("v1.41") == APIVersion(1, 41))
        for text in ["", "1", "1.", "1.4.1", "-1.2", "1.x"] { #expect(APIVersion(text) == nil) }
    }
}
