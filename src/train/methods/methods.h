// The methods, one function each: its row of the table in method.cpp. What a method is, its file says.
#pragma once

#include "train/method.h"

namespace genga::train {

MethodRow genga_method();
MethodRow distil_method();
// Photo to style.
MethodRow cyclegan_method();
MethodRow cut_method();
MethodRow fastcut_method();
MethodRow ugatit_light_method();
MethodRow cartoongan_method();
MethodRow animegan_method();
MethodRow animegan_v2_method();
MethodRow animegan_v3_method();
MethodRow whitebox_method();
MethodRow autoencoder_method();
// Images from noise.
MethodRow seed_gan_method();
MethodRow dcgan_method();
MethodRow deligan_method();

}  // namespace genga::train
