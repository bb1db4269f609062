/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "base/wrap.h"
#include "cmd/help-roff.h"
#include "cmd/help.h"
#include "host/claims.h"
#include "host/names.h"
#include "launch/guest-keys.h"

static void put_heading(FILE *out, const struct config_section *section)
{
	fprintf(out, "[%s%s]", section->word, section->named ? " NAME" : "");
}

/* "which accelerator; kvm|tcg|auto (kvm)": what it is, what there is to choose, what holds. */
static char *values_text(const struct config_key *key)
{
	const char *fallback = key->required ? "required" : key->fallback;

	return xasprintf("%s%s%s%s%s%s", key->help, key->choices ? "; " : "",
			 key->choices ? key->choices : "", fallback ? " (" : "",
			 fallback ? fallback : "", fallback ? ")" : "");
}

static void put_keys(FILE *out, const struct config_format *format)
{
	for (size_t i = 0; i < format->count; i++) {
		const struct config_section *section = &format->sections[i];

		fputs("  ", out);
		put_heading(out, section);
		fprintf(out, "  %s\n", section->help);
		for (size_t j = 0; j < section->keys->count; j++) {
			_cleanup_free_ char *text = values_text(&section->keys->items[j]);

			fprintf(out, "    %-16s ", section->keys->items[j].key);
			put_wrapped(out, PAGE_WIDTH, 21, 21, text);
			fputc('\n', out);
		}
	}
}

void help_guest_keys(FILE *out)
{
	fputs("\nSections and keys of a guest file, with what holds when they are left out:\n", out);
	put_keys(out, &guest_format);
}

void help_claim_keys(FILE *out)
{
	fputs("\nKeys of a claim file, with what holds when they are left out:\n", out);
	put_keys(out, &claim_format);
}

static void put_key(FILE *out, const struct config_key *key)
{
	_cleanup_free_ char *text = values_text(key);

	fputs(".TP\n\\fB", out);
	roff_put(out, key->key);
	fputs("\\fR=\n", out);
	roff_put(out, text);
	fputc('\n', out);
}

static void put_sections(FILE *out, const struct config_format *format)
{
	for (size_t i = 0; i < format->count; i++) {
		const struct config_section *section = &format->sections[i];

		fputs(".SS ", out);
		put_heading(out, section);
		fputc('\n', out);
		roff_put(out, section->help);
		fputc('\n', out);
		for (size_t j = 0; j < section->keys->count; j++)
			put_key(out, &section->keys->items[j]);
	}
}

#define FILE_RULES                                                                                 \
	"Sections in brackets, key=value, and comments from # or ; at the start of a line or "      \
	"after white space. A section or key that is not known is an error. The file must belong " \
	"to root, and nobody else may write to it. In parentheses is what holds when a key is "     \
	"left out.\n"

/* What a guest that has taken over its QEMU finds there. */
static void put_reach(FILE *out)
{
	static const char *const reach[] = {
		"its devices, through the IOMMU, and where it opens /dev/vfio/N itself, every device of "
		"that group that is bound to vfio-pci: they can write no other memory than the guest's, "
		"but what their firmware keeps, it can change for the time after; the same goes for its "
		"USB devices",
		"the guest's disks, its CD-ROM images, option ROMs, the password files of [spice] and [vnc] "
		"and its own copy of the UEFI settings; what is readonly, too, can be written where it had "
		"to be made the user's own for the time",
		"the devices of [input], with what is typed there while the host has them, the sound of "
		"[audio], microphones among it, and the memory of [looking-glass]",
		"other guests whose QEMU is the same user: their memory, their images, their UEFI "
		"settings. A user of its own for each, by user=, keeps them apart",
		"whatever else that user may: what all users may read, and services that any of them may "
		"ask; with nobody, the other processes of nobody; with root, everything",
		"the network as the user's processes have it. With user=yes in [net] the guest reaches "
		"what listens on this host, on 127.0.0.1 too, without breaking out; on a bridge or a tap "
		"it may send from any address",
		"by [tpm] swtpm and what it keeps, for it runs as the same user; by [share] the whole of "
		"the directory, as root: whatever the guest leaves there, be it a program with the "
		"set-user-ID bit, nobody on this host should run, so mount it nosuid",
		"the sockets and ports that the file opens, and a connection to vfioadm's monitor, by "
		"which it can say that the guest runs or ends, and no more",
		"its log, or the terminal that it was started from: there, with --exec or type=stdio in "
		"[serial], it can also type, if the kernel is older than 6.2 or dev.tty.legacy_tiocsti is 1",
		"the environment of whoever started it; processor time and the space of its images, which "
		"vfioadm does not limit (systemd does: CPUQuota=, IOWeight= of the guest's unit)",
		"the kernel's own faults, through /dev/kvm, /dev/vhost-net, vfio and the system calls that "
		"the filter leaves",
	};

	fputs(".SH SECURITY\nQEMU runs as the user of\n.BR user= ,\nwithout capabilities, with umask "
	      "177 and under QEMU's own seccomp filter (\\-sandbox): no obsolete system calls, no "
	      "new privileges, no new programs, no change of its priorities. The finding no\\-sandbox "
	      "says where QEMU was built without it. Taps, /dev/vhost\\-net and, where the kernel has "
	      "iommufd, the devices are given to it open; else the user owns the nodes of their IOMMU "
	      "groups while the guest runs, as it does those of the images, inputs and USB devices that "
	      "it could not open otherwise. virtiofsd, which serves a [share], is root, with the "
	      "directory as its root directory, in namespaces and under a system call filter of its own, "
	      "with the capabilities to make and open files for any user, but not device nodes. A guest that breaks out into its QEMU still reaches:\n",
	      out);
	for (size_t i = 0; i < ARRAY_SIZE(reach); i++) {
		fputs(".IP \\- 2\n", out);
		roff_put(out, reach[i]);
		fputc('\n', out);
	}
}

