#ifndef START_CSTART_H
#define START_CSTART_H

/// Where SIGTERM and SIGINT arrive: the reading end of a pipe, one byte (the signal's number) each; -1 when there is
/// none and the signals have their default action.
///
/// A constructor takes the two signals before main, so that one in the very first instruction waits for its reader
/// instead of killing the process (system.md 0.4, S-24). They are handled, not blocked: the dispatch library waits in
/// the main thread with an empty mask, where a blocked signal would still kill; and a handler, unlike a mask, does not
/// pass to child programs.
int start_termination_descriptor(void);

/// Lets no crash write the memory of the process to a file: it holds the device's secrets (system.md 8.4).
void start_without_core_dumps(void);

/// Lets the threads share two heaps instead of having one each, before there are threads. Each heap keeps what it has
/// freed; an agent has little to do at a time.
void start_with_few_arenas(void);

#endif
