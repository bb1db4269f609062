# For many hosts: what the Prometheus node exporter reads. contrib/ansible and contrib/kubernetes are used from here.

LIBEXECDIR ?= $(PREFIX)/lib/vfioadm

# For `make lint`.
fleet_scripts = contrib/prometheus/vfioadm-textfile contrib/kubernetes/claim-gpus

.PHONY: install-fleet uninstall-fleet

install-fleet:
	$(INSTALL) -D -m 755 contrib/prometheus/vfioadm-textfile $(DESTDIR)$(LIBEXECDIR)/vfioadm-textfile
	$(INSTALL) -D -m 644 contrib/prometheus/vfioadm-textfile.timer $(DESTDIR)$(SYSTEMDUNITDIR)/vfioadm-textfile.timer
	sed 's,/usr/lib/vfioadm/,$(LIBEXECDIR)/,' contrib/prometheus/vfioadm-textfile.service \
		>$(DESTDIR)$(SYSTEMDUNITDIR)/vfioadm-textfile.service
	chmod 644 $(DESTDIR)$(SYSTEMDUNITDIR)/vfioadm-textfile.service
	$(INSTALL) -D -m 644 contrib/prometheus/vfioadm.rules.yml $(DESTDIR)$(DOCDIR)/prometheus/vfioadm.rules.yml

uninstall-fleet:
	rm -f $(DESTDIR)$(LIBEXECDIR)/vfioadm-textfile $(DESTDIR)$(SYSTEMDUNITDIR)/vfioadm-textfile.timer \
		$(DESTDIR)$(SYSTEMDUNITDIR)/vfioadm-textfile.service
