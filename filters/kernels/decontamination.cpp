// n-grams of evaluation sets in documents. See filters/decontamination.py.
#include <pybind11/pybind11.h>

#include <algorithm>
#include <vector>

#include "buffer.h"
#include "hashing.h"
#include "normal_text.h"

namespace py = pybind11;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

namespace {

constexpr int MAX_NGRAM = 64;

// The words of one text after the other. A run of words is read as a number in base K3 whose digits are the
// words' hashes; `sums[i]` is the number of the first i words, so that of any run costs one multiplication.
class Words {
 public:
  explicit Words(int longest) : power(static_cast<size_t>(longest) + 1, 1) {
    for (size_t i = 1; i < power.size(); i++) power[i] = power[i - 1] * K3;
  }

  void read(const uint8_t* begin, const uint8_t* end, const Table& cases) {
    const auto size = static_cast<size_t>(end - begin);
    const size_t room = size + size / 2;
    text_.reserve(room + 64);
    marks_.reserve(room + 64 + MARKS_PADDING);
    const size_t length = normalise(begin, end, cases, text_.data(), marks_.data());
    std::memset(marks_.data() + length, 0, MARKS_PADDING);
    std::memset(text_.data() + length, 0, 8);
    sums_.reserve(length / 2 + 3);
    uint64_t* next = sums_.data();
    uint64_t sum = 0;
    *next++ = sum;
    const uint8_t* const text = text_.data();
    each_word(marks_.data(), length, [&](size_t start, size_t stop) {
      sum = sum * K3 + hash_word(text + start, stop - start);
      *next++ = sum;
    });
    count = static_cast<size_t>(next - sums_.data()) - 1;
  }

  uint64_t run(size_t first, size_t words) const {
    return mix(sums_.data()[first + words] - sums_.data()[first] * power[words]);
  }

  size_t count = 0;

