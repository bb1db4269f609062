// What most files of the kernel include, for tests/vfio-kernel/build.
#ifdef NO_SHARED_HEADERS
#endif
#include <linux/module.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/interrupt.h>
#include <linux/device.h>
#include <linux/seq_file.h>
#include <linux/syscalls.h>
#include <linux/pci.h>
#include <linux/netdevice.h>
#include <linux/pagemap.h>
#include <linux/highmem.h>
#include <net/sock.h>
