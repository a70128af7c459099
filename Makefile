.PHONY: run test check soak fuzz bench release clean

run: ; @scripts/run
test: ; @scripts/test
check: ; @scripts/check
soak: ; @scripts/soak
fuzz: ; @scripts/fuzz
bench: ; @scripts/bench
release: ; @scripts/release
clean: ; @scripts/clean
