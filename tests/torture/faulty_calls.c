/* Put before the C library: system calls that change files below a folder are counted, and from
   the n-th on they fail, or there the process is stopped or killed.  Armed from Python by ctypes. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNT = 0, FAIL = 1, KILL = 2, TEAR = 3, STOP = 4 };

static char below[4096];
static volatile int what = COUNT, number = ENOSPC, armed = 0;
static volatile long calls = 0, first = 0;

void faults_arm(const char *folder, int mode, long n, int error) {
    strncpy(below, folder, sizeof below - 1);
    what = mode, first = n, number = error, calls = 0, armed = 1;
}

long faults_calls(void) { return calls; }

static int inside(const char *path) { return strncmp(path, below, strlen(below)) == 0; }

static int named(int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return inside(path);
}

/* Whether this call has to fail; TEAR comes back where half of a write is to be done first. */
static int hit(int ours) {
    if (!armed || !ours) return 0;
    long now = __sync_add_and_fetch(&calls, 1);
    if (what == FAIL && now >= first) return FAIL;
    if (now != first) return 0;
    if (what == KILL) kill(getpid(), SIGKILL);
    if (what == STOP) raise(SIGSTOP);
    return what == TEAR ? TEAR : 0;
}

/* Of what cannot be half done: it is before or after the kill. */
static int refused(int ours) {
    int fate = hit(ours);
    if (fate == TEAR) kill(getpid(), SIGKILL);
    return fate;
}

#define NEXT(name) static __typeof__(name) *next; if (!next) next = dlsym(RTLD_NEXT, #name)
#define REFUSE { errno = number; return -1; }

#define WRITER(name, ...) \
    int fate = hit(named(descriptor)); \
    if (fate == FAIL) REFUSE \
    if (fate == TEAR) { size = size / 2; __VA_ARGS__; kill(getpid(), SIGKILL); }

ssize_t write(int descriptor, const void *from, size_t size) {
    NEXT(write);
    WRITER(write, next(descriptor, from, size))
    return next(descriptor, from, size);
}

ssize_t pwrite(int descriptor, const void *from, size_t size, off_t place) {
    NEXT(pwrite);
    WRITER(pwrite, next(descriptor, from, size, place))
    return next(descriptor, from, size, place);
}

ssize_t pwrite64(int descriptor, const void *from, size_t size, off64_t place) {
    NEXT(pwrite64);
    WRITER(pwrite64, next(descriptor, from, size, place))
    return next(descriptor, from, size, place);
}

int fsync(int descriptor) {
    NEXT(fsync);
    if (refused(named(descriptor))) REFUSE
    return next(descriptor);
}

int fdatasync(int descriptor) {
    NEXT(fdatasync);
    if (refused(named(descriptor))) REFUSE
    return next(descriptor);
}

int rename(const char *from, const char *to) {
    NEXT(rename);
    if (refused(inside(to))) REFUSE
    return next(from, to);
}

int mkdir(const char *path, mode_t mode) {
    NEXT(mkdir);
    if (refused(inside(path))) REFUSE
    return next(path, mode);
}
