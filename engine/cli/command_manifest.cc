// SPDX-License-Identifier: Apache-2.0
// init, validate, fmt, schema: the verbs that touch nothing but files.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/base/text.h"
#include "engine/cli/commands.h"
#include "engine/cli/project.h"
#include "engine/cli/report_outputs.h"
#include "engine/manifest/format.h"
#include "engine/manifest/scaffold.h"
#include "engine/manifest/schema.h"
#include "engine/report/diagnostics_json.h"
#include "engine/schedule/check.h"

namespace firmform::cli {
namespace {

/// Creates `path`; fails with would_overwrite when it exists.
Status create_file(const std::filesystem::path& path, const std::string& text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0 && errno == EEXIST) return fail(Code::would_overwrite, fmt::format("{} exists", path.string()));
  const bool written = descriptor >= 0 && ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int problem = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (written) return {};
  return fail(Code::output_failed, fmt::format("cannot write {}: {}", path.string(), std::strerror(problem)));
}

/// Replaces `path` in one step, keeping its mode.
Status replace_file(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path temporary = path.string() + ".firmform-tmp";
  std::error_code problem;
  std::filesystem::remove(temporary, problem);
  if (const Status written = create_file(temporary, text); !written) return written;
  std::filesystem::permissions(temporary, std::filesystem::status(path).permissions(), problem);
  std::filesystem::rename(temporary, path, problem);
  if (!problem) return {};
  return fail(Code::output_failed, fmt::format("cannot replace {}: {}", path.string(), problem.message()));
}

Result<std::vector<manifest::SourceText>> files_to_format(const Arguments& arguments, const Context& context) {
  if (arguments.positionals().empty()) return manifest::read_directory(context.directory);
  std::vector<manifest::SourceText> files;
  for (const std::string& name : arguments.positionals()) {
    std::ifstream file(std::filesystem::path(context.directory) / name, std::ios::binary);
    if (!file) return fail(Code::usage, fmt::format("cannot read {}: {}", name, std::strerror(errno)));
    files.push_back({name, std::string(std::istreambuf_iterator<char>(file), {})});
  }
  return files;
}

/// The lines that change, in the form of diff without context.
std::string line_diff(const std::string& name, const std::string& before, const std::string& after) {
  const std::vector<std::string> old_lines = split(before, '\n');
  const std::vector<std::string> new_lines = split(after, '\n');
  std::size_t head = 0;
  while (head < old_lines.size() && head < new_lines.size() && old_lines[head] == new_lines[head]) ++head;
  std::size_t old_end = old_lines.size();
  std::size_t new_end = new_lines.size();
  while (old_end > head && new_end > head && old_lines[old_end - 1] == new_lines[new_end - 1]) {
    --old_end;
    --new_end;
  }
  std::string text = fmt::format("--- {}\n+++ {}\n@@ -{},{} +{},{} @@\n", name, name, head + 1, old_end - head, head + 1, new_end - head);
  for (std::size_t i = head; i < old_end; ++i) text += "-" + old_lines[i] + "\n";
  for (std::size_t i = head; i < new_end; ++i) text += "+" + new_lines[i] + "\n";
  return text;
}

}  // namespace

Exit run_init(const Arguments&, Context& context) {
  const std::filesystem::path directory = context.directory;
  const std::filesystem::path schema = directory / "manifest.v1.schema.json";
  const std::filesystem::path file = directory / "firmform.yaml";
  if (std::filesystem::exists(file)) return context.report(Error(Code::would_overwrite, fmt::format("{} exists", file.string())));
  if (!std::filesystem::exists(schema)) {
    const Status written = create_file(schema, json::dump_pretty(manifest::json_schema()));
    if (!written) return context.report(written.error());
  }
  const Status written = create_file(file, manifest::scaffold(schema.filename().string()));
  if (!written) return context.report(written.error());
  context.out.print(fmt::format("Wrote {}. Edit it, then: firmform validate\n", file.string()));
  return Exit::ok;
}

Exit run_validate(const Arguments& arguments, Context& context) {
  auto files = manifest::read_configuration(context.directory);
  if (!files) return context.report(files.error());
  const std::size_t count = files->size();
  SourceMap sources;
  auto loaded = manifest::load_desired(std::move(*files), sources);
  if (loaded.value) loaded.diagnostics.append(schedule::check_openings(*loaded.value));
  const Diagnostics& diagnostics = loaded.diagnostics;
  const std::size_t hosts = loaded.value ? loaded.value->hosts.size() : 0;
  if (arguments.has("json")) {
    if (context.reports != nullptr) context.reports->keep_problems(diagnostics, sources);
    context.out.print(json::dump_pretty(report::diagnostics_json(diagnostics, sources)));
  } else {
    context.report(diagnostics, sources);
    if (!diagnostics.has_errors()) {
      context.out.print(fmt::format("The manifest is valid: {}, {}.\n", counted(count, "file"), counted(hosts, "host")));
    }
  }
  return diagnostics.exit();
}

Exit run_fmt(const Arguments& arguments, Context& context) {
  auto files = files_to_format(arguments, context);
  if (!files) return context.report(files.error());
  Exit exit = Exit::ok;
  for (manifest::SourceText& file : *files) {
    SourceMap sources;
    const FileId id = sources.add(file.name, file.text);
    const Parsed<std::string> formatted = manifest::format(sources, id);
    if (!formatted.value) {
      context.report(formatted.diagnostics, sources);
      exit = worst(exit, formatted.diagnostics.exit());
      continue;
    }
    if (*formatted.value == file.text) continue;
    context.out.print(arguments.has("diff") ? line_diff(file.name, file.text, *formatted.value) : file.name + "\n");
    if (arguments.has("check")) {
      exit = worst(exit, Exit::unformatted);
    } else if (!arguments.has("diff")) {
      const Status written = replace_file(std::filesystem::path(context.directory) / file.name, *formatted.value);
      if (!written) exit = worst(exit, context.report(written.error()));
    }
  }
  return exit;
}

Exit run_schema(const Arguments&, Context& context) {
  context.out.print(json::dump_pretty(manifest::json_schema()));
  return Exit::ok;
}

}  // namespace firmform::cli
