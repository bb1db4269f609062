# Debian packages of this very tree, in $(BUILD)/deb: a source package, vfioadm and its debug symbols.

deb_dir = $(BUILD)/deb
deb_tree = $(deb_dir)/vfioadm-$(VERSION)
deb_lintian = lintian --fail-on error,warning --info --tag-display-limit 0

.PHONY: deb

deb: ## Debian packages of this tree; DEB_BUILD_OPTIONS=nocheck without the unit tests
	rm -rf $(deb_dir)
	mkdir -p $(deb_tree)
	tar -c --exclude-vcs --exclude=./build --exclude=./build-san . | tar -x -C $(deb_tree)
	tar -C $(deb_dir) --sort=name --owner=0 --group=0 --numeric-owner -cJf \
		$(deb_dir)/vfioadm_$(VERSION).orig.tar.xz vfioadm-$(VERSION)
	cp -R contrib/debian $(deb_tree)/debian
	cd $(deb_tree) && env -u MAKEFLAGS -u MAKELEVEL -u DEVELOPER dpkg-buildpackage --no-sign
	cd $(deb_dir) && $(deb_lintian) vfioadm_*.changes
