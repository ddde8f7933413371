// The commands of genga. Each adds its options to the program and returns what to do when it was chosen; the table of
// all of them is in main.cpp (genga data: main_data.cpp).
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cli/option_table.h"

namespace genga::cli {

struct Command {
  CLI::App* app = nullptr;
  std::function<int()> run{};  // returns the exit status; throws Error
  // Set instead of run: takes the arguments unparsed, because another program knows them.
  std::function<int(const std::vector<std::string>& arguments)> take{};
};

Command add_stylize(CLI::App& program);
Command add_sample(CLI::App& program);
Command add_models(CLI::App& program);
Command add_inspect(CLI::App& program);
Command add_convert(CLI::App& program);
Command add_bench(CLI::App& program);
Command add_eval(CLI::App& program);
Command add_train(CLI::App& program);
Command add_data(CLI::App& program);
Command add_completion(CLI::App& program);
Command add_man(CLI::App& program);

/// Replaces this process by a program of ours that is installed beside it. Throws Error: kNotFound if it is not there.
[[noreturn]] void hand_over(const std::string& program, const std::vector<std::string>& arguments);
/// The commands of such a program, for texts; none if it is not there.
std::vector<CommandDoc> commands_of(const std::string& program);

struct ProgramInfo {
  std::string name{};         // as people type it: "genga", "genga data"
  std::string description{};  // one sentence
  std::string examples{};
  std::span<Command (*const)(CLI::App&)> commands{};
  std::string bare_command{};  // what arguments without a command belong to; empty: an error
};

/// Parses the arguments (without the program's name), runs the chosen command, reports errors. Returns the exit status.
int run_program(const ProgramInfo& info, const std::vector<std::string>& arguments);
/// The whole of main: signals, run_program, and the end that a signal asks for.
int run_main(const ProgramInfo& info, int argc, char** argv);

}  // namespace genga::cli
