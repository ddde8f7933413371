# genga_embed_text(<variable> <file>...) sets <variable> to a generated source that holds text files of this folder as
# std::string_view genga::train::k_<name>_<suffix>, declared by whoever uses them.
function(genga_embed_text variable)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded_text.cpp)
  set(definitions "")
  foreach(file ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    file(READ ${file} content)
    get_filename_component(name ${file} NAME)
    string(MAKE_C_IDENTIFIER ${name} name)
    string(APPEND definitions "extern const std::string_view k_${name};\n"
                              "const std::string_view k_${name} = R\"embedded(${content})embedded\";\n")
  endforeach()
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT
"// Written by src/train/observe/embed_text.cmake.
#include <string_view>

namespace genga::train {
@definitions@}  // namespace genga::train
")
  set(${variable} ${generated} PARENT_SCOPE)
endfunction()
