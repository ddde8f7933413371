#include "genga/models.h"

#include <gtest/gtest.h>

#include <iostream>

#include "genga/error.h"

namespace genga::models {
namespace {

ir::Shape output_shape(const ir::Graph& graph, const ir::Shape& input) {
  return ir::infer_shapes(graph, input).at(static_cast<std::size_t>(graph.output()));
}

TEST(ParameterCount, EqualsThePublishedOne) {
  EXPECT_EQ(ir::count_parameters(animegan_v2()), 2143552);
  EXPECT_EQ(ir::count_parameters(animegan_v2_lite()), 698240);
  EXPECT_EQ(ir::count_parameters(whitebox()), 1467075);
  EXPECT_EQ(ir::count_parameters(cartoongan()), 11129667);
  EXPECT_EQ(ir::count_parameters(dcgan_generator()), 3576704);
  EXPECT_EQ(ir::count_parameters(dcgan_discriminator()), 2765568);
}

TEST(ParameterCount, OfGengaLiteIsAboutAMillion) {
  EXPECT_EQ(ir::count_parameters(genga_lite()), 1059052);
}

TEST(ParameterCount, OfPatchDiscriminatorFollowsItsTable) {
  EXPECT_EQ(ir::count_parameters(patch_discriminator(3)), 667329);
  EXPECT_EQ(ir::count_parameters(patch_discriminator(1)), 667329 - 2 * 9 * 32);
}

TEST(GengaLite, CostsAtMost45KiloMacPerPixel) {
  const double macs = static_cast<double>(ir::count_macs(genga_lite(), {1, 3, 512, 512}));
  const double kmac_per_px = macs / (512.0 * 512.0) / 1000.0;
  std::cout << "genga_lite: " << kmac_per_px << " kMAC per pixel\n";
  EXPECT_LE(kmac_per_px, 45.0);
  EXPECT_GT(kmac_per_px, 35.0);  // a bound that has become loose hides a change of the network
}

TEST(GengaLite, IsLocalWithinReachOf320Px) {
  const ir::Reach reach = ir::reach(genga_lite());
  std::cout << "genga_lite: reach " << reach.border_px << " px, multiple " << reach.multiple << "\n";
  EXPECT_TRUE(reach.local);
  EXPECT_EQ(reach.multiple, 8);
  EXPECT_LT(reach.border_px, 320);
}

TEST(GengaLite, WidthScalesEveryStage) {
  const ir::Graph narrow = genga_lite({.width = 8});
  EXPECT_LT(ir::count_parameters(narrow), ir::count_parameters(genga_lite()) / 10);
  EXPECT_EQ(output_shape(narrow, {1, 3, 64, 48}), (ir::Shape{1, 3, 64, 48}));
}

TEST(PictureToPicture, OutputHasTheInputsShape) {
  const ir::Shape picture{2, 3, 64, 96};
  EXPECT_EQ(output_shape(genga_lite(), picture), picture);
  EXPECT_EQ(output_shape(animegan_v2(), picture), picture);
  EXPECT_EQ(output_shape(animegan_v2_lite(), picture), picture);
  EXPECT_EQ(output_shape(whitebox(), picture), picture);
  EXPECT_EQ(output_shape(cartoongan(), picture), picture);
}

TEST(Locality, OnlyNetsWithoutWholeImageNormsAreLocal) {
  EXPECT_TRUE(ir::reach(whitebox()).local);
  EXPECT_EQ(ir::reach(whitebox()).multiple, 4);
  EXPECT_FALSE(ir::reach(animegan_v2()).local);
  EXPECT_FALSE(ir::reach(animegan_v2_lite()).local);
  EXPECT_FALSE(ir::reach(cartoongan()).local);
}

TEST(Dcgan, StagesFollowThePictureSize) {
  EXPECT_EQ(output_shape(dcgan_generator(64), {4, 100, 1, 1}), (ir::Shape{4, 3, 64, 64}));
  EXPECT_EQ(output_shape(dcgan_generator(128), {4, 100, 1, 1}), (ir::Shape{4, 3, 128, 128}));
  EXPECT_EQ(output_shape(dcgan_generator(256), {4, 100, 1, 1}), (ir::Shape{4, 3, 256, 256}));
  for (const int size_px : {64, 128, 256}) {
    EXPECT_EQ(output_shape(dcgan_discriminator(size_px), {4, 3, size_px, size_px}), (ir::Shape{4, 1, 1, 1}));
  }
}

TEST(Dcgan, ChannelsStopAt1024) {
  const ir::Graph graph = dcgan_generator(256);
  EXPECT_EQ(std::get<ir::ConvTranspose2d>(graph.node(graph.find("up4")).op).out, 1024);
  EXPECT_EQ(std::get<ir::ConvTranspose2d>(graph.node(graph.find("up8")).op).out, 1024);
  EXPECT_EQ(std::get<ir::ConvTranspose2d>(graph.node(graph.find("up16")).op).out, 512);
}

TEST(Dcgan, RefusesOtherSizes) {
  EXPECT_THROW(dcgan_generator(100), Error);
}

TEST(PatchDiscriminator, GivesOneLogitPerFourPixels) {
  EXPECT_EQ(output_shape(patch_discriminator(3), {2, 3, 64, 96}), (ir::Shape{2, 1, 16, 24}));
}

TEST(ModelTable, EveryRowBuildsAndSurvivesItsTextForm) {
  for (const ModelRow& row : model_table()) {
    SCOPED_TRACE(row.name);
    const ir::Graph graph = row.build();
    EXPECT_TRUE(ir::same_graph(graph, ir::parse_graph(ir::to_text(graph))));
    EXPECT_FALSE(row.title.empty());
    EXPECT_FALSE(row.source.empty());
    EXPECT_EQ(&find_model(row.name), &row);
  }
}

TEST(ModelTable, UnknownNameSuggestsTheNearest) {
  try {
    find_model("anmegan_v2");
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("'animegan_v2'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace genga::models
