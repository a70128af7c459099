import NIOSSL

extension DockerEndpoint {
    /// TLS towards a TCP engine; nil without.
    func tlsConfiguration() throws(DockerError) -> TLSConfiguration? {
        guard let tls else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        let directory = tls.certificateDirectory
        do {
            if tls.verifiesPeer {
                configuration.trustRoots = .certificates(
                    try NIOSSLCertificate.fromPEMFile("\(directory)/ca.pem"))
            } else {
                configuration.certificateVerification = .none
            }
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile("\(directory)/cert.pem")
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: "\(directory)/key.pem", format: .pem))
        } catch {
            throw DockerError(.refused, "the TLS files of the engine in \(directory) cannot be read")
        }
        return configuration
    }

    /// Host and port as a URL writes them.
    var authority: String { String(hostVariable.dropFirst("tcp://".count)) }
}
