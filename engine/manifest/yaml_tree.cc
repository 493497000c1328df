// SPDX-License-Identifier: Apache-2.0
// The only user of yaml-cpp. Its events come in the order of the text, so limits act while it reads;
// its exceptions end here.
#include "engine/manifest/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/yaml_check.h"
#include "engine/manifest/yaml_cursor.h"
#include "engine/manifest/yaml_syntax.h"

namespace firmform::manifest {
namespace {

constexpr std::string_view kMergeKey = "<<";

/// Ends the reading of a file; caught in parse_yaml.
struct Stop {
  Diagnostic diagnostic;
};

/// A node's share of the limits, kept so that an alias can be charged before it is copied.
struct Cost {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
};

struct PendingKey {
  std::string text;
  SourceSpan span;
  bool plain = true;
};

struct Frame {
  YamlNode node;
  bool flow = false;
  YAML::anchor_t anchor = 0;
  Cost before;                    ///< spent when the collection began
  std::optional<PendingKey> key;  ///< of a map: read, and waiting for its value
  std::vector<YamlEntry> merges;  ///< of a map: its `<<` entries
};

struct Anchored {
  YamlNode node;
  Cost cost;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceMap& sources, FileId file, const YamlLimits& limits, YamlTags tags)
      : text_(sources.text(file)), limits_(limits), tags_(tags), cursor_(file, text_) {}

