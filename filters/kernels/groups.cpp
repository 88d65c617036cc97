// Finds the terms of lexicons in documents. See filters/groups.py for what a term is and which matches count.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "buffer.h"
#include "hash_table.h"
#include "hashing.h"
#include "utf8.h"

namespace py = pybind11;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

namespace {

// Entry of the table by code point: the folded code point, and in the top byte what that is.
enum Kind : uint32_t { OTHER, WORD, SPACE, ALONE, KATAKANA, IGNORED, JOINER, DOT };

constexpr size_t LONGEST_WORD = 64;  // bytes; a longer word is in no lexicon
constexpr size_t MOST_WORDS = 24;    // of a term
constexpr size_t BLOCK = 4096;       // words looked at together
constexpr int64_t LONGEST_GAP = 8;   // characters between two words of a term
constexpr uint32_t NONE = ~0u;

struct Token {
  int64_t start, end, first_char, last_char;  // bytes and characters of the text
  uint32_t word;                              // in the vocabulary, or NONE
  bool joined;                                // to the word before it
  bool spaced;                                // joined by white space alone
  bool capital;
};

struct Term {
  std::vector<std::string> exact;  // as written, where case counts; else empty
  std::vector<uint32_t> groups;
  uint32_t axis, lead, trail;  // the last two: words of context
  bool hides, not_after_capital, not_before_capital;
};

struct Node {
  std::vector<std::pair<uint32_t, uint32_t>> children;  // (word, node), sorted once the trie is built
  std::vector<uint32_t> terms;
  uint32_t child(uint32_t word) const {
    const auto at = std::lower_bound(children.begin(), children.end(), std::make_pair(word, 0u));
    return at != children.end() && at->first == word ? at->second : NONE;
  }
};

struct Match {
  int64_t start, end, first_char, last_char;
  uint32_t axis, term;
};

// A word, folded; its buffer is zero behind the end, so that it can be hashed eight bytes at a time.
struct Folded {
  uint8_t bytes[LONGEST_WORD + 16];
  size_t length = 0;
  uint64_t hash() {
    std::memset(bytes + length, 0, 8);
    uint64_t hash = mix(length);
    for (size_t i = 0; i < length; i += 8) hash = mix(hash ^ load8(bytes + i)) + K2;
    return hash;
  }
};

class Kernel {
 public:
  explicit Kernel(const Array<uint32_t>& table) : table_(table.data(), table.data() + table.size()) {
    if (table_.size() < 0x80) throw py::value_error("a table of less than 128 code points");
    words_.build({});
  }

  int add_language() {
    nodes_.emplace_back();
    roots_.push_back(static_cast<uint32_t>(nodes_.size() - 1));
    return static_cast<int>(roots_.size() - 1);
  }

  // A term: words of context in front (`lead`), the match itself (`core`), words of context behind (`trail`).
  int add_term(int language, const std::string& lead, const std::string& core, const std::string& trail, bool exact,
               uint32_t axis, const std::vector<uint32_t>& groups, bool hides, bool not_after_capital,
               bool not_before_capital) {
    if (language < 0 || static_cast<size_t>(language) >= roots_.size()) throw py::value_error("no such language");
    Term term{{}, groups, axis, 0, 0, hides, not_after_capital, not_before_capital};
    std::vector<uint32_t> numbers;
    const auto add = [&](const std::string& text) {
      const auto* const bytes = reinterpret_cast<const uint8_t*>(text.data());
      const size_t before = numbers.size();
      each_word(bytes, bytes + text.size(), [&](const Token& token, Folded& folded) {
        if (folded.length > LONGEST_WORD) throw py::value_error("a word of over 64 bytes: " + text);
        numbers.push_back(number_of(folded));
        if (exact) {
          term.exact.push_back(
              text.substr(static_cast<size_t>(token.start), static_cast<size_t>(token.end - token.start)));
        }
      });
      return static_cast<uint32_t>(numbers.size() - before);
    };
    term.lead = add(lead);
    if (add(core) == 0) throw py::value_error("a term without a word: " + core);
    term.trail = add(trail);
    if (numbers.size() > MOST_WORDS) throw py::value_error("a term of over 24 words: " + core);
    uint32_t at = roots_[static_cast<size_t>(language)];
    for (const uint32_t number : numbers) {
      const auto [child, fresh] = edges_.try_emplace(uint64_t{at} << 32 | number, nodes_.size());
      if (fresh) {
        nodes_[at].children.emplace_back(number, child->second);
        nodes_.emplace_back();
      }
      at = child->second;
    }
    nodes_[at].terms.push_back(static_cast<uint32_t>(terms_.size()));
    terms_.push_back(std::move(term));
    return static_cast<int>(terms_.size() - 1);
  }

