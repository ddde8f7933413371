// Shared by all cuts: several input files at once, each result written with its manifest entry at once, errors that
// stop one file only.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "curate/cut/inputs.h"
#include "genga/cut.h"
#include "genga/image.h"

namespace genga::curate {

/// An image that was cut out, before it is stored.
struct Piece {
  image::Image image{};
  std::string name{};  // file in the collection without suffix; '/' between folders
  std::optional<std::array<int, 4>> box{};
  std::optional<double> time_s{};
  std::map<std::string, double> measures{};
  std::vector<dataset::Decision> decisions{};
  std::string operation{};  // empty: the cut's
};

/// How a cut reports on one source. Threads: one thread each; different ones may run side by side.
class Output {
 public:
  virtual ~Output() = default;
  virtual void put(Piece piece) = 0;
  virtual void leave_out(const std::string& reason, std::int64_t n = 1) = 0;
  virtual void measure(const std::string& name, double value) = 0;  // added up over all sources
  virtual void note(const std::string& sentence) = 0;
  virtual void problem(const Error& error) = 0;  // the source is used in spite of it
  virtual void progress(double part) = 0;        // throws Error: kCancelled
};

/// One kind of cut with its options.
struct CutOperation {
  std::string operation{};  // of the results' origin: "panel"
  std::string options{};    // what they depend on beside CutOptions; for DoneList
  std::function<void(const CutInput&, Output&)> run{};
  int threads = 0;  // sources at once; 0: as CutOptions has it
};

/// Throws Error: as genga/cut.h says.
CutReport run_cut(const CutInputs& list, const CutOperation& cut, const CutOptions& options);

}  // namespace genga::curate
