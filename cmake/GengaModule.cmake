# genga_module(<name> SOURCES a.cpp ... DEPS <module> ... [LIBS lib ...] [TESTS a_test.cpp ...] [TEST_DEPS <module> ...])
# One module = one folder = one static library genga_<name>, alias genga::<name>. Third-party LIBS stay private.
# TESTS become one test program <name>_test (ctest names: <name>.<Suite>.<Case>); TEST_DEPS are modules that only they use.
add_library(genga_options INTERFACE)
# -Wno-restrict: false alarms of g++ 12 on string concatenation (GCC bug 105651).
target_compile_options(genga_options INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wno-sign-conversion
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                       $<$<BOOL:${GENGA_WERROR}>:-Werror>)
# Modules that programs load on demand lie in the build tree's root, and in lib/genga once installed.
include(GNUInstallDirs)
set(GENGA_MODULE_DIR ${CMAKE_INSTALL_LIBDIR}/genga)
list(APPEND CMAKE_BUILD_RPATH ${CMAKE_BINARY_DIR})
file(RELATIVE_PATH GENGA_BIN_TO_MODULES /${CMAKE_INSTALL_BINDIR} /${GENGA_MODULE_DIR})
list(APPEND CMAKE_INSTALL_RPATH $ORIGIN/${GENGA_BIN_TO_MODULES})
# Each program loads only the libraries that it calls: libcurl or FFmpeg cost milliseconds at every start.
target_link_options(genga_options INTERFACE LINKER:--as-needed)
if(GENGA_SANITIZE)
  # -Wno-maybe-uninitialized: false alarms of g++ 12 in instrumented std::regex and std::function.
  target_compile_options(genga_options INTERFACE -fsanitize=${GENGA_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(genga_options INTERFACE -fsanitize=${GENGA_SANITIZE})
endif()

# SHARDS n: n tests of ctest for all cases together, instead of one a case: a process for each of hundreds of short cases
# takes longer than the cases.
function(genga_test name)
  cmake_parse_arguments(T "" "SHARDS" "SOURCES;DEPS;LIBS" ${ARGN})
  if(NOT GENGA_TESTS)
    return()
  endif()
  add_executable(${name} ${T_SOURCES})
  list(TRANSFORM T_DEPS PREPEND genga::)
  target_link_libraries(${name} PRIVATE genga_options ${T_DEPS} ${T_LIBS} GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE GENGA_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(NOT T_SHARDS)
    gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
                         PROPERTIES TIMEOUT 600)
    return()
  endif()
  math(EXPR last "${T_SHARDS} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}.${shard} COMMAND ${name})
    set_tests_properties(${name}.${shard} PROPERTIES TIMEOUT 3600 ENVIRONMENT
                         "GTEST_TOTAL_SHARDS=${T_SHARDS};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()

function(genga_module name)
  cmake_parse_arguments(R "" "" "SOURCES;DEPS;LIBS;TESTS;TEST_DEPS" ${ARGN})
  add_library(genga_${name} STATIC ${R_SOURCES})
  add_library(genga::${name} ALIAS genga_${name})
  target_include_directories(genga_${name} PUBLIC ${CMAKE_SOURCE_DIR}/include PRIVATE ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM R_DEPS PREPEND genga::)
  target_link_libraries(genga_${name} PUBLIC ${R_DEPS} fmt::fmt PRIVATE genga_options ${R_LIBS})
  if(R_TESTS)
    genga_test(${name}_test SOURCES ${R_TESTS} DEPS ${name} ${R_TEST_DEPS})
    if(TARGET ${name}_test)
      target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/src)
    endif()
  endif()
endfunction()
