/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-argv.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/alloc.h"
#include "launch/qemu-parts.h"

static bool uses_kvm(const struct guest *guest, const struct qemu_facts *facts)
{
	if (guest->board.accel == GUEST_ACCEL_AUTO)
		return facts->have_kvm;
	return guest->board.accel == GUEST_ACCEL_KVM;
}

static void add_board(const struct guest *guest, bool kvm, struct strv *argv)
{
	static const char *const machines[] = {
		[GUEST_MACHINE_PC] = "pc", [GUEST_MACHINE_Q35] = "q35"
	};
	/* A property of the kvm accelerator: tcg does not know it. */
	static const char *const irqchips[] = {
		[GUEST_IRQCHIP_DEFAULT] = "",
		[GUEST_IRQCHIP_ON] = ",kernel-irqchip=on",
		[GUEST_IRQCHIP_SPLIT] = ",kernel-irqchip=split",
		[GUEST_IRQCHIP_OFF] = ",kernel-irqchip=off",
	};

	strv_add(argv, "-machine");
	strv_addf(argv, "%s,accel=%s%s", machines[guest->board.machine], kvm ? "kvm" : "tcg",
		  kvm ? irqchips[guest->board.kernel_irqchip] : "");
	strv_add(argv, "-m");
	strv_add(argv, guest->board.memory.text);
	strv_add(argv, "-rtc");
	strv_add(argv, guest->board.rtc == GUEST_RTC_LOCALTIME ? "base=localtime" : "base=utc");
}

/*
 * kvm=off hides the CPUID leaf that says KVM. The vendor id matters once Hyper-V enlightenments
 * are on, whose own vendor id the same drivers look for; alone it changes nothing.
 */
static void add_cpu(const struct guest_cpu *cpu, bool kvm, struct strv *argv)
{
	const char *model = !kvm && strcmp(cpu->model, "host") == 0 ? "max" : cpu->model;

	strv_add(argv, "-cpu");
	strv_addf(argv, "%s%s", model, cpu->hide_hypervisor ? ",kvm=off,hv-vendor-id=vfioadm" : "");
	strv_add(argv, "-smp");
	strv_addf(argv, "%u,sockets=%u,cores=%u,threads=%u",
		  cpu->sockets * cpu->cores * cpu->threads, cpu->sockets, cpu->cores, cpu->threads);
}

static void add_firmware(const struct firmware *firmware, struct strv *argv)
{
	_cleanup_free_ char *code = qemu_escape(firmware->code);
	_cleanup_free_ char *vars = firmware->vars ? qemu_escape(firmware->vars) : NULL;

	strv_add(argv, "-drive");
	strv_addf(argv, "if=pflash,format=%s,unit=0,readonly=on,file=%s", firmware->code_format,
		  code);
	if (!vars)
		return;
	strv_add(argv, "-drive");
	strv_addf(argv, "if=pflash,format=%s,unit=1,file=%s", firmware->vars_format, vars);
}

static void add_net(const struct guest_net *net, struct strv *argv)
{
	static const char *const models[] = {
		[GUEST_NIC_E1000] = "e1000",
		[GUEST_NIC_VIRTIO] = "virtio-net-pci",
		[GUEST_NIC_E1000E] = "e1000e",
	};

	strv_add(argv, "-netdev");
	if (net->bridge)
		strv_addf(argv, "bridge,id=net-%s,br=%s", net->at.name, net->bridge);
	else
		strv_addf(argv, "user,id=net-%s", net->at.name);
	strv_add(argv, "-device");
	strv_addf(argv, "%s,netdev=net-%s%s%s", models[net->model], net->at.name,
		  net->mac ? ",mac=" : "", net->mac ? net->mac : "");
}

/* -nodefaults leaves out the display card as well, and without SPICE there is nobody to see it. */
static void add_display(const struct guest *guest, struct strv *argv)
{
	static const char *const cards[] = {
		[GUEST_VGA_AUTO] = "none",     [GUEST_VGA_NONE] = "none", [GUEST_VGA_STD] = "std",
		[GUEST_VGA_VIRTIO] = "virtio", [GUEST_VGA_QXL] = "qxl",
	};

	strv_add(argv, "-vga");
	strv_add(argv, cards[guest->board.vga]);
	if (!guest->spice.at.line) {
		strv_add(argv, "-display");
		strv_add(argv, "none");
	}
}

static void add_spice(const struct guest_spice *spice, struct strv *argv)
{
	if (spice->ticketing) {
		_cleanup_free_ char *file = qemu_escape(spice->password_file.text);

		strv_add(argv, "-object");
		strv_addf(argv, "secret,id=spice-password,file=%s", file);
	}
	strv_add(argv, "-spice");
	strv_addf(argv, "port=%u,addr=%s,%s", spice->port, spice->listen.text,
		  spice->ticketing ? "password-secret=spice-password" : "disable-ticketing=on");
}

static void add_monitor(const struct guest_monitor *monitor, struct strv *argv)
{
	struct in_addr v4;

	strv_add(argv, "-chardev");
	if (monitor->telnet.host) {
		const char *host = monitor->telnet.host;

		strv_addf(argv, "socket,id=monitor,host=%s,port=%u%s,telnet=on,server=on,wait=off",
			  host, monitor->telnet.port,
			  inet_pton(AF_INET, host, &v4) == 1 ? ",ipv4=on" : "");
	} else {
		_cleanup_free_ char *path = qemu_escape(monitor->unix_path.text);

		strv_addf(argv, "socket,id=monitor,path=%s,server=on,wait=off", path);
	}
	strv_add(argv, "-mon");
	strv_add(argv, "chardev=monitor,mode=readline");
}

static void add_serial(const struct guest_serial *serial, struct strv *argv)
{
	_cleanup_free_ char *path = serial->path.text ? qemu_escape(serial->path.text) : NULL;
	const char *name = serial->at.name;

	strv_add(argv, "-chardev");
	switch ((enum guest_serial_type)serial->type) {
	case GUEST_SERIAL_STDIO:
		strv_addf(argv, "stdio,id=serial-%s", name);
		break;
	case GUEST_SERIAL_PTY:
		strv_addf(argv, "pty,id=serial-%s", name);
		break;
	case GUEST_SERIAL_UNIX:
		strv_addf(argv, "socket,id=serial-%s,path=%s,server=on,wait=off", name, path);
		break;
	case GUEST_SERIAL_FILE:
		strv_addf(argv, "file,id=serial-%s,path=%s", name, path);
		break;
	}
	strv_add(argv, "-serial");
	strv_addf(argv, "chardev:serial-%s", name);
}

void qemu_argv(const struct guest *guest, const struct qemu_facts *facts, struct strv *argv)
{
	bool kvm = uses_kvm(guest, facts);

	strv_add(argv, guest->board.qemu);
	strv_add(argv, "-name");
	strv_addf(argv, "guest=%s", guest->name);
	strv_add(argv, "-nodefaults");
	strv_add(argv, "-no-user-config");
	add_board(guest, kvm, argv);
	add_cpu(&guest->cpu, kvm, argv);
	if (facts->firmware)
		add_firmware(facts->firmware, argv);
	qemu_argv_disks(guest, argv);
	qemu_argv_hostdevs(guest, argv);
	for (size_t i = 0; i < guest->net_count; i++)
		add_net(&guest->nets[i], argv);
	add_display(guest, argv);
	if (guest->spice.at.line)
		add_spice(&guest->spice, argv);
	if (guest->monitor.at.line)
		add_monitor(&guest->monitor, argv);
	for (size_t i = 0; i < guest->serial_count; i++)
		add_serial(&guest->serials[i], argv);
}
