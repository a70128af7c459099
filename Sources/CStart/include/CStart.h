#ifndef REAGENT_CSTART_H
#define REAGENT_CSTART_H

/// Blocks SIGTERM and SIGINT in every thread of the process. Runs by itself before main (a constructor), so that a
/// signal in the very first instruction waits for the reader instead of killing the process (system.md 0.4, S-24).
void reagent_block_termination_signals(void);

#endif
