// The tables of old names.
#include "train/config/aliases.h"

#include <algorithm>
#include <array>

namespace genga::train {
namespace {

constexpr auto kFields = std::to_array<Alias>({
    {"picture_memory", "image_memory"},
    {"n_critic", "discriminator_steps"},
    {"d_real", "w_discriminator_real"},
    {"d_grey", "w_discriminator_grey"},
    {"d_fake", "w_discriminator_fake"},
    {"d_smooth", "w_discriminator_smooth"},
    {"w_critic_color", "w_adversarial_color"},
    {"w_critic_grey", "w_adversarial_grey"},
    {"w_teacher", "w_target"},
    {"sheet_minutes", "preview_minutes"},
    {"sheet_pictures", "preview_images"},
    {"sheet_px", "preview_px"},
});

constexpr auto kPresets = std::to_array<Alias>({
    {"pictures_20", "images_20"},
    {"pictures_200", "images_200"},
    {"pictures_2000", "images_2000"},
});

constexpr auto kTerms = std::to_array<Alias>({
    {"teacher", "target"},
    {"grad_g", "grad_generator"},
    {"grad_generators", "grad_generator"},
    {"grad_d", "grad_discriminator"},
    {"grad_critic", "grad_discriminator"},
    {"grad_critics", "grad_discriminator"},
    {"grad_discriminators", "grad_discriminator"},
    {"grad_d_color", "grad_discriminator_color"},
    {"grad_d_grey", "grad_discriminator_grey"},
});

/// Networks and optimizers in checkpoints.
constexpr auto kTensorParts = std::to_array<Alias>({
    {"critic", "discriminator"},
    {"critic_color", "discriminator_color"},
    {"critic_grey", "discriminator_grey"},
    {"critic_style", "discriminator_style"},
    {"critic_photo", "discriminator_photo"},
    {"critic_style_local", "discriminator_style_local"},
    {"critic_style_global", "discriminator_style_global"},
    {"critic_photo_local", "discriminator_photo_local"},
    {"critic_photo_global", "discriminator_photo_global"},
    {"surface_critic", "discriminator_surface"},
    {"texture_critic", "discriminator_texture"},
    {"support_critic", "discriminator_support"},
    {"main_critic", "discriminator_main"},
    {"adam_critic", "adam_discriminator"},
    {"adam_critics", "adam_discriminators"},
    {"adam_critic_color", "adam_discriminator_color"},
    {"adam_critic_grey", "adam_discriminator_grey"},
});

std::string_view current(std::span<const Alias> aliases, std::string_view name) {
  const auto found = std::ranges::find(aliases, name, &Alias::old_name);
  return found == aliases.end() ? name : found->name;
}

}  // namespace

std::span<const Alias> field_aliases() {
  return kFields;
}

std::span<const Alias> preset_aliases() {
  return kPresets;
}

std::string_view current_field(std::string_view name) {
  return current(kFields, name);
}

std::string_view current_preset(std::string_view name) {
  return current(kPresets, name);
}

std::string_view current_term(std::string_view name) {
  return current(kTerms, name);
}

std::string current_tensor(std::string_view name) {
  std::string result;
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos; slash = name.find('/')) {
    result += current(kTensorParts, name.substr(0, slash));
    result += '/';
    name.remove_prefix(slash + 1);
  }
  return result += name;
}

}  // namespace genga::train
