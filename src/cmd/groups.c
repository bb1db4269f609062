/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "report/groups-dot.h"
#include "report/groups-json.h"
#include "report/groups-text.h"
#include "report/groups-tree.h"
#include "report/json-views.h"

/* What is to be shown: the host, its prediction, and that with some more ACS. */
struct groups_view {
	struct host host;
	struct prediction prediction, assumed;
	struct targets with_acs;
};

static int refuse_pointless(const struct groups_view *view, struct error *err)
{
	for (size_t i = 0; i < view->with_acs.count; i++) {
		const struct pci_function *f = view->with_acs.items[i];
		size_t index = (size_t)(f - view->host.functions.items);
		const char *why = acs_pointless(view->prediction.verdicts[index], f,
						&view->prediction.tree.nodes[index].caps);

		if (why)
			return error_set(err, -EINVAL, "--with-acs %s: ACS cannot be supposed there: %s",
					 pci_addr_text(f->addr).text, why);
	}
	return 0;
}

/* A DEVICE that is malformed, or for which ACS means nothing, is wrong usage; one not there is not. */
static enum exit_code suppose_acs(struct groups_view *view, const struct strv *devices)
{
	_cleanup_free_ bool *has_acs = xcalloc(view->host.functions.count, sizeof(*has_acs));
	struct error err;
	int r;

	for (size_t i = 0; i < devices->count; i++) {
		r = targets_add_device(&view->with_acs, &view->host, devices->items[i], &err);
		if (r < 0)
			return fail(&err, r == -EINVAL ? CODE_USAGE : CODE_FAILED);
	}
	if (refuse_pointless(view, &err) < 0)
		return fail(&err, CODE_USAGE);
	for (size_t i = 0; i < view->with_acs.count; i++)
		has_acs[view->with_acs.items[i] - view->host.functions.items] = true;
	predict_groups_with_acs(&view->host, has_acs, &view->assumed);
	return CODE_DONE;
}

static void print_json(const struct groups_view *view, bool predict)
{
	struct json_object *document = json_document();
	struct what_ifs what_ifs;

	json_put_groups(document, &view->host);
	if (predict) {
		what_ifs_make(&view->prediction, &what_ifs);
		json_put_prediction(document, &view->prediction);
		json_put_what_ifs(document, &view->prediction, &what_ifs);
		what_ifs_release(&what_ifs);
	}
	if (view->with_acs.count > 0)
		json_put_with_acs(document, &view->prediction, &view->assumed, &view->with_acs);
	json_print(document, stdout);
	json_free(document);
}

static void print_text(const struct groups_view *view, bool predict, bool color)
{
	struct what_ifs what_ifs;

	if (view->with_acs.count > 0) {
		text_with_acs(stdout, &view->prediction, &view->assumed, &view->with_acs, color);
	} else if (predict) {
		what_ifs_make(&view->prediction, &what_ifs);
		text_prediction(stdout, &view->prediction, &what_ifs, color);
		what_ifs_release(&what_ifs);
	} else {
		text_groups(stdout, &view->prediction, color);
	}
}

/* What the terminal shows, by the usual variables; the program's own locale stays "C". */
static bool terminal_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
	bool utf8 = locale && strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;

	if (locale)
		freelocale(locale);
	return utf8;
}

static const struct prediction *shown(const struct groups_view *view)
{
	return view->with_acs.count > 0 ? &view->assumed : &view->prediction;
}

/* Pictures are of what would be where that is asked for. */
static void print(const struct groups_view *view, const struct options *options, bool predict)
{
	const struct tree_style style = { predict, options->color, terminal_is_utf8() };

	if (option_given(options, OPTION_JSON))
		print_json(view, predict);
	else if (option_given(options, OPTION_DOT))
		dot_groups(stdout, shown(view), predict);
	else if (option_given(options, OPTION_TREE))
		text_groups_tree(stdout, shown(view), style);
	else
		print_text(view, predict, options->color);
}

static int groups_run(struct invocation *invocation)
{
	const struct options *options = invocation->options;
	bool supposes = option_given(options, OPTION_WITH_ACS);
	bool predict = supposes || option_given(options, OPTION_PREDICT);
	enum exit_code code = CODE_DONE;
	struct groups_view view = { 0 };
	struct error err;

	if (option_given(options, OPTION_DOT) + option_given(options, OPTION_JSON) +
		    option_given(options, OPTION_TREE) > 1) {
		log_error("groups: --tree, --dot and --json are forms of one answer: choose one");
		return CODE_USAGE;
	}
	if (host_discover(&invocation->root, HOST_CAPS, &view.host, &err) < 0)
		return fail(&err, CODE_FAILED);
	host_discover_platform(&view.host);
	predict_groups(&view.host, &view.prediction);
	if (supposes)
		code = suppose_acs(&view, &options->with_acs);
	if (code == CODE_DONE)
		print(&view, options, predict);
	targets_release(&view.with_acs);
	prediction_release(&view.assumed);
	prediction_release(&view.prediction);
	host_release(&view.host);
	return code;
}

const struct cmd cmd_groups = {
	.name = "groups",
	.arguments = "",
	.summary = "show the IOMMU groups, and why each is as it is",
	.details = "Show each IOMMU group: its members, whether a guest can have it or which drivers "
		   "of the host are in the way, reserved memory, and for each member that is there "
		   "because of another device, which and why. With --predict the groups that follow "
		   "from configuration space and topology alone, by the kernel's rule: what they "
		   "would be where the IOMMU is off; and for each that a device without ACS has "
		   "merged, what it would be if that one device had ACS. That takes root.\n\n"
		   "--with-acs DEVICE supposes that the device has ACS, switched on, and shows the "
		   "groups that would follow and which differ. It is for choosing a slot or a board: "
		   "no setting gives a device ACS that it does not have.\n\n"
		   "--tree shows the devices as the tree that they are, as lspci -t does, with the "
		   "group, the driver and, for a bridge, the ACS of each: no ACS, ACS off, quirk (the "
		   "kernel vouches for it), PCI (conventional, which has none).\n\n"
		   "--dot draws the devices as the tree that they are, with the groups around them: "
		   "vfioadm groups --dot | dot -Tsvg > groups.svg",
	.max_args = 0,
	.options = OPTION_BIT(OPTION_PREDICT) | OPTION_BIT(OPTION_WITH_ACS) |
		   OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_DOT) | OPTION_BIT(OPTION_TREE),
	.run = groups_run,
};
