import CStatic
import StudioCommands

static_use_own_name_service()
await StudioProgram.run()
