// Distillation: a small network learns what a trained style, its parent, makes of photos. The distance to the parent's
// result and to its edges leads; flat areas stay flat (flat_gradient_l1); after the warm-up a discriminator that sees
// photo and result together (Isola et al. 2017, section 3.1) keeps contours crisp, which distances alone blur. No style
// images: all that is known of the style is the parent.
#include "genga/error.h"
#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/methods/methods.h"
#include "train/parts/pixel_format.h"
#include "train/parts/target_loss.h"

namespace genga::train {
namespace {

using torchnet::Network;

struct ParentOption {
  std::string parent;
  static std::vector<Option<ParentOption>> table() {
    return {{"parent", kNetworks, "model file of the style that is learnt from", &ParentOption::parent, 0, 0, "FILE"}};
  }
};
using DistilOptions = OptionSet<WidthOptions, DiscriminatorOptions, AdversarialWeight, TargetWeights, ParentOption>;

constexpr int kMargin = 16;         // pixels of the photo around a crop that the parent sees besides
constexpr int kSourceChannels = 6;  // of the discriminator: photo and result

/// Throws Error: kInvalidArgument if none is named, or it is no style for photos whose results depend on places alone.
weights::Model read_parent(const std::string& file) {
  if (file.empty()) {
    fail(ErrorCode::kInvalidArgument,
         "parent: method 'distil' learns from a trained style; give --parent FILE (a built-in style becomes one by "
         "genga convert STYLE -o FILE)");
  }
  try {
    weights::Model model = weights::read_model_file(file);
    if (model.graph.input().channels != 3) {
      fail(ErrorCode::kInvalidArgument, "its network takes {} channels, expected 3: a style for photos",
           model.graph.input().channels);
    }
    const ir::ReceptiveField seen = ir::receptive_field(model.graph);
    if (!seen.local) {
      fail(ErrorCode::kInvalidArgument,
           "{}, so that its results on crops are not those on photos; expected a local one", seen.global_because);
    }
    return model;
  } catch (const Error& error) {
    throw error.with_context(fmt::format("parent '{}'", file));
  }
}

class Distil final : public GanMethod {
 public:
  Distil(const RunConfig& config, const DistilOptions& options)
      : GanMethod(config, "genga_live", options),
        options_(options),
        parent_model_(read_parent(options.parent)),
        parent_(parent_model_.graph, {.compute = training_state().compute()}),
        generator_(
            training_state().network("generator", models::genga_live(width_or(options.width, 16)), Start::kSmall)),
        adam_(training_state().optimizer("generator", {&generator_}, generator_adam())) {
    parent_.set_weights(parent_model_.tensors);
    parent_.set_frozen(true);
    if (options.w_adversarial > 0) {
      discriminator_ = &training_state().network(
          "discriminator", models::patch_discriminator(kSourceChannels, width_or(options.discriminator_width, 16)),
          Start::kSmall, {.spectral_norm = true});
      adam_d_ = &training_state().optimizer("discriminator", {discriminator_}, discriminator_adam());
    }
    set_result(generator_);
  }

  void prepare(Images& batch) const override {
    torchnet::guarded("the parent's result", [&] { batch.target = target_of(batch.photo); });
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor photo = without_margin(batch.photo, kMargin);                             // [N,3,H,W]
      const at::Tensor target = batch.target.defined() ? batch.target : target_of(batch.photo);  // [N,3,H,W]
      const at::Tensor fake = generator_.forward(photo);                                         // [N,3,H,W]
      const bool plays = discriminator_ != nullptr && context.step() >= config().warmup;
      if (plays) {
        GanMethod::train_discriminator(*discriminator_, *adam_d_, at::cat({photo, target}, 1),
                                       at::cat({photo, fake.detach().clamp(-1, 1)}, 1), context, terms);
      }
      LossSum loss(terms);
      add_target_loss(loss, fake, target, options_);
      if (plays) {
        const Frozen frozen(*discriminator_);
        const at::Tensor pair = at::cat({photo, fake.clamp(-1, 1)}, 1);  // [N,6,H,W]
        loss.add("g", options_.w_adversarial,
                 loss_to_fool(adversarial(), discriminator_->forward(augmented(pair, context))));
      }
      descend(adam_, loss.total(), generator_rate(context), "generator", terms);
      end_step(context);
      return terms;
    });
  }

  /// Strokes of the size of the parent's.
  weights::Model result() override {
    weights::Model model = GanMethod::result();
    model.card.sized_for = parent_model_.card.sized_for;
    return model;
  }

 private:
  /// photo: with margin. [N,3,H+2m,W+2m] -> [N,3,H,W]
  at::Tensor target_of(const at::Tensor& photo) const {
    const at::NoGradGuard no_grad;
    const weights::PixelFormat& pixels = parent_model_.card.pixels;
    const at::Tensor result = from_network_pixels(parent_.forward(to_network_pixels(photo, pixels)), pixels);
    return without_margin(result, kMargin).clamp(-1, 1);
  }

  const DistilOptions options_;
  const weights::Model parent_model_;
  /// Only prepare(), or step() where nobody prepares, runs it: never two threads at once.
  mutable Network parent_;
  Network& generator_;
  Adam& adam_;
  Network* discriminator_ = nullptr;
  Adam* adam_d_ = nullptr;
};

}  // namespace

MethodRow distil_method() {
  return {.name = "distil",
          .summary = "a network a seventh as costly learns what a trained style makes of photos",
          .source_text = "this project, docs/training.md; Hinton, Vinyals and Dean 2015, arXiv 1503.02531",
          .needs = {.photo_margin = kMargin, .style = false},
          .crop_multiple = 8,
          .options = option_fields<DistilOptions>(),
          .check = check_own<DistilOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<Distil>(config, read_options<DistilOptions>(config));
          }};
}

}  // namespace genga::train
