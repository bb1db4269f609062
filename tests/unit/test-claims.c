/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "host/claims.h"
#include "policy/claim-match.h"
#include "policy/plan.h"
#include "support/hosts.h"
#include "support/test.h"

#define ETC   "etc/vfioadm/claims.d/"
#define IMAGE "usr/lib/vfioadm/claims.d/"
#define CARD  "[claim]\naddress=01:00.0\nids=1002:5159\n"

static struct tree *tree;
static struct claims claims;

static int set_up(void **state)
{
	(void)state;
	tree = host_with_two_radeons();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	claims_release(&claims);
	tree_free(tree);
	return 0;
}

static void look(void)
{
	claims_release(&claims);
	claims_read(tree_root(tree), &claims);
}

static void chmod_in_tree(const char *path, mode_t mode)
{
	assert_int_equal(fchmodat(tree_root(tree)->fd, path, mode, 0), 0);
}

static void a_host_without_claims_has_none(void **state)
{
	(void)state;
	look();
	assert_int_equal(claims.count, 0);
	assert_int_equal(claims.problems.count, 0);
	assert_false(claims.off);
}

static void a_claim_is_read_with_its_defaults(void **state)
{
	const struct claim *claim;

	(void)state;
	tree_write(tree, ETC "card.conf", CARD);
	tree_write(tree, ETC "card.conf~", "rubbish");
	look();
	assert_int_equal(claims.count, 1);
	assert_int_equal(claims.problems.count, 0);
	claim = claims_find(&claims, "card");
	assert_non_null(claim);
	assert_string_equal(pci_addr_text(claim->address).text, GPU);
	assert_true(claim->ids.given);
	assert_int_equal(claim->ids.device, 0x5159);
	assert_int_equal(claim->functions, CLAIM_SLOT);
	assert_false(claim->boot_gpu);
	assert_string_equal(claim->file, "/etc/vfioadm/claims.d/card.conf");
	assert_null(claims_find(&claims, "car"));
}

static void etc_hides_what_the_image_brings(void **state)
{
	(void)state;
	tree_write(tree, IMAGE "b.conf", CARD);
	tree_write(tree, IMAGE "c.conf", CARD);
	tree_write(tree, IMAGE "d.conf", CARD);
	tree_write(tree, IMAGE "e.conf", CARD);
	tree_write(tree, ETC "a.conf", CARD);
	tree_write(tree, ETC "c.conf", "[claim]\naddress=02:00.0\n");
	tree_write(tree, ETC "d.conf", " \n");
	tree_link_outside(tree, ETC "e.conf", "/dev/null");
	look();
	assert_int_equal(claims.problems.count, 0);
	assert_int_equal(claims.count, 3);
	assert_string_equal(claims.items[0].name, "a");
	assert_string_equal(claims.items[1].file, "/usr/lib/vfioadm/claims.d/b.conf");
	assert_string_equal(pci_addr_text(claims.items[2].address).text, GPU2);
}

static void a_file_in_error_is_named_and_hides_no_other(void **state)
{
	static const struct {
		const char *text, *problem;
	} hostile[] = {
		{ "[claim]\nadress=01:00.0\n", "bad.conf:2: adress: unknown key in [claim]: did you mean address?" },
		{ "[claims]\naddress=01:00.0\n", "bad.conf:1: [claims]: unknown section: did you mean claim?" },
		{ "address=01:00.0\n", "stands before the first [section]" },
		{ "[claim]\n", "address= is missing" },
		{ "# nothing\n", "[claim] with address= is missing" },
		{ "[claim]\naddress=01:00\n", "bad.conf:2: address=01:00: expected a PCI address" },
		{ CARD "ids=1002:5159\n", "bad.conf:4: ids: given twice" },
		{ "[claim]\naddress=01:00.0\nids=radeon\n", "ids=radeon: expected vendor and device" },
		{ CARD "functions=all\n", "functions=all: expected slot|only" },
		{ CARD "driver=radeon\n", "driver=radeon: expected vfio-pci" },
		{ CARD "boot-gpu=perhaps\n", "expected yes or no" },
		{ "[claim]\n\001\n", "has control characters" },
	};

	(void)state;
	tree_write(tree, ETC "good.conf", CARD);
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		tree_write(tree, ETC "bad.conf", hostile[i].text);
		look();
		assert_int_equal(claims.count, 1);
		assert_int_equal(claims.problems.count, 1);
		assert_contains(claims.problems.items[0], "claim bad: ");
		assert_contains(claims.problems.items[0], hostile[i].problem);
	}
}