  // To be called once, after the last term.
  void build() {
    words_.build(hashes_);
    for (Node& node : nodes_) std::sort(node.children.begin(), node.children.end());
    first_.assign(roots_.size() * vocabulary_.size(), NONE);
    for (size_t language = 0; language < roots_.size(); language++) {
      for (const auto& [word, child] : nodes_[roots_[language]].children)
        first_[language * vocabulary_.size() + word] = child;
    }
  }

  py::tuple matches(const Array<int32_t>& offsets, const Array<uint8_t>& data,
                    const Array<int16_t>& languages) const {
    const size_t n = checked(offsets, data, languages);
    const int32_t* const starts = offsets.data();
    const uint8_t* const bytes = data.data();
    const int16_t* const language = languages.data();
    Buffer<int32_t> rows, terms;
    Buffer<int64_t> firsts, lasts;
    {
      py::gil_scoped_release release;
      std::vector<Match> found;
      for (size_t row = 0; row < n; row++) {
        find(bytes + starts[row], bytes + starts[row + 1], language[row], found);
        for (const Match& match : found) {
          rows.push(static_cast<int32_t>(row));
          firsts.push(match.first_char);
          lasts.push(match.last_char);
          terms.push(static_cast<int32_t>(match.term));
        }
      }
    }
    return py::make_tuple(std::move(rows).numpy(), std::move(firsts).numpy(), std::move(lasts).numpy(),
                          std::move(terms).numpy());
  }

  py::tuple mentions(const Array<int32_t>& offsets, const Array<uint8_t>& data,
                     const Array<int16_t>& languages) const {
    const size_t n = checked(offsets, data, languages);
    const int32_t* const starts = offsets.data();
    const uint8_t* const bytes = data.data();
    const int16_t* const language = languages.data();
    Buffer<int32_t> ends(n + 1), groups;
    {
      py::gil_scoped_release release;
      std::vector<Match> found;
      std::vector<uint32_t> distinct;
      ends[0] = 0;
      for (size_t row = 0; row < n; row++) {
        find(bytes + starts[row], bytes + starts[row + 1], language[row], found);
        distinct.clear();
        for (const Match& match : found) {
          const auto& of = terms_[match.term].groups;
          distinct.insert(distinct.end(), of.begin(), of.end());
        }
        std::sort(distinct.begin(), distinct.end());
        distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
        for (const uint32_t group : distinct) groups.push(static_cast<int32_t>(group));
        ends[row + 1] = static_cast<int32_t>(groups.size());
      }
    }
    return py::make_tuple(std::move(ends).numpy(), std::move(groups).numpy());
  }

 private:
  size_t checked(const Array<int32_t>& offsets, const Array<uint8_t>& data,
                 const Array<int16_t>& languages) const {
    if (offsets.size() < 1 || languages.size() != offsets.size() - 1)
      throw py::value_error("need one language for each document");
    const auto n = static_cast<size_t>(offsets.size() - 1);
    if (offsets.data()[0] < 0 || offsets.data()[n] > data.size())
      throw py::value_error("offsets beyond the data");
    for (size_t i = 0; i < n; i++) {
      if (languages.data()[i] >= static_cast<int>(roots_.size())) throw py::value_error("no such language");
    }
    return n;
  }

  uint32_t number_of(Folded& word) {
    const std::string bytes(reinterpret_cast<const char*>(word.bytes), word.length);
    const auto [at, fresh] = numbers_.try_emplace(bytes, static_cast<uint32_t>(vocabulary_.size()));
    if (fresh) {
      vocabulary_.push_back(bytes);
      hashes_.push_back(word.hash());
    }
    return at->second;
  }

  uint32_t lookup(Folded& folded) const {
    if (folded.length == 0 || folded.length > LONGEST_WORD) return NONE;
    const uint32_t word = words_.find(folded.hash());
    if (word == NONE) return NONE;
    const std::string& known = vocabulary_[word];
    return known.size() == folded.length && std::memcmp(known.data(), folded.bytes, known.size()) == 0 ? word
                                                                                                       : NONE;
  }

