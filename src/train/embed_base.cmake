# Puts recipes/base.safetensors, the painted start of styles, into the program. Sets GENGA_BASE_SOURCE.
enable_language(ASM)
set(GENGA_BASE_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/base.S)
set(base_file ${CMAKE_SOURCE_DIR}/recipes/base.safetensors)
file(CONFIGURE OUTPUT ${GENGA_BASE_SOURCE} @ONLY CONTENT
"  .section .rodata
  .balign 64
  .globl genga_base
  .globl genga_base_end
genga_base:
  .incbin \"${base_file}\"
genga_base_end:
  .byte 0
  .section .note.GNU-stack,\"\",%progbits
")
set_source_files_properties(${GENGA_BASE_SOURCE} PROPERTIES OBJECT_DEPENDS ${base_file})
