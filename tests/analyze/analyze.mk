# What finds faults without a test that asks for them. The top Makefile includes this.
#
# TESTS=... names some tests for the first two. What is switched off, and why, is in .clang-tidy and
# cppcheck.suppressions.

.PHONY: analyze check-san run-san check-valgrind tidy gcc-analyzer cppcheck
analyzed_cppflags = -std=gnu11 $(filter-out -D_FORTIFY_SOURCE=2,$(all_cppflags))

analyze: ## all of these: an hour
	contrib/install-packages analyze
	$(MAKE) cppcheck gcc-analyzer tidy
	$(MAKE) check-san
	$(MAKE) check-valgrind

check-san: ## unit and command-line tests, built with the address and undefined-behaviour sanitizers
	$(MAKE) SAN=1 run-san

# One lets system calls fail, the other counts instructions: half would be the sanitizers' or valgrind's own.
analyzed_tests = $(or $(TESTS),$(unit_tests) $(filter-out tests/cli/faults.t tests/cli/scale.t,$(cli_tests)))

run-san: all $(unit_tests)
	ASAN_OPTIONS=detect_leaks=1:$(ASAN_OPTIONS) UBSAN_OPTIONS=print_stacktrace=1 \
	VFIOADM=$(abspath $(BUILD)/vfioadm) CMOCKA_MESSAGE_OUTPUT=TAP \
	prove --jobs $(JOBS) --exec tests/run-test $(analyzed_tests)

# Valgrind 3.19 has no pidfd_open(2), a posix_spawn(3) that never fails, and does not run /proc/self/exe.
valgrind_lacks = $(addprefix $(BUILD)/tests/,test-backend test-command test-supervise)

check-valgrind: all $(unit_tests) ## (install-packages analyze) the same tests under valgrind
	VFIOADM=$(abspath $(BUILD)/vfioadm) CMOCKA_MESSAGE_OUTPUT=TAP \
	tests/analyze/valgrind $(BUILD)/valgrind $(JOBS) $(filter-out $(valgrind_lacks),$(analyzed_tests))

# A file at a time: clang-tidy 14 takes every va_list behind the first file for uninitialised.
tidy: $(BUILD)/launch/guest-template.o ## (install-packages analyze) clang-tidy, with clang's analyzer
	printf '%s\n' $(sources) | sort -u | xargs -P $(JOBS) -I @ clang-tidy --quiet --warnings-as-errors='*' @ -- \
		$(analyzed_cppflags)

# Not optimised: where the optimiser has moved the NULL of a pointer that is freed at the end of its
# scope, GCC 12's analyzer takes the pointer for uninitialised.
gcc-analyzer: $(BUILD)/launch/guest-template.o ## gcc's own analyzer
	printf '%s\n' $(sources) | sort -u | xargs -P $(JOBS) -I @ gcc $(analyzed_cppflags) -O0 -fanalyzer -Werror \
		-c -o /dev/null @

cppcheck: ## a part of lint
	cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,style,performance,portability \
		--suppressions-list=tests/analyze/cppcheck.suppressions --inline-suppr $(all_cppflags) \
		src
