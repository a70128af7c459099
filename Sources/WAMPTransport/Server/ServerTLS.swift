import NIOSSL

/// The certificate chain and the private key of a server, read from PEM files.
public struct ServerTLS: Sendable {
    let context: NIOSSLContext

    /// Reads the files now, so that a mistake is known before anybody connects.
    ///
    /// Throws `TransportError` with code `tls` and a sentence that names the file.
    public init(certificateFile: String, keyFile: String) throws(TransportError) {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
        } catch {
            throw TransportError(.tls, "The certificate file \(certificateFile) cannot be read as PEM: \(error).")
        }
        guard !chain.isEmpty else {
            throw TransportError(.tls, "The certificate file \(certificateFile) holds no certificate.")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        } catch {
            throw TransportError(.tls, "The key file \(keyFile) cannot be read as PEM: \(error).")
        }
        try self.init(chain: chain, key: key, names: "\(certificateFile) and \(keyFile)")
    }

    private init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, names: String) throws(TransportError) {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TransportError(.tls, "\(names) do not fit together: \(error).")
        }
    }
}
