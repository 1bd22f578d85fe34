/* Memory in large pieces, zeroed and straight from the system: it is there when it is first written to, it is had
   without the locks of `malloc`, which a fork of a process with threads may find closed, and it leaves no holes. */

#ifndef HEAPSIGHT_PAGES_H
#define HEAPSIGHT_PAGES_H

#include <stddef.h>

/* `size`: bytes. NULL: no memory. */
void *map_pages(size_t size);

void unmap_pages(void *pages, size_t size);

/* Have what lies at an address brought near; nothing happens where there is no such memory. */
#if defined(__GNUC__) || defined(__clang__)
#define BRING_NEAR(address) __builtin_prefetch(address)
#else
#define BRING_NEAR(address) ((void)(address))
#endif

#endif
