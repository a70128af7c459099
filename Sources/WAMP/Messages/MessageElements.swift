import Values

/// The elements of a message after its code, checked against the table once and then read by position.
///
/// Null in place of a dictionary, of args or of kwargs counts as empty: routers written in Go send it so. Only the
/// options of a client's request have to be there.
struct MessageElements {
    private let values: [Value]
    private let shape: MessageShape
    /// Args and kwargs when they were taken apart already.
    private let separate: Payload?

    /// The elements before a payload that is known to be a list and a dictionary.
    init(_ values: [Value], payload: Payload, shape: MessageShape) throws(WAMPError) {
        self.values = values
        self.shape = shape
        separate = payload
        guard values.count == shape.elements.count else {
            throw violation("has \(values.count) elements after the code")
        }
        try checkTypes()
    }

    init(_ values: [Value], shape: MessageShape) throws(WAMPError) {
        self.values = values
        self.shape = shape
        separate = nil
        guard shape.lengths.contains(values.count) else {
            throw violation("has \(values.count) elements after the code")
        }
        try checkTypes()
        guard shape.payload else { return }
        if values.count > shape.elements.count {
            let args = values[shape.elements.count]
            guard args.array != nil || args.isNull else { throw violation("has arguments that are no list") }
        }
        if values.count > shape.elements.count + 1 {
            let kwargs = values[shape.elements.count + 1]
            guard kwargs.object != nil || kwargs.isNull else {
                throw violation("has keyword arguments that are no dictionary")
            }
        }
    }

    private func checkTypes() throws(WAMPError) {
        for (index, kind) in shape.elements.enumerated() where index < values.count {
            guard Self.fits(values[index], kind) else { throw violation("has a wrong element \(index + 1)") }
        }
        for (offset, kind) in shape.optional.enumerated() where offset + shape.elements.count < values.count {
            let index = offset + shape.elements.count
            guard Self.fits(values[index], kind) else { throw violation("has a wrong element \(index + 1)") }
        }
    }

    private static func fits(_ value: Value, _ kind: MessageShape.Element) -> Bool {
        switch kind {
        case .id: WAMPID(value: value) != nil
        case .idOrZero: value == 0 || value == .double(0) || WAMPID(value: value) != nil
        case .code: WAMPID(value: value) != nil
        case .text: value.string != nil
        case .dictionary: value.object != nil || value.isNull
        case .options: value.object != nil
        }
    }

    private func violation(_ text: String) -> WAMPError {
        WAMPError(.protocolViolation, message: "\(shape.name) \(text)")
    }

    /// The number at a place that the table says is one.
    func number(_ index: Int) -> UInt64 { WAMPID(value: values[index])?.number ?? 0 }

    /// The text at a place that the table says is one.
    func text(_ index: Int) -> String { values[index].string ?? "" }

    /// The dictionary at a place that the table says is one; empty beyond the end.
    func dictionary(_ index: Int) -> Object { index < values.count ? values[index].object ?? [:] : [:] }

    /// Args and kwargs, as far as they are there.
    var payload: Payload {
        if let separate { return separate }
        let first = shape.elements.count
        return Payload(
            first < values.count ? values[first].array ?? [] : [],
            kwargs: first + 1 < values.count ? values[first + 1].object ?? [:] : [:])
    }
}
