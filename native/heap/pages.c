#ifdef __linux__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#endif
#endif
#include "pages.h"

#ifdef _WIN32
#include <windows.h>

void *
map_pages(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void
unmap_pages(void *pages, size_t size)
{
    if (pages != NULL) {
        VirtualFree(pages, 0, MEM_RELEASE);
    }
}
#else
#include <sys/mman.h>

void *
map_pages(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

void
unmap_pages(void *pages, size_t size)
{
    if (pages != NULL) {
        munmap(pages, size);
    }
}
#endif
