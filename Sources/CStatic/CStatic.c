#define _GNU_SOURCE
#include "CStatic.h"
#include <elf.h>
#include <link.h>
#include <nss.h>
#include <stddef.h>
#include <sys/auxv.h>

/* Whether the kernel started a loader for this program; unknown counts as yes. Unlike a weak `_DYNAMIC` it also tells a
 * static program that is position independent. */
static int has_loader(void) {
    const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    if (headers == NULL) return 1;
    for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++)
        if (headers[i].p_type == PT_INTERP) return 1;
    return 0;
}

/* Not in a public header since glibc 2.34 hides its state; the symbol itself is part of the ABI (GLIBC_2.2.5). */
extern int __nss_configure_lookup(const char *database, const char *services);

void static_use_own_name_service(void) {
    if (has_loader()) return;
    static const char *const lookups[][2] = {{"hosts", "files dns"}, {"passwd", "files"},    {"group", "files"},
                                             {"services", "files"},  {"protocols", "files"}, {"networks", "files"}};
    for (size_t i = 0; i < sizeof lookups / sizeof *lookups; i++) __nss_configure_lookup(lookups[i][0], lookups[i][1]);
}

/* Taken in place of libgcc's by --wrap in the static form (Package.swift). crtbeginT.o registers every frame entry of
 * the program at start, and the first unwind then sorts them all: 25 ms and about 1 MB. Without it the unwinder reads
 * the index that is in the file anyway (PT_GNU_EH_FRAME). */
void __wrap___register_frame_info(const void *begin, void *object) {
    (void)begin;
    (void)object;
}
void *__wrap___deregister_frame_info(const void *begin) {
    (void)begin;
    return NULL;
}
