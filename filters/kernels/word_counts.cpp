// One pass over English documents: how many have each word, words and tone of the sentences that may name a group, and
// which gendered words stand in a sentence with an occupation; then, in how many documents a word and a group share a
// sentence. See audits/associations/sample.py.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "buffer.h"
#include "hash_table.h"
#include "normal_text.h"

namespace py = pybind11;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

namespace {

constexpr uint32_t NONE = ~0u;
constexpr uint32_t UNCOUNTED = NONE - 1;  // of a word that is never counted
using evenhand::HashTable;

constexpr size_t SHORTEST = 3, LONGEST = 24;         // bytes of a word that is counted
constexpr size_t LONG_LINES = 300, LONG_TEXT = 1000;  // bytes from which a line break, any space ends a sentence
constexpr double NEGATED = -0.74, ALPHA = 15;         // constants of Hutto and Gilbert (2014)
constexpr double FADE[3] = {1, 0.95, 0.9};            // what a degree word counts for, by its distance

enum Flag : uint16_t {
  NEGATION = 1,
  STEM = 2,  // before "'t" a negation
  BUT = 4,
  NO = 8,
  WOMEN = 16,
  MEN = 32,
  ABBREVIATION = 64,
  NAMES = 128,   // names a group
  BEGINS = 256,  // may do so together with the word behind it
};

// What is known of a word before any text is read.
struct Entry {
  double valence = 0, degree = 0;
  uint16_t flags = 0;
  int16_t occupation = -1;
};

struct Slot {
  uint64_t hash = 0;  // 0: empty
  uint32_t entry = NONE, word = NONE;
};

inline bool space(uint8_t c) { return c == ' ' || (c >= 9 && c <= 13); }
inline bool letter(uint8_t c) { return static_cast<uint8_t>((c | 32) - 'a') < 26; }

class Kernel {
 public:
  Kernel(const Array<uint32_t>& table, const std::vector<std::string>& words, const Array<double>& valence,
         const Array<double>& degree, const Array<uint16_t>& flags, const Array<int16_t>& occupation,
         const std::vector<std::pair<std::string, std::string>>& pairs)
      : table_(table.data(), table.data() + table.size()) {
    const auto n = static_cast<py::ssize_t>(words.size());
    if (valence.size() != n || degree.size() != n || flags.size() != n || occupation.size() != n)
      throw py::value_error("need one valence, degree, flag and occupation a word");
    slots_.resize(1024);
    while (slots_.size() < 4 * words.size()) slots_.resize(2 * slots_.size());
    for (py::ssize_t i = 0; i < n; i++) {
      const uint64_t hash = hash_of(words[static_cast<size_t>(i)]);
      Slot& slot = find(slots_, hash);
      if (slot.hash != 0) throw py::value_error("a word twice: " + words[static_cast<size_t>(i)]);
      slot.hash = hash;
      slot.entry = static_cast<uint32_t>(i);
      entries_.push_back({valence.data()[i], degree.data()[i], flags.data()[i], occupation.data()[i]});
      if (occupation.data()[i] >= occupations_) occupations_ = occupation.data()[i] + 1;
    }
    std::vector<uint64_t> hashes;
    for (const auto& [first, second] : pairs) hashes.push_back(pair(hash_of(first), hash_of(second)));
    pairs_.build(hashes);
  }

  py::tuple scan(const Array<int32_t>& offsets, const Array<uint8_t>& data, const Array<uint8_t>& named) const {
    const py::ssize_t n = offsets.size() - 1;
    if (n < 0 || offsets.data()[0] < 0 || offsets.data()[n] > data.size())
      throw py::value_error("offsets beyond the data");
    if (named.size() != n) throw py::value_error("need a flag a document");
    State state(slots_, static_cast<size_t>(occupations_));
    {
      py::gil_scoped_release release;
      for (py::ssize_t row = 0; row < n; row++) {
        state.row = static_cast<uint32_t>(row);
        state.named = named.data()[row] != 0;
        document(data.data() + offsets.data()[row], data.data() + offsets.data()[row + 1], state);
      }
    }
    Buffer<int64_t> documents(state.seen.size());
    for (size_t i = 0; i < state.seen.size(); i++) documents[i] = state.seen[i].documents;
    auto words = py::make_tuple(std::move(state.hashes).numpy(), std::move(documents).numpy(),
                                std::move(state.word_ends).numpy(), std::move(state.letters).numpy());
    auto sentences = py::make_tuple(std::move(state.sentence_rows).numpy(), std::move(state.tones).numpy(),
                                    std::move(state.sentence_ends).numpy(), std::move(state.sentences).numpy(),
                                    std::move(state.used_ends).numpy(), std::move(state.used_words).numpy());
    return py::make_tuple(words, sentences, std::move(state.together).numpy(3));
  }

