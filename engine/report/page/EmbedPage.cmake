# SPDX-License-Identifier: Apache-2.0
# Markup, style and script of the fleet page are part of the program: an assembly file takes them in as bytes, each kind
# as one text. The scripts follow one another in the order in which they use each other.
set(page_folder ${CMAKE_CURRENT_LIST_DIR})
set(page_markup page.html)
set(page_style page.css matrix.css details.css pictures.css print.css)
set(page_script dom.js words.js model.js state.js matrix.js filters.js details.js axis.js graph.js timeline.js findings.js
  main.js)

set(page_assembly_text "")
set(page_files "")
foreach(kind markup style script)
  string(APPEND page_assembly_text "  .globl firmform_page_${kind}, firmform_page_${kind}_end\nfirmform_page_${kind}:\n")
  foreach(file IN LISTS page_${kind})
    string(APPEND page_assembly_text "  .incbin \"${page_folder}/${file}\"\n")
    list(APPEND page_files ${page_folder}/${file})
  endforeach()
  string(APPEND page_assembly_text "firmform_page_${kind}_end:\n")
endforeach()

set(page_assembly ${CMAKE_CURRENT_BINARY_DIR}/fleet_page_files.S)
file(CONFIGURE OUTPUT ${page_assembly} @ONLY CONTENT [[
  .section .rodata.firmform_page,"a",%progbits
@page_assembly_text@
  .section .note.GNU-stack,"",%progbits
]])
set_source_files_properties(${page_assembly} PROPERTIES OBJECT_DEPENDS "${page_files}")
# Apart, because the options of firmform_report are for C++.
add_library(firmform_page_files OBJECT ${page_assembly})
target_sources(firmform_report PRIVATE $<TARGET_OBJECTS:firmform_page_files>)
