// What a job has done, as JSON and as an exit status.
#include "app_genga/stylize/stylize_job.h"
#include "cli/exit_status.h"

namespace genga::cli {

Json to_json(const ItemResult& result) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return {{"input", result.input},
          {"output", text_or_null(result.output)},
          {"comparison", text_or_null(result.comparison)},
          {"style", text_or_null(result.style)},
          {"width", result.width},
          {"height", result.height},
          {"stroke_scale", result.stroke_scale},
          {"seconds", result.seconds},
          {"ok", !result.error},
          {"skipped", result.skipped},
          {"error", result.error ? to_json(*result.error) : Json()}};
}

int job_status(std::span<const ItemResult> results) {
  std::vector<Error> errors;
  for (const ItemResult& result : results) {
    if (result.error) errors.push_back(*result.error);
  }
  return batch_status(results.size(), errors);
}

}  // namespace genga::cli
