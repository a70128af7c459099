import CStart
