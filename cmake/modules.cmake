# One module = one directory below src/ = one static library, its unit tests beside the code.

# docmill_module(PATH [ASIO] USES targets...)
#   ASIO: the module shares the precompiled header of the coroutine side; the others share that of the document half.
function(docmill_module path)
  cmake_parse_arguments(arg "ASIO" "" "USES" ${ARGN})
  string(REPLACE "/" "_" name ${path})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${path}/*.cpp)
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${path}/*_test.cpp)
  list(REMOVE_ITEM sources ${tests} ${CMAKE_SOURCE_DIR}/src/${path}/main.cpp)
  if(sources)
    add_library(docmill_${name} STATIC ${sources})
    target_include_directories(docmill_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
    target_link_libraries(docmill_${name} PUBLIC ${arg_USES})
    if(arg_ASIO)
      docmill_share_asio_pch(docmill_${name})
    elseif(NOT DOCMILL_SANITIZE)
      # GCC 12 forgets what in a precompiled header is the standard library's, and reports false alarms from inside it, of
      # more kinds where a sanitizer has changed the code.
      docmill_share_pch(docmill_${name} base USES Boost::json tl::expected
        OPTIONS -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
    endif()
  else()
    add_library(docmill_${name} INTERFACE)
    target_include_directories(docmill_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(docmill_${name} INTERFACE ${arg_USES})
  endif()
  set_property(GLOBAL APPEND PROPERTY DOCMILL_UNIT_TESTS ${name})
  set_property(GLOBAL PROPERTY DOCMILL_UNIT_TESTS_${name} "${tests}")
  set_property(GLOBAL PROPERTY DOCMILL_UNIT_TESTS_ASIO_${name} ${arg_ASIO})
endfunction()

# docmill_executable(NAME PATH USES targets...): PATH is a directory below src/, or one file without ".cpp".
function(docmill_executable name path)
  cmake_parse_arguments(arg "" "" "USES" ${ARGN})
  if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/src/${path})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${path}/*.cpp)
    file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${path}/*_test.cpp)
    list(REMOVE_ITEM sources ${tests})
  else()
    set(sources ${CMAKE_SOURCE_DIR}/src/${path}.cpp)
  endif()
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${arg_USES})
endfunction()

# docmill_embed(TARGET HEADER NAME PATTERNS...): the files, in the order of their names, as one string constant NAME of
# namespace docmill::redis in a header that is made below generated/.
function(docmill_embed target header name)
  set(files)
  foreach(pattern ${ARGN})
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${pattern})
    list(APPEND files ${found})
  endforeach()
  list(SORT files)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  set(literals "")
  foreach(file ${files})
    file(READ ${file} content)
    string(APPEND literals "R\"~~(${content})~~\"\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${header} @ONLY CONTENT
    "#pragma once\n#include <string_view>\n\nnamespace docmill::redis {\n\ninline constexpr std::string_view ${name} =\n${literals};\n\n}  // namespace docmill::redis\n")
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated)
endfunction()

# Shares the precompiled header cmake/NAME_pch.hpp among targets; the first one builds it. OPTIONS are those that all its targets
# are compiled with, for GCC takes a precompiled header only with the very flags it was made with; hence also -fPIC, where
# CMake gives programs -fPIE.
# docmill_share_pch(TARGET NAME USES libraries... OPTIONS options...)
function(docmill_share_pch target name)
  cmake_parse_arguments(arg "" "" "USES;OPTIONS" ${ARGN})
  set(pch docmill_${name}_pch)
  if(NOT TARGET ${pch})
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${name}_pch.cpp CONTENT "// Only its precompiled header counts.\n")
    add_library(${pch} STATIC ${CMAKE_BINARY_DIR}/generated/${name}_pch.cpp)
    target_link_libraries(${pch} PUBLIC ${arg_USES})
    target_compile_options(${pch} PRIVATE ${arg_OPTIONS})
    target_precompile_headers(${pch} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/${name}_pch.hpp)
  endif()
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${target} PRIVATE -fPIC ${arg_OPTIONS})
  target_precompile_headers(${target} REUSE_FROM ${pch})
endfunction()

# GCC 12 takes the frames that Asio recycles for mismatched once it has inlined the start of a coroutine.
set(DOCMILL_ASIO_OPTIONS -Wno-mismatched-new-delete)

function(docmill_share_asio_pch target)
  docmill_share_pch(${target} asio USES docmill_asio Boost::json tl::expected OPTIONS ${DOCMILL_ASIO_OPTIONS})
  target_link_libraries(${target} PUBLIC docmill_asio)
endfunction()

configure_file(${CMAKE_SOURCE_DIR}/cmake/version.hpp.in ${CMAKE_BINARY_DIR}/generated/docmill_version.hpp @ONLY)
