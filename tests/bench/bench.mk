# The performance table. The top Makefile includes this.
#   sudo make bench
#   sudo make bench-early     of it only what claims cost at boot
#   sudo make size            bytes, memory and system calls
# The tools that vfioadm is measured against are real ones, of Debian's packages.

bench_scripts = $(addprefix tests/bench/,bench by-hand early-claim early-laps groups-by-hand qemu report size tools.sh uevent)
bench_programs = $(BUILD)/bench/stopwatch $(BUILD)/bench/floor

.PHONY: bench run-bench bench-early run-bench-early size run-size

bench: ## (root) measure vfioadm beside driverctl, dpdk-devbind, libvirt and others
	contrib/install-packages bench
	$(MAKE) all
	$(MAKE) run-bench

$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -O2 -o $@ $<

in_host = VFIOADM_STAGE=$(abspath $(BUILD)/stage) CI=true tests/emulated-host/run

run-bench: run-bench-early
	$(in_host) tests/bench/bench >$(BUILD)/bench/host.tsv || { cat $(BUILD)/bench/host.tsv >&2; exit 1; }
	cat $(BUILD)/bench/host.tsv $(BUILD)/bench/early.tsv >$(BUILD)/bench/laps.tsv
	tests/bench/report $(BUILD)/bench

bench-early: run-bench-early
	cp $(BUILD)/bench/early.tsv $(BUILD)/bench/laps.tsv
	tests/bench/report $(BUILD)/bench

run-bench-early: $(bench_programs) $(BUILD)/stage
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) CI=true tests/bench/early-claim >$(BUILD)/bench/early.tsv

size: ## (root) how large the program is, what it adds to an initramfs, what each verb needs
	contrib/install-packages bench
	$(MAKE) all
	$(MAKE) run-size

run-size: $(BUILD)/stage
	@mkdir -p $(BUILD)/bench
	$(in_host) tests/bench/size >$(BUILD)/bench/size.tsv
	column -t -s "$$(printf '\t')" $(BUILD)/bench/size.tsv