  // Calls `word(token, folded)` for each word, in order.
  template <typename Word>
  void each_word(const uint8_t* const begin, const uint8_t* const end, Word word) const {
    const uint32_t* const table = table_.data();
    const size_t size = table_.size();
    Folded folded;
    Token token{};
    int64_t continuations = 0;            // bytes that begin no character, up to p
    int64_t gap = 0, lines = 0, joins = 0;  // characters between two words: all, line feeds, joiners
    bool broken = true;                   // something stands between them that no term may contain
    int64_t characters = 0;               // of the word before
    const uint8_t* p = begin;
    while (p < end) {
      const uint8_t* const at = p;
      uint32_t entry;
      uint32_t point = *p;
      if (point < 0x80) {
        entry = table[point];
        p++;
      } else {
        point = utf8::decode(p);
        entry = point < size ? table[point] : point;
      }
      uint32_t kind = entry >> 24;
      if (kind != WORD && kind != ALONE && kind != KATAKANA) {
        continuations += p - at - 1;
        gap++;
        lines += point == '\n';
        joins += kind == JOINER || kind == DOT;
        broken |= kind == OTHER || (kind == DOT && characters > 2);
        continue;
      }
      token.start = at - begin;
      token.first_char = token.start - continuations;
      token.joined = !broken && gap <= LONGEST_GAP && lines <= 1 && joins <= 1;
      token.spaced = token.joined && joins == 0;
      token.capital = (entry & 0xFFFFFF) != point;
      continuations += p - at - 1;
      folded.length = utf8::encode(entry & 0xFFFFFF, folded.bytes);
      characters = 1;
      if (kind != ALONE) {
        const uint32_t same = kind;
        while (p < end) {
          const uint8_t* const here = p;
          if (*p < 0x80) {
            entry = table[*p];
            if (entry >> 24 != same) break;
            p++;
            if (folded.length < LONGEST_WORD + 8) folded.bytes[folded.length++] = static_cast<uint8_t>(entry);
            characters++;
            continue;
          }
          point = utf8::decode(p);
          entry = point < size ? table[point] : point;
          kind = entry >> 24;
          if (kind != same && kind != IGNORED) {
            p = here;
            break;
          }
          continuations += p - here - 1;
          characters++;
          if (kind == same && folded.length <= LONGEST_WORD)
            folded.length += utf8::encode(entry & 0xFFFFFF, folded.bytes + folded.length);
        }
      }
      token.end = p - begin;
      token.last_char = token.end - continuations;
      word(token, folded);
      gap = lines = joins = 0;
      broken = false;
    }
  }

  // The matches that count, in order.
  void find(const uint8_t* const begin, const uint8_t* const end, int16_t language,
            std::vector<Match>& found) const {
    found.clear();
    if (language < 0) return;
    const uint32_t* const first = first_.data() + static_cast<size_t>(language) * vocabulary_.size();
    std::vector<Token> tokens(1);  // the first one is the word before
    tokens.reserve(BLOCK + 1);
    tokens[0] = {0, 0, 0, 0, NONE, false, false, false};
    const auto scan = [&](size_t stop) {
      for (size_t i = 1; i < stop; i++) {
        if (tokens[i].word != NONE && first[tokens[i].word] != NONE) walk(begin, tokens, i, first, found);
      }
    };
    each_word(begin, end, [&](Token& token, Folded& folded) {
      token.word = lookup(folded);
      tokens.push_back(token);
      if (tokens.size() > BLOCK) {
        // A term that begins before `stop` ends in this block, with a word behind it.
        const size_t stop = tokens.size() - MOST_WORDS;
        scan(stop);
        tokens.erase(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(stop - 1));
      }
    });
    scan(tokens.size());
    resolve(found);
  }

