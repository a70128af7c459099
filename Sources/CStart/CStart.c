#include "CStart.h"
#include <signal.h>
#include <stddef.h>

__attribute__((constructor)) void reagent_block_termination_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
}