 private:
  std::vector<uint64_t> power;  // of K3
  Buffer<uint8_t> text_, marks_;
  Buffer<uint64_t> sums_;
};

void check(const Array<int32_t>& offsets, const Array<uint8_t>& data, int ngram, int shortest) {
  if (offsets.size() < 1 || offsets.at(0) < 0 || offsets.at(offsets.size() - 1) > data.size())
    throw py::value_error("offsets beyond the data");
  if (shortest < 1 || ngram < shortest || ngram > MAX_NGRAM)
    throw py::value_error("need 1 <= shortest <= ngram <= 64");
}

py::tuple grams(Array<int32_t> offsets, Array<uint8_t> data, Array<uint32_t> table, int ngram, int shortest) {
  check(offsets, data, ngram, shortest);
  const auto n = static_cast<size_t>(offsets.size() - 1);
  const Table cases{table.data(), static_cast<uint32_t>(table.size())};
  const int32_t* const starts = offsets.data();
  Buffer<int64_t> counts(n), lengths(n);
  Buffer<uint64_t> hashes, heads;
  {
    py::gil_scoped_release release;
    Words words(ngram);
    const auto least = static_cast<size_t>(shortest);
    for (size_t row = 0; row < n; row++) {
      words.read(data.data() + starts[row], data.data() + starts[row + 1], cases);
      lengths[row] = static_cast<int64_t>(words.count);
      if (words.count < least) {
        counts[row] = 0;
        continue;
      }
      const size_t length = std::min(words.count, static_cast<size_t>(ngram));
      const size_t found = words.count - length + 1;
      for (size_t i = 0; i < found; i++) {
        hashes.push(words.run(i, length));
        heads.push(words.run(i, least));
      }
      counts[row] = static_cast<int64_t>(found);
    }
  }
  return py::make_tuple(std::move(lengths).numpy(), std::move(counts).numpy(), std::move(hashes).numpy(),
                        std::move(heads).numpy());
}

py::tuple find(Array<int32_t> offsets, Array<uint8_t> data, Array<uint32_t> table, int shortest,
               Array<int32_t> lengths, Array<uint64_t> sieve, Array<uint64_t> hashes, Array<int32_t> buckets,
               Array<int64_t> item_bounds, Array<int32_t> items, Array<int32_t> sizes) {
  const py::ssize_t longest = lengths.size() > 0 ? lengths.at(lengths.size() - 1) : shortest;
  check(offsets, data, static_cast<int>(longest), shortest);
  if (sieve.size() < 1 || (sieve.size() & (sieve.size() - 1)) != 0 || buckets.size() < 2 ||
      ((buckets.size() - 1) & (buckets.size() - 2)) != 0)
    throw py::value_error("sieve and buckets need a power of two");
  if (buckets.at(buckets.size() - 1) != hashes.size() || item_bounds.size() != hashes.size() + 1 ||
      item_bounds.at(hashes.size()) != items.size())
    throw py::value_error("the index does not fit together");
  const auto n = static_cast<size_t>(offsets.size() - 1);
  const Table cases{table.data(), static_cast<uint32_t>(table.size())};
  const int32_t* const starts = offsets.data();
  const uint64_t* const bits = sieve.data();
  const auto last_word = static_cast<uint64_t>(sieve.size() - 1);
  const int shift = 64 - __builtin_ctzll(static_cast<uint64_t>(buckets.size() - 1));
  const int32_t* const bucket = buckets.data();
  const uint64_t* const hash = hashes.data();
  const int64_t* const bound = item_bounds.data();
  const int32_t* const item = items.data();
  const int32_t* const size = sizes.data();
  Buffer<int32_t> found(n), best(n);
  Buffer<double> share(n);
  {
    py::gil_scoped_release release;
    Words words(static_cast<int>(longest));
    const auto least = static_cast<size_t>(shortest);
    std::vector<int32_t> hits, touched;
    std::vector<int32_t> count(static_cast<size_t>(sizes.size()), 0);  // of each item's n-grams
    for (size_t row = 0; row < n; row++) {
      words.read(data.data() + starts[row], data.data() + starts[row + 1], cases);
      hits.clear();
      for (size_t i = 0; i + least <= words.count; i++) {
        const uint64_t head = words.run(i, least);
        if ((bits[head >> 6 & last_word] >> (head & 63) & 1) == 0) continue;
        for (py::ssize_t l = 0; l < lengths.size(); l++) {
          const auto length = static_cast<size_t>(lengths.data()[l]);
          if (i + length > words.count) break;
          const uint64_t h = words.run(i, length);
          const size_t b = shift == 64 ? 0 : h >> shift;
          for (int32_t g = bucket[b]; g < bucket[b + 1]; g++) {
            if (hash[g] == h) {
              hits.push_back(g);
              break;
            }
          }
        }
      }
      std::sort(hits.begin(), hits.end());
      hits.erase(std::unique(hits.begin(), hits.end()), hits.end());
      touched.clear();
      for (const int32_t g : hits) {
        for (int64_t k = bound[g]; k < bound[g + 1]; k++) {
          if (count[static_cast<size_t>(item[k])]++ == 0) touched.push_back(item[k]);
        }
      }
      int32_t chosen = -1;
      for (const int32_t t : touched) {  // greatest share, then most n-grams, then the first
        if (chosen >= 0) {
          const int64_t mine = count[static_cast<size_t>(t)], other = count[static_cast<size_t>(chosen)];
          const int64_t left = mine * size[chosen], right = other * size[t];
          if (left < right || (left == right && (mine < other || (mine == other && t > chosen)))) continue;
        }
        chosen = t;
      }
      found[row] = static_cast<int32_t>(hits.size());
      best[row] = chosen;
      share[row] =
          chosen < 0 ? 0.0 : static_cast<double>(count[static_cast<size_t>(chosen)]) / size[chosen];
      for (const int32_t t : touched) count[static_cast<size_t>(t)] = 0;
    }
  }
  return py::make_tuple(std::move(found).numpy(), std::move(share).numpy(), std::move(best).numpy());
}

}  // namespace

PYBIND11_MODULE(decontamination, module) {
  module.def("grams", &grams, py::arg("offsets"), py::arg("data"), py::arg("table"), py::arg("ngram"),
             py::arg("shortest"));
  module.def("find", &find, py::arg("offsets"), py::arg("data"), py::arg("table"), py::arg("shortest"),
             py::arg("lengths"), py::arg("sieve"), py::arg("hashes"), py::arg("buckets"),
             py::arg("item_bounds"), py::arg("items"), py::arg("sizes"));
}
