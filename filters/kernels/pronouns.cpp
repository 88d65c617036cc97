// Counts the words of documents, and those of them that stand in given lists. See audits/pronouns.py.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "utf8.h"

namespace py = pybind11;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

namespace {

// What a code point is, as filters/groups.py numbers it; SPACE, JOINER and DOT part words as OTHER does.
enum Kind : uint8_t { OTHER, WORD, SPACE, ALONE, KATAKANA, IGNORED };

constexpr size_t LONGEST = 16;  // letters of a listed word: two registers
constexpr size_t SLOTS = 256;   // of the hash table, at least twice the words

// The last sixteen letters of a word, lower case; a word of up to sixteen is told by them.
struct Letters {
  uint64_t high = 0, low = 0;
  void push(uint8_t c) {
    high = high << 8 | low >> 56;
    low = low << 8 | c;
  }
  size_t slot() const { return static_cast<size_t>((low ^ high * 0x9E3779B97F4A7C15ull) * 0xD6E8FEB86659FD93ull >> 56); }
};

struct Listed {
  Letters letters;
  int column = -1;  // -1: a free slot
};

class Kernel {
 public:
  // `kinds`: by code point; those beyond it are OTHER. `words`: (ASCII letters in lower case, column).
  Kernel(const Array<uint8_t>& kinds, const std::vector<std::pair<std::string, int>>& words, int columns)
      : kinds_(kinds.data(), kinds.data() + kinds.size()), slots_(SLOTS), columns_(columns) {
    if (kinds_.size() < 0x80) throw py::value_error("a table of less than 128 code points");
    if (columns < 1) throw py::value_error("no columns");
    if (2 * words.size() > SLOTS) throw py::value_error("too many words");
    for (size_t c = 0; c < 256; c++) {
      if (c < 0x80 && kinds_[c] == WORD) {
        lower_[c] = static_cast<uint8_t>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
      }
    }
    for (const auto& [word, column] : words) {
      if (word.empty() || word.size() > LONGEST) throw py::value_error("a word of 1 to 16 letters: " + word);
      if (column < 0 || column >= columns) throw py::value_error("no such column: " + word);
      Letters letters;
      for (const char c : word) {
        if (c < 'a' || c > 'z') throw py::value_error("lower-case ASCII letters alone: " + word);
        letters.push(static_cast<uint8_t>(c));
      }
      Listed* at = &slots_[letters.slot()];
      while (at->column >= 0) at = at + 1 == slots_.data() + SLOTS ? slots_.data() : at + 1;
      *at = {letters, column};
    }
  }

  py::tuple count(const Array<int32_t>& offsets, const Array<uint8_t>& data, const Array<bool>& look) const {
    const auto n = offsets.size() - 1;
    if (n < 0 || look.size() != n) throw py::value_error("need one flag for each document");
    const int32_t* const starts = offsets.data();
    if (starts[0] < 0 || starts[n] > data.size()) throw py::value_error("offsets beyond the data");
    py::array_t<int64_t> counts({n, static_cast<py::ssize_t>(columns_)}), words(n);
    int64_t* row = counts.mutable_data();
    int64_t* const total = words.mutable_data();
    const bool* const wanted = look.data();
    const uint8_t* const bytes = data.data();
    {
      py::gil_scoped_release release;
      std::fill(row, row + n * columns_, 0);
      for (py::ssize_t i = 0; i < n; i++, row += columns_) {
        const uint8_t *const begin = bytes + starts[i], *const end = bytes + starts[i + 1];
        total[i] = wanted[i] ? scan<true>(begin, end, row) : scan<false>(begin, end, row);
      }
    }
    return py::make_tuple(std::move(counts), std::move(words));
  }

 private:
  // Words of a text; those listed are added to `row`.
  template <bool look>
  int64_t scan(const uint8_t* p, const uint8_t* const end, int64_t* const row) const {
    int64_t words = 0;
    while (p < end) {
      if (*p < 0x80) {
        if (!lower_[*p]) {
          p++;
          continue;
        }
        words++;
        Letters letters;
        size_t length = 0;
        bool foreign = false;  // it holds a letter beyond ASCII, so it is in no list
        while (p < end) {
          if (*p < 0x80) {
            const uint8_t c = lower_[*p];
            if (!c) break;
            letters.push(c);
            length++;
            p++;
            continue;
          }
          const uint8_t* const at = p;
          const uint8_t kind = kind_of(utf8::decode(p));
          if (kind != WORD && kind != IGNORED) {
            p = at;
            break;
          }
          foreign |= kind == WORD;
        }
        if (look && !foreign && length <= LONGEST) add(letters, row);
        continue;
      }
      const uint8_t kind = kind_of(utf8::decode(p));
      if (kind == ALONE) words++;
      if (kind == WORD || kind == KATAKANA) {
        words++;
        rest(p, end, kind);
      }
    }
    return words;
  }

  // Moves p behind the word that goes on there.
  void rest(const uint8_t*& p, const uint8_t* const end, uint8_t same) const {
    while (p < end) {
      const uint8_t* const at = p;
      const uint8_t kind = kind_of(utf8::decode(p));
      if (kind != same && kind != IGNORED) {
        p = at;
        return;
      }
    }
  }

  uint8_t kind_of(uint32_t point) const { return point < kinds_.size() ? kinds_[point] : uint8_t{OTHER}; }

  void add(const Letters& letters, int64_t* const row) const {
    for (size_t at = letters.slot(); slots_[at].column >= 0; at = (at + 1) % SLOTS) {
      if (slots_[at].letters.low == letters.low && slots_[at].letters.high == letters.high) {
        row[slots_[at].column]++;
        return;
      }
    }
  }

  std::vector<uint8_t> kinds_;
  std::vector<Listed> slots_;
  int columns_;
  uint8_t lower_[256] = {};  // of ASCII that is part of a word; else 0
};

}  // namespace

PYBIND11_MODULE(pronouns, m) {
  m.doc() = "Counts the words of documents, and those of them that stand in given lists.";
  py::class_<Kernel>(m, "Kernel")
      .def(py::init<const Array<uint8_t>&, const std::vector<std::pair<std::string, int>>&, int>(), py::arg("kinds"),
           py::arg("words"), py::arg("columns"))
      .def("count", &Kernel::count, py::arg("offsets"), py::arg("data"), py::arg("look"));
}