static void what_others_can_write_is_not_believed(void **state)
{
	(void)state;
	tree_write(tree, ETC "card.conf", CARD);
	chmod_in_tree(ETC "card.conf", 0646);
	look();
	assert_int_equal(claims.count, 0);
	assert_contains(claims.problems.items[0], "card.conf: others than root can write it");
	chmod_in_tree(ETC "card.conf", 0644);
	chmod_in_tree("etc/vfioadm/claims.d", 0777);
	look();
	assert_int_equal(claims.count, 0);
	assert_contains(claims.problems.items[0], "claims.d: others than root can write it");
	chmod_in_tree("etc/vfioadm/claims.d", 0755);
}

static void what_is_no_file_does_not_hang(void **state)
{
	(void)state;
	tree_mkdir(tree, ETC "dir.conf");
	assert_int_equal(mkfifoat(tree_root(tree)->fd, ETC "fifo.conf", 0644), 0);
	tree_link_outside(tree, ETC "nowhere.conf", "/nowhere");
	tree_write(tree, ETC "9name.conf", CARD);
	look();
	assert_int_equal(claims.count, 0);
	assert_int_equal(claims.problems.count, 4);
}

static void the_command_line_adds_and_takes_all_away(void **state)
{
	(void)state;
	tree_write(tree, ETC "card.conf", CARD);
	tree_write(tree, "proc/cmdline",
		   "quiet vfioadm.claim=02:00.0,nonsense,0000:02:00.1 x=vfioadm.claim=off vfioadm.claim=00:02.0\n");
	look();
	assert_int_equal(claims.count, 4);
	assert_string_equal(claims.items[0].name, "card");
	assert_string_equal(claims.items[3].name, "cmdline");
	assert_string_equal(pci_addr_text(claims.items[3].address).text, SCREEN);
	assert_int_equal(claims.problems.count, 1);
	assert_contains(claims.problems.items[0], "vfioadm.claim=nonsense: not a PCI address");
	assert_false(claims.off);
	tree_write(tree, "proc/cmdline", "vfioadm.claim=02:00.0 vfioadm.claim=off\n");
	look();
	assert_true(claims.off);
}

static enum claim_state state_of(const char *name, struct host *host, char *text, size_t size)
{
	const struct claim *claim;
	struct claim_standing standing;

	host_look_again(tree, host);
	claims_read(tree_root(tree), &host->claims);
	claim = claims_find(&host->claims, name);
	assert_non_null(claim);
	standing = claim_standing(host, claim);
	claim_standing_describe(&standing, text, size);
	return standing.state;
}

static void where_a_claim_stands(void **state)
{
	struct host host = { 0 };
	char text[128];

	(void)state;
	host_load_vfio(tree);
	tree_write(tree, ETC "card.conf", CARD);
	assert_int_equal(state_of("card", &host, text, sizeof(text)), CLAIM_LOST);
	assert_string_equal(text, "lost to radeon");
	host_bind_to_vfio(tree, GPU);
	assert_int_equal(state_of("card", &host, text, sizeof(text)), CLAIM_LOST);
	assert_string_equal(text, "lost to snd_hda_intel (" AUDIO ")");
	tree_unbind(tree, AUDIO);
	assert_int_equal(state_of("card", &host, text, sizeof(text)), CLAIM_LOST);
	assert_string_equal(text, "lost to no driver (" AUDIO ")");
	tree_write(tree, ETC "card.conf", CARD "functions=only\n");
	assert_int_equal(state_of("card", &host, text, sizeof(text)), CLAIM_WON);
	tree_write(tree, ETC "card.conf", "[claim]\naddress=01:00.0\nids=10de:1b80\n");
	assert_int_equal(state_of("card", &host, text, sizeof(text)), CLAIM_IDS_DIFFER);
	assert_string_equal(text, "ids differ (1002:5159)");
	tree_write(tree, ETC "card.conf", "[claim]\naddress=66:00.0\n");
	assert_int_equal(state_of("card", &host, text, sizeof(text)), CLAIM_ABSENT);
	tree_write(tree, "proc/cmdline", "vfioadm.claim=off\n");
	assert_int_equal(state_of("card", &host, text, sizeof(text)), CLAIM_OFF);
	host_release(&host);
}

