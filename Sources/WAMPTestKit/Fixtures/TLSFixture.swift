public import NIOSSL

/// A self-signed certificate for `localhost`, `router.test` and 127.0.0.1, made once for the tests (valid from 2020 to
/// 2120). Its key protects nothing.
public enum TLSFixture {
    /// The certificate, which is its own root.
    public static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBeDCCAR6gAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtyb3V0ZXIu
        dGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFjEUMBIGA1UE
        AwwLcm91dGVyLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATIUjkCBynl
        fvPADVMXZrTsrMjO3hCZ22yuP0RayWlJfJFVKbT7xZCdF9fNRQ3fEmULLrB39K0Z
        L79ECR/jc1Hjo1swWTAnBgNVHREEIDAegglsb2NhbGhvc3SCC3JvdXRlci50ZXN0
        hwR/AAABMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFDbPNQcQdjyebumFKeQK
        KcVHo70RMAoGCCqGSM49BAMCA0gAMEUCIHNit3Wl29Qp4RKTCjzJsA2/HcN8KYSq
        z6XZB/AWAX5xAiEA8MqMos8YMYSqIJ6Xpbs2JPMoVys92A5++dy43+lsOOI=
        -----END CERTIFICATE-----
        """

    /// The same for `router.test` only.
    public static let certificateForName = """
        -----BEGIN CERTIFICATE-----
        MIIBZjCCAQ2gAwIBAgIBAjAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtyb3V0ZXIu
        dGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFjEUMBIGA1UE
        AwwLcm91dGVyLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATIUjkCBynl
        fvPADVMXZrTsrMjO3hCZ22yuP0RayWlJfJFVKbT7xZCdF9fNRQ3fEmULLrB39K0Z
        L79ECR/jc1Hjo0owSDAWBgNVHREEDzANggtyb3V0ZXIudGVzdDAPBgNVHRMBAf8E
        BTADAQH/MB0GA1UdDgQWBBQ2zzUHEHY8nm7phSnkCinFR6O9ETAKBggqhkjOPQQD
        AgNHADBEAiBTXRAMS8LlUBEYSXxVlIAPqSGo3V+ieXvzzWz0Bi+gfgIgWwEl3Fv8
        1RqPBVH/AxQyXaSWJx5dA/rd2H9kn8mdo1c=
        -----END CERTIFICATE-----
        """

    /// The private key of both certificates.
    public static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgv5sUrQwuMkLQKkt2
        NvKKgJyQ4K8iPaEPLFD5jWY5dYihRANCAATIUjkCBynlfvPADVMXZrTsrMjO3hCZ
        22yuP0RayWlJfJFVKbT7xZCdF9fNRQ3fEmULLrB39K0ZL79ECR/jc1Hj
        -----END PRIVATE KEY-----
        """

    /// A private key that fits neither.
    public static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSO1cGX2MZpdgEnc5
        aH7LQbqihTe9CFlw09LMVweTt6+hRANCAATOGfBhdjkSaYUxtOnyp6qZ7JRomXtO
        gETG8iWZq8Rg+hI8soAl9VU5hXImfSt70pTbzyPwSqftQvbCyKv552fn
        -----END PRIVATE KEY-----
        """

    /// The server's side.
    public static func serverContext(_ certificate: String = certificate) throws -> NIOSSLContext {
        let certificates = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))))
    }
}
