#define _GNU_SOURCE
#include "CStart.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

static int descriptors[2] = {-1, -1};

/* Async-signal-safe: one write, errno kept. A full pipe holds more signals than anybody needs. */
static void note(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(descriptors[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

__attribute__((constructor)) static void take_termination_signals(void) {
    if (pipe2(descriptors, O_CLOEXEC) != 0) return;
    fcntl(descriptors[1], F_SETFL, O_NONBLOCK);
    struct sigaction action = {0};
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    /* A parent may have started us with both blocked. */
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    sigprocmask(SIG_UNBLOCK, &both, NULL);
}

int start_termination_descriptor(void) { return descriptors[0]; }

void start_without_core_dumps(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
    limit.rlim_cur = 0;
    setrlimit(RLIMIT_CORE, &limit);
}

void start_with_few_arenas(void) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 2);
#endif
}
