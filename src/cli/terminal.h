// What people see: data on stdout, so that it can be piped; messages and everything else on stderr.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace genga::cli {

/// Gives standard streams that were closed something that fails when it is used. Else the next file that is opened, an
/// output, would get their number, and messages would be written into it.
void open_standard_streams();

/// What stderr can show: a bar and colors only on a terminal; NO_COLOR takes the colors away, TERM=dumb both.
struct TerminalStyle {
  bool bar = false;
  bool color = false;
  int columns = 80;
};
TerminalStyle stderr_style();

/// All bytes to stdout, unbuffered. If the reader has gone (head, a closed pager), the process ends as SIGPIPE would
/// end it, so no file may be half-written while this is called. Throws Error: kIo (disk full).
void write_stdout(std::span<const std::byte> bytes);
void write_stdout(std::string_view text);

/// As it is; failures to write are ignored.
void write_stderr(std::string_view text);

/// One line on stderr: "genga: error: message" and "genga: message".
void say_error(std::string_view message);
void say(std::string_view message);

/// Control characters (a file name may hold escape sequences) and bytes that are no UTF-8 replaced by '?'.
std::string printable(std::string_view text);

}  // namespace genga::cli
