# What takes hours. The normal suite has samples of it.

fault_scripts = tests/faults/walk-host.sh $(wildcard tests/faults/*.t)

.PHONY: check-faults
check-faults: all $(BUILD)/stage ## (root) every system call made to fail in turn: hours
	FAULTS=all VFIOADM=$(abspath $(BUILD)/vfioadm) prove --timer --exec tests/run-test tests/cli/faults.t
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) \
	prove --timer --jobs $(JOBS) --exec tests/emulated-host/run $(or $(TESTS),$(wildcard tests/faults/*.t))