void help_guest_page(FILE *out)
{
	fputs(".TH VFIOADM\\-GUEST 5 \"\" \"vfioadm " VERSION "\" \"File Formats\"\n"
	      ".SH NAME\nvfioadm\\-guest \\- guests that vfioadm launches\n"
	      ".SH SYNOPSIS\n.I " NAME_GUESTS_DIR "/NAME.conf\n"
	      ".SH DESCRIPTION\n" FILE_RULES, out);
	put_sections(out, &guest_format);
	put_reach(out);
	fputs(".SH FILES\n.TP\n.I " NAME_EXAMPLES_DIR "\nGuest files to start from.\n", out);
	fputs(".SH \"SEE ALSO\"\n.BR vfioadm (8)\n", out);
}

void help_claims_page(FILE *out)
{
	fputs(".TH VFIOADM\\-CLAIMS 5 \"\" \"vfioadm " VERSION "\" \"File Formats\"\n"
	      ".SH NAME\nvfioadm\\-claims \\- devices that vfio\\-pci has from the boot on\n"
	      ".SH SYNOPSIS\n.I " NAME_CLAIMS_DIR "/NAME.conf\n.br\n"
	      ".I " NAME_CLAIMS_DIR_OF_IMAGE "/NAME.conf\n"
	      ".SH DESCRIPTION\nEach file is a claim: one device, and usually its companion functions, "
	      "that vfio\\-pci is to have from the boot on, so that no other driver touches it. "
	      "vfioadm claim apply \\-\\-early applies them in the initramfs, udev's rule those of what "
	      "is plugged in later, and vfioadm claim apply at any time. A file in "
	      NAME_CLAIMS_DIR " hides one of the same name in " NAME_CLAIMS_DIR_OF_IMAGE
	      ", which is for images; a link to /dev/null, or an empty file, is no claim.\n.PP\n"
	      FILE_RULES, out);
	put_sections(out, &claim_format);
	fputs(".SH \"KERNEL COMMAND LINE\"\n"
	      ".TP\n.B vfioadm.claim=\\fIADDRESS\\fR[,\\fIADDRESS\\fR...]\n"
	      "Claim these for this boot as well, each with functions=slot. Ids are not compared; the "
	      "boot GPU is not claimed in this way.\n"
	      ".TP\n.B vfioadm.claim=off\nNo claim holds in this boot: the way out of a black screen.\n"
	      ".SH \"NODES\"\nWith a line VFIOADM_GROUP=\\fIGROUP\\fR in\n"
	      ".I " NAME_UDEV_SETTINGS "\nudev's rule gives the nodes /dev/vfio/N to that group, "
	      "without starting a process.\n"
	      ".SH FILES\n.TP\n.I " NAME_CLAIM_MARKS_DIR "/ADDRESS\nA mark for udev's rule: something "
	      "at this address may be claimed.\n"
	      ".SH \"SEE ALSO\"\n.BR vfioadm (8)\n", out);
}
