// The model card as the JSON text of metadata key genga.card. Keys: docs/formats/model_file.md.
#pragma once

#include <string>
#include <string_view>

#include "genga/weights.h"

namespace genga::weights {

/// Throws Error: kInvalidArgument (a name with other characters than its own, text that is not UTF-8, a range that is
/// empty or falls).
std::string card_to_json(const ModelCard& card);
/// The word "unknown" alone is read as an empty text. Unknown keys are ignored, except under "pixels", where they would
/// change the meaning of the weights. Throws Error: kCorruptData; kUnsupported for an unknown key or value under
/// "pixels".
ModelCard parse_card(std::string_view json);

}  // namespace genga::weights
