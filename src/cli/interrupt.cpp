// The signal handler, and the end that a signal asks for.
#include "cli/interrupt.h"

#include <csignal>

namespace genga::cli {
namespace {

// A signal handler reaches nothing but globals.
CancelToken g_interrupted;
volatile std::sig_atomic_t g_signal = 0;

extern "C" void on_signal(int signal_number) {
  g_signal = signal_number;
  g_interrupted.cancel();
}

}  // namespace

void watch_interrupts() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old{};
    sigaction(number, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;
    struct sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
    sigaction(number, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file larger than allowed is an error of its write, as a full disk is
}

const CancelToken& interrupted() {
  return g_interrupted;
}

int end_as_interrupted() {
  if (g_signal != 0) {
    std::signal(g_signal, SIG_DFL);
    std::raise(g_signal);
  }
  return 130;
}

}  // namespace genga::cli
