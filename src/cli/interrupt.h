// Ctrl-C, SIGTERM and SIGHUP become a cancelled token; the second one ends the process at once.
#pragma once

#include "genga/base.h"

namespace genga::cli {

/// Also ignores SIGPIPE (write_stdout deals with it). Signals that the parent had set to be ignored (nohup) stay so.
void watch_interrupts();

/// Cancelled once one of the signals has come.
const CancelToken& interrupted();

/// After clean-up: ends the process by the signal that came, so that a calling shell sees it and stops as well
/// (its $? is 130 for Ctrl-C). Returns 130 if no signal has come.
int end_as_interrupted();

}  // namespace genga::cli
