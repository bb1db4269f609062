/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/host.h"

#include "host/block-use.h"
#include "host/files.h"
#include "host/names.h"
#include "host/net-use.h"
#include "host/pci-config.h"
#include "host/pci-locked.h"

static int open_config(struct host *host, struct error *err)
{
	if (!host->config)
		host->config = pci_config_open(host->root, err);
	return host->config ? 0 : err->code;
}

static int discover_caps(struct host *host, struct error *err)
{
	if (open_config(host, err) < 0)
		return err->code;
	pci_functions_read_closely(host->root, &host->functions, NULL, 0);
	iommu_read_groups(host->root, &host->iommu);
	free(host->caps);
	host->caps = pci_caps_read(host->root, host->config, &host->functions);
	host->has_ivrs = pci_has_ivrs(host->root);
	return 0;
}

static int discover(struct host *host, unsigned int parts, struct error *err)
{
	int r;

	if (parts & HOST_NAMES && open_config(host, err) < 0)
		return err->code;
	r = pci_functions_read(host->root, &host->functions, err);
	if (r < 0)
		return r;
	r = host_list(host->root, NAME_PCI_DRIVERS, &host->drivers);
	if (r < 0)
		unknowns_add(&host->unknowns, NAME_PCI_DRIVERS, r, "which drivers are registered");
	iommu_read(host->root, &host->iommu);
	if (parts & HOST_CAPS && discover_caps(host, err) < 0)
		return err->code;
	if (parts & HOST_MODULES &&
	    modules_read(host->root, vfio_modules, VFIO_MODULE_COUNT, host->modules, err) < 0)
		return err->code;
	if (parts & HOST_CLAIMS)
		claims_read(host->root, &host->claims);
	return parts & HOST_HELD ? held_list_read(host->root, &host->held, err) : 0;
}

int host_discover(struct host_root *root, unsigned int parts, struct host *ret, struct error *err)
{
	struct host host = { .root = root };
	int r = discover(&host, parts, err);

	if (r < 0)
		host_release(&host);
	else
		*ret = host;
	return r;
}

void host_discover_closely(struct host *host, const struct pci_addr *addrs, size_t count)
{
	pci_functions_read_closely(host->root, &host->functions, addrs, count);
	for (size_t i = 0; i < count; i++) {
		const struct pci_function *f = pci_functions_find(&host->functions, addrs[i]);

		if (f && f->iommu_group >= 0)
			iommu_read_group(host->root, &host->iommu, f->iommu_group);
	}
	pci_functions_read_locked(host->root, &host->functions, addrs, count);
}

void host_discover_holders(struct host *host, const struct pci_addr *addrs, size_t count)
{
	holders_release(&host->holders);
	holders_read(host->root, addrs, count, &host->holders);
	libvirt_uses_read(host->root, &host->rivals, &host->unknowns);
}

void host_discover_uses(struct host *host, const struct pci_addr *addrs, size_t count)
{
	pci_bars_release(&host->bars);
	display_release(&host->display);
	duties_release(&host->duties);
	pci_bars_read(host->root, addrs, count, &host->bars);
	display_read(host->root, &host->display, &host->unknowns);
	block_use_read(host->root, &host->duties, &host->unknowns);
	net_use_read(host->root, &host->duties, &host->unknowns);
	driver_modules_release(&host->driver_modules);
	driver_modules_read(host->root, &host->functions, addrs, count, &host->driver_modules);
}

void host_discover_targets(struct host *host, const struct pci_addr *addrs, size_t count)
{
	host_discover_closely(host, addrs, count);
	host_discover_holders(host, addrs, count);
	host_discover_uses(host, addrs, count);
}

void host_discover_platform(struct host *host)
{
	platform_read(host->root, &host->platform, &host->unknowns);
}

int host_discover_rest(struct host *host, struct error *err)
{
	/* On a host without an IOMMU it was looked at for bind. */
	if (host->platform.cmdline.count == 0)
		host_discover_platform(host);
	if (discover_caps(host, err) < 0)
		return err->code;
	claims_release(&host->claims);
	claims_read(host->root, &host->claims);
	guest_means_read(host->root, &host->means);
	rivals_read(host->root, &host->platform, &host->rivals, &host->unknowns);
	return 0;
}

void host_release(struct host *host)
{
	unknowns_release(&host->unknowns);
	pci_roms_release(&host->roms);
	driver_modules_release(&host->driver_modules);
	rivals_release(&host->rivals);
	platform_release(&host->platform);
	duties_release(&host->duties);
	display_release(&host->display);
	pci_bars_release(&host->bars);
	holders_release(&host->holders);
	claims_release(&host->claims);
	held_list_release(&host->held);
	iommu_release(&host->iommu);
	strv_release(&host->drivers);
	pci_functions_release(&host->functions);
	free(host->caps);
	host->caps = NULL;
	pci_config_close(host->config);
	host->config = NULL;
}
