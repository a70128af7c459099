import AgentCommands
import CStart

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

exit(
    await AgentCommands.run(
        arguments: CommandLine.arguments, terminationDescriptor: start_termination_descriptor()))
