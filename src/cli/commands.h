// The commands of genga. Each adds its options to the program and returns what to do when it was chosen; the table of
// all of them is in program.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace genga::cli {

struct Command {
  CLI::App* app = nullptr;
  std::function<int()> run;  // returns the exit status; throws Error
};

Command add_stylize(CLI::App& program);
Command add_sample(CLI::App& program);
Command add_models(CLI::App& program);
Command add_inspect(CLI::App& program);
Command add_convert(CLI::App& program);
Command add_bench(CLI::App& program);
Command add_eval(CLI::App& program);
Command add_train(CLI::App& program);
Command add_completion(CLI::App& program);
Command add_man(CLI::App& program);

/// Replaces this process by genga-train run with these arguments. Throws Error: kNotFound if it is not installed.
[[noreturn]] void hand_over_to_train(const std::vector<std::string>& arguments);

/// Parses the arguments (without the program's name), runs the chosen command, reports errors. Returns the exit status.
int run_program(const std::vector<std::string>& arguments);

}  // namespace genga::cli
