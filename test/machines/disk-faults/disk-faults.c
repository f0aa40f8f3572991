/* Loaded before a program (LD_PRELOAD): its FAULT_AT-th change below the folder FAULT_UNDER fails with the error number FAULT_ERRNO, or
   ends the program with SIGKILL where that is 0. With FAULT_STAYS=1 the changes after it fail too, as on a disk that is full. At the end
   FAULT_COUNT gets three numbers: the files opened, what takes space (files opened too), and all changes. Programs that this one starts are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 65536
enum kind { OPENS, ADDS, OTHER };

static char under[PATH_MAX], count_file[PATH_MAX];
static long at;
static int number, stays;
static atomic_long changes; /* that can meet the fault */
static atomic_long made[3]; /* of each kind */
static atomic_char ours[FILES];

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("FAULT_UNDER");
  if (text) snprintf(under, sizeof under, "%s", text);
  if ((text = getenv("FAULT_COUNT"))) snprintf(count_file, sizeof count_file, "%s", text);
  if ((text = getenv("FAULT_AT"))) at = atol(text);
  if ((text = getenv("FAULT_ERRNO"))) number = atoi(text);
  if ((text = getenv("FAULT_STAYS"))) stays = atoi(text);
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void end(void) {
  char text[80];
  long opens = atomic_load(&made[OPENS]), adds = opens + atomic_load(&made[ADDS]);
  int fd, size = snprintf(text, sizeof text, "%ld %ld %ld", opens, adds, adds + atomic_load(&made[OTHER]));
  if (!count_file[0]) return;
  fd = syscall(SYS_openat, AT_FDCWD, count_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd >= 0) { if (syscall(SYS_write, fd, text, size) < 0) {} syscall(SYS_close, fd); }
}

static int is_below(const char *path) {
  char whole[PATH_MAX];
  size_t size = strlen(under);
  if (!size || !path) return 0;
  if (path[0] != '/') {
    char folder[PATH_MAX / 2];
    if (!getcwd(folder, sizeof folder)) return 0;
    snprintf(whole, sizeof whole, "%s/%s", folder, path);
    path = whole;
  }
  return !strncmp(path, under, size) && (path[size] == '/' || path[size] == 0);
}

/* A full disk lets files be removed; a process without free descriptors fails only to open. */
static int can_fail(enum kind kind) {
  if (number == EMFILE) return kind == OPENS;
  if (number == ENOSPC) return kind != OTHER;
  return 1;
}

static int fails(enum kind kind) {
  long now;
  atomic_fetch_add(&made[kind], 1);
  if (!can_fail(kind)) return 0;
  now = atomic_fetch_add(&changes, 1) + 1;
  if (!at || now < at || (now > at && !stays)) return 0;
  if (!number) kill(getpid(), SIGKILL);
  errno = number;
  return 1;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define WRITES(flags) (((flags) & O_ACCMODE) != O_RDONLY || ((flags) & (O_CREAT | O_TRUNC)))
#define OPENER(name, first, pass) \
  int name(first const char *path, int flags, ...) { \
    mode_t mode = 0; int fd, mine = WRITES(flags) && is_below(path); \
    REAL(name); \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
    if (mine && fails(OPENS)) return -1; \
    fd = real(pass path, flags, mode); \
    if (fd >= 0 && fd < FILES) atomic_store(&ours[fd], mine); \
    return fd; \
  }
#define COMMA ,
OPENER(open, , )
OPENER(open64, , )
OPENER(openat, int folder COMMA, folder COMMA)
OPENER(openat64, int folder COMMA, folder COMMA)

#define IS_OURS(fd) ((fd) >= 0 && (fd) < FILES && atomic_load(&ours[fd]))
#define ON_FILE(type, name, kind, params, ...) \
  type name params { REAL(name); if (IS_OURS(fd) && fails(kind)) return -1; return real(__VA_ARGS__); }
ON_FILE(ssize_t, write, ADDS, (int fd, const void *data, size_t size), fd, data, size)
ON_FILE(ssize_t, pwrite, ADDS, (int fd, const void *data, size_t size, off_t from), fd, data, size, from)
ON_FILE(ssize_t, pwrite64, ADDS, (int fd, const void *data, size_t size, off64_t from), fd, data, size, from)
ON_FILE(ssize_t, writev, ADDS, (int fd, const struct iovec *parts, int size), fd, parts, size)
ON_FILE(ssize_t, pwritev, ADDS, (int fd, const struct iovec *parts, int size, off_t from), fd, parts, size, from)
ON_FILE(ssize_t, pwritev64, ADDS, (int fd, const struct iovec *parts, int size, off64_t from), fd, parts, size, from)
ON_FILE(int, ftruncate, ADDS, (int fd, off_t size), fd, size)
ON_FILE(int, ftruncate64, ADDS, (int fd, off64_t size), fd, size)
ON_FILE(int, fsync, ADDS, (int fd), fd)
ON_FILE(int, fdatasync, ADDS, (int fd), fd)
ON_FILE(int, fchmod, OTHER, (int fd, mode_t mode), fd, mode)

int close(int fd) {
  REAL(close);
  if (fd >= 0 && fd < FILES) atomic_store(&ours[fd], 0);
  return real(fd);
}

#define ON_PATH(name, kind, path, params, ...) \
  int name params { REAL(name); if (is_below(path) && fails(kind)) return -1; return real(__VA_ARGS__); }
ON_PATH(mkdir, ADDS, path, (const char *path, mode_t mode), path, mode)
ON_PATH(rename, ADDS, to, (const char *from, const char *to), from, to)
ON_PATH(link, ADDS, to, (const char *from, const char *to), from, to)
ON_PATH(symlink, ADDS, to, (const char *from, const char *to), from, to)
ON_PATH(unlink, OTHER, path, (const char *path), path)
ON_PATH(rmdir, OTHER, path, (const char *path), path)
ON_PATH(chmod, OTHER, path, (const char *path, mode_t mode), path, mode)
