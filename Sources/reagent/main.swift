import AgentCommands
import CStart

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

start_without_core_dumps()
exit(
    await AgentCommands.run(
        arguments: CommandLine.arguments, terminationDescriptor: start_termination_descriptor()))
