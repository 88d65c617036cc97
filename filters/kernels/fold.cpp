// Folds text to ASCII, one byte a character, and finds runs of digits in it. See filters/pii_windows.py.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstring>

#include "buffer.h"

namespace py = pybind11;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

namespace {

constexpr uint8_t kBetween = '\n';  // behind every text
constexpr size_t kCodePoints = 0x110000;

// The code point at `p`, which is moved behind it. Texts are valid UTF-8.
inline uint32_t next(const uint8_t*& p) {
  const uint32_t first = *p;
  if (first < 0xE0) {
    const uint32_t c = (first & 0x1F) << 6 | (p[1] & 0x3F);
    p += 2;
    return c;
  }
  if (first < 0xF0) {
    const uint32_t c = (first & 0x0F) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3F);
    p += 3;
    return c;
  }
  const uint32_t c = (first & 0x07) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3F);
  p += 4;
  return c;
}

py::tuple fold(Array<int32_t> offsets, Array<uint8_t> data, Array<uint8_t> table) {
  if (static_cast<size_t>(table.size()) != kCodePoints) throw py::value_error("need a class a code point");
  const auto n = static_cast<size_t>(offsets.size() - 1);
  Buffer<int64_t> starts(n + 1);
  Buffer<uint8_t> out;
  {
    py::gil_scoped_release release;
    const uint8_t* const classes = table.data();
    const int32_t* const from = offsets.data();
    out.resize(static_cast<size_t>(from[n] - from[0]) + n);  // as many characters as bytes, at most
    uint8_t* to = out.data();
    for (size_t row = 0; row < n; row++) {
      starts[row] = to - out.data();
      const uint8_t* p = data.data() + from[row];
      const uint8_t* const end = data.data() + from[row + 1];
      while (p < end) {
        while (p < end && *p < 0x80) *to++ = classes[*p++];
        if (p < end) *to++ = classes[next(p)];
      }
      *to++ = kBetween;
    }
    starts[n] = to - out.data();
    out.resize(static_cast<size_t>(starts[n]));
  }
  return py::make_tuple(std::move(out).numpy(), std::move(starts).numpy());
}

// Runs of digits with at most `gap` other bytes of `between` from one to the next.
py::array_t<int64_t> runs(Array<uint8_t> folded, Array<uint8_t> between, int64_t gap, int64_t least) {
  if (between.size() != 256) throw py::value_error("need a flag a byte");
  Buffer<int64_t> out;
  {
    py::gil_scoped_release release;
    const uint8_t* const data = folded.data();
    const uint8_t* const inside = between.data();
    const auto size = static_cast<int64_t>(folded.size());
    int64_t at = 0;
    while (at < size) {
      if (static_cast<unsigned>(data[at] - '0') > 9u) {
        at++;
        continue;
      }
      const int64_t first = at;
      int64_t last = at, digits = 0;
      while (at < size) {
        if (static_cast<unsigned>(data[at] - '0') <= 9u) {
          digits++;
          last = ++at;
        } else if (inside[data[at]] && at - last < gap) {
          at++;
        } else {
          break;
        }
      }
      if (digits >= least) out.push(first), out.push(last);
      at = last;  // the byte there is no digit
      if (at < size) at++;
    }
  }
  return std::move(out).numpy(2);
}

}  // namespace

PYBIND11_MODULE(fold, module) {
  module.def("fold", &fold, py::arg("offsets"), py::arg("data"), py::arg("table"));
  module.def("runs", &runs, py::arg("folded"), py::arg("between"), py::arg("gap"), py::arg("least"));
}