 private:
  // Where a word was seen last, and how many documents have it.
  struct Seen {
    uint32_t sentence, row;
    int64_t documents;
  };

  // A word of a sentence.
  struct Place {
    uint32_t start, bytes;
    uint64_t hash;
  };

  struct State {
    std::vector<Slot> slots;
    size_t used = 0;  // slots
    uint32_t row = 0, sentence = 0;
    bool named = false;
    std::vector<Seen> seen;  // by word that counts
    Buffer<uint64_t> hashes;
    Buffer<int32_t> word_ends;
    Buffer<uint8_t> letters;
    Buffer<int32_t> sentence_rows, sentence_ends, used_words;
    Buffer<int64_t> used_ends;
    Buffer<int64_t> tones;  // in millionths
    Buffer<uint8_t> sentences;
    Buffer<int64_t> together;  // by occupation: sentences, those with a women's word, with a men's word
    Buffer<uint8_t> normal, marks;
    std::vector<const Entry*> line;  // entries of the sentence's words; null: unknown
    std::vector<int16_t> occupations;
    std::vector<Place> places;
    std::vector<uint32_t> distinct;  // words of the sentence

    State(const std::vector<Slot>& known, size_t count) : slots(known), together(3 * count) {
      for (const Slot& slot : slots) used += slot.hash != 0;
      word_ends.push(0);
      sentence_ends.push(0);
      used_ends.push(0);
      for (size_t i = 0; i < 3 * count; i++) together[i] = 0;
    }
  };

  static uint64_t hash_of(const uint8_t* word, size_t length) {
    const uint64_t hash = hash_word(word, length);
    return hash == 0 ? 1 : hash;
  }

  static uint64_t hash_of(std::string word) {
    const size_t length = word.size();
    if (length == 0) throw py::value_error("an empty word");
    word.append(8, '\0');
    return hash_of(reinterpret_cast<const uint8_t*>(word.data()), length);
  }

  static uint64_t pair(uint64_t first, uint64_t second) { return mix(first * K3 + second); }

  // The slot of a hash, or the empty one where it belongs.
  static Slot& find(std::vector<Slot>& slots, uint64_t hash) {
    const size_t mask = slots.size() - 1;
    size_t at = hash & mask;
    while (slots[at].hash != 0 && slots[at].hash != hash) at = (at + 1) & mask;
    return slots[at];
  }

  static void grow(State& state) {
    std::vector<Slot> larger(2 * state.slots.size());
    for (const Slot& slot : state.slots)
      if (slot.hash != 0) find(larger, slot.hash) = slot;
    state.slots.swap(larger);
  }

  // Whether the full stop at `p` ends an initial or an abbreviation.
  bool abbreviated(const uint8_t* begin, const uint8_t* p) const {
    const uint8_t* from = p;
    while (from > begin && letter(from[-1]) && p - from < 8) from--;
    const auto length = static_cast<size_t>(p - from);
    if (length == 0 || length >= 8) return false;
    if (length == 1) return true;
    uint8_t word[16] = {};
    for (size_t i = 0; i < length; i++) word[i] = from[i] | 32;
    const uint64_t hash = hash_of(word, length);
    const size_t mask = slots_.size() - 1;
    for (size_t at = hash & mask; slots_[at].hash != 0; at = (at + 1) & mask)
      if (slots_[at].hash == hash) return (entries_[slots_[at].entry].flags & ABBREVIATION) != 0;
    return false;
  }

