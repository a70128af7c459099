import AsyncHTTPClient
import AsyncSupport
import NIOCore
import NIOHTTP1
import NIOPosix

extension DockerError {
    /// The one translation of what the layers below throw. A cancelled task is told first, whatever its read failed
    /// with (1.9, C31).
    static func translating(_ error: any Error) -> DockerError {
        if let known = error as? DockerError, !Task.isCancelled { return known }
        if Task.isCancelled || error is CancellationError {
            return DockerError(.canceled, "the operation on the engine was canceled")
        }
        switch error {
        case is DeadlineExceeded:
            return DockerError(.timedOut, "the engine did not answer in time")
        case let error as HTTPClientError:
            return translating(error)
        case is HTTPParserError:
            return DockerError(.truncated, "the engine's answer was cut off or is not HTTP")
        case is NIOTooManyBytesError:
            return DockerError(.malformed, "the engine's answer is larger than expected")
        case let error as ChannelError:
            if case .connectTimeout = error {
                return DockerError(.unavailable, "the engine does not accept connections")
            }
            return DockerError(.truncated, "the connection to the engine was closed")
        case let error as IOError:
            return DockerError(.unavailable, "the engine cannot be reached: \(error)")
        case let error as NIOConnectionError:
            return DockerError(.unavailable, "the engine cannot be reached: \(error)")
        default:
            return DockerError(.unavailable, "the engine cannot be reached: \(error)")
        }
    }

    private static func translating(_ error: HTTPClientError) -> DockerError {
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout:
            DockerError(.timedOut, "the engine did not answer in time")
        case .cancelled, .requestStreamCancelled:
            DockerError(.canceled, "the operation on the engine was canceled")
        case .connectTimeout, .tlsHandshakeTimeout:
            DockerError(.unavailable, "the engine does not accept connections")
        case .remoteConnectionClosed:
            DockerError(.unavailable, "the engine closed the connection")
        default:
            DockerError(.unavailable, "the engine cannot be reached: \(error.shortDescription)")
        }
    }
}
