# Puts configs/methods/*.toml and configs/presets/*.toml into the program, by name. Sets GENGA_PRESET_SOURCE.
file(GLOB preset_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/configs/methods/*.toml
     ${CMAKE_SOURCE_DIR}/configs/presets/*.toml)
list(SORT preset_files)
set(entries "")
foreach(file ${preset_files})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND entries "    {\"${name}\", R\"preset(${text})preset\"},\n")
endforeach()
list(LENGTH preset_files count)
set(GENGA_PRESET_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/presets.cpp)
file(CONFIGURE OUTPUT ${GENGA_PRESET_SOURCE} @ONLY CONTENT
"// Written by src/train/embed_presets.cmake.
#include <array>

#include \"genga/train.h\"

namespace genga::train {

std::span<const Preset> presets() {
  static const std::array<Preset, ${count}> all{{
${entries}  }};
  return all;
}

}  // namespace genga::train
")
