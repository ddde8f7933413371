#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "genga/error.h"

int main(int argc, char** argv) {
  genga::cli::watch_interrupts();
  const int status = genga::cli::run_program({argv + 1, argv + argc});
  return status == genga::exit_status(genga::ErrorCode::kCancelled) ? genga::cli::end_as_interrupted() : status;
}
