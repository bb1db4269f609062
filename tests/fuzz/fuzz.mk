# Fuzzing with clang's libFuzzer (contrib/install-packages check). The top Makefile includes this.
#
#   make fuzz FUZZ_SECONDS=3600          every target, one after another
#   make fuzz-journal FUZZ_SECONDS=300   one of them
#   make fuzz-coverage                   what the seeds and the inputs found so far reach
#
# A target is tests/fuzz/NAME.c, its seeds tests/fuzz/seeds/NAME or what fuzz_seeds_NAME says; its
# dictionary is NAME.dict, if there is one, and the words in the sources of fuzz_words_NAME. What the
# fuzzer learns is kept in FUZZ_CORPUS. An input that fails is left there as NAME.crash-..., and
# belongs into a unit test.

FUZZ_SECONDS ?= 60
FUZZ_CORPUS ?= $(BUILD)/fuzz/corpus
FUZZ_CC ?= clang
fuzz_flags = -std=gnu11 $(filter-out -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2,$(all_cppflags)) \
	-Itests/unit -Itests/fuzz -g -O1 -fno-omit-frame-pointer -MMD -MP $(fuzz_extra)
fuzz_sanitizers = -fsanitize=address,undefined -fno-sanitize-recover=undefined
fuzz_options = -rss_limit_mb=1024 -timeout=10 -max_len=$(or $(fuzz_max_len_$*),4096) \
	-dict=$(BUILD)/fuzz/$*.dict -artifact_prefix=$(FUZZ_CORPUS)/$*.

fuzz_targets := pci-addr guest-file claim-file kernel-cmdline option-rom pci-caps journal records \
	qmp firmware-descriptor qemu-command qcow2 boot-words modprobe-config
fuzz_scripts := tests/fuzz/smoke.t tests/analyze/valgrind
fuzz_programs := $(fuzz_targets:%=$(BUILD)/fuzz/%)

fuzz_seeds = $(or $(fuzz_seeds_$(1)),tests/fuzz/seeds/$(1))
fuzz_seeds_guest-file = contrib/examples
fuzz_seeds_option-rom = $(BUILD)/fuzz/seeds/option-rom
fuzz_seeds_pci-caps = $(BUILD)/fuzz/seeds/pci-caps
fuzz_seeds_qmp = tests/fuzz/seeds/qmp tests/fixtures/qemu
fuzz_max_len_option-rom = 8192
fuzz_max_len_qmp = 16384

# The files whose coverage fuzz-coverage tells of, and whose words make the dictionary.
fuzz_words_pci-addr = src/host/pci-addr.c
fuzz_words_guest-file = src/base/ini.c src/host/config-file.c src/host/config-value.c \
	src/host/config-value-lists.c src/launch/guest-keys*.c src/launch/guest-check*.c
fuzz_words_claim-file = src/base/ini.c src/host/config-file.c src/host/claim-keys.c
fuzz_words_kernel-cmdline = src/policy/acs-cmdline.c src/host/claims.c
fuzz_words_option-rom = src/policy/option-rom.c src/policy/option-rom-image.c
fuzz_words_pci-caps = src/host/pci-caps.c
fuzz_words_journal = src/apply/journal.c src/policy/step.c
fuzz_words_records = src/host/held.c src/host/running.c
fuzz_words_qmp = src/launch/qmp.c src/launch/qemu-caps.c
fuzz_words_firmware-descriptor = src/launch/firmware-descriptor.c
fuzz_words_qemu-command = src/launch/import*.c
fuzz_words_qcow2 = src/launch/backing-chain.c
fuzz_words_boot-words = src/policy/grub-defaults.c src/policy/kernel-words.c src/policy/shell-assignments.c
fuzz_words_modprobe-config = src/host/modprobe-config.c src/host/rivals.c

.PHONY: fuzz fuzz-coverage fuzz-coverage-report $(fuzz_targets:%=fuzz-%)

fuzz: $(fuzz_targets:%=fuzz-%) ## fuzz every parser, for FUZZ_SECONDS each

