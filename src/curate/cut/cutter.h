// What all cuts share: many sources at once, results written and noted one by one, errors that stop one source only.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "curate/sources.h"
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

struct Cut {
  std::string operation{};  // of the results' origin: "panel"
  std::string options{};    // what they depend on beside CutOptions; for DoneList
  std::function<void(const Source&, Output&)> run{};
  int threads = 0;  // sources at once; 0: as CutOptions has it
};

/// Throws Error: as the door says.
CutReport run_cut(const SourceList& list, const Cut& cut, const CutOptions& options);

}  // namespace genga::curate
