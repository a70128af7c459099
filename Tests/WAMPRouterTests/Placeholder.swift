// Replaced with the module's first file.
