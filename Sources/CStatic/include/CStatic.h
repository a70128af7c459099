#ifndef CSTATIC_H
#define CSTATIC_H

/// Answers names of hosts, users and services from libc alone ("files" and "dns"), whatever nsswitch.conf says.
///
/// A fully static program must call it first thing in main, before any thread: a module named there would load
/// another libc into the process, and the first look-up would crash. Does nothing in a program that is linked
/// dynamically, where those modules are welcome.
void static_use_own_name_service(void);

#endif
