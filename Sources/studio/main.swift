import StudioCommands

await StudioProgram.run()