  [[nodiscard]] YamlNode take_root() { return std::move(root_); }
  [[nodiscard]] Diagnostics take_diagnostics() { return std::move(diagnostics_); }
  [[nodiscard]] SourceSpan place_of(const YAML::Mark& mark) { return cursor_.at(offset_of(mark), 1); }
  [[nodiscard]] bool is_end(const YAML::Mark& mark) const { return offset_of(mark) == text_.size(); }
  /// The innermost bracket that is open, for messages about one that is never closed.
  [[nodiscard]] std::optional<SourceSpan> open_bracket() const {
    if (frames_.empty() || !frames_.back().flow) return std::nullopt;
    return frames_.back().node.span;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (document_seen_) second_document(mark);
    document_seen_ = true;
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t offset = skip_properties(offset_of(mark));
    YamlNode node;
    node.text = null_text_at(offset);
    const bool written = !node.text.empty();
    const bool pending = !written && !frames_.empty() && frames_.back().key;
    node.span = pending ? frames_.back().key->span : cursor_.at(offset, node.text.size());
    charge(Cost{1, 0}, node.span);
    accept(std::move(node), anchor, Cost{1, 0});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t offset = offset_of(mark);
    const SourceSpan span = cursor_.at(offset, word_length(offset));
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) stop(Code::yaml_alias, "the alias stands inside of what it refers to", span, "");
    charge_copy(found->second.cost, span);
    accept(found->second.node, 0, found->second.cost);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const std::size_t offset = checked_start(mark, tag);
    YamlNode node;
    node.kind = YamlKind::scalar;
    node.text = value;
    node.quoted = tag == "!";
    node.span = cursor_.at(offset, scalar_length(offset, value));
    if (value.size() > limits_.max_scalar_bytes) {
      stop(Code::yaml_limit, fmt::format("a text of {} bytes; the limit is {}", value.size(), limits_.max_scalar_bytes),
           node.span, "begins here");
    }
    const Cost cost{1, value.size()};
    charge(cost, node.span);
    accept(std::move(node), anchor, cost);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    begin(YamlKind::sequence, mark, tag, anchor, style);
  }

  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    begin(YamlKind::map, mark, tag, anchor, style);
  }

  void OnMapEnd() override {
    merge(frames_.back());
    report_duplicates(frames_.back().node.entries);
    end();
  }

 private:
  [[noreturn]] static void stop(Code code, std::string message, SourceSpan span, std::string label) {
    Diagnostic diagnostic{code};
    diagnostic.message = std::move(message);
    diagnostic.primary = Label{span, std::move(label)};
    throw Stop{std::move(diagnostic)};
  }

  [[noreturn]] void second_document(const YAML::Mark& mark) {
    if (text_.substr(offset_of(mark)).starts_with("---")) {
      stop(Code::yaml_documents, "the file has more than one document", place_of(mark), "the second one begins here");
    }
    stop(Code::yaml_syntax, "this does not belong to what is above it", place_of(mark),
         "the value above ends before this");
  }

  void charge(const Cost& cost, const SourceSpan& span) {
    spent_.nodes += cost.nodes;
    spent_.bytes += cost.bytes;
    if (spent_.nodes > limits_.max_nodes) {
      stop(Code::yaml_limit, fmt::format("more than {} values, aliases included", limits_.max_nodes), span, "");
    }
    if (spent_.bytes > limits_.max_expanded_bytes) {
      stop(Code::yaml_limit, fmt::format("more than {} bytes of text, aliases included", limits_.max_expanded_bytes),
           span, "");
    }
  }

  void charge_copy(const Cost& cost, const SourceSpan& span) {
    copied_nodes_ += cost.nodes;
    if (copied_nodes_ > limits_.max_alias_nodes) {
      stop(Code::yaml_limit, fmt::format("aliases stand for more than {} values", limits_.max_alias_nodes), span,
           "one copy too many");
    }
    charge(cost, span);
  }

  void begin(YamlKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             YAML::EmitterStyle::value style) {
    const std::size_t offset = checked_start(mark, tag);
    Frame frame;
    frame.before = spent_;
    frame.node.kind = kind;
    frame.node.span = cursor_.at(offset, style == YAML::EmitterStyle::Flow ? 1 : word_length(offset));
    frame.flow = style == YAML::EmitterStyle::Flow;
    frame.anchor = anchor;
    charge(Cost{1, 0}, frame.node.span);
    if (frames_.size() >= limits_.max_depth) {
      stop(Code::yaml_limit, fmt::format("values are nested deeper than {} levels", limits_.max_depth), frame.node.span,
           "one too many");
    }
    if (expects_key()) key_problem(frame.node.span, describe(kind));
    frames_.push_back(std::move(frame));
  }

  void end() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    const Cost cost{spent_.nodes - frame.before.nodes, spent_.bytes - frame.before.bytes};
    accept(std::move(frame.node), frame.anchor, cost);
  }

  [[nodiscard]] bool expects_key() const {
    return !frames_.empty() && frames_.back().node.kind == YamlKind::map && !frames_.back().key;
  }

  [[noreturn]] static void key_problem(const SourceSpan& span, std::string_view found) {
    stop(Code::yaml_key, fmt::format("a key must be a text, and this one is {}", found), span, "");
  }

  void accept(YamlNode node, YAML::anchor_t anchor, const Cost& cost) {
    if (anchor != 0) {
      charge_copy(cost, node.span);
      anchors_[anchor] = Anchored{node, cost};
    }
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == YamlKind::sequence) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      if (node.kind != YamlKind::scalar) key_problem(node.span, describe(node.kind));
      frame.key = PendingKey{std::move(node.text), node.span, !node.quoted};
    } else {
      const bool merges = frame.key->plain && frame.key->text == kMergeKey;
      std::vector<YamlEntry>& target = merges ? frame.merges : frame.node.entries;
      target.push_back({std::move(frame.key->text), frame.key->span, std::move(node)});
      frame.key.reset();
    }
  }

  /// What is written in the map itself wins over what is merged, and an earlier merge over a later one.
  void merge(Frame& frame) {
    if (frame.merges.empty()) return;
    report_duplicates(frame.merges);
    std::set<std::string> known;
    for (const YamlEntry& entry : frame.node.entries) known.insert(entry.key);
    const YamlEntry merged = std::move(frame.merges.front());
    if (merged.value.kind == YamlKind::sequence) {
      for (const YamlNode& item : merged.value.items) merge_map(frame.node, item, merged.key_span, known);
    } else {
      merge_map(frame.node, merged.value, merged.key_span, known);
    }
  }

  static void merge_map(YamlNode& into, const YamlNode& from, const SourceSpan& key, std::set<std::string>& known) {
    if (from.kind != YamlKind::map) {
      stop(Code::yaml_alias, fmt::format("`<<` merges maps, and this is {}", describe(from.kind)), key, "");
    }
    for (const YamlEntry& entry : from.entries) {
      if (known.insert(entry.key).second) into.entries.push_back(entry);
    }
  }

  /// Reports each key that was given before, and keeps the first.
  void report_duplicates(std::vector<YamlEntry>& entries) {
    std::vector<std::size_t> order(entries.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {},
                      [&](std::size_t i) { return std::pair<std::string_view, std::size_t>(entries[i].key, i); });
    std::set<std::size_t, std::greater<>> surplus;
    std::size_t first = 0;
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (entries[order[i]].key != entries[order[first]].key) {
        first = i;
        continue;
      }
      report_duplicate(entries[order[i]], entries[order[first]]);
      surplus.insert(order[i]);
    }
    if (surplus.empty()) return;
    std::size_t index = 0;
    std::erase_if(entries, [&](const YamlEntry&) { return surplus.contains(index++); });
  }

  void report_duplicate(const YamlEntry& later, const YamlEntry& earlier) {
    Diagnostic diagnostic{Code::yaml_duplicate_key};
    diagnostic.message = fmt::format("key `{}` is given twice", later.key);
    diagnostic.primary = Label{later.key_span, "given again"};
    diagnostic.secondary = {Label{earlier.key_span, "first given here"}};
    diagnostics_.add(std::move(diagnostic));
  }

  /// yaml-cpp leaves the byte order mark out when it counts, and may count the end of the text as a byte.
  [[nodiscard]] std::size_t offset_of(const YAML::Mark& mark) const {
    return std::min(cursor_.start() + static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size());
  }

  /// Where the value itself begins; tags are refused on the way.
  std::size_t checked_start(const YAML::Mark& mark, const std::string& tag) {
    const std::size_t offset = offset_of(mark);
    if (tag != "?" && tag != "!" && tags_ == YamlTags::refused) {
      stop(Code::yaml_tag, "YAML tags are not used", cursor_.at(offset, word_length(offset)),
           "the schema decides the type");
    }
    return skip_properties(offset);
  }

  /// Skips `&anchor` and `!` in front of a value.
  [[nodiscard]] std::size_t skip_properties(std::size_t offset) const {
    while (offset < text_.size() && (text_[offset] == '&' || text_[offset] == '!')) {
      offset += word_length(offset);
      offset = std::min(text_.find_first_not_of(" \t\r\n", offset), text_.size());
    }
    return offset;
  }

  [[nodiscard]] std::size_t word_length(std::size_t offset) const {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n,[]{}", offset), text_.size());
    return utf8_length(text_.substr(offset, end - offset));
  }

  [[nodiscard]] std::string null_text_at(std::size_t offset) const {
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (text_.substr(offset).starts_with(word)) return std::string(word);
    }
    return {};
  }

  [[nodiscard]] std::size_t scalar_length(std::size_t offset, const std::string& value) const {
    const std::string_view rest = text_.substr(offset);
    if (rest.starts_with(value) && !value.empty()) return utf8_length(value);
    if (rest.starts_with('|') || rest.starts_with('>')) return 1;
    const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
    return utf8_length(line.substr(0, quoted_bytes(line)));
  }

  /// Bytes of the quoted scalar that `line` begins with; all of it when there is none.
  static std::size_t quoted_bytes(std::string_view line) {
    if (line.empty() || (line.front() != '"' && line.front() != '\'')) return line.size();
    for (std::size_t i = 1; i < line.size(); ++i) {
      if (line.front() == '"' && line[i] == '\\') {
        ++i;
      } else if (line[i] == line.front()) {
        return i + 1;
      }
    }
    return line.size();
  }

  std::string_view text_;
  const YamlLimits& limits_;
  YamlTags tags_;
  YamlCursor cursor_;
  std::vector<Frame> frames_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  YamlNode root_;
  Diagnostics diagnostics_;
  Cost spent_;
  std::size_t copied_nodes_ = 0;
  bool document_seen_ = false;
};