$(fuzz_targets:%=fuzz-%): fuzz-%: $(BUILD)/fuzz/% $(BUILD)/fuzz/%.dict $(BUILD)/fuzz/seeds.made
	@mkdir -p $(FUZZ_CORPUS)/$*
	$< $(fuzz_options) -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
		$(FUZZ_CORPUS)/$* $(call fuzz_seeds,$*)

fuzz_built := $(fuzz_programs) $(fuzz_programs:%=%.dict) $(BUILD)/fuzz/seeds.made

fuzz-coverage: ## (install-packages analyze) lines and branches of the parsers that fuzzing reached
	$(MAKE) BUILD=$(BUILD)/coverage FUZZ_CORPUS=$(abspath $(FUZZ_CORPUS)) \
		fuzz_extra='-fprofile-instr-generate -fcoverage-mapping' fuzz-coverage-report

fuzz-coverage-report: $(fuzz_built)
	@for target in $(fuzz_targets); do mkdir -p $(FUZZ_CORPUS)/$$target; done
	@$(foreach target,$(fuzz_targets),echo && echo $(target) && \
		LLVM_PROFILE_FILE=$(BUILD)/fuzz/$(target).raw $(BUILD)/fuzz/$(target) -runs=0 \
			$(FUZZ_CORPUS)/$(target) $(call fuzz_seeds,$(target)) 2>$(BUILD)/fuzz/$(target).log && \
		llvm-profdata merge -o $(BUILD)/fuzz/$(target).profile $(BUILD)/fuzz/$(target).raw && \
		llvm-cov report $(BUILD)/fuzz/$(target) -show-region-summary=false \
			-instr-profile=$(BUILD)/fuzz/$(target).profile $(wildcard $(fuzz_words_$(target))) && ) :

$(BUILD)/fuzz/%.dict: tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	@cat $(wildcard tests/fuzz/$*.dict) /dev/null >$@
	@grep -oh '"[^"\\% ]\{1,40\}"' $(fuzz_words_$*) | grep -v '\.h"$$' | sort -u >>$@

# Seeds that are made: option ROMs, and the configuration space of every function of a captured host.
$(BUILD)/fuzz/seeds.made: $(BUILD)/fuzz/make-option-roms tests/fixtures/groups-intel.tar.xz
	@rm -rf $(BUILD)/fuzz/seeds
	@mkdir -p $(BUILD)/fuzz/seeds/option-rom $(BUILD)/fuzz/seeds/pci-caps
	$< $(BUILD)/fuzz/seeds/option-rom
	tar -xJf $(word 2,$^) -C $(BUILD)/fuzz/seeds/pci-caps --wildcards '*/config' \
		--transform 's,.*/\([^/]*\)/config,\1,'
	@touch $@

# All of src/, so that a target has what it needs whatever it includes.
fuzz_objects = $(filter-out $(BUILD)/fuzz/src/main.o,$(sources:%.c=$(BUILD)/fuzz/%.o))

$(BUILD)/fuzz/src/%.o: src/%.c Makefile tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(call quiet,CLANG,$<)$(FUZZ_CC) $(fuzz_flags) -fsanitize=fuzzer-no-link $(fuzz_sanitizers) \
		-c -o $@ $<

$(BUILD)/fuzz/src/launch/guest-template.o: $(BUILD)/generated/launch/windows11.inc \
	$(BUILD)/generated/launch/linux-q35.inc

$(BUILD)/fuzz/libvfioadm.a: $(fuzz_objects)
	$(call quiet,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(fuzz_programs): $(BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h tests/fuzz/fuzz-tree.h $(BUILD)/fuzz/libvfioadm.a
	$(call quiet,CLANG,$<)$(FUZZ_CC) $(fuzz_flags) -fsanitize=fuzzer $(fuzz_sanitizers) -o $@ $< \
		tests/unit/support/tree.c $(BUILD)/fuzz/libvfioadm.a $(all_libs)

$(BUILD)/fuzz/make-option-roms: tests/fuzz/make-option-roms.c tests/unit/support/made-rom.c \
		src/base/alloc.c
	@mkdir -p $(@D)
	$(call quiet,CLANG,$<)$(FUZZ_CC) $(fuzz_flags) -o $@ $(filter %.c,$^)

-include $(wildcard $(BUILD)/fuzz/*.d $(BUILD)/fuzz/src/*/*.d)
