import ArgumentParser
import CStart
import StudioCommands

await StudioCommand.main()
