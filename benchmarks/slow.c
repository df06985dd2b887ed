/* A disk that needs longer: every fsync and fdatasync takes SLOW_US microseconds more than it does.
   cc -O2 -shared -fPIC -o slow.so slow.c -ldl, then LD_PRELOAD=$PWD/slow.so */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef int (*sync_call)(int);

static int slowed(const char *name, int file) {
    sync_call real = (sync_call)dlsym(RTLD_NEXT, name);
    int result = real(file);
    const char *told = getenv("SLOW_US");
    usleep(told ? (useconds_t)atoi(told) : 2000);
    return result;
}

int fsync(int file) { return slowed("fsync", file); }
int fdatasync(int file) { return slowed("fdatasync", file); }