Diagnostic syntax_problem(const SourceMap& sources, FileId file, const YAML::Exception& exception,
                          TreeBuilder& builder) {
  SyntaxProblem problem{exception.msg, {}, builder.open_bracket()};
  if (!exception.mark.is_null() && !builder.is_end(exception.mark)) problem.place = builder.place_of(exception.mark);
  return explain_syntax(problem, sources, file);
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &YamlEntry::key);
  return found == entries.end() ? nullptr : &found->value;
}

std::string_view describe(YamlKind kind) {
  switch (kind) {
    case YamlKind::null:
      return "nothing";
    case YamlKind::scalar:
      return "a text";
    case YamlKind::sequence:
      return "a list";
    case YamlKind::map:
      return "a map";
  }
  return "nothing";
}

Parsed<YamlNode> parse_yaml(const SourceMap& sources, FileId file, const YamlLimits& limits, YamlTags tags) {
  Parsed<YamlNode> result;
  if (auto problem = check_text(sources, file, limits)) {
    result.diagnostics.add(std::move(*problem));
    return result;
  }
  TreeBuilder builder(sources, file, limits, tags);
  std::optional<Diagnostic> stopped;
  try {
    std::istringstream stream(sources.text(file));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop& stop) {
    stopped = stop.diagnostic;
  } catch (const YAML::DeepRecursion& exception) {
    stopped = Diagnostic{Code::yaml_limit};
    stopped->message = fmt::format("values are nested deeper than {} levels", limits.max_depth);
    stopped->primary = Label{builder.place_of(exception.mark), ""};
  } catch (const YAML::Exception& exception) {
    stopped = syntax_problem(sources, file, exception, builder);
  }
  result.diagnostics = builder.take_diagnostics();
  if (stopped) {
    result.diagnostics.add(std::move(*stopped));
  } else {
    result.value = builder.take_root();
  }
  return result;
}

}  // namespace firmform::manifest