  void document(const uint8_t* p, const uint8_t* end, State& state) const {
    const uint8_t *begin = p, *from = p;
    while (p < end) {
      // Only these four bytes end a sentence, as long as it is not long.
      const uint8_t* const near = static_cast<size_t>(end - from) > LONG_TEXT ? from + LONG_TEXT : end;
      while (p < near && !marks_.of[*p]) p++;
      if (p == end) break;
      const uint8_t c = *p;
      bool stop = false;
      if (c == '.' || c == '!' || c == '?') {
        const uint8_t* after = p + 1;
        for (;;) {
          if (after < end && (*after == '"' || *after == '\'' || *after == ')' || *after == ']')) {
            after++;
          } else if (end - after >= 3 && after[0] == 0xE2 && after[1] == 0x80 && (after[2] == 0x9D || after[2] == 0x99)) {
            after += 3;
          } else {
            break;
          }
        }
        if (after < end && space(*after) && !(c == '.' && abbreviated(begin, p))) p = after, stop = true;
      } else if (c == '\n') {
        const uint8_t* after = p + 1;
        while (after < end && (*after == ' ' || *after == '\t' || *after == '\r')) after++;
        stop = (after < end && *after == '\n') || static_cast<size_t>(p - from) >= LONG_LINES;
      } else {
        stop = space(c) && static_cast<size_t>(p - from) >= LONG_TEXT;
      }
      p++;
      if (stop) {
        sentence(from, p, state);
        from = p;
      }
    }
    if (from < end) sentence(from, end, state);
  }

  void sentence(const uint8_t* from, const uint8_t* to, State& state) const {
    const auto size = static_cast<size_t>(to - from);
    state.normal.reserve(size + size / 2 + 192);
    state.marks.reserve(size + size / 2 + 192);
    uint8_t* const text = state.normal.data();
    uint8_t* const marks = state.marks.data();
    const Table table{table_.data(), static_cast<uint32_t>(table_.size())};
    const size_t length = normalise(from, to, table, text, marks);
    if (length == 0) return;
    std::memset(marks + length, 0, MARKS_PADDING);
    std::memset(text + length, 0, 8);
    state.line.clear();
    state.occupations.clear();
    state.distinct.clear();
    state.sentence++;
    uint16_t flags = 0;
    bool toned = false;
    size_t last = 0;
    uint64_t begun = 0;  // hash of the word before, where it may begin a name
    // Slots are asked for before they are used, since most of them lie in no near cache.
    state.places.clear();
    const size_t mask = state.slots.size() - 1;
    each_word(marks, length, [&](size_t start, size_t stop) {
      const uint64_t hash = hash_of(text + start, stop - start);
      __builtin_prefetch(state.slots.data() + (hash & mask));
      state.places.push_back({static_cast<uint32_t>(start), static_cast<uint32_t>(stop - start), hash});
    });
    for (const auto& [start, bytes, hash] : state.places) {
      Slot* slot = &find(state.slots, hash);
      if (slot->hash == 0) {
        if (2 * ++state.used > state.slots.size()) {
          grow(state);
          slot = &find(state.slots, hash);
        }
        slot->hash = hash;
      }
      if (slot->word == NONE) slot->word = number(text + start, bytes, hash, state);
      const uint32_t word = slot->word;
      if (word != UNCOUNTED && state.seen[word].sentence != state.sentence) {
        Seen& seen = state.seen[word];
        seen.sentence = state.sentence;
        state.distinct.push_back(word);
        seen.documents += seen.row != state.row;
        seen.row = state.row;
      }
      const Entry* const entry = slot->entry == NONE ? nullptr : &entries_[slot->entry];
      if (begun != 0 && pairs_.find(pair(begun, hash)) != HashTable::NONE) flags |= NAMES;
      begun = entry != nullptr && (entry->flags & BEGINS) ? hash : 0;
      if (!state.line.empty() && bytes <= 2 && apostrophe(text + last, start - last)) {
        // What follows an apostrophe is no word of its own; "don't" and its like negate.
        static const Entry negation{0, 0, NEGATION, -1};
        const Entry* const stem = state.line.back();
        if (bytes == 1 && text[start] == 't' && stem != nullptr && (stem->flags & STEM)) state.line.back() = &negation;
      } else {
        state.line.push_back(entry);
        if (entry != nullptr) {
          flags |= entry->flags;
          toned |= entry->valence != 0;
          if (entry->occupation >= 0) state.occupations.push_back(entry->occupation);
        }
      }
      last = start + bytes;
    }
    for (size_t i = 0; i < state.occupations.size(); i++) {
      bool again = false;
      for (size_t k = 0; k < i; k++) again |= state.occupations[k] == state.occupations[i];
      if (again) continue;
      int64_t* const counts = state.together.data() + 3 * state.occupations[i];
      counts[0]++;
      counts[1] += (flags & WOMEN) != 0;
      counts[2] += (flags & MEN) != 0;
    }
    if (!state.named || !(flags & NAMES)) return;
    state.sentence_rows.push(static_cast<int32_t>(state.row));
    state.tones.push(toned ? std::llround(1e6 * tone(state.line)) : 0);
    const size_t at = state.sentences.size();
    state.sentences.resize(at + size);
    std::memcpy(state.sentences.data() + at, from, size);
    state.sentence_ends.push(static_cast<int32_t>(at + size));
    for (const uint32_t word : state.distinct) state.used_words.push(static_cast<int32_t>(word));
    state.used_ends.push(static_cast<int64_t>(state.used_words.size()));
  }

