# What makes claims at boot: hooks for three initramfs generators, and units for systemd.

SYSTEMDUNITDIR ?= $(PREFIX)/lib/systemd/system
INITRAMFSTOOLSDIR ?= $(DATADIR)/initramfs-tools
DRACUTDIR ?= $(PREFIX)/lib/dracut
MKINITCPIODIR ?= $(PREFIX)/lib/initcpio

# Source below contrib, where it goes, mode. Scripts of init-top run in the order of their names.
define early_boot_files
initramfs-tools/hook           $(INITRAMFSTOOLSDIR)/hooks/vfioadm                      755
initramfs-tools/init-top       $(INITRAMFSTOOLSDIR)/scripts/init-top/10gpu-vfioadm     755
dracut/module-setup.sh         $(DRACUTDIR)/modules.d/90vfioadm/module-setup.sh        755
dracut/claim.sh                $(DRACUTDIR)/modules.d/90vfioadm/claim.sh               755
mkinitcpio/install             $(MKINITCPIODIR)/install/vfioadm                        644
mkinitcpio/hook                $(MKINITCPIODIR)/hooks/vfioadm                          644
systemd/vfioadm-early.service  $(SYSTEMDUNITDIR)/vfioadm-early.service                 644
systemd/vfioadm-claims.service $(SYSTEMDUNITDIR)/vfioadm-claims.service                644
endef
export early_boot_files

# For `make lint`.
early_boot_scripts = $(wildcard contrib/initramfs-tools/* contrib/dracut/* contrib/mkinitcpio/*)

.PHONY: install-early-boot uninstall-early-boot

install-early-boot:
	@echo "$$early_boot_files" | while read -r source target mode; do \
		$(INSTALL) -d "$(DESTDIR)$${target%/*}" && \
		sed $(to_our_paths) -e 's,/usr/lib/udev/rules.d,$(UDEVRULESDIR),g' \
			-e 's,/usr/lib/systemd/system/\$$unit,$(SYSTEMDUNITDIR)/$$unit,' \
			contrib/$$source >"$(DESTDIR)$$target" && \
		chmod $$mode "$(DESTDIR)$$target" || exit; done

uninstall-early-boot:
	@echo "$$early_boot_files" | while read -r source target mode; do rm -f "$(DESTDIR)$$target"; done
	rm -rf $(DESTDIR)$(DRACUTDIR)/modules.d/90vfioadm
