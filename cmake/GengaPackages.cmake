# Debian packages by CPack (make package): genga, genga-data, genga-train and libgenga-torch, one per install component.
# What apt installs besides comes from the libraries that the programs are linked against (dpkg-shlibdeps).
include(GNUInstallDirs)
set(components genga)
if(GENGA_DATA)
  list(APPEND components data)
endif()
if(GENGA_TRAIN)
  list(APPEND components train torch)
endif()
set(package_genga genga)
set(package_data genga-data)
set(package_train genga-train)
set(package_torch libgenga-torch)

# Debian 12 and 13 get packages of their own: 0.1.0-1~deb12 is older than 0.1.0-1~deb13.
set(release unknown)
set(codename unstable)
if(EXISTS /etc/os-release)
  file(STRINGS /etc/os-release lines REGEX "^(ID|VERSION_ID|VERSION_CODENAME)=")
  foreach(line IN LISTS lines)
    if(line MATCHES "^([A-Z_]+)=\"?([a-z0-9.]+)")
      set(os_${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
    endif()
  endforeach()
  if(os_ID STREQUAL debian AND os_VERSION_ID)
    set(release deb${os_VERSION_ID})
    set(codename ${os_VERSION_CODENAME})
  else()
    set(release ${os_ID}${os_VERSION_ID})
  endif()
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE 1~${release})
set(full_version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})

set(GENGA_MAINTAINER "The Genga authors <maintainers@genga.invalid>" CACHE STRING
    "Name and mail address of who answers for the packages")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME genga)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT ${GENGA_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
foreach(component IN LISTS components)
  string(TOUPPER ${component} COMPONENT)
  set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME ${package_${component}})
  set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_SECTION graphics)
  if(NOT component STREQUAL genga)  # programs and modules of one build belong together
    set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_DEPENDS "genga (= ${full_version})")
  endif()
endforeach()
set(CPACK_DEBIAN_TORCH_PACKAGE_SECTION libs)
# One synopsis for all: CPack knows none per component.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "photographs into anime with generative adversarial networks")
set(CPACK_DEBIAN_GENGA_DESCRIPTION "Stylizes photographs of any size, draws characters from noise,
converts and inspects models. No GPU is needed.")
set(CPACK_DEBIAN_DATA_DESCRIPTION "Images to learn from: collects, cuts, cleans, splits and prepares them,
and knows the source and the licence of each.")
set(CPACK_DEBIAN_TRAIN_DESCRIPTION "Trains a style of one's own from a folder of photographs and a folder
of drawings, by Genga's method or by a published one.")
set(CPACK_DEBIAN_TORCH_DESCRIPTION "The module that genga loads for --device cpu-torch: networks by LibTorch.
Debian's LibTorch knows no GPU; for --device cuda, build Genga with one
that does.")
set(CPACK_DEBIAN_GENGA_PACKAGE_SUGGESTS "genga-data, genga-train, libgenga-torch")
# LibTorch takes any BLAS, and is several times as slow with the reference one.
set(CPACK_DEBIAN_TRAIN_PACKAGE_RECOMMENDS libopenblas0-openmp)
if(NOT release STREQUAL deb12)  # whose libheif has its encoders built in
  set(CPACK_DEBIAN_GENGA_PACKAGE_RECOMMENDS "libheif-plugin-aomenc, libheif-plugin-x265")
endif()

# ---- copyright and changelogs, as Debian asks for them ----

# SOURCE_DATE_EPOCH, the time of the commit, dates this and the packages, so that a commit always gives the same bytes.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(texts ${CMAKE_CURRENT_BINARY_DIR}/packages)
string(CONCAT entry "genga (${full_version}) ${codename}; urgency=medium\n\n"
       "  * What is new: /usr/share/doc/genga/changelog.gz\n\n -- ${GENGA_MAINTAINER}  ${date}\n")
file(WRITE ${texts}/changelog.Debian "${entry}")
configure_file(CHANGELOG.md ${texts}/changelog COPYONLY)
foreach(text changelog changelog.Debian)
  execute_process(COMMAND gzip -9nf ${texts}/${text} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
install(FILES packaging/copyright ${texts}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT genga)
install(FILES ${texts}/changelog.Debian.gz DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT genga EXCLUDE_FROM_ALL)
foreach(component IN LISTS components)
  if(NOT component STREQUAL genga)
    file(CREATE_LINK genga ${texts}/${package_${component}} SYMBOLIC)
    install(FILES ${texts}/${package_${component}} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc COMPONENT ${component}
            EXCLUDE_FROM_ALL)
  endif()
endforeach()
include(CPack)
