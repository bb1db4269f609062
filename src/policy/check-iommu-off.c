/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "policy/boot-remedy.h"
#include "policy/check.h"
#include "policy/iommu-word.h"

/* Of the words that turn an IOMMU on and off the last one holds: "intel_iommu=on,sm_on". */
static bool last_switch(const char *values, bool *on)
{
	struct strv words = { 0 };
	bool found = false;

	strv_split(&words, values ? values : "", ",");
	for (size_t i = 0; i < words.count; i++) {
		if (strcmp(words.items[i], "on") != 0 && strcmp(words.items[i], "off") != 0)
			continue;
		found = true;
		*on = strcmp(words.items[i], "on") == 0;
	}
	strv_release(&words);
	return found;
}

/* The word that keeps the IOMMU off, such as "intel_iommu=off", to be freed; NULL: none does. */
static char *find_off_word(const struct platform *platform)
{
	static const char *const keys[] = { "intel_iommu", "amd_iommu", "iommu" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = platform_cmdline_value(platform, keys[i]);
		bool on;

		if ((keys[i][0] == 'i' && keys[i][1] == 'n' && platform->cpu == CPU_AMD) ||
		    (keys[i][0] == 'a' && platform->cpu == CPU_INTEL))
			continue;
		if (last_switch(value, &on) && !on)
			return xasprintf("%s=%s", keys[i], value);
	}
	return NULL;
}

/* Was the kernel told to use an Intel IOMMU? */
static bool was_told(const struct platform *platform)
{
	bool on = false;

	return last_switch(platform_cmdline_value(platform, "intel_iommu"), &on) && on;
}

static bool is_off_by_default(const struct platform *platform)
{
	_cleanup_free_ char *off = find_off_word(platform);

	return !off && platform->firmware_iommu == KNOWN_YES &&
	       strcmp(platform->firmware_table, "DMAR") == 0 && !was_told(platform);
}

/* Words on the kernel command line that leave Intel's GPUs out. */
static bool gpus_are_left_out(const struct platform *platform)
{
	const char *value = platform_cmdline_value(platform, "intel_iommu");

	return value && (strstr(value, "igfx_off") || strstr(value, "intgpu_off"));
}

static bool is_integrated_intel_gpu(const struct pci_function *f)
{
	return f->vendor == 0x8086 && pci_function_is_display(f) && !f->has_parent;
}

const char *iommu_word_lacking(const struct host *host, const struct targets *targets)
{
	const struct platform *platform = &host->platform;

	if (!host->iommu.active)
		return is_off_by_default(platform) ? IOMMU_WORD : NULL;
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i]->iommu_group < 0 && is_integrated_intel_gpu(targets->items[i]) &&
		    !was_told(platform) && !gpus_are_left_out(platform))
			return IOMMU_WORD;
	return NULL;
}

static const char *firmware_name(const struct platform *platform)
{
	return platform->cpu == CPU_INTEL ? "VT-d" : platform->cpu == CPU_AMD ? "AMD-Vi (IOMMU)"
									      : "the IOMMU";
}

static const char *missing_table(const struct platform *platform)
{
	return platform->cpu == CPU_INTEL ? "no DMAR table" : platform->cpu == CPU_AMD
			? "no IVRS table" : "no DMAR, IVRS or IORT table";
}

static void off_in_firmware(const struct platform *platform, const char *off,
			    struct finding_list *findings)
{
	_cleanup_free_ char *edit = off ? boot_remove_word(platform, off) : NULL;

	finding_add(findings, FINDING_IOMMU_OFF, "iommu",
		    xasprintf("no IOMMU is active: it is off in the firmware, which offers "
			      "%s%s%s%s", missing_table(platform),
			      off ? ", and on the kernel command line (" : "", off ? off : "",
			      off ? ")" : ""),
		    xasprintf("turn on %s in the firmware set-up%s%s%s", firmware_name(platform),
			      edit ? "; then " : "", edit ? edit : "",
			      platform->cpu == CPU_INTEL && !edit
				      ? "; if it is still off then, boot with intel_iommu=on"
				      : ""));
}

/* The kernel had the table and did not use it. */
static void off_in_kernel(const struct platform *platform, const char *off,
			  struct finding_list *findings)
{
	const char *table = platform->firmware_table;

	if (off)
		finding_add(findings, FINDING_IOMMU_OFF, "iommu",
			    xasprintf("no IOMMU is active: the firmware offers one (%s), but %s on "
				      "the kernel command line keeps it off", table, off),
			    boot_remove_word(platform, off));
	else if (is_off_by_default(platform))
		finding_add(findings, FINDING_IOMMU_OFF, "iommu",
			    xasprintf("no IOMMU is active: the firmware offers one (%s), but this "
				      "kernel does not use it unless it is told to", table),
			    boot_add_word(platform, IOMMU_WORD));
	else
		finding_add(findings, FINDING_IOMMU_OFF, "iommu",
			    xasprintf("no IOMMU is active: the firmware offers one (%s), and the "
				      "kernel could not use it", table),
			    xasprintf("dmesg | grep -e DMAR -e AMD-Vi -e iommu says why; a "
				      "firmware update often helps"));
}

void check_iommu_off(const struct host *host, struct finding_list *findings)
{
	const struct platform *platform = &host->platform;
	_cleanup_free_ char *off = find_off_word(platform);

	if (platform->firmware_iommu == KNOWN_NO)
		off_in_firmware(platform, off, findings);
	else if (platform->firmware_iommu == KNOWN_YES)
		off_in_kernel(platform, off, findings);
	else
		finding_add(findings, FINDING_IOMMU_OFF, "iommu",
			    xasprintf("no IOMMU is active on this host%s%s, so no device can be "
				      "given to a guest safely",
				      off ? ": the kernel was told " : "", off ? off : ""),
			    off ? boot_remove_word(platform, off)
				: xstrdup("enable VT-d or AMD-Vi (\"IOMMU\") in the firmware "
					  "set-up; on Intel also boot with intel_iommu=on"));
}

/* Debian's kernels default to intel_iommu=on,intgpu_off: no group for Intel's integrated GPUs. */
void check_no_group(const struct host *host, const struct pci_function *f,
		    struct finding_list *findings)
{
	const struct platform *platform = &host->platform;
	const char *value = platform_cmdline_value(platform, "intel_iommu");
	bool left_out = gpus_are_left_out(platform);
	const struct pci_addr_text addr = pci_addr_text(f->addr);

	if (!is_integrated_intel_gpu(f) || (was_told(platform) && !left_out)) {
		finding_add(findings, FINDING_NO_IOMMU_GROUP, addr.text,
			    xstrdup("the IOMMU does not cover this device: it has no IOMMU group"),
			    xstrdup("it cannot be given away: the firmware or the kernel leaves it "
				    "to the host; dmesg | grep -i iommu may say why"));
		return;
	}
	finding_add(findings, FINDING_NO_IOMMU_GROUP, addr.text,
		    left_out ? xasprintf("intel_iommu=%s on the kernel command line leaves Intel "
					 "GPUs out of the IOMMU, so it has no IOMMU group", value)
			     : xstrdup("the IOMMU does not cover this Intel GPU: it has no IOMMU "
				       "group; Debian's kernels leave it out unless they are told "
				       "intel_iommu=on"),
		    left_out ? xasprintf("replace intel_iommu=%s by intel_iommu=on on the kernel "
					 "command line and reboot", value)
			     : boot_add_word(platform, IOMMU_WORD));
}
