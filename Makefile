# vfioadm: make, sudo make demo, sudo make check. `make help` lists every target.
#
# DEVELOPER=1 turns warnings into errors, SAN=1 builds with the address and undefined-behaviour
# sanitizers, V=1 shows the commands.

VERSION := 0.1

PREFIX ?= /usr
SBINDIR ?= $(PREFIX)/sbin
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
SYSCONFDIR ?= /etc
LOCALSTATEDIR ?= /var
RUNSTATEDIR ?= /run
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
UDEVRULESDIR ?= $(PREFIX)/lib/udev/rules.d
BASHCOMPDIR ?= $(DATADIR)/bash-completion/completions
ZSHCOMPDIR ?= $(DATADIR)/zsh/site-functions
FISHCOMPDIR ?= $(DATADIR)/fish/vendor_completions.d
DOCDIR ?= $(DATADIR)/doc/vfioadm
INSTALL ?= install
PKG_CONFIG ?= pkg-config

BUILD ?= build
CC ?= cc
CFLAGS ?= -O2 -g
PACKAGES := libkmod libpci libudev json-c inih

all_cppflags = -Isrc -I$(BUILD)/generated -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DSYSCONFDIR='"$(SYSCONFDIR)"' \
	-DSBINDIR='"$(SBINDIR)"' -DRUNSTATEDIR='"$(RUNSTATEDIR)"' -DSTATEDIR='"$(LOCALSTATEDIR)/lib"' \
	-DLOGDIR='"$(LOCALSTATEDIR)/log"' -DDOCDIR='"$(DOCDIR)"' \
	$(shell $(PKG_CONFIG) --cflags $(PACKAGES)) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 $(CPPFLAGS)
# tests/cli/hardening.t finds each of them in the program. The last is for what the compiler builds for.
hardening_cflags := -fstack-protector-strong -fstack-clash-protection \
	$(if $(filter x86_64-% i686-%,$(shell $(CC) -dumpmachine)),-fcf-protection)
all_cflags = -std=gnu11 -Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wvla -Wwrite-strings -Wundef \
	$(hardening_cflags) -fPIE -MMD -MP $(CFLAGS)
all_ldflags = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(LDFLAGS)
# None of PACKAGES: src/base/library.h opens them when they are needed.
all_libs = $(LIBS)

ifdef DEVELOPER
all_cflags += -Werror
endif
ifdef SAN
all_cflags += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
all_ldflags += -fsanitize=address,undefined
BUILD := build-san
endif
ifndef V
quiet = @printf '  %-8s%s\n' "$(1)" "$(2)";
endif

