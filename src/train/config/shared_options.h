// Options that several methods have. A method lists those it reads in its OptionSet (options.h).
#pragma once

#include "train/config/options.h"
#include "train/losses/adversarial.h"

namespace genga::train {

struct WidthOptions {
  int width = 0, discriminator_width = 0;
  static std::vector<Option<WidthOptions>> table() {
    return {{"width", kNetworks, "generator's base channels; 0: as published", &WidthOptions::width, 0, 1024},
            {"discriminator_width", kNetworks, "discriminators' base channels; 0: as published",
             &WidthOptions::discriminator_width, 0, 1024}};
  }
};

struct PerceptualOption {
  std::string perceptual;
  static std::vector<Option<PerceptualOption>> table() {
    return {{"perceptual", kNetworks,
             "feature network of content and style losses: a model file or .npz (VGG-19, SqueezeNet)",
             &PerceptualOption::perceptual, 0, 0, "FILE"}};
  }
};

struct AdversarialOption {
  std::string adversarial = "lsgan";
  static std::vector<Option<AdversarialOption>> table() {
    return {{"adversarial", kLosses, "lsgan, vanilla, hinge, wgan-gp, wgan-lp or dragan",
             &AdversarialOption::adversarial, 0, 0, "lsgan|vanilla|hinge|wgan-gp|wgan-lp|dragan"}};
  }
  void check() const { adversarial_by_name(adversarial); }
};

struct LabelOption {
  double label_real = 1;
  static std::vector<Option<LabelOption>> table() {
    return {{"label_real", kLosses, "what discriminators should say of real images; below 1 smooths labels",
             &LabelOption::label_real, 0.5, 1}};
  }
};

struct PenaltyOptions {
  double w_penalty = 10, r1_gamma = 0;
  int r1_every = 16;
  static std::vector<Option<PenaltyOptions>> table() {
    return {{"w_penalty", kLosses, "weight: gradient penalty of wgan-gp, wgan-lp, dragan", &PenaltyOptions::w_penalty},
            {"r1_gamma", kLosses, "R1 penalty on real images; 0: none", &PenaltyOptions::r1_gamma},
            {"r1_every", kLosses, "steps between R1 penalties", &PenaltyOptions::r1_every, 1, 1000}};
  }
};

/// The game between generator and discriminators, as GanMethod plays it.
using DiscriminatorOptions = OptionSet<AdversarialOption, LabelOption, PenaltyOptions>;

struct AdversarialWeight {
  double w_adversarial = 1;
  static std::vector<Option<AdversarialWeight>> table() {
    return {{"w_adversarial", kLosses, "weight: the generator's adversarial loss", &AdversarialWeight::w_adversarial}};
  }
};

struct DiscriminatorWeight {
  double w_discriminator = 1;
  static std::vector<Option<DiscriminatorWeight>> table() {
    return {{"w_discriminator", kLosses, "weight: the discriminators' loss", &DiscriminatorWeight::w_discriminator}};
  }
};

/// How far a result is from a target image, in four ways (parts/target_loss.h).
struct TargetWeights {
  double w_target = 0, w_gradient = 0, w_flat = 0, w_low = 0;
  static std::vector<Option<TargetWeights>> table() {
    return {
        {"w_target", kLosses, "weight: distance to the target: the filters' painting, or the parent's result",
         &TargetWeights::w_target},
        {"w_gradient", kLosses, "weight: distance of its edges", &TargetWeights::w_gradient},
        {"w_flat", kLosses, "weight: texture where the target is flat", &TargetWeights::w_flat},
        {"w_low", kLosses, "weight: distance of its 8x8 means", &TargetWeights::w_low},
    };
  }
};

struct ContentWeight {
  double w_content = 0;
  static std::vector<Option<ContentWeight>> table() {
    return {{"w_content", kLosses, "weight: features stay the photo's", &ContentWeight::w_content}};
  }
};

struct StyleWeights {
  double w_style = 0, w_color = 0;
  static std::vector<Option<StyleWeights>> table() {
    return {{"w_style", kLosses, "weight: Gram matrices of grey features", &StyleWeights::w_style},
            {"w_color", kLosses, "weight: colors stay the photo's", &StyleWeights::w_color}};
  }
};

struct TotalVariationWeight {
  double w_tv = 0;
  static std::vector<Option<TotalVariationWeight>> table() {
    return {{"w_tv", kLosses, "weight: total variation", &TotalVariationWeight::w_tv}};
  }
};

struct CycleWeight {
  double w_cycle = 0;
  static std::vector<Option<CycleWeight>> table() {
    return {{"w_cycle", kLosses, "weight: there and back gives the same image", &CycleWeight::w_cycle}};
  }
};

struct IdentityWeight {
  double w_identity = 0;
  static std::vector<Option<IdentityWeight>> table() {
    return {{"w_identity", kLosses, "weight: a style image stays itself", &IdentityWeight::w_identity}};
  }
};

/// Of the discriminator's loss, the weights of what it sees.
struct RealAndFakeWeights {
  double w_discriminator_real = 1, w_discriminator_fake = 1;
  static std::vector<Option<RealAndFakeWeights>> table() {
    return {{"w_discriminator_real", kLosses, "discriminator's weight of style images",
             &RealAndFakeWeights::w_discriminator_real},
            {"w_discriminator_fake", kLosses, "discriminator's weight of results",
             &RealAndFakeWeights::w_discriminator_fake}};
  }
};

struct SmoothWeight {
  double w_discriminator_smooth = 1;
  static std::vector<Option<SmoothWeight>> table() {
    return {{"w_discriminator_smooth", kLosses, "discriminator's weight of style images with blurred contours",
             &SmoothWeight::w_discriminator_smooth}};
  }
};

/// Of the L0 filter, in the filter target and in AnimeGANv3's revision.
struct FlatnessOption {
  double flatness = 0.004;
  static std::vector<Option<FlatnessOption>> table() {
    return {{"flatness", kFilterTarget, "L0 smoothing; more gives larger flat regions; 0: none",
             &FlatnessOption::flatness, 0, 1}};
  }
};

}  // namespace genga::train