  static bool apostrophe(const uint8_t* p, size_t n) {
    return (n == 1 && p[0] == '\'') || (n == 3 && p[0] == 0xE2 && p[1] == 0x80 && p[2] == 0x99);
  }

  // Number of a word seen for the first time.
  static uint32_t number(const uint8_t* word, size_t length, uint64_t hash, State& state) {
    if (length < SHORTEST || length > LONGEST || word[0] >= 0xE0) return UNCOUNTED;
    for (size_t i = 0; i < length; i++)
      if (word[i] < 'a' && (word[i] < 0x80)) return UNCOUNTED;  // a digit or an underscore
    const size_t at = state.letters.size();
    state.letters.resize(at + length);
    std::memcpy(state.letters.data() + at, word, length);
    state.word_ends.push(static_cast<int32_t>(at + length));
    state.hashes.push(hash);
    state.seen.push_back({0, NONE, 0});
    return static_cast<uint32_t>(state.seen.size() - 1);
  }

  // Sum of valences in -1..1, each changed by the three words before it.
  static double tone(const std::vector<const Entry*>& line) {
    double before = 0, after = 0;
    bool but = false;
    for (size_t i = 0; i < line.size(); i++) {
      const Entry* const entry = line[i];
      if (entry == nullptr) continue;
      if ((entry->flags & BUT) && !but) {
        but = true;
        before = after;
        after = 0;
      }
      if (entry->valence == 0 || entry->degree != 0) continue;
      if ((entry->flags & NO) && i + 1 < line.size() && line[i + 1] != nullptr && line[i + 1]->valence != 0) continue;
      double value = entry->valence;
      for (size_t d = 0; d < 3 && d < i; d++) {
        const Entry* const near = line[i - 1 - d];
        if (near == nullptr) continue;
        if (near->flags & NO) {
          if (d < 2) value *= NEGATED;
          continue;
        }
        if (near->valence != 0) continue;
        if (near->degree != 0) value += FADE[d] * (entry->valence < 0 ? -near->degree : near->degree);
        if (near->flags & NEGATION) value *= NEGATED;
      }
      after += value;
    }
    const double sum = but ? 0.5 * before + 1.5 * after : after;
    return sum / std::sqrt(sum * sum + ALPHA);
  }

  struct Marks {
    bool of[256] = {};
    Marks() { of['.'] = of['!'] = of['?'] = of['\n'] = true; }
  };

  Marks marks_;
  std::vector<uint32_t> table_;
  std::vector<Slot> slots_;
  std::vector<Entry> entries_;
  HashTable pairs_;
  int16_t occupations_ = 0;
};

// Numbers of 64-bit keys, by first sight.
class Numbers {
 public:
  Numbers() : slots_(64, {~uint64_t{0}, 0}) {}
  uint32_t operator()(uint64_t key) {
    size_t at = mix(key) & (slots_.size() - 1);
    while (slots_[at].first != key) {
      if (slots_[at].first == ~uint64_t{0}) {
        slots_[at] = {key, static_cast<uint32_t>(keys_.size())};
        keys_.push_back(key);
        if (2 * keys_.size() > slots_.size()) grow();
        return static_cast<uint32_t>(keys_.size() - 1);
      }
      at = (at + 1) & (slots_.size() - 1);
    }
    return slots_[at].second;
  }
  const std::vector<uint64_t>& keys() const { return keys_; }
  void clear() {
    // As small as the next document may be, so that a long one is not paid for again by all behind it.
    const size_t size = slots_.size() > 16 * keys_.size() ? 64 : slots_.size();
    slots_.assign(size, {~uint64_t{0}, 0});
    keys_.clear();
  }

