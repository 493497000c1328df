# SPDX-License-Identifier: Apache-2.0
# The captured trees are part of the program: an assembly file takes them in as bytes, with a table of
# {name, first byte, end}. Makes the object library firmform_captured_trees.
set(mockups ${CMAKE_CURRENT_SOURCE_DIR}/mockups)
file(GLOB_RECURSE captured_resources CONFIGURE_DEPENDS RELATIVE ${mockups} ${mockups}/*/redfish/*index.json)
file(GLOB captured_registries CONFIGURE_DEPENDS RELATIVE ${mockups} ${mockups}/dmtf-registries/*.json)

set(bytes "")
set(table "")
set(number 0)
set(captured_paths "")
foreach(name IN LISTS captured_resources captured_registries)
  string(APPEND bytes "n${number}: .asciz \"${name}\"\nb${number}: .incbin \"${mockups}/${name}\"\ne${number}:\n")
  string(APPEND table "  .quad n${number}, b${number}, e${number}\n")
  list(APPEND captured_paths ${mockups}/${name})
  math(EXPR number "${number} + 1")
endforeach()

set(captured_assembly ${CMAKE_CURRENT_BINARY_DIR}/captured_trees.S)
file(CONFIGURE OUTPUT ${captured_assembly} @ONLY CONTENT [[
  .section .rodata.firmform_captured,"a",%progbits
@bytes@
  .section .data.rel.ro.firmform_captured,"aw",%progbits
  .balign 8
  .globl firmform_captured_files
firmform_captured_files:
@table@
  .quad 0, 0, 0
  .section .note.GNU-stack,"",%progbits
]])
set_source_files_properties(${captured_assembly} PROPERTIES OBJECT_DEPENDS "${captured_paths}")
add_library(firmform_captured_trees OBJECT ${captured_assembly})
