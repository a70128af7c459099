import NIOCore

/// Gives every read a buffer of its own, so that a connection without traffic holds (almost) none.
///
/// NIO's pool keeps the largest buffer that a channel ever read into. Not telling it a size and always claiming that
/// the next buffer may grow keeps it from reusing one; only the very first, small one stays with the channel. Channels
/// with this allocator read once per wake-up.
struct TransientReceiveAllocator: RecvByteBufferAllocator {
    private static let first = 64
    private static let smallest = 2048
    private static let largest = 64 * 1024

    private var size = first

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: size) }

    mutating func record(actualReadBytes: Int) -> Bool {
        if actualReadBytes >= size {
            size = min(max(size * 4, Self.smallest), Self.largest)
        } else if actualReadBytes * 4 < size || size < Self.smallest {
            size = max(size / 2, Self.smallest)
        }
        return true
    }
}
