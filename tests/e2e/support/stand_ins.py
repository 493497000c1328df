# SPDX-License-Identifier: Apache-2.0
"""Programs in place of `sops` and `vault`, which Debian does not have. They answer exactly the command lines that the
real ones document, and refuse all others, so that a test that passes has asked the right thing:

  sops --decrypt --extract '["ilo"]["password"]' FILE   (https://getsops.io/docs/#extract-a-sub-part-of-a-document-tree)
  vault kv get -field=password secret/ilo               (https://developer.hashicorp.com/vault/docs/commands/kv/get)
"""

import json
import os
import pathlib

_SCRIPT = """#!/usr/bin/python3
import json, os, sys
answers = json.load(open({answers!r}))
os.system("tr '\\\\0' ' ' < /proc/%d/cmdline >> {seen}; echo >> {seen}" % os.getppid())
open({seen!r}, "a").write(json.dumps(sys.argv) + "\\n")
answer = answers.get(json.dumps(sys.argv[1:]))
if answer is None:
    sys.exit("{name}: unexpected arguments")
sys.stdout.write(answer)
"""


class StandIns:
    """A directory for PATH. `answer(program, arguments, output)`."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.answers = {}
        self.seen = self.directory / "seen"  # command lines of the callers and of the programs

    def answer(self, program, arguments, output):
        self.answers.setdefault(program, {})[json.dumps(arguments)] = output
        answers = self.directory / f"{program}.answers"
        answers.write_text(json.dumps(self.answers[program]))
        script = self.directory / program
        script.write_text(_SCRIPT.format(answers=str(answers), seen=str(self.seen), name=program))
        script.chmod(0o755)

    def path(self):
        return f"{self.directory}:{os.environ['PATH']}"
