# SPDX-License-Identifier: Apache-2.0
"""The rules themselves, on a small tree that breaks each of them."""

import pathlib
import tempfile
import unittest

import source_rules

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


class SourceRules(unittest.TestCase):
    def offences(self, path, text):
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            file = root / path
            file.parent.mkdir(parents=True)
            file.write_text(text)
            return list(source_rules.offences(root))

    def assert_refused(self, path, line):
        found = self.offences(path, SPDX + line + "\n")
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{path}:2: "), found)

    def assert_allowed(self, path, line):
        self.assertEqual(self.offences(path, SPDX + line + "\n"), [])

    def test_layers_point_one_way(self):
        self.assert_refused("engine/base/x.cc", '#include "engine/json/value.h"')
        self.assert_refused("engine/plan/x.cc", '#include "engine/http/transport.h"')
        self.assert_refused("engine/plan/x.cc", '#include "providers/hpe/ilo.h"')
        self.assert_refused("engine/plan/x.h", '  #  include "engine/apply/run.h"')
        self.assert_refused("engine/report/x.cc", '#include "tests/simulators/bmc.h"')
        self.assert_allowed("engine/plan/x.cc", '#include "engine/http/message.h"')
        self.assert_allowed("engine/plan/x.cc", '#include "providers/provider.h"')
        self.assert_allowed("engine/cli/x.cc", '#include "tests/simulators/bmc.h"')

    def test_vendors_do_not_know_each_other(self):
        self.assert_refused("providers/hpe/x.cc", '#include "providers/dell/quirks.h"')
        self.assert_refused("providers/redfish/x.cc", '#include "providers/hpe/ilo.h"')
        self.assert_refused("providers/hpe/x.cc", '#include "engine/journal/journal.h"')
        self.assert_allowed("providers/hpe/x.cc", '#include "providers/hpe/ilo.h"')
        self.assert_allowed("providers/hpe/x.cc", '#include "providers/redfish/client.h"')
        self.assert_allowed("providers/registry.cc", '#include "providers/hpe/ilo.h"')

    def test_libraries_stay_where_they_are_wrapped(self):
        self.assert_refused("engine/plan/x.cc", "#include <rapidjson/reader.h>")
        self.assert_refused("engine/json/x.cc", "#include <yaml-cpp/parser.h>")
        self.assert_refused("engine/apply/x.cc", "#include <curl/curl.h>")
        self.assert_refused("engine/plan/x.cc", "#include <boost/asio.hpp>")
        self.assert_allowed("engine/plan/x.cc", "#include <boost/graph/adjacency_list.hpp>")
        self.assert_allowed("tests/unit/x.cc", "#include <sqlite3.h>")

    def test_every_source_names_its_licence(self):
        self.assertEqual(len(self.offences("engine/base/x.h", "int x;\n")), 1)
        self.assertEqual(len(self.offences("tests/CMakeLists.txt", "project(x)\n")), 1)
        self.assertEqual(self.offences("tests/run.sh", "#!/bin/bash\n# " + source_rules.LICENSE + "\n"), [])
        self.assertEqual(self.offences("schemas/x.json", "{}\n"), [])

    def test_no_path_of_a_machine(self):
        for folder in ("work", "root", "home"):
            self.assert_refused("engine/base/x.cc", f"// see /{folder}/someone/notes")
        self.assert_allowed("engine/base/x.cc", "// https://host/work/x and ./home/x")
        self.assertEqual(self.offences("tests/mockups/x/index.json", '"/' + 'home/admin"\n'), [])


if __name__ == "__main__":
    unittest.main()