static void a_claim_covers_its_slot_or_its_function(void **state)
{
	struct claim claim = { .address = { 0, 1, 0, 0 }, .functions = CLAIM_SLOT };

	(void)state;
	assert_true(claim_covers(&claim, (struct pci_addr){ 0, 1, 0, 7 }));
	assert_false(claim_covers(&claim, (struct pci_addr){ 0, 1, 1, 0 }));
	claim.functions = CLAIM_ONLY;
	assert_true(claim_covers(&claim, (struct pci_addr){ 0, 1, 0, 0 }));
	assert_false(claim_covers(&claim, (struct pci_addr){ 0, 1, 0, 1 }));
}

/* The finding that stops the claim on what is at its address now, or NULL. */
static const char *stopped_by(const char *text)
{
	struct finding_list findings = { 0 };
	struct targets targets = { 0 };
	const struct finding *finding;
	struct host host = { 0 };
	const char *id;

	tree_write(tree, ETC "card.conf", text);
	host_look_again(tree, &host);
	claims_read(tree_root(tree), &host.claims);
	claim_add_targets(&host, &host.claims.items[0], &targets);
	claim_assess(&host, &host.claims.items[0], &targets, &findings);
	finding = claim_first_stop(&host.claims.items[0], &findings);
	id = finding ? finding_kinds[finding->id].id : "none";
	finding_list_release(&findings);
	targets_release(&targets);
	host_release(&host);
	return id;
}

static void what_stops_a_claim(void **state)
{
	(void)state;
	assert_string_equal(stopped_by(CARD), "none");
	assert_string_equal(stopped_by("[claim]\naddress=01:00.0\nids=10de:1b80\n"), "wrong-device");
	assert_string_equal(stopped_by("[claim]\naddress=00:04.0\n"), "not-an-endpoint");
	assert_string_equal(stopped_by("[claim]\naddress=00:02.0\n"), "boot-gpu");
	assert_string_equal(stopped_by("[claim]\naddress=00:02.0\nboot-gpu=yes\n"), "none");
	/* What only keeps a guest from using it does not. */
	tree_add_function(tree, "0000:06:00.0", 0x8086, 0x10d3, 0x020000, "e1000e", GPU_GROUP, NULL);
	assert_string_equal(stopped_by(CARD), "none");
	tree_remove(tree, "sys/class/iommu/dmar0");
	tree_remove(tree, "sys/kernel/iommu_groups");
	tree_mkdir(tree, "sys/kernel/iommu_groups");
	assert_string_equal(stopped_by(CARD), "iommu-off");
}

static void what_vfio_pci_had_before_is_recorded(void **state)
{
	struct targets targets = { 0 };
	struct step_list plan = { 0 };
	struct host host = { 0 };
	struct error err;

	(void)state;
	host_load_vfio(tree);
	host_bind_to_vfio(tree, GPU);
	host_look(tree, &host);
	target_add(&targets, &host, GPU);
	assert_ok(plan_keep(&host, &targets, 1, &plan, &err), err);
	plan_name_claim(&plan, "card");
	assert_int_equal(plan.count, 1);
	assert_int_equal(plan.items[0].kind, STEP_RECORD);
	assert_string_equal(plan.items[0].held.claim, "card");
	assert_string_equal(plan.items[0].held.driver, "");
	/* One that a driver has is not for this plan: that takes an unbind. */
	target_add(&targets, &host, GPU2);
	step_list_release(&plan);
	assert_ok(plan_keep(&host, &targets, 1, &plan, &err), err);
	assert_int_equal(plan.count, 1);
	step_list_release(&plan);
	targets_release(&targets);
	host_release(&host);
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_TREE(a_host_without_claims_has_none),
		WITH_TREE(a_claim_is_read_with_its_defaults),
		WITH_TREE(etc_hides_what_the_image_brings),
		WITH_TREE(a_file_in_error_is_named_and_hides_no_other),
		WITH_TREE(what_others_can_write_is_not_believed),
		WITH_TREE(what_is_no_file_does_not_hang),
		WITH_TREE(the_command_line_adds_and_takes_all_away),
		WITH_TREE(where_a_claim_stands),
		WITH_TREE(a_claim_covers_its_slot_or_its_function),
		WITH_TREE(what_stops_a_claim),
		WITH_TREE(what_vfio_pci_had_before_is_recorded),
	};

	return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
