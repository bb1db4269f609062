/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>

/* https://systemd.io/ELF_DLOPEN_METADATA */
#define NOTE_TYPE 0x407c0c0aU

#define NOTE_TEXT(soname, feature, description)                                                    \
	"[{\"soname\":[\"" soname "\"],\"feature\":\"" feature "\",\"description\":\"" description  \
	"\",\"priority\":\"required\"}]"

#define NOTE(id, soname, package, feature, description)                                            \
	static const struct {                                                                      \
		uint32_t name_size, text_size, type;                                               \
		char name[4];                                                                      \
		_Alignas(uint32_t) char text[sizeof(NOTE_TEXT(soname, feature, description))];     \
	} note_##id __attribute__((used, section(".note.dlopen"), aligned(sizeof(uint32_t)))) = {  \
		sizeof("FDO"), sizeof(NOTE_TEXT(soname, feature, description)), NOTE_TYPE, "FDO",  \
		NOTE_TEXT(soname, feature, description)                                            \
	};

LIBRARIES(NOTE)

#define FILE_OF(id, soname, package, feature, description) { soname, package },

static const struct {
	const char *soname, *package;
} files[] = { LIBRARIES(FILE_OF) };

static void *handles[LIBRARY_MAX];

static int fail(enum library library, struct error *err)
{
	const char *why = dlerror();

	return error_set(err, -ELIBACC, "%s: cannot use this library: %s: install the package that has "
			 "it (Debian: %s)", files[library].soname, why ? why : "unknown error",
			 files[library].package);
}

/* Never closed, and bound at once: a function that is missing must not show in the middle of a change. */
static int open_once(enum library library, struct error *err)
{
	if (!handles[library])
		handles[library] = dlopen(files[library].soname, RTLD_NOW | RTLD_NODELETE);
	return handles[library] ? 0 : fail(library, err);
}

int library_open(enum library library, const char *const *names, void *functions, struct error *err)
{
	/* Compilers let a void * stand for a pointer of any type, as dlsym(3) does. */
	void **pointers = functions;
	size_t count = 0;

	/* The first is written last, so that it tells of all. */
	if (pointers[0])
		return 0;
	if (open_once(library, err) < 0)
		return err->code;
	while (names[count])
		count++;
	while (count-- > 0) {
		pointers[count] = dlsym(handles[library], names[count]);
		if (!pointers[count])
			return fail(library, err);
	}
	return 0;
}

int library_print_paths(FILE *out, struct error *err)
{
	struct link_map *map;

	for (int i = 0; i < LIBRARY_MAX; i++) {
		if (open_once((enum library)i, err) < 0)
			return err->code;
		if (dlinfo(handles[i], RTLD_DI_LINKMAP, &map) < 0)
			return fail((enum library)i, err);
		fprintf(out, "%s\n", map->l_name);
	}
	return 0;
}
