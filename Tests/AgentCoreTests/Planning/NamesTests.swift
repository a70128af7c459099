import AgentCore
import AgentTestKit
import DeviceProtocol
import Testing

@Suite("Names and labels")
struct NamesTests {
    private let names = AppNames(AppID(key: 6, stage: .prod), name: "MyApp")

    @Test("names of 1.1 are lower case and joined plainly")
    func names_() {
        #expect(names.container == "prod_6_myapp")
        #expect(names.log == "prod_6_myapp")
        #expect(names.composeProject == "prod_6_myapp_compose")
        #expect(names.publishLog == "pub_6_myapp")
        let images = ImageNames(
            registryURL: "Registry.example.com/", mainRepository: "main/", architecture: "arm64")
        #expect(images.repository(of: names) == "registry.example.com/main/prod_arm64_6_myapp")
    }

    @Test("the version to run: present, else installed, else newest; none without any (P22)")
    func versions() {
        let images = ImageNames(.model, .model)
        var app = StoredApp.sample(.present, target: .running)
        func reference() -> String? { app.wanted.flatMap { images.reference(of: app.installed, wanted: $0) } }
        app.wanted?.presentVersion = "1"
        app.installed.version = "2"
        app.wanted?.newestVersion = "3"
        #expect(reference()?.hasSuffix(":1") == true)
        app.wanted?.presentVersion = ""
        #expect(reference()?.hasSuffix(":2") == true)
        app.installed.version = ""
        #expect(reference()?.hasSuffix(":3") == true)
        app.wanted?.newestVersion = ""
        #expect(reference() == nil)
        app.wanted?.image = "docker.example/web:3"
        #expect(reference() == "docker.example/web:3")
    }

    @Test("a container name is read back only if its stage is exactly dev or prod (P3)")
    func parsing() {
        #expect(ContainerName("/prod_6_my_app")?.id == AppID(key: 6, stage: .prod))
        #expect(ContainerName("prod_6_my_app")?.appName == "my_app")
        #expect(ContainerName("dev_7_x")?.id == AppID(key: 7, stage: .dev))
        let foreign = [
            "backup_2_db", "pub_6_x", "PROD_6_x", "prod_x_y", "prod_6_", "prod_6", "prod_0_x", "prod_-6_x", "", "/",
        ]
        for name in foreign { #expect(ContainerName(name) == nil, "\(name)") }
    }

    @Test("a container is ours by labels of this device, or by the reference's one label and the row's exact name")
    func ownership() {
        let id = AppID(key: 6, stage: .prod)
        var container = ContainerSnapshot.sample(.running)
        #expect(container.belongs(to: id, serial: "S1"))
        #expect(!container.belongs(to: id, serial: "S2"))
        #expect(!container.belongs(to: AppID(key: 7, stage: .prod), serial: "S1"))
        container.labels = ["real": "True"]
        #expect(container.belongs(to: id, serial: "S1"))
        container.labels = [:]
        #expect(!container.belongs(to: id, serial: "S1"))
        container.labels = ["com.example.real": "True", "real": "False"]
        #expect(!container.belongs(to: id, serial: "S1"))
        container.labels = ["io.reagent.app": "6"]
        #expect(!container.belongs(to: id, serial: "S1"))
    }
}
