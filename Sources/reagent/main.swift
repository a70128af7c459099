import AgentCommands
import CStart
import CStatic

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

static_use_own_name_service()
start_without_core_dumps()
start_with_few_arenas()
exit(
    await AgentCommands.run(
        arguments: CommandLine.arguments, terminationDescriptor: start_termination_descriptor()))
