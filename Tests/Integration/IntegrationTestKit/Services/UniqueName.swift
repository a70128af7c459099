/// A name that no other test, run or worker uses: lower case, usable for containers, files and topics.
public func uniqueName(_ prefix: String) -> String {
    "\(prefix)_\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
}
