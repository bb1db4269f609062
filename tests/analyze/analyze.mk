# What finds faults without a test that asks for them. The top Makefile includes this.

.PHONY: cppcheck

cppcheck: ## a part of lint; tests/analyze/cppcheck.suppressions has what is switched off
	cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,style,performance,portability \
		--suppressions-list=tests/analyze/cppcheck.suppressions --inline-suppr $(all_cppflags) \
		src