sources := $(wildcard src/*/*.c) src/main.c
objects := $(sources:src/%.c=$(BUILD)/%.o)
unit_tests := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test-*.c))
test_support := $(patsubst tests/unit/%.c,$(BUILD)/tests/%.o,$(wildcard tests/unit/support/*.c))
cli_tests = $(wildcard tests/cli/*.t)
fixture_machines = $(basename $(basename $(notdir $(wildcard tests/fixtures/*.tar.xz))))
host_tests = $(wildcard tests/emulated-host/*.t)
debian_tests = $(wildcard tests/debian-host/*.t)

.PHONY: all help demo check check-unit check-cli check-emulated check-debian check-layers lint
.PHONY: fixtures install uninstall clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:

# What the program prints of itself, and the form of --help that it is.
printed = vfioadm.8 vfioadm-guest.5 vfioadm-claims.5 vfioadm.bash vfioadm.zsh vfioadm.fish
form_vfioadm.8 = man
form_vfioadm-guest.5 = guest-man
form_vfioadm-claims.5 = claims-man
form_vfioadm.bash = bash
form_vfioadm.zsh = zsh
form_vfioadm.fish = fish

all: $(BUILD)/vfioadm $(printed:%=$(BUILD)/%) $(BUILD)/vfioadm-guest@.service ## build the program and its man pages

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1: /p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

demo: ## (root) install what is missing, boot the emulated host, do the main job in it
	contrib/install-packages demo
	$(MAKE) all
	$(MAKE) run-demo

check: ## (root) install what is missing, run every test
	contrib/install-packages check
	$(MAKE) -j$(JOBS) all lint check-layers $(unit_tests) $(BUILD)/stage $(fuzz_built)
	$(MAKE) check-unit
	$(MAKE) run-check

# An emulated host keeps one core busy, and a little of another. The longest tests come first of them.
JOBS ?= 2

run-check: all $(BUILD)/stage $(fuzz_built)
	VFIOADM=$(abspath $(BUILD)/vfioadm) VFIOADM_STAGE=$(abspath $(BUILD)/stage) \
	prove --timer --jobs $(JOBS) --exec tests/run-test $(cli_tests) tests/fuzz/smoke.t $(debian_tests) $(host_tests)

run-demo: $(BUILD)/stage
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) tests/emulated-host/run --live tests/emulated-host/demo

check-unit: $(unit_tests) ## unit tests: needs neither root nor the network
	CMOCKA_MESSAGE_OUTPUT=TAP prove --exec tests/run-test $^

check-cli: all ## command-line tests on made-up host roots
	VFIOADM=$(abspath $(BUILD)/vfioadm) prove --exec tests/run-test $(cli_tests)

check-emulated: all $(BUILD)/stage ## (root) only the tests in the emulated host; TESTS=... names some
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) \
	prove --timer --exec tests/run-test $(or $(TESTS),$(host_tests))

check-debian: all $(BUILD)/stage ## (root) whole Debians, booted with claims; TESTS=... names some
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) \
	prove --timer --exec tests/run-test $(or $(TESTS),$(debian_tests))

fixtures: all $(BUILD)/stage ## (root) capture the emulated hosts anew, MACHINES=... some of them
	VFIOADM_STAGE=$(abspath $(BUILD)/stage) tests/fixtures/capture $(or $(MACHINES),$(fixture_machines))
	REGEN=1 VFIOADM=$(abspath $(BUILD)/vfioadm) tests/cli/golden.t

check-layers: $(objects) ## no upward include, no write in what only reads
	tests/check-layers $(BUILD)

scripts = contrib/install-packages .ci/run tests/tap.sh tests/run-test tests/check-layers \
	tests/cli/host-tree.sh tests/cli/live-host.sh tests/kernel-module/build \
	tests/debian-13 tests/vfio-kernel/build tests/fixtures/capture $(bench_scripts) $(fault_scripts) $(soak_scripts) $(fuzz_scripts) \
	$(early_boot_scripts) $(fleet_scripts) contrib/libvirt/qemu-hook $(cli_tests) $(shell find tests/emulated-host -maxdepth 1 -type f) \
	tests/option-rom/build $(shell find tests/debian-host -type f ! -name '*.service')

lint: cppcheck ## shellcheck, codespell and cppcheck
	printf '%s\n' $(scripts) | xargs -P $(JOBS) -n 16 shellcheck --external-sources
	codespell --quiet-level=2

$(BUILD)/vfioadm: $(objects)
	$(call quiet,LD,$@)$(CC) $(all_cflags) $(all_ldflags) -o $@ $^ $(all_libs)

$(BUILD)/libvfioadm.a: $(filter-out $(BUILD)/main.o,$(objects))
	$(call quiet,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(all_cppflags) $(all_cflags) -c -o $@ $<

# The examples that setup begins a guest file with, as strings.
$(BUILD)/launch/guest-template.o: $(BUILD)/generated/launch/windows11.inc $(BUILD)/generated/launch/linux-q35.inc

$(BUILD)/generated/launch/%.inc: contrib/examples/%.conf
	@mkdir -p $(@D)
	$(call quiet,GEN,$@)sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $< > $@

# What several unit tests share: made-up host trees and a made-up kernel.
$(BUILD)/tests/support/%.o: tests/unit/support/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(all_cppflags) -Itests/unit $(all_cflags) -c -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(test_support) $(BUILD)/libvfioadm.a
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(all_cppflags) -Itests/unit $(all_cflags) $(all_ldflags) -o $@ $< \
		$(test_support) $(BUILD)/libvfioadm.a -lcmocka $(all_libs)

$(printed:%=$(BUILD)/%): $(BUILD)/vfioadm
	$(call quiet,HELP,$@)$< --help=$(form_$(@F)) > $@

$(BUILD)/vfioadm-guest@.service: contrib/systemd/vfioadm-guest@.service.in FORCE
	@mkdir -p $(@D)
	$(call quiet,UNIT,$@)sed 's|@SBINDIR@|$(SBINDIR)|' $< > $@

# Rebuild everything when the flags, and so the built-in paths, change.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC) $(all_cppflags) $(all_cflags))' > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# What `make install` would put on a host, for the emulated one.
$(BUILD)/stage: all FORCE
	@rm -rf $@
	@$(MAKE) --no-print-directory install DESTDIR=$(abspath $@) >/dev/null

# For files that name our own paths as they are by default.
to_our_paths = -e 's,/usr/sbin/vfioadm,$(SBINDIR)/vfioadm,g' -e 's,/run/vfioadm/,$(RUNSTATEDIR)/vfioadm/,g' \
	-e 's,/etc/vfioadm/,$(SYSCONFDIR)/vfioadm/,g'

install: all install-early-boot install-fleet ## install below DESTDIR
	$(INSTALL) -D -m 755 $(BUILD)/vfioadm $(DESTDIR)$(SBINDIR)/vfioadm
	$(INSTALL) -D -m 644 $(BUILD)/vfioadm.8 $(DESTDIR)$(MANDIR)/man8/vfioadm.8
	$(INSTALL) -D -m 644 $(BUILD)/vfioadm-guest.5 $(DESTDIR)$(MANDIR)/man5/vfioadm-guest.5
	$(INSTALL) -D -m 644 $(BUILD)/vfioadm-claims.5 $(DESTDIR)$(MANDIR)/man5/vfioadm-claims.5
	$(INSTALL) -D -m 644 $(BUILD)/vfioadm.bash $(DESTDIR)$(BASHCOMPDIR)/vfioadm
	$(INSTALL) -D -m 644 $(BUILD)/vfioadm.zsh $(DESTDIR)$(ZSHCOMPDIR)/_vfioadm
	$(INSTALL) -D -m 644 $(BUILD)/vfioadm.fish $(DESTDIR)$(FISHCOMPDIR)/vfioadm.fish
	$(INSTALL) -D -m 644 $(BUILD)/vfioadm-guest@.service $(DESTDIR)$(UNITDIR)/vfioadm-guest@.service
	$(INSTALL) -D -m 644 contrib/systemd/vfioadm.sysusers $(DESTDIR)$(SYSUSERSDIR)/vfioadm.conf
	$(INSTALL) -D -m 644 contrib/systemd/vfioadm.tmpfiles $(DESTDIR)$(TMPFILESDIR)/vfioadm.conf
	$(INSTALL) -d -m 755 $(DESTDIR)$(SYSCONFDIR)/vfioadm/guests $(DESTDIR)$(SYSCONFDIR)/vfioadm/claims.d \
		$(DESTDIR)/usr/lib/vfioadm/claims.d
	for file in $(wildcard udev-rules/*.rules); do \
		$(INSTALL) -d -m 755 $(DESTDIR)$(UDEVRULESDIR) && \
		sed $(to_our_paths) $$file >$(DESTDIR)$(UDEVRULESDIR)/$${file##*/} && \
		chmod 644 $(DESTDIR)$(UDEVRULESDIR)/$${file##*/} || exit; done
	for file in $(wildcard modprobe.d/*.conf); do \
		$(INSTALL) -D -m 644 -t $(DESTDIR)$(DOCDIR)/modprobe.d $$file || exit; done
	for file in $(wildcard contrib/examples/*.conf); do \
		$(INSTALL) -D -m 644 -t $(DESTDIR)$(DOCDIR)/examples $$file || exit; done
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(DOCDIR)/libvirt contrib/libvirt/qemu-hook contrib/libvirt/README.md

uninstall: uninstall-early-boot uninstall-fleet ## remove what install put there; configuration stays
	rm -f $(DESTDIR)$(SBINDIR)/vfioadm $(DESTDIR)$(MANDIR)/man8/vfioadm.8 \
		$(DESTDIR)$(MANDIR)/man5/vfioadm-guest.5 $(DESTDIR)$(MANDIR)/man5/vfioadm-claims.5 \
		$(DESTDIR)$(BASHCOMPDIR)/vfioadm $(DESTDIR)$(ZSHCOMPDIR)/_vfioadm \
		$(DESTDIR)$(FISHCOMPDIR)/vfioadm.fish \
		$(DESTDIR)$(UNITDIR)/vfioadm-guest@.service $(DESTDIR)$(SYSUSERSDIR)/vfioadm.conf \
		$(DESTDIR)$(TMPFILESDIR)/vfioadm.conf \
		$(patsubst udev-rules/%,$(DESTDIR)$(UDEVRULESDIR)/%,$(wildcard udev-rules/*.rules))
	rm -rf $(DESTDIR)$(DOCDIR)

clean: ## remove what was built
	rm -rf build build-san

-include $(wildcard $(BUILD)/*.d $(BUILD)/*/*.d $(BUILD)/tests/support/*.d)

include tests/fuzz/fuzz.mk
include tests/faults/faults.mk
include tests/soak/soak.mk
include tests/analyze/analyze.mk
include tests/bench/bench.mk
include contrib/early-boot.mk
include contrib/debian.mk
include contrib/fleet.mk
