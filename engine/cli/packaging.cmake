# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where, and the .deb that CPack makes of it (`cpack --config build/release/CPackConfig.cmake`).
include(GNUInstallDirs)

# The program prints its own manual and completions, so they cannot fall behind.
set(documents ${PROJECT_BINARY_DIR}/documents)
file(MAKE_DIRECTORY ${documents})
find_program(FIRMFORM_GZIP gzip REQUIRED)
add_custom_command(
  OUTPUT ${documents}/firmform.1.gz ${documents}/firmform.bash ${documents}/_firmform ${documents}/firmform.fish
  COMMAND firmform man > ${documents}/firmform.1
  COMMAND ${FIRMFORM_GZIP} -9nf ${documents}/firmform.1
  COMMAND firmform completion bash > ${documents}/firmform.bash
  COMMAND firmform completion zsh > ${documents}/_firmform
  COMMAND firmform completion fish > ${documents}/firmform.fish
  DEPENDS firmform
  COMMENT "Manual page and shell completions"
  VERBATIM)
add_custom_target(firmform_documents ALL DEPENDS ${documents}/firmform.1.gz)

install(TARGETS firmform RUNTIME)
install(FILES ${documents}/firmform.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${documents}/firmform.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME firmform)
# zsh looks into the first below /usr/local and into the second below /usr.
install(FILES ${documents}/_firmform DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${documents}/_firmform DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${documents}/firmform.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/schemas/ DESTINATION ${CMAKE_INSTALL_DATADIR}/firmform/schemas
  FILES_MATCHING PATTERN "*.json" PATTERN "README.md")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN "quickstart.sh" EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CONTRIBUTING.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
# The lab carries captured trees inside the program; their licences go with them.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tests/mockups/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/captured-trees
  FILES_MATCHING PATTERN "LICENSE*" PATTERN "README" PATTERN "redfish" EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME firmform)
set(CPACK_PACKAGE_CONTACT "The Firmform authors <firmform@example.org>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION
  "Keeps the firmware of a fleet of servers at the baseline that a manifest in git declares: plan shows what would \
change, apply carries out exactly that plan over Redfish, and a second plan is empty.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE ${PROJECT_HOMEPAGE_URL})
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, graphviz")
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_BINARY_DIR})
include(CPack)