  // All terms that begin with token i.
  void walk(const uint8_t* begin, const std::vector<Token>& tokens, size_t i, const uint32_t* first,
            std::vector<Match>& found) const {
    uint32_t at = first[tokens[i].word];
    for (size_t last = i;;) {
      for (const uint32_t number : nodes_[at].terms) {
        const Term& term = terms_[number];
        const size_t from = i + term.lead, to = last - term.trail;
        if (term.not_after_capital && tokens[from].spaced && tokens[from - 1].capital) continue;
        if (term.not_before_capital && to + 1 < tokens.size() && tokens[to + 1].spaced && tokens[to + 1].capital)
          continue;
        if (!term.exact.empty() && !written(begin, tokens, i, from, to, term)) continue;
        found.push_back({tokens[from].start, tokens[to].end, tokens[from].first_char, tokens[to].last_char,
                         term.axis, number});
      }
      if (++last >= tokens.size() || !tokens[last].joined || tokens[last].word == NONE) return;
      at = nodes_[at].child(tokens[last].word);
      if (at == NONE) return;
    }
  }

  // Whether the words from..to, context aside, stand as the term has them.
  static bool written(const uint8_t* begin, const std::vector<Token>& tokens, size_t i, size_t from, size_t to,
                      const Term& term) {
    for (size_t k = from; k <= to; k++) {
      const std::string& exact = term.exact[k - i];
      const auto length = static_cast<size_t>(tokens[k].end - tokens[k].start);
      if (exact.size() != length || std::memcmp(exact.data(), begin + tokens[k].start, length) != 0) return false;
    }
    return true;
  }

  // Within each axis: what lies inside a phrase that hides goes, then the leftmost and longest stay.
  void resolve(std::vector<Match>& found) const {
    std::sort(found.begin(), found.end(), [&](const Match& a, const Match& b) {
      if (a.axis != b.axis) return a.axis < b.axis;
      if (a.start != b.start) return a.start < b.start;
      if (a.end != b.end) return a.end > b.end;
      if (terms_[a.term].hides != terms_[b.term].hides) return terms_[a.term].hides;
      return a.term < b.term;
    });
    size_t kept = 0;
    int64_t hidden = -1, start = -1, end = -1;
    uint32_t axis = NONE;
    for (size_t i = 0; i < found.size(); i++) {
      const Match match = found[i];
      if (match.axis != axis) axis = match.axis, hidden = start = end = -1;
      if (terms_[match.term].hides) {
        hidden = std::max(hidden, match.end);
      } else if (match.end > hidden && (match.start >= end || (match.start == start && match.end == end))) {
        start = match.start, end = match.end;
        found[kept++] = match;
      }
    }
    found.resize(kept);
    std::sort(found.begin(), found.end(), [&](const Match& a, const Match& b) {
      if (a.start != b.start) return a.start < b.start;
      if (a.end != b.end) return a.end < b.end;
      const auto &left = terms_[a.term].groups, &right = terms_[b.term].groups;
      return left != right ? left < right : a.term < b.term;
    });
    const auto same = [&](const Match& a, const Match& b) {  // a term of one group may be written in two ways
      return a.start == b.start && a.end == b.end && terms_[a.term].groups == terms_[b.term].groups;
    };
    found.erase(std::unique(found.begin(), found.end(), same), found.end());
  }

  std::vector<uint32_t> table_;
  std::vector<Node> nodes_;
  std::vector<uint32_t> roots_, first_;
  std::vector<Term> terms_;
  std::vector<std::string> vocabulary_;
  std::vector<uint64_t> hashes_;
  std::unordered_map<std::string, uint32_t> numbers_;
  std::unordered_map<uint64_t, uint32_t> edges_;  // node and word -> node
  evenhand::HashTable words_;
};

}  // namespace

PYBIND11_MODULE(groups, m) {
  m.doc() = "Terms of lexicons in documents, one pass per document.";
  py::class_<Kernel>(m, "Kernel")
      .def(py::init<const Array<uint32_t>&>(), py::arg("table"))
      .def("add_language", &Kernel::add_language)
      .def("add_term", &Kernel::add_term, py::arg("language"), py::arg("lead"), py::arg("core"), py::arg("trail"),
           py::kw_only(), py::arg("exact"), py::arg("axis"), py::arg("groups"), py::arg("hides"),
           py::arg("not_after_capital"), py::arg("not_before_capital"))
      .def("build", &Kernel::build)
      .def("matches", &Kernel::matches, py::arg("offsets"), py::arg("data"), py::arg("languages"))
      .def("mentions", &Kernel::mentions, py::arg("offsets"), py::arg("data"), py::arg("languages"));
}
