/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/rom.h"

/* A word where there is one for it, else the number. */
static void put_name(struct json_object *object, const char *key, const char *name,
		     unsigned int number)
{
	if (name)
		json_put_string(object, key, name);
	else
		json_put_int(object, key, number);
}

static void put_efi(struct json_object *image, const struct option_rom_efi *efi)
{
	struct json_object *object = json_put_object(image, "efi");

	put_name(object, "machine", rom_machine_to_string(efi->machine), efi->machine);
	put_name(object, "subsystem", rom_subsystem_to_string(efi->subsystem), efi->subsystem);
	json_put_bool(object, "compressed", efi->compression != 0);
}

static void put_image(struct json_object *object, const struct option_rom_image *image)
{
	json_put_int(object, "offset", (int64_t)image->offset);
	json_put_int(object, "length", (int64_t)image->length);
	put_name(object, "code_type", rom_code_type_to_string(image->code_type),
		 image->code_type);
	json_put_stringf(object, "vendor", "%04x", image->vendor);
	json_put_stringf(object, "device", "%04x", image->device);
	json_put_bool(object, "last", image->last);
	if (image->has_efi)
		put_efi(object, &image->efi);
	else
		json_put_null(object, "efi");
}

void json_put_rom(struct json_object *document, const struct option_rom *rom)
{
	struct json_object *images = json_put_array(document, "images"), *problems;

	for (size_t i = 0; i < rom->image_count; i++)
		put_image(json_add_object(images), &rom->images[i]);
	json_put_bool(document, "efi_boot", rom->efi_boot);
	problems = json_put_array(document, "problems");
	for (size_t i = 0; i < rom->problems.count; i++)
		json_add_string(problems, rom->problems.items[i]);
}
