// Contrastive unpaired translation. Source: Park, Efros, Zhang and Zhu, ECCV 2020, arXiv 2007.15651;
// taesungp/contrastive-unpaired-translation, models/{cut_model,patchnce}.py.
// FastCUT differs in its preset's weights and in flip equivariance.
#include <string>
#include <vector>

#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/patch_nce.h"
#include "train/methods/methods.h"

namespace genga::train {
namespace {

using torchnet::Network;

constexpr std::int64_t kPatches = 256;  // per layer, section 4
constexpr std::int64_t kAcross = 3;     // the dimension of columns

struct NceWeight {
  double w_nce = 0;
  static std::vector<Option<NceWeight>> table() {
    return {{"w_nce", kLosses, "weight: patchwise contrast", &NceWeight::w_nce}};
  }
};
using CutOptions =
    OptionSet<WidthOptions, DiscriminatorOptions, AdversarialWeight, DiscriminatorWeight, NceWeight, IdentityWeight>;

/// A layer of the generator's encoder, and the projection H_l of its features.
struct Tap {
  ir::NodeId node;
  Network& projection;
};

class Cut final : public GanMethod {
 public:
  /// flips: mirrors photos at random (FastCUT, section 4 of the paper).
  Cut(const RunConfig& config, const CutOptions& options, bool flips)
      : GanMethod(config, "cut_generator", options),
        options_(options),
        flips_(flips),
        g_(training_state().network(
            "generator", models::resnet_generator({.width = width_or(options.width, 64), .anti_alias = true}),
            Start::kXavier02)),
        d_(training_state().network(
            "discriminator",
            models::patchgan_discriminator({.width = width_or(options.discriminator_width, 64), .anti_alias = true}),
            Start::kXavier02)),
        adam_d_(training_state().optimizer("discriminator", {&d_}, discriminator_adam())) {
    const std::vector<ir::Shape> shapes = ir::infer_shapes(g_.graph(), ir::probe_shape(g_.graph()));
    std::vector<const Network*> learners{&g_};
    for (const std::string_view name : models::kPatchNceTaps) {
      const ir::NodeId node = g_.graph().find(name);
      const auto channels = static_cast<int>(shapes.at(static_cast<std::size_t>(node)).c);
      Network& projection = training_state().network("projection" + std::to_string(taps_.size() + 1),
                                                     models::patch_nce_mlp(channels), Start::kNormal02);
      taps_.push_back({node, projection});
      nodes_.push_back(node);
      learners.push_back(&projection);
    }
    adam_g_ = &training_state().optimizer("generator", learners, generator_adam());
    set_result(g_);
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor& x = batch.photo;                      // [N,3,crop,crop]
      const at::Tensor& y = batch.style;                      // [N,3,crop,crop]
      const bool flipped = flips_ && context.chance() < 0.5;  // one coin for the batch
      const auto mirror = [&](const at::Tensor& t) { return flipped ? t.flip({kAcross}) : t; };
      const at::Tensor fake = g_.forward(mirror(x));  // [N,3,crop,crop]
      train_discriminator(y, fake.detach(), context, terms);

      const Frozen frozen(d_);
      LossSum loss(terms);  // eq. (5)
      loss.add("g", options_.w_adversarial, loss_to_fool(adversarial(), d_.forward(augmented(fake, context))));
      loss.add("nce", options_.w_nce, contrast(x, fake, mirror, context));
      if (options_.w_identity > 0) {
        const at::Tensor same = g_.forward(mirror(y));
        loss.add("nce_identity", options_.w_identity, contrast(y, same, mirror, context));
      }
      descend(*adam_g_, loss.total(), generator_rate(context), "generator", terms);
      end_step(context);
      return terms;
    });
  }

 private:
  void train_discriminator(const at::Tensor& real, const at::Tensor& fake, StepContext& context, Terms& terms) {
    const Discriminator logits = [&](const at::Tensor& image) { return d_.forward(augmented(image, context)); };
    const at::Tensor of_real = logits(real);
    LossSum loss(terms);
    loss.add("d", options_.w_discriminator,
             loss_when_real(adversarial(), of_real, options_.label_real) +
                 loss_when_fake(adversarial(), logits(fake)));  // eq. (1)
    observe_real(of_real);
    add_penalties(loss, "penalty", logits, real, fake, context);
    descend(adam_d_, loss.total(), discriminator_rate(context), "discriminator", terms);
  }

  /// PatchNCE, eq. (4): every patch of the result against the patches of its source, mean over layers. `mirror` turns
  /// the result's features back to the source's sides.
  template <class Mirror>
  at::Tensor contrast(const at::Tensor& source, const at::Tensor& result, const Mirror& mirror, StepContext& context) {
    const std::vector<at::Tensor> of_result = g_.forward(result, nodes_);
    std::vector<at::Tensor> of_source;
    {
      const at::NoGradGuard keys_carry_no_gradient;
      of_source = g_.forward(source, nodes_);
    }
    at::Tensor total = at::zeros({});
    for (std::size_t i = 0; i < taps_.size(); ++i) {
      const at::Tensor query = mirror(of_result[i]), &key = of_source[i];  // [N,C,h,w]
      const at::Tensor places = random_positions(key.size(2) * key.size(3), kPatches, context);
      Network& projection = taps_[i].projection;
      total = total + patch_nce(projection.forward(pick(query, places)), projection.forward(pick(key, places)));
    }
    return total / static_cast<double>(taps_.size());
  }

  const CutOptions options_;
  bool flips_;
  Network &g_, &d_;
  Adam& adam_d_;
  Adam* adam_g_ = nullptr;
  std::vector<Tap> taps_;
  std::vector<ir::NodeId> nodes_;
};

}  // namespace

MethodRow cut_method() {
  return {.name = "cut",
          .summary = "one generator, held to the photo by contrasting its patches",
          .source_text = "Park et al., ECCV 2020, arXiv 2007.15651",
          .options = option_fields<CutOptions>(),
          .check = check_own<CutOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<Cut>(config, read_options<CutOptions>(config), /*flips=*/false);
          }};
}

MethodRow fastcut_method() {
  return {.name = "fastcut",
          .summary = "CUT without its identity term, mirrored at random: half the time and memory",
          .source_text = "Park et al., ECCV 2020, arXiv 2007.15651, section 4",
          .options = option_fields<CutOptions>(),
          .check = check_own<CutOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<Cut>(config, read_options<CutOptions>(config), /*flips=*/true);
          }};
}

}  // namespace genga::train
