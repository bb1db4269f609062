# The performance table. The top Makefile includes this.
#   sudo make bench
#   sudo make bench-early     what claims cost at boot
#   sudo make size            bytes, memory and system calls
# The tools that vfioadm is measured against are real ones, of Debian's packages.

bench_scripts = $(addprefix tests/bench/,bench by-hand early-claim.early early-claim.t groups-by-hand report size tools.sh)
bench_programs = $(BUILD)/bench/stopwatch $(BUILD)/bench/floor

.PHONY: bench run-bench bench-early size run-size

bench: ## (root) measure vfioadm beside driverctl, dpdk-devbind, libvirt and others
	contrib/install-packages bench
	$(MAKE) all
	$(MAKE) run-bench

$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -O2 -o $@ $<

run-bench: $(bench_programs) $(BUILD)/stage
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) CI=true tests/emulated-host/run tests/bench/bench >$(BUILD)/bench/laps.tsv
	tests/bench/report $(BUILD)/bench

bench-early: $(bench_programs) $(BUILD)/stage
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) CI=true tests/emulated-host/run tests/bench/early-claim.t

size: ## (root) how large the program is, what it adds to an initramfs, what each verb needs
	contrib/install-packages bench
	$(MAKE) all
	$(MAKE) run-size

run-size: $(BUILD)/stage
	@mkdir -p $(BUILD)/bench
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) CI=true tests/emulated-host/run tests/bench/size >$(BUILD)/bench/size.tsv
	column -t -s "$$(printf '\t')" $(BUILD)/bench/size.tsv
