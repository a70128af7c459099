/// Procedures that a device registers under `re.mgmt.<serial>.`, by their suffix
/// (containers-logs-terminal.md 0, system.md 4.3 and appendix B, app-lifecycle.md appendix B).
public enum DeviceProcedure: String, Sendable, Hashable, CaseIterable {
    /// The presence procedure: the only one that is registered without take-over (system.md 8.5).
    case wampConnectionEstablished = "wamp_connection_established"
    case deviceHandshake = "device_handshake"
    case requestAppState = "request_app_state"
    case writeData = "write_data"
    case listContainers = "list_containers"
    case getImages = "get_images"
    case pruneImages = "prune_images"
    case getStorageData = "get_storage_data"
    case getAppLogHistory = "get_app_log_history"
    case queryAppLogs = "query_app_logs"
    case queryDeviceLogs = "query_device_logs"
    case requestTerminalSession = "request_terminal_session"
    case startTerminalSession = "start_terminal_session"
    case stopTerminalSession = "stop_terminal_session"
    case initDeviceTerminal = "init_device_terminal"
    case executeCommand = "execute_cmd"
    case getAgentMetadata = "get_agent_metadata"
    case getOSRelease = "get_os_release"
    case getNetworkMetadata = "get_network_metadata"
    case getIPv4Addresses = "get_ipv4_addresses"
    case getTunnelState = "get_tunnel_state"
    case systemReboot = "system_reboot"
    case systemShutdown = "system_shutdown"
    case systemRestartAgent = "system_restart_agent"
    case updateAgent = "update_agent"
    case downloadOSUpdate = "download_os_update"
    case installOSUpdate = "install_os_update"
    case listEthernetDevices = "list_ethernet_devices"
    case updateIPv4Configuration = "update_ipv4_config"
    case listWiFiNetworks = "list_wifi_networks"
    case addWiFiConfiguration = "add_wifi_configuration"
    case removeWiFiConfiguration = "remove_wifi_configuration"
    case scanWiFiNetworks = "scan_wifi_networks"
    case selectWiFiNetwork = "select_wifi_network"
    case restartWiFi = "restart_wifi"

    /// `re.mgmt.<serial>.<suffix>`.
    public func uri(serial: String) -> String { DeviceURI.procedure(rawValue, serial: serial) }

    /// Whether a registration takes over one that another session holds (system.md 8.5).
    public var takesOver: Bool { self != .wampConnectionEstablished }
}
