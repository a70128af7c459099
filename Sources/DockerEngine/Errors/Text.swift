extension StringProtocol {
    /// Without white space at both ends.
    func trimmingWhitespace() -> String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    /// Where the text occurs first.
    func range(ofText text: String) -> Index? {
        var position = startIndex
        while position != endIndex {
            if self[position...].hasPrefix(text) { return position }
            position = index(after: position)
        }
        return nil
    }
}
