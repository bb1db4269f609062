# Fuzzing with clang's libFuzzer (Debian: clang and libclang-rt-14-dev). The top Makefile includes
# this.
#   make fuzz-option-rom FUZZ_SECONDS=300
# An input that fails is left in $(BUILD)/fuzz/, and belongs into a unit test.

FUZZ_SECONDS ?= 60
FUZZ_CC ?= clang
fuzz_flags = -std=gnu11 -Isrc -Itests/unit -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer
fuzz_sanitizers = -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined

fuzz_option_rom = src/policy/option-rom.c src/policy/option-rom-image.c src/base/alloc.c \
	src/base/strv.c
fuzz_option_rom_headers = src/policy/option-rom.h src/policy/option-rom-image.h

.PHONY: fuzz-option-rom

$(BUILD)/fuzz/option-rom: tests/fuzz/option-rom.c $(fuzz_option_rom) $(fuzz_option_rom_headers)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(fuzz_flags) $(fuzz_sanitizers) -o $@ $(filter %.c,$^)

$(BUILD)/fuzz/option-rom-seeds: tests/fuzz/option-rom-seeds.c tests/unit/support/made-rom.c \
		src/base/alloc.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(fuzz_flags) -o $@ $^

fuzz-option-rom: $(BUILD)/fuzz/option-rom $(BUILD)/fuzz/option-rom-seeds ## fuzz the ROM parser
	@mkdir -p $(BUILD)/fuzz/option-rom.corpus $(BUILD)/fuzz/option-rom.start
	$(BUILD)/fuzz/option-rom-seeds $(BUILD)/fuzz/option-rom.start
	$< -dict=tests/fuzz/option-rom.dict -max_total_time=$(FUZZ_SECONDS) -max_len=8192 \
		-print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/ \
		$(BUILD)/fuzz/option-rom.corpus $(BUILD)/fuzz/option-rom.start