 private:
  void grow() {
    slots_.assign(2 * slots_.size(), {~uint64_t{0}, 0});
    for (uint32_t i = 0; i < keys_.size(); i++) {
      size_t at = mix(keys_[i]) & (slots_.size() - 1);
      while (slots_[at].first != ~uint64_t{0}) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = {keys_[i], i};
    }
  }
  std::vector<std::pair<uint64_t, uint32_t>> slots_;
  std::vector<uint64_t> keys_;
};

// For each label (a group or an axis) and word, the documents in which a sentence has both, and those among them in which
// the word stands in no sentence that has the label's axis without the label.
py::tuple passages(const Array<int32_t>& rows, const Array<int64_t>& word_ends, const Array<int32_t>& words,
                   const Array<int64_t>& label_ends, const Array<int32_t>& labels, const Array<int32_t>& axis_of) {
  const py::ssize_t n = rows.size();
  if (word_ends.size() != n + 1 || label_ends.size() != n + 1 || word_ends.data()[n] > words.size() ||
      label_ends.data()[n] > labels.size())
    throw py::value_error("need the words and the labels of each sentence");
  for (py::ssize_t i = 0; i < labels.size(); i++)
    if (labels.data()[i] < 0 || labels.data()[i] >= axis_of.size()) throw py::value_error("no such label");
  Buffer<int32_t> found_labels, found_words;
  Buffer<int64_t> counts, documents(static_cast<size_t>(axis_of.size()));
  for (size_t i = 0; i < documents.size(); i++) documents[i] = 0;
  {
    py::gil_scoped_release release;
    std::vector<py::ssize_t> last(documents.size(), -1);
    Numbers all, here;
    std::vector<int64_t> sentences;
    for (py::ssize_t begin = 0, end; begin < n; begin = end) {
      here.clear();
      sentences.clear();
      for (end = begin; end < n && rows.data()[end] == rows.data()[begin]; end++) {
        for (int64_t l = label_ends.data()[end]; l < label_ends.data()[end + 1]; l++) {
          const auto label = static_cast<uint32_t>(labels.data()[l]);
          if (last[label] != begin) {
            last[label] = begin;
            documents[label]++;
          }
          for (int64_t w = word_ends.data()[end]; w < word_ends.data()[end + 1]; w++) {
            const uint32_t at = here(uint64_t{label} << 32 | static_cast<uint32_t>(words.data()[w]));
            if (at == sentences.size()) sentences.push_back(0);
            sentences[at]++;
          }
        }
      }
      const size_t pairs = here.keys().size();
      for (size_t i = 0; i < pairs; i++) {
        const uint64_t key = here.keys()[i];
        const auto label = static_cast<uint32_t>(key >> 32);
        const uint32_t of_axis = here(uint64_t{static_cast<uint32_t>(axis_of.data()[label])} << 32 | (key & NONE));
        const uint32_t at = all(key);
        if (2 * at == counts.size()) {
          counts.push(0), counts.push(0);
          found_labels.push(static_cast<int32_t>(label));
          found_words.push(static_cast<int32_t>(key & NONE));
        }
        counts[2 * at]++;
        counts[2 * at + 1] += of_axis < pairs && sentences[of_axis] == sentences[i];
      }
    }
  }
  return py::make_tuple(std::move(documents).numpy(), std::move(found_labels).numpy(), std::move(found_words).numpy(),
                        std::move(counts).numpy(2));
}

}  // namespace

PYBIND11_MODULE(word_counts, m) {
  m.doc() = "Words of documents and of sentences, their tone, gendered words beside occupations.";
  py::class_<Kernel>(m, "Kernel")
      .def(py::init<const Array<uint32_t>&, const std::vector<std::string>&, const Array<double>&, const Array<double>&,
                    const Array<uint16_t>&, const Array<int16_t>&,
                    const std::vector<std::pair<std::string, std::string>>&>(),
           py::arg("table"), py::arg("words"), py::arg("valence"), py::arg("degree"), py::arg("flags"),
           py::arg("occupation"), py::arg("pairs"))
      .def("scan", &Kernel::scan, py::arg("offsets"), py::arg("data"), py::arg("named"));
  m.def("passages", &passages, py::arg("rows"), py::arg("word_ends"), py::arg("words"), py::arg("label_ends"),
        py::arg("labels"), py::arg("axis_of"));
}
