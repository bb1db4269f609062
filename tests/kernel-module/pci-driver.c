// SPDX-License-Identifier: GPL-2.0
/*
 * A PCI driver for tests only, that does to a device what GPU drivers do at their worst. It is built
 * once for each name, and takes the emulated card; as nvidia it also has that driver's fixed nodes.
 * The parameters can be changed at any time, in /sys/module/NAME/parameters.
 */
#include <linux/cdev.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/version.h>

#define MINORS 256
#define NVIDIA_MAJOR 195

static int init_errno;
module_param(init_errno, int, 0644);
MODULE_PARM_DESC(init_errno, "loading the module fails with this errno");

static bool init_blocks;
module_param(init_blocks, bool, 0644);
MODULE_PARM_DESC(init_blocks, "loading the module does not end before this is cleared");

static int probe_errno;
module_param(probe_errno, int, 0644);
MODULE_PARM_DESC(probe_errno, "probe fails with this errno");

static bool remove_blocks;
module_param(remove_blocks, bool, 0644);
MODULE_PARM_DESC(remove_blocks, "remove does not return before this is cleared");

static bool remove_waits;
module_param(remove_waits, bool, 0644);
MODULE_PARM_DESC(remove_waits, "remove does not return before every node is closed");

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define make_class(name) class_create(THIS_MODULE, name)
#else
#define make_class(name) class_create(name)
#endif

static atomic_t open_count = ATOMIC_INIT(0);
static struct class *node_class;
static dev_t numbers;
static struct cdev cdev;

static int node_open(struct inode *inode, struct file *file)
{
	atomic_inc(&open_count);
	return 0;
}

static int node_release(struct inode *inode, struct file *file)
{
	atomic_dec(&open_count);
	return 0;
}

static const struct file_operations node_fops = {
	.owner = THIS_MODULE,
	.open = node_open,
	.release = node_release,
};

static bool is_nvidia(void)
{
	return strcmp(KBUILD_MODNAME, "nvidia") == 0;
}

/* nvidia's nodes are made by user space, and /proc says which card has which. */
static int information_show(struct seq_file *file, void *unused)
{
	seq_puts(file, "Model: \t\t Stand-in\nDevice Minor: \t 0\n");
	return 0;
}

static void add_node(struct pci_dev *pdev)
{
	char path[64];

	if (is_nvidia()) {
		snprintf(path, sizeof(path), "driver/nvidia/gpus/%s", pci_name(pdev));
		proc_create_single("information", 0444, proc_mkdir(path, NULL), information_show);
	} else {
		device_create(node_class, &pdev->dev, numbers, NULL, "%s0", KBUILD_MODNAME);
	}
}

static void remove_node(struct pci_dev *pdev)
{
	char path[64];

	if (is_nvidia()) {
		snprintf(path, sizeof(path), "driver/nvidia/gpus/%s", pci_name(pdev));
		remove_proc_subtree(path, NULL);
	} else {
		device_destroy(node_class, numbers);
	}
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	if (probe_errno)
		return -probe_errno;
	add_node(pdev);
	return 0;
}

/* As nvidia's: it sleeps and looks again, and no signal ends it. */
static void remove(struct pci_dev *pdev)
{
	remove_node(pdev);
	while (remove_blocks || (remove_waits && atomic_read(&open_count) > 0))
		msleep(100);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1002, 0x5159) },
	{ }
};

static struct pci_driver driver = {
	.name = KBUILD_MODNAME,
	.id_table = ids,
	.probe = probe,
	.remove = remove,
};

static int make_nodes(void)
{
	int r;

	numbers = MKDEV(NVIDIA_MAJOR, 0);
	r = is_nvidia() ? register_chrdev_region(numbers, MINORS, "nvidia-frontend")
			: alloc_chrdev_region(&numbers, 0, MINORS, KBUILD_MODNAME);
	if (r)
		return r;
	cdev_init(&cdev, &node_fops);
	r = cdev_add(&cdev, numbers, MINORS);
	if (r)
		unregister_chrdev_region(numbers, MINORS);
	return r;
}

static void drop_nodes(void)
{
	cdev_del(&cdev);
	unregister_chrdev_region(numbers, MINORS);
}

static int __init stand_in_init(void)
{
	int r;

	while (init_blocks)
		msleep(100);
	if (init_errno)
		return -init_errno;
	node_class = make_class(KBUILD_MODNAME "-stand-in");
	if (IS_ERR(node_class))
		return PTR_ERR(node_class);
	r = make_nodes();
	if (r)
		goto no_nodes;
	if (is_nvidia()) {
		proc_mkdir("driver/nvidia", NULL);
		proc_mkdir("driver/nvidia/gpus", NULL);
	}
	r = pci_register_driver(&driver);
	if (r == 0)
		return 0;
	drop_nodes();
no_nodes:
	class_destroy(node_class);
	return r;
}

static void __exit stand_in_exit(void)
{
	pci_unregister_driver(&driver);
	if (is_nvidia())
		remove_proc_subtree("driver/nvidia", NULL);
	drop_nodes();
	class_destroy(node_class);
}

module_init(stand_in_init);
module_exit(stand_in_exit);

#ifdef PROVIDES
/* What the parts of nvidia's stack are built on, so that the kernel counts them as holders. */
void PROVIDES(void);
void PROVIDES(void)
{
}
EXPORT_SYMBOL_GPL(PROVIDES);
#endif

MODULE_DESCRIPTION("stand-in for a GPU driver, for tests");
MODULE_LICENSE("GPL");
