// Applies and merges edits of texts. See filters/edits.py.
#include <pybind11/pybind11.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "buffer.h"

namespace py = pybind11;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

namespace {

struct Edit {
  int64_t start, end;
  int64_t index;  // in the flat list
  bool second;    // of the second of two lists
};

// Moves `p` on by `count` characters of valid UTF-8; null where the text ends before.
const uint8_t* skip(const uint8_t* p, const uint8_t* end, int64_t count) {
  constexpr uint64_t kOnes = 0x0101010101010101ull;
  for (;;) {
    if (count >= 8 && end - p >= 8) {  // characters begin at bytes that are not 10xxxxxx
      uint64_t x;
      std::memcpy(&x, p, 8);
      const uint64_t inside = (x >> 7) & (~x >> 6) & kOnes;
      // `p` stands at the start of a character, and may stop inside one only to go on from there.
      count -= 8 - static_cast<int64_t>((inside * kOnes) >> 56);
      p += 8;
      while (p < end && (*p & 0xC0) == 0x80) p++;
      continue;
    }
    if (count == 0) return p;
    if (p == end) return nullptr;
    do p++;
    while (p < end && (*p & 0xC0) == 0x80);
    count--;
  }
}

// Texts with their edits applied; see the stub for shapes.
py::tuple apply(Array<int32_t> offsets, Array<uint8_t> data, Array<int32_t> edit_offsets,
                Array<int64_t> starts, Array<int64_t> ends, Array<int32_t> replacement_offsets,
                Array<uint8_t> replacements) {
  const auto n = static_cast<size_t>(offsets.size() - 1);
  if (edit_offsets.size() != offsets.size()) throw py::value_error("need one list of edits a text");
  if (edit_offsets.data()[n] > starts.size() || starts.size() != ends.size() ||
      replacement_offsets.size() != starts.size() + 1) {
    throw py::value_error("the edits' columns do not fit each other");
  }
  Buffer<uint8_t> out;
  Buffer<int32_t> out_offsets(n + 1);
  int64_t bad_row = -1;
  {
    py::gil_scoped_release release;
    out.reserve(static_cast<size_t>(offsets.data()[n] - offsets.data()[0]) + 1);
    const auto copy = [&](const uint8_t* from, const uint8_t* to) {
      const size_t size = out.size();
      out.resize(size + static_cast<size_t>(to - from));
      if (to > from) std::memcpy(out.data() + size, from, static_cast<size_t>(to - from));
    };
    out_offsets[0] = 0;
    for (size_t row = 0; row < n && bad_row < 0; row++) {
      const uint8_t* p = data.data() + offsets.data()[row];
      const uint8_t* const end = data.data() + offsets.data()[row + 1];
      int64_t at = 0;  // characters before p
      for (int32_t e = edit_offsets.data()[row]; e < edit_offsets.data()[row + 1]; e++) {
        const int64_t start = starts.data()[e], stop = ends.data()[e];
        const uint8_t* const from = start >= at && stop > start ? skip(p, end, start - at) : nullptr;
        const uint8_t* const to = from == nullptr ? nullptr : skip(from, end, stop - start);
        if (to == nullptr) {
          bad_row = static_cast<int64_t>(row);
          break;
        }
        copy(p, from);
        copy(replacements.data() + replacement_offsets.data()[e],
             replacements.data() + replacement_offsets.data()[e + 1]);
        p = to;
        at = stop;
      }
      copy(p, end);
      if (out.size() > INT32_MAX) bad_row = static_cast<int64_t>(row);
      out_offsets[row + 1] = static_cast<int32_t>(out.size());
    }
  }
  if (bad_row >= 0) {
    const char* const why = out.size() > INT32_MAX
                                ? "the texts of the batch pass 2 GiB at row "
                                : "edits are empty, out of order, overlapping or beyond the text in row ";
    throw py::value_error(why + std::to_string(bad_row));
  }
  return py::make_tuple(std::move(out_offsets).numpy(), std::move(out).numpy());
}

// Union of two lists of edits a row; see filters/edits.py.
py::tuple merge(Array<int32_t> first_offsets, Array<int64_t> first_starts, Array<int64_t> first_ends,
                Array<int32_t> second_offsets, Array<int64_t> second_starts, Array<int64_t> second_ends) {
  const auto n = static_cast<size_t>(first_offsets.size() - 1);
  if (first_offsets.size() != second_offsets.size()) throw py::value_error("lists of unequal length");
  Buffer<int32_t> offsets(n + 1);
  Buffer<int64_t> starts, ends, indices;
  {
    py::gil_scoped_release release;
    std::vector<Edit> edits, left;
    offsets[0] = 0;
    for (size_t row = 0; row < n; row++) {
      edits.clear();
      for (int64_t e = first_offsets.data()[row]; e < first_offsets.data()[row + 1]; e++) {
        edits.push_back({first_starts.data()[e], first_ends.data()[e], e, false});
      }
      for (int64_t e = second_offsets.data()[row]; e < second_offsets.data()[row + 1]; e++) {
        edits.push_back({second_starts.data()[e], second_ends.data()[e], first_starts.size() + e, true});
      }
      std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
        if (a.start != b.start) return a.start < b.start;
        if (a.end != b.end) return a.end > b.end;
        return a.second < b.second;
      });
      // First what is covered goes, then what still overlaps is joined.
      left.clear();
      for (const Edit& edit : edits) {
        if (left.empty() || edit.end > left.back().end) left.push_back(edit);
      }
      for (size_t i = 0; i < left.size();) {
        Edit joined = left[i];
        size_t j = i + 1;
        for (; j < left.size() && left[j].start < joined.end; j++) {
          joined.end = left[j].end;
          if (joined.second && !left[j].second) joined.index = left[j].index, joined.second = false;
        }
        starts.push(joined.start), ends.push(joined.end), indices.push(joined.index);
        i = j;
      }
      offsets[row + 1] = static_cast<int32_t>(starts.size());
    }
  }
  return py::make_tuple(std::move(offsets).numpy(), std::move(starts).numpy(), std::move(ends).numpy(),
                        std::move(indices).numpy());
}

}  // namespace

PYBIND11_MODULE(edits, module) {
  module.def("apply", &apply, py::arg("offsets"), py::arg("data"), py::arg("edit_offsets"), py::arg("starts"),
             py::arg("ends"), py::arg("replacement_offsets"), py::arg("replacements"));
  module.def("merge", &merge, py::arg("first_offsets"), py::arg("first_starts"), py::arg("first_ends"),
             py::arg("second_offsets"), py::arg("second_starts"), py::arg("second_ends"));
}
