// The model card of a run: what the config says; where it says nothing, what the images' manifests say; and always what
// the model asks for that the run goes on from.
#pragma once

#include <optional>
#include <string>

#include "genga/train.h"
#include "genga/weights.h"
#include "train/run/trainer.h"

namespace genga::train {

/// What a style asks of those who use it.
struct Rights {
  std::string licence;      // empty: unknown
  std::string attribution;  // empty: nobody asks for one
  std::string sentence;     // what it may be used for, as far as images and base say
};
Rights rights_of(const RunConfig& config, const RunImages& found);

/// changes: as Checkpoint::changes. Fills everything but what the method knows (architecture, pixels).
void fill_card(weights::ModelCard& card, const RunConfig& config, const RunImages& found, std::int64_t step,
               const std::string& changes);

/// The card of the model that config.init_from or the option parent names, or of both together; none if none is named.
/// Throws Error: kNotFound, naming the cure; as weights::read_model_file.
std::optional<weights::ModelCard> base_card(const RunConfig& config);

}  // namespace genga::train
