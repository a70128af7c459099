import Values

// MARK: - Testaments (wamp-protocol.md 9)

extension RealmMachine {
    /// Answers with the number that the publication will have, as Crossbar does.
    mutating func addTestament(_ arguments: MetaArguments, _ session: UInt64) throws(WAMPError) -> [Value] {
        let topic = try arguments.text(0)
        let scope = try arguments.scope()
        let args = arguments.value(1) ?? []
        let kwargs = arguments.value(2) ?? [:]
        let options = arguments.value("publish_options") ?? [:]
        guard let args = args.array, let kwargs = kwargs.object, let options = options.object else {
            throw MetaArguments.invalid("a testament is a topic, a list and a dictionary")
        }
        let filter: EventFilter
        do { filter = try PublicationOptions(options).filter } catch { throw MetaArguments.invalid(error.message) }
        if let refusal = publicationRefusal(topic, session) { throw refusal }
        guard members[session]?.testaments.count ?? 0 < self.options.testamentsPerSession else {
            throw WAMPError(uri: ErrorURI.unavailable, message: "too many testaments")
        }
        let testament = Testament(
            scope: scope, topic: topic, payload: Payload(args, kwargs: kwargs), filter: filter,
            publication: identifiers.next())
        members[session]?.testaments.append(testament)
        return [.integer(testament.publication)]
    }

    /// Answers with how many there were, as Crossbar does.
    mutating func flushTestaments(_ arguments: MetaArguments, _ session: UInt64) throws(WAMPError) -> [Value] {
        let scope = try arguments.scope()
        let count = members[session]?.testaments.count ?? 0
        members[session]?.testaments.removeAll { $0.scope == scope }
        return [.integer(UInt64(count - (members[session]?.testaments.count ?? 0)))]
    }

    /// Publishes what a session left behind: first `detached`, then `destroyed`, each in the order of adding. The
    /// session is gone from the table of members.
    mutating func executeTestaments(_ member: inout Member) {
        guard !member.testaments.isEmpty else { return }
        let publisher = member.asPublisher()
        for scope in [Testament.Scope.detached, .destroyed] {
            for testament in member.testaments where testament.scope == scope {
                // The rules may have changed since it was added.
                guard authorize(.publish, testament.topic, .exact, member.identity) else { continue }
                deliver(
                    Publication(
                        number: testament.publication, topic: testament.topic, details: publisher,
                        payload: testament.payload, filter: testament.filter))
            }
        }
    }
}
