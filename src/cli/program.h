// A program as a whole: the table of its commands, which one is meant, and what people are told about a wrong command
// line. genga, genga-data and genga-train are three of them.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "cli/option_table.h"

namespace genga::cli {

/// What a program's add_...() returns for each of its commands, after it has added the command and its options.
struct Command {
  CLI::App* app = nullptr;
  std::function<int()> run{};  // returns the exit status; throws Error
  // Set instead of run: takes the arguments unparsed, because another program knows them.
  std::function<int(const std::vector<std::string>& arguments)> take{};
  // Other spellings of its options, which CLI11 does not know ("-crf"), and what they mean ("--crf").
  std::map<std::string, std::string> spellings{};
  // Called before this command's --help is printed: may fit options and defaults to the arguments.
  std::function<void(const std::vector<std::string>& arguments)> before_help{};
};

struct ProgramInfo {
  std::string name{};         // as people type it: "genga", "genga data"
  std::string description{};  // one sentence
  std::string examples{};
  std::span<Command (*const)(CLI::App&)> commands{};
  std::string bare_command{};           // what arguments without a command belong to; empty: an error
  std::function<KnownWords()> words{};  // for completions; called only when they are asked for
  std::string less_memory{};            // what to do when memory is out
};

/// Parses the arguments (without the program's name), runs the chosen command, reports errors. Returns the exit status.
int run_program(const ProgramInfo& info, const std::vector<std::string>& arguments);
/// The whole of main: standard streams, signals, run_program, and the end that a signal asks for.
int run_main(const ProgramInfo& info, int argc, char** argv);

}  // namespace genga::cli
