# Target genga::torch_libs: LibTorch for the modules torchnet and train.
# A LibTorch given by Torch_DIR or CMAKE_PREFIX_PATH (an unpacked 2.x archive) wins; otherwise Debian's libtorch-dev is
# linked directly, because its TorchConfig.cmake asks for packages that no C++ program needs.
add_library(genga_torch_libs INTERFACE)
add_library(genga::torch_libs ALIAS genga_torch_libs)

if(Torch_DIR OR CMAKE_PREFIX_PATH)
  find_package(Torch QUIET CONFIG PATHS ${Torch_DIR} ${CMAKE_PREFIX_PATH} NO_DEFAULT_PATH)
endif()

if(Torch_FOUND)
  message(STATUS "LibTorch ${Torch_VERSION} from ${Torch_DIR}")
  target_include_directories(genga_torch_libs SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(genga_torch_libs INTERFACE ${TORCH_LIBRARIES})
  separate_arguments(GENGA_TORCH_FLAGS UNIX_COMMAND "${TORCH_CXX_FLAGS}")
  target_compile_options(genga_torch_libs INTERFACE ${GENGA_TORCH_FLAGS})
  if(TORCH_CUDA_LIBRARIES)  # then CUDA's own headers are there too
    target_compile_definitions(genga_torch_libs INTERFACE GENGA_TORCH_CUDA)
  endif()
else()
  find_path(GENGA_TORCH_INCLUDE ATen/ATen.h)
  find_library(GENGA_TORCH_LIBRARY torch)
  find_library(GENGA_TORCH_CPU_LIBRARY torch_cpu)
  find_library(GENGA_C10_LIBRARY c10)
  if(NOT GENGA_TORCH_INCLUDE OR NOT GENGA_TORCH_LIBRARY OR NOT GENGA_TORCH_CPU_LIBRARY OR NOT GENGA_C10_LIBRARY)
    message(FATAL_ERROR "LibTorch not found: install Debian's libtorch-dev, or give an unpacked LibTorch with "
                        "-DCMAKE_PREFIX_PATH=/path/to/libtorch, or build without training by -DGENGA_TRAIN=OFF")
  endif()
  target_include_directories(genga_torch_libs SYSTEM INTERFACE ${GENGA_TORCH_INCLUDE})
  target_link_libraries(genga_torch_libs INTERFACE ${GENGA_TORCH_LIBRARY} ${GENGA_TORCH_CPU_LIBRARY}
                                                   ${GENGA_C10_LIBRARY})
endif()

if(GENGA_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # Instrumented, libtorch's headers make g++ 12 see uninitialised values where there are none.
  target_compile_options(genga_torch_libs INTERFACE -Wno-maybe-uninitialized)
endif()
