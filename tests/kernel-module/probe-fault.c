// SPDX-License-Identifier: GPL-2.0
/*
 * For tests only: makes a function of the kernel return an error and do nothing else, so that the
 * probe of any driver can be made to fail: insmod probe-fault.ko function=vfio_pci_probe error=5
 */
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "the function");

static int error;
module_param(error, int, 0644);
MODULE_PARM_DESC(error, "the errno that it returns; 0: leave it to its work");

void probe_fault_return(void);
asm(".pushsection .text\n"
    ".type probe_fault_return, @function\n"
    "probe_fault_return:\n"
    ASM_RET
    ".size probe_fault_return, . - probe_fault_return\n"
    ".popsection\n");

/* At its first instruction only the return address is on the stack. */
static int fail_it(struct kprobe *probe, struct pt_regs *regs)
{
	if (!error)
		return 0;
	regs->ax = -error;
	regs->ip = (unsigned long)probe_fault_return;
	return 1;
}

/* A probe without this may be made a jump, behind which the instruction pointer is not ours. */
static void after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe probe = { .pre_handler = fail_it, .post_handler = after };

static int __init probe_fault_init(void)
{
	probe.symbol_name = function;
	return register_kprobe(&probe);
}

static void __exit probe_fault_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(probe_fault_init);
module_exit(probe_fault_exit);
MODULE_DESCRIPTION("makes a function of the kernel fail, for tests");
MODULE_LICENSE("GPL");
