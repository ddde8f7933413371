# Puts styles/*.safetensors of the repository into the program: .incbin leaves the bytes to the assembler, which takes
# megabytes without effort, and aligns them so that tensors can be used in place. Sets GENGA_STYLE_SOURCES.
enable_language(ASM)
file(GLOB style_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/styles/*.safetensors)
list(SORT style_files)

set(assembly "")
set(externs "")
set(entries "")
set(default_style "")
set(index 0)
foreach(file ${style_files})
  get_filename_component(name ${file} NAME_WE)
  string(APPEND assembly "  .balign 64\n  .globl genga_style_${index}\n  .globl genga_style_${index}_end\n"
                         "genga_style_${index}:\n  .incbin \"${file}\"\ngenga_style_${index}_end:\n  .byte 0\n")
  string(APPEND externs "extern const std::byte genga_style_${index}[], genga_style_${index}_end[];\n")
  string(APPEND entries "      {\"${name}\", {genga_style_${index}, genga_style_${index}_end}},\n")
  if(NOT default_style)
    set(default_style ${name})
  endif()
  math(EXPR index "${index} + 1")
endforeach()
if(EXISTS ${CMAKE_SOURCE_DIR}/styles/DEFAULT)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/styles/DEFAULT)
  file(STRINGS ${CMAKE_SOURCE_DIR}/styles/DEFAULT default_style LIMIT_COUNT 1)
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/styles/${default_style}.safetensors)
    message(FATAL_ERROR "styles/DEFAULT names '${default_style}', but there is no styles/${default_style}.safetensors")
  endif()
endif()

set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded)
file(CONFIGURE OUTPUT ${generated}/styles.S CONTENT "  .section .rodata\n${assembly}  .section .note.GNU-stack,\"\",%progbits\n"
     @ONLY)
if(index EQUAL 0)
  set(list "  return {};\n")
else()
  set(list "  static const std::array<EmbeddedStyle, ${index}> styles{{\n${entries}  }};\n  return styles;\n")
endif()
file(CONFIGURE OUTPUT ${generated}/styles.cpp @ONLY CONTENT
"// Written by src/stylize/embed_styles.cmake.
#include <array>

#include \"genga/stylize.h\"
#include \"stylize/embedded.h\"

extern \"C\" {
${externs}}

namespace genga::stylize {

std::span<const EmbeddedStyle> embedded_styles() {
${list}}

std::string_view default_style_name() { return \"${default_style}\"; }

}  // namespace genga::stylize
")
set_source_files_properties(${generated}/styles.S PROPERTIES OBJECT_DEPENDS "${style_files}")
set(GENGA_STYLE_SOURCES ${generated}/styles.S ${generated}/styles.cpp)
