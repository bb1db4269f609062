# A boot that is used for long. tests/emulated-host/cycles.t, in the normal suite, is a tenth of it.

soak_scripts = $(wildcard tests/soak/*.t)

.PHONY: soak
soak: all $(BUILD)/stage ## (root) 1,000 cycles of bind and unbind, 200 invocations at once: half an hour
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) tests/emulated-host/run tests/soak/soak.t
