import DeviceProtocol

/// DOWNLOADING → PRESENT (app-lifecycle.md 3.8); the download itself publishes DOWNLOADING when it was accepted.
enum PullScript {
    static func next(_ situation: Situation, _ seen: Observation) -> Step {
        let transition = situation.transition
        // An app that is installed anew gets what the registry has now, even if some image of that tag is there (2.3).
        if transition?.hasPulled == true, seen.hasImage { return .complete(.present) }
        return pull(situation)
    }

    /// From FAILED: the old container goes, the image is pulled only when it is missing (T33).
    static func recover(_ situation: Situation, _ seen: Observation) -> Step {
        if let container = seen.container { return .removeContainer(container.id) }
        return seen.hasImage ? .complete(.present) : pull(situation)
    }

    /// The download of the version that is going to run (P22).
    static func pull(_ situation: Situation) -> Step {
        // The reference's "cannot pull dev apps": their images are built on the device (T27).
        guard situation.installed.id.stage == .prod else {
            return .fail(Failure("a DEV app cannot be downloaded: its image has to be built on the device first"))
        }
        guard let image = situation.image else { return .fail(Failure("no version of the app is known")) }
        guard situation.transition?.hasPulled != true else {
            return .fail(Failure("the image \(image) is missing although it was downloaded"))
        }
        return .pull(image)
    }
}
