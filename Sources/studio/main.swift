import ArgumentParser
import StudioCommands

await StudioCommand.main()
