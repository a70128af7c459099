import AgentCore
import DeviceProtocol
import Testing

@Suite("Credential of an app")
struct AppCredentialTests {
    @Test("T38: the vectors of 3.2 give the exact texts")
    func vectors() {
        let first = AppCredential.derive(
            deviceKey: "dGVzdC1rZXktZm9yLXZlY3Rvcg==", serialNumber: "06a0bf96-a539-4d6a-8471-ac7adc67616e",
            app: AppID(key: 33, stage: .prod), epoch: 1)
        #expect(first?.secret == "Pr7pphQvvuN4WW0EKmbTnngTGFpxqFXuH4mYCVrV6+A=")
        #expect(first?.authID == "app-33-prod-e1@06a0bf96-a539-4d6a-8471-ac7adc67616e")
        let second = AppCredential.derive(
            deviceKey: "k", serialNumber: "serial-abc", app: AppID(key: 7, stage: .dev), epoch: 12)
        #expect(second?.secret == "dhBJwS2YJT59JqeWY7ejPHsw6WDaW6GwWJu18QQxXO4=")
        #expect(second?.authID == "app-7-dev-e12@serial-abc")
    }

    @Test("T38: a missing key, serial or app key derives nothing")
    func underivable() {
        let app = AppID(key: 7, stage: .dev)
        #expect(AppCredential.derive(deviceKey: "", serialNumber: "s", app: app, epoch: 1) == nil)
        #expect(AppCredential.derive(deviceKey: "k", serialNumber: "", app: app, epoch: 1) == nil)
        #expect(
            AppCredential.derive(deviceKey: "k", serialNumber: "s", app: AppID(key: 0, stage: .dev), epoch: 1) == nil)
    }

    @Test("the description of a credential holds no secret")
    func description() {
        let credential = AppCredential(authID: "app-7-dev-e1@s", secret: "hidden")
        #expect(!String(describing: credential).contains("hidden"))
    }
}
