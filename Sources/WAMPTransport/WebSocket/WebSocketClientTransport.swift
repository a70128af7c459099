public import NIOCore
import NIOPosix
import NIOSSL

/// Opens WebSocket connections as a client: directly or through an HTTP proxy, plain or with TLS.
public enum WebSocketClientTransport {
    /// Opens a connection within `configuration.connectTimeout`.
    ///
    /// - Parameters:
    ///   - subprotocols: offered in this order; the server must choose one of them.
    ///   - group: the connection lives on one of its loops.
    ///   - setUp: runs on the channel's event loop, before any message is delivered; it adds the handler that reads
    ///     and writes ``WebSocketMessage``. That handler sees one `TransportError` before `channelInactive`. Its
    ///     second argument is the chosen subprotocol.
    /// - Returns: what `setUp` returned.
    @concurrent
    public static func connect<Output: Sendable>(
        url: WebSocketURL, subprotocols: [String], configuration: WebSocketConfiguration,
        group: any EventLoopGroup, setUp: @escaping @Sendable (any Channel, String?) throws -> Output
    ) async throws(TransportError) -> Output {
        let proxy = try ProxyEnvironment(configuration.environment).proxy(for: url)
        // Reading the trust store takes milliseconds, which is why this function is not on the caller's executor.
        let tls = url.isSecure ? try tlsContext(configuration.trustRoots) : nil
        let handshake = OpeningHandshake(
            url: url, subprotocols: subprotocols, userAgent: configuration.userAgent,
            key: (0..<16).map { _ in UInt8.random(in: .min ... .max) })
        let loop = group.next()
        let opened = loop.makePromise(of: Output.self)
        let bound = loop.scheduleTask(in: TimeAmount(configuration.connectTimeout)) {
            opened.fail(
                TransportError(.timedOut, "\(url.authority) did not open within \(configuration.connectTimeout)."))
        }
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        OpeningHandler(
                            handshake: handshake, proxy: proxy, tls: tls, configuration: configuration, setUp: setUp,
                            opened: opened))
                }
            }
        let connecting =
            if let path = url.socketPath {
                bootstrap.connect(unixDomainSocketPath: path)
            } else {
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .connect(host: proxy?.host ?? url.host, port: proxy?.port ?? url.port)
            }
        connecting.whenFailure { opened.fail(TransportError(opening: $0, url: url)) }
        opened.futureResult.whenComplete { result in
            bound.cancel()
            // Whatever failed first, no half-open connection stays behind, not even one that is accepted later.
            if case .failure = result { connecting.whenSuccess { $0.close(promise: nil) } }
        }
        do {
            return try await withTaskCancellationHandler {
                try await opened.futureResult.get()
            } onCancel: {
                opened.fail(TransportError(.cancelled, "Opening \(url.authority) was cancelled."))
            }
        } catch {
            throw TransportError(opening: error, url: url)
        }
    }

    private static func tlsContext(_ roots: WebSocketTrustRoots) throws(TransportError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        do {
            if case .pem(let text) = roots {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(text))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TransportError(.tls, "TLS could not be configured: \(error).")
        }
    }
}

extension TransportError {
    /// The one translation of what NIO and NIOSSL report while a connection is opened.
    init(opening error: any Error, url: WebSocketURL) {
        switch error {
        case let error as TransportError:
            self = error
        case let error as NIOConnectionError:
            let causes = error.connectionErrors.map { "\($0.error)" }
            let cause = causes.first ?? (error.dnsAError ?? error.dnsAAAAError).map { "\($0)" } ?? "no address"
            self.init(.unreachable, "\(error.host):\(error.port) could not be reached: \(cause).")
        case ChannelError.connectTimeout:
            self.init(.timedOut, "\(url.authority) did not accept the connection in time.")
        case let error as IOError where url.socketPath != nil:
            self.init(.unreachable, "\(url.authority) could not be reached: \(error).")
        case let error as IOError:
            self.init(.reset, "The connection ended during the opening handshake: \(error).")
        default:
            self.init(
                url.isSecure ? .tls : .unreachable, "\(url.authority) could not be opened: \(error).")
        }
    }
}
