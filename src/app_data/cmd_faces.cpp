// genga data faces: faces cut out of images as upright squares.
#include <memory>

#include "app_data/commands.h"
#include "app_data/cut_command.h"
#include "cli/checks.h"

namespace genga::cli {
namespace {

struct Flags {
  CutFlags cut;
  curate::FaceOptions faces;
  std::string model;
  bool as_they_lean = false;
};

constexpr CutWords kWords{.schema = "genga.data.faces.2",
                          .source = "image",
                          .sources = "images",
                          .piece = "face",
                          .pieces = "faces",
                          .empty = "without a face"};

void add_detector_options(CLI::App& app, Flags& f) {
  app.add_option("-m,--model", f.model, "The detector: a cascade of OpenCV (.xml), or a network (.onnx)")
      ->type_name("FILE")
      ->group("Detector");
  app.add_option("--min-neighbours", f.faces.min_neighbours,
                 "Cascades: detections that must agree; more is stricter (default 5)")
      ->type_name("N")
      ->check(integer_in(1, 100))
      ->group("Detector");
  app.add_option("--min-score", f.faces.min_score, "Networks: lowest score (default 0.5)")
      ->type_name("0..1")
      ->check(number_in(0, 1))
      ->group("Detector");
  app.add_option("--classes", f.faces.classes, "Networks with several classes: which are faces (default: all)")
      ->type_name("0,2")
      ->group("Detector");
}

void add_face_options(CLI::App& app, Flags& f) {
  app.add_option("--size", f.faces.size_px, "Side of the crops; 0: as large as they are (default 256)")
      ->type_name("PX")
      ->check(integer_in(0, 8192))
      ->group("Crops");
  app.add_option("--margin", f.faces.margin, "Added on each side, in sides of the face (default 0.35)")
      ->type_name("0..2")
      ->check(number_in(0, 2))
      ->group("Crops");
  app.add_option("--min-size", f.faces.min_side_px, "Leave out smaller faces (default 64)")
      ->type_name("PX")
      ->check(integer_in(8, 8192))
      ->group("Crops");
  app.add_option("--min-sharpness", f.faces.min_sharpness, "Leave out faces less sharp than this (default 0: none)")
      ->type_name("N")
      ->check(number_in(0, 255))
      ->group("Crops");
  app.add_option("--max-faces", f.faces.max_per_image, "Faces of one image at most, largest first (default 32)")
      ->type_name("N")
      ->check(integer_in(1, 1000))
      ->group("Crops");
  app.add_flag("--no-turn", f.as_they_lean, "Do not turn tilted faces upright (cascades: four times faster)")
      ->group("Crops");
}

}  // namespace

Command add_data_faces(CLI::App& program) {
  CLI::App* app = program.add_subcommand("faces", "Cut faces out of images, upright and square");
  auto flags = std::make_shared<Flags>();
  add_cut_options(*app, flags->cut, "IMAGES", "Image files, folders of them, or collections");
  add_detector_options(*app, *flags);
  add_face_options(*app, *flags);
  app->footer(R"(Genga brings no detector. For anime: lbpcascade_animeface.xml (MIT) from
https://github.com/nagadomi/lbpcascade_animeface. For photos:
face_detection_yunet from OpenCV's model zoo. Networks of YOLO's family work if
they are exported to ONNX with a fixed square input.

Examples:
  genga data faces drawings/ -m lbpcascade_animeface.xml -o faces/
  genga data faces panels/ -m lbpcascade_animeface.xml -o faces/ --size 128)");
  return {.app = app, .run = [flags] {
            curate::FaceOptions options = flags->faces;
            options.model = flags->model;
            options.upright = !flags->as_they_lean;
            return run_cut_command(flags->cut, kWords, [&](const auto& inputs, const auto& cut) {
              return curate::cut_faces(inputs, options, cut);
            });
          }};
}

}  // namespace genga::cli
